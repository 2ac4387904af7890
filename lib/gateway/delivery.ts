import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Frame } from '@/lib/kernel/bundle/frames';
import type { Log } from '@/lib/platform';
import { type Batch, ControlError, Link, messageOf, Spool, type SpoolLimits, type UplinkLog } from '@/lib/uplink';
import { ACCESS_PATHS, ACCESS_SYNC, type GatewayMessage, type GatewayRecord, type RecordingPiece } from './access-sync';
import { GatewayRefusal } from './errors';
import type { GatewayEvent } from './events';
import type { Delivery } from './gateway';
import { type EnrolOptions, enrol, type Identity, loadIdentity, renew, renewAt } from './identity';
import { checkRoom } from './recorder';
import { Recordings } from './recordings';

/** Milliseconds without a sign of control after which no session begins, and between the questions for one. */
export const CONTROL_SILENT = 5_000;
const PING = 1_000;
const RENEW_CHECK = 60_000;
/** So much of the spool may be full when a session begins: its own events still have to fit. */
const FULL = 0.75;

export interface DeliveryOptions extends EnrolOptions {
  log: Log<'dropped' | 'detail'>;
  spool?: Partial<SpoolLimits>;
  /** Bytes of recordings that may wait here. */
  recordingBytes?: number;
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
  const { home, name, log } = options;
  const write: UplinkLog = (level, msg, fields) =>
    log[level](msg, { detail: String(fields?.error ?? ''), code: String(fields?.code ?? '') });
  // Sorts by time, so that records of former runs are sent first.
  const boot = `${Date.now().toString(36).padStart(9, '0')}-${randomBytes(4).toString('hex')}`;
  let identity = await loadIdentity(options);
  if (!identity && !(options.joinToken && options.controlFingerprint))
    throw new Error('CORDON_GATEWAY_JOIN_TOKEN and CORDON_CONTROL_FINGERPRINT are required at the first start');
  // A frame holds one batch, pieces of recordings included.
  const limits = { batchRecords: 16, durable: true, ...options.spool };
  const maxBytes = limits.maxBytes ?? 64 * 1024 * 1024;
  const spool = await Spool.open<GatewayRecord>(home, boot, write, { ...limits, maxBytes });
  const recordings = new Recordings(join(home, 'recordings'));
  const room = options.recordingBytes ?? 4 * 1024 ** 3;

  let told = 0;
  let sending: { batch: Batch; finals: string[] } | null = null;
  let reading = false;
  let missed = false;
  let greeted = false;
  let stopped = false;

  const deliver = (event: GatewayEvent): void => {
    const dropped = spool.dropped - told;
    // One that finds no room either counts itself, which is no loss.
    if (dropped > 0) told += spool.append({ kind: 'gap', at: Date.now(), dropped }) ? dropped : 1;
    spool.append(event);
    if (event.kind === 'session.head') pieces(event.session, event.bytes, event.head.final);
    // A recording that broke off has no final head.
    if (event.kind === 'session.ended' && !recordings.isFinal(event.session))
      pieces(event.session, recordings.bytes(event.session), true);
  };
  const pieces = (session: string, bytes: number, final: boolean): void => {
    try {
      for (const piece of recordings.pieces(session, bytes, final)) spool.append(piece);
    } catch (error) {
      // The disk is full, say. What was not handed over is found at the next head, or the next start.
      log.error('recording.waits', { sessionId: session, error });
    }
  };
  for (const session of recordings.broken())
    deliver({ kind: 'session.ended', at: Date.now(), session, why: 'broken', exit: null });

  const upstream = async (): Promise<void> => {
    // What comes while the disk is read may not be seen by that read.
    if (reading) missed = true;
    if (sending || reading || !greeted || link.congested || stopped) return;
    reading = true;
    missed = false;
    try {
      const batch = await spool.next();
      if (batch && greeted && !stopped) {
        const { payload, finals } = await filled(batch, recordings);
        sending = { batch, finals };
        link.send({ type: 'Events', boot: batch.bootId, first: batch.first, last: batch.last }, payload);
      }
    } finally {
      reading = false;
    }
    if (missed) await upstream();
  };
  spool.onRecords = () => void upstream().catch((error) => write('error', 'spool.read', { error: messageOf(error) }));

  const link = new Link<GatewayMessage>({
    controlUrl: options.controlUrl,
    path: ACCESS_PATHS.sync,
    identity: () => identity!,
    onOpen: () => {
      link.send({ type: 'Hello', proto: ACCESS_SYNC, role: 'gateway', name, boot });
      link.welcomed(PING);
      // What was sent on another connection is sent again.
      sending = null;
      greeted = true;
      spool.onRecords();
    },
    onFrame: async ({ header }: Frame) => {
      if (header.type !== 'Ack' || !sending) return;
      const { batch, finals } = sending;
      if (header.boot !== batch.bootId || Number(header.upTo) < batch.last) return;
      spool.received(batch.bootId, batch.last);
      for (const session of finals) recordings.remove(session);
      sending = null;
      spool.onRecords();
    },
    onClose: () => {
      greeted = false;
      sending = null;
    },
    log: write,
  });

  const join_ = async (): Promise<void> => {
    for (let attempt = 0; !identity && !stopped; attempt++) {
      try {
        identity = await enrol(options);
      } catch (error) {
        const code = error instanceof ControlError ? error.code : 'enrol.failed';
        write('warn', 'gateway.enrol_failed', { code, error: messageOf(error) });
        const delay = Math.random() * Math.min(30_000, 200 * 2 ** Math.min(attempt, 20));
        await new Promise((resolve) => setTimeout(resolve, 100 + delay));
      }
    }
    if (!stopped) link.dial();
  };
  void join_();
  const pings = setInterval(() => link.ping(), PING);
  const renewal = setInterval(() => {
    if (!identity || Date.now() < renewAt(identity)) return;
    renew(options, identity).then(
      (renewed: Identity) => {
        identity = renewed;
        link.reconnect();
      },
      (error) => write('warn', 'gateway.renew_failed', { error: messageOf(error) }),
    );
  }, RENEW_CHECK);

  return {
    check() {
      if (link.silentMilliseconds > CONTROL_SILENT) throw new GatewayRefusal('gateway.control_silent');
      try {
        checkRoom(home);
      } catch (error) {
        throw new GatewayRefusal('gateway.control_silent', { cause: error });
      }
      if (spool.depth > maxBytes * FULL || recordings.size() > room) throw new GatewayRefusal('gateway.control_silent');
    },
    deliver,
    status: () => ({ connected: link.open, waiting: spool.depth, dropped: spool.dropped }),
    async stop() {
      stopped = true;
      clearInterval(pings);
      clearInterval(renewal);
      spool.stop();
      await link.stop();
    },
  };
}

/** The batch as it is sent, and the sessions whose recordings end in it. */
async function filled(batch: Batch, recordings: Recordings): Promise<{ payload: Buffer; finals: string[] }> {
  const lines = Buffer.from(batch.payload).toString('utf8').trimEnd().split('\n');
  const finals: string[] = [];
  const out: string[] = [];
  for (const line of lines) {
    const record = JSON.parse(line) as GatewayRecord & { n: number };
    if (record.kind !== 'recording') {
      out.push(line);
      continue;
    }
    const piece: RecordingPiece = record;
    if (piece.final) finals.push(piece.session);
    const bytes = await recordings.read(piece);
    out.push(JSON.stringify({ ...record, data: bytes?.toString('base64') ?? null }));
  }
  return { payload: Buffer.from(`${out.join('\n')}\n`), finals };
}
