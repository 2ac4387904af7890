import type { DecisionRecord } from '@/lib/kernel/bundle/messages';
import { DENY_CODES, type DenyCode } from '@/lib/kernel/decision/codes';
import type { Decision } from '@/lib/kernel/decision/types';
import { recordPrefix } from '../admission/address';
import { Counter } from './metrics';

/**
 * The decision log of an edge: every decision becomes a record for the numbered spool. Allows are recorded one by one.
 * Denies are never sampled: identical ones (App ID, code, action, address prefix, channel, account) within one second
 * become one record with the exact count, so an attack costs a record per second and hides nothing.
 */
export interface Asked {
  traceId: string;
  action: DecisionRecord['action'];
  appId: string;
  channel: string;
  account: string;
  /** Full client address; only its prefix is kept. */
  address: string;
}

export type WriteDecision = (record: Omit<DecisionRecord, 'n'>) => void;

const WINDOW_MILLISECONDS = 1000;
/** Distinct denies held open at once. The oldest is written early when a newcomer needs its place: nothing is lost. */
const MAX_OPEN = 4096;

export class DecisionLog {
  readonly total = new Counter('cordon_decisions_total', 'Decisions by action, verdict and code.', [
    'action',
    'verdict',
    'code',
  ]);
  readonly #open = new Map<string, Omit<DecisionRecord, 'n'>>();
  readonly #write: WriteDecision;
  readonly #timer: NodeJS.Timeout;

  constructor(write: WriteDecision) {
    this.#write = write;
    this.#timer = setInterval(() => this.flush(Date.now()), WINDOW_MILLISECONDS / 4).unref();
  }

  record(asked: Asked, decision: Decision, now: number): void {
    this.total.add([asked.action, decision.verdict, decision.code]);
    const record = toRecord(asked, decision, now);
    if (decision.verdict === 'allow') {
      this.#write(record);
      return;
    }
    const key = [record.appId, record.code, record.action, record.addressPrefix, record.channel, record.account].join(
      '\0',
    );
    const open = this.#open.get(key);
    if (open && now - open.at < WINDOW_MILLISECONDS) {
      open.count += 1;
      return;
    }
    if (open) this.#close(key, open);
    if (this.#open.size >= MAX_OPEN) {
      const oldest = this.#open.entries().next().value;
      if (oldest) this.#close(...oldest);
    }
    this.#open.set(key, record);
  }

  /** Writes every deny whose second is over. */
  flush(now: number): void {
    for (const [key, record] of this.#open) {
      // Insertion order is time order: the first young one ends the walk.
      if (now - record.at < WINDOW_MILLISECONDS) break;
      this.#close(key, record);
    }
  }

  stop(): void {
    clearInterval(this.#timer);
    this.flush(Number.POSITIVE_INFINITY);
  }

  #close(key: string, record: Omit<DecisionRecord, 'n'>): void {
    this.#open.delete(key);
    this.#write(record);
  }
}

/** A deny that the edge itself gives before or beside `decide` (rate limit, form of the request, engine). */
export function refuse(
  code: DenyCode,
  detail: string,
  bundle: { epoch: number; seq: number } | null,
  more: { retryAfter?: number } = {},
): Extract<Decision, { verdict: 'deny' }> {
  return {
    verdict: 'deny',
    code,
    rule: DENY_CODES[code].rule,
    detail,
    bundle: { epoch: bundle?.epoch ?? 0, seq: bundle?.seq ?? 0 },
    tokenId: null,
    certificateId: null,
    wildcardUser: false,
    ...more,
  };
}

function toRecord(asked: Asked, decision: Decision, at: number): Omit<DecisionRecord, 'n'> {
  return {
    kind: 'decision',
    at,
    traceId: asked.traceId,
    appId: /^[0-9a-fA-F]{32}$/.test(asked.appId) ? asked.appId : '',
    channel: printable(asked.channel, 64),
    account: printable(asked.account, 255),
    action: asked.action,
    verdict: decision.verdict,
    rule: decision.rule,
    code: decision.code,
    epoch: decision.bundle.epoch,
    seq: decision.bundle.seq,
    tokenId: decision.tokenId,
    certificateId: decision.certificateId,
    wildcardUser: decision.wildcardUser,
    addressPrefix: recordPrefix(asked.address),
    count: 1,
  };
}

/** Refused names are hostile text: control characters and unpaired surrogates do not reach a record. */
function printable(text: string, limit: number): string {
  const short = text.slice(0, limit);
  // Nearly every name is plain ASCII, and the other search is slow.
  return /^[ -~]*$/.test(short) ? short : short.replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd');
}
