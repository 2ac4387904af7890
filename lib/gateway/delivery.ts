import { join } from 'node:path';
import type { Log } from '@/lib/platform';
import type { Batch, SpoolLimits } from '@/lib/uplink';
import type { AccessEnrolment } from '@/lib/uplink/access-identity';
import { MOST_WATCHED } from '@/lib/uplink/access-sync';
import { openAccessUplink } from '@/lib/uplink/access-uplink';
import { GatewayRefusal } from './errors';
import type { GatewayEvent, GatewayRecord } from './events';
import type { Delivery } from './gateway';
import { checkRoom } from './recorder';
import { Recordings } from './recordings';

/** Milliseconds without a sign of control after which no session begins, and between the questions for one. */
export const CONTROL_SILENT = 5_000;
const PING = 1_000;
/** So much of the spool may be full when a session begins: its own events still have to fit. */
const FULL = 0.75;

export interface DeliveryOptions extends Omit<AccessEnrolment, 'role'> {
  log: Log<'dropped' | 'detail'>;
  spool?: Partial<SpoolLimits>;
  /** Bytes of recordings that may wait here. */
  recordingBytes?: number;
  /** The sessions that somebody watches as they run: these and no others. */
  onWatched?: (sessions: ReadonlySet<string>) => void;
}

export interface ControlDelivery extends Delivery {
  status(): { connected: boolean; waiting: number; dropped: number };
  stop(): Promise<void>;
}

/**
 * Everything for control waits here on disk: events, and recordings by the piece. Each record has a number and leaves when control has committed
 * it; a recording's file goes with its last piece. What the spool had no room for is counted and told as an event of its own.
 */
export async function openDelivery(options: DeliveryOptions): Promise<ControlDelivery> {
  const { home, log } = options;
  const maxBytes = options.spool?.maxBytes ?? 64 * 1024 * 1024;
  const recordings = new Recordings(join(home, 'recordings'));
  const room = options.recordingBytes ?? 4 * 1024 ** 3;
  const uplink = await openAccessUplink<GatewayRecord>({
    ...options,
    ...{ role: 'gateway', ping: PING },
    // A frame holds one batch, pieces of recordings included.
    spool: { batchRecords: 16, durable: true, ...options.spool, maxBytes },
    fill: (batch) => filled(batch, recordings),
    onFrame: async ({ header }) => {
      const watched = watchedIn(header);
      if (watched) options.onWatched?.(watched);
    },
    onTaken: (batch) => {
      for (const record of recordsOf(batch))
        if (record.kind === 'recording' && record.final) recordings.remove(record.session);
    },
    log: (level, msg, fields) =>
      log[level](msg, { detail: String(fields?.error ?? ''), code: String(fields?.code ?? '') }),
  });

  const deliver = (event: GatewayEvent): void => {
    uplink.tell(event);
    if (event.kind === 'session.head') pieces(event.session, event.bytes, event.head.final);
    // A recording that broke off has no final head.
    if (event.kind === 'session.ended' && !recordings.isFinal(event.session))
      pieces(event.session, recordings.bytes(event.session), true);
  };
  const pieces = (session: string, bytes: number, final: boolean): void => {
    try {
      for (const piece of recordings.pieces(session, bytes, final)) uplink.tell(piece);
    } catch (error) {
      // The disk is full, say. What was not handed over is found at the next head, or the next start.
      log.error('recording.waits', { sessionId: session, error });
    }
  };
  for (const session of recordings.broken())
    deliver({ kind: 'session.ended', at: Date.now(), session, why: 'broken', exit: null });
  uplink.dial();

  return {
    check() {
      const { silent, waiting } = uplink.status();
      if (silent > CONTROL_SILENT) throw new GatewayRefusal('gateway.control_silent');
      try {
        checkRoom(home);
      } catch (error) {
        throw new GatewayRefusal('gateway.control_silent', { cause: error });
      }
      if (waiting > maxBytes * FULL || recordings.size() > room) throw new GatewayRefusal('gateway.control_silent');
    },
    deliver,
    silent: () => uplink.status().silent,
    status: () => uplink.status(),
    stop: () => uplink.stop(),
  };
}

/** Null for anything else that control may say one day. */
function watchedIn({ type, sessions }: Record<string, unknown>): ReadonlySet<string> | null {
  if (type !== 'Watched' || !Array.isArray(sessions) || sessions.length > MOST_WATCHED) return null;
  return new Set(sessions.filter((session) => typeof session === 'string'));
}

type Numbered = GatewayRecord & { n: number };

const recordsOf = ({ payload }: Batch): Numbered[] =>
  Buffer.from(payload)
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Numbered);

/** The lines of a batch as they are sent: pieces of recordings with their bytes. */
async function filled(batch: Batch, recordings: Recordings): Promise<Buffer> {
  const lines: string[] = [];
  for (const record of recordsOf(batch)) {
    const data =
      record.kind === 'recording' ? ((await recordings.read(record))?.toString('base64') ?? null) : undefined;
    lines.push(JSON.stringify({ ...record, data }));
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}
