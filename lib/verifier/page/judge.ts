import { formatVkey, MAX_PROOF_FILE, type VerifiedSignature } from '@/lib/kernel/log';
import {
  PackFault,
  type PackReport,
  type PackSource,
  type PackStep,
  verifyPack,
  verifyRecordProof,
} from '@/lib/kernel/pack';
import { openPack } from './archive';
import { neighbours, remembering, shortened } from './excerpt';
import { host } from './host';
import { type Believed, parseBrought } from './inputs';
import type { Cosigner, Failure, PackVerdict, Request, Verdict } from './verdict';

export interface Listener {
  progress?(phase: 'files' | 'events', done: number, total: number): void;
  begins?(step: PackStep): void;
}

const PROOF_HEAD = 'c2sp.org/tlog-proof@v1\n';

/** Verifies a file with what the auditor brought. Never throws: a file that cannot be read is a verdict too. */
export async function judge(
  { file, ...brought }: Omit<Request, 'file'> & { file: Blob },
  listener: Listener = {},
): Promise<Verdict> {
  const believed = parseBrought(brought);
  if ('says' in believed) return { kind: 'unusable', ...believed };
  try {
    const start = await file.slice(0, PROOF_HEAD.length).text();
    return start === PROOF_HEAD ? await judgeProof(file, believed) : await judgePack(file, believed, listener);
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    return {
      kind: 'unusable',
      field: 'file',
      says: `The browser could not read the file to its end (${name}). If it has changed meanwhile, choose it again.`,
    };
  }
}

async function judgePack(file: Blob, { keys, origin, head, policy }: Believed, listener: Listener): Promise<Verdict> {
  const source = remembering(openPack(file));
  let step: PackStep = 'files';
  const result = await verifyPack(host, source, {
    ...(keys.length > 0 && { keys }),
    ...(origin !== undefined && { origin }),
    ...(head && { knownHead: head }),
    ...(policy && { policy }),
    progress: (...args) => listener.progress?.(...args),
    begins(next) {
      step = next;
      listener.begins?.(next);
    },
  });
  if (result.ok) return { kind: 'pack', ok: true, ...packVerdict(result.report), rows: source.head() };
  return { kind: 'pack', ok: false, step, ...(await failureOf(result, source)) };
}

async function failureOf(
  fault: Pick<PackFault, 'code' | 'detail'> & PackFault['place'],
  source?: PackSource,
): Promise<Failure> {
  const { code, detail, file = null, line = null, index = null } = fault;
  const place = { ...(file !== null && { file }), ...(line !== null && { line }), ...(index !== null && { index }) };
  // The archive may be broken at the next byte; the verdict stands without.
  const rows = source ? await neighbours(source, place).catch(() => []) : [];
  return { code, detail, file, line, index, rows };
}

function packVerdict({ manifest, keys, operator, ...report }: PackReport): Omit<PackVerdict, 'rows'> {
  return {
    manifest,
    vkeys: keys.map(formatVkey),
    keysFrom: report.keysFrom,
    events: report.events,
    stubs: report.stubs,
    times: report.times,
    knownHead: report.knownHead,
    operatorIndex: operator?.index ?? null,
    witnessed: report.witnessed,
    access: report.access,
    cosigners: [...cosignersOf(report.cosigners, 'checkpoint'), ...cosignersOf(operator?.cosigners ?? [], 'operator')],
  };
}

const cosignersOf = (cosigners: readonly VerifiedSignature[], of: Cosigner['of']): Cosigner[] =>
  cosigners.map(({ key, time }) => ({ name: key.name, at: time === null ? null : instant(time), of }));

/** Seconds beyond the calendar of dates stay seconds: they are signed, and may be anything. */
function instant(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds} s` : date.toISOString();
}

async function judgeProof(file: Blob, { keys, origin, head, policy }: Believed): Promise<Verdict> {
  if (keys.length === 0) {
    return {
      kind: 'unusable',
      field: 'vkeys',
      says: 'A proof of one event brings no key along: the log’s verifier key is needed.',
    };
  }
  if (head)
    return {
      kind: 'unusable',
      field: 'head',
      says: 'A proof of one event says nothing of older checkpoints. Leave this empty.',
    };
  try {
    // Its length in bytes is at least that in characters.
    if (file.size > 4 * MAX_PROOF_FILE) throw new PackFault('malformed', 'it is not a proof file');
    const proven = await verifyRecordProof(host, await file.text(), { keys, origin, policy });
    return {
      kind: 'proof',
      ok: true,
      origin: proven.origin,
      index: proven.index,
      size: proven.size,
      cosigners: cosignersOf(proven.cosigners, 'checkpoint'),
      witnessed: policy !== undefined,
      fields: Object.entries(proven.fields).map(([name, value]) => [name, shortened(JSON.stringify(value))]),
    };
  } catch (error) {
    if (!(error instanceof PackFault)) throw error;
    return {
      kind: 'proof',
      ok: false,
      ...(await failureOf({ code: error.code, detail: error.detail, ...error.place })),
    };
  }
}
