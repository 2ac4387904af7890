import { randomBytes } from 'node:crypto';
import type { Frame } from '@/lib/kernel/bundle/frames';
import {
  type Ack,
  type EdgeMessage,
  type Hello,
  type Position,
  PROTOCOL,
  type Report,
  type UpstreamRecord,
  type Welcome,
} from '@/lib/kernel/bundle/messages';
import type { CertificateRef } from '@/lib/kernel/bundle/resources';
import type { PolicyIndex } from '@/lib/kernel/decision/policy-index';
import { ControlError, Link, Sender, Spool, type SpoolLimits } from '@/lib/uplink';
import { type Log, messageOf } from '../log';
import { Bundle, type Taken } from './bundle';
import { Disk } from './disk';
import { type EnrolOptions, enrol, type Identity, loadIdentity, renew, renewAt } from './identity';
import { Secrets } from './secrets';
import { type Sweep, Sweeps } from './sweeps';
import { type Keys, readKeys } from './verify';

/**
 * The policy of this edge: what is in force, how fresh it is, and the way back to control. Serves the last good policy from disk
 * before it dials; takes signed snapshots and deltas (verify, persist, swap, acknowledge `applied`, sweep, acknowledge
 * `enforced`); sends numbered records upstream. Control may be away for as long as it likes: only the lease runs out.
 */
export interface PolicyOptions extends EnrolOptions {
  build: string;
  log: Log;
  spool?: Partial<SpoolLimits>;
}

export interface PolicyStore {
  readonly index: PolicyIndex;
  /** Null: no policy yet. */
  readonly position: Position | null;
  /** Unix milliseconds; null: never had a beat. */
  leaseExpiresAt(): number | null;
  /** The certificate's 32 ASCII hex characters, or null when this edge cannot open it. Never log it. */
  certificate(ref: CertificateRef): Uint8Array | null;
  /** Called after each swap with the App IDs touched; resolves when live sessions obey. */
  onChange(sweep: Sweep): void;
  report(fill: () => Pick<Report, 'sessions' | 'enginePid'>): void;
  record(record: NewRecord): void;
  /** Key, certificate and CA (PEM) for the listener other edges dial; null before enrolment. */
  identity(): Pick<Identity, 'key' | 'certificate' | 'authority'> | null;
  readonly bootId: string;
  /** Whether control is connected, and what waits in the spool. */
  status(): { connected: boolean; spoolBytes: number; dropped: number };
  stop(): Promise<void>;
}

/** A record before it has its number. */
export type NewRecord = UpstreamRecord extends infer R ? (R extends { n: number } ? Omit<R, 'n'> : never) : never;
export type { Touched } from './state';

const REPORT_MILLISECONDS = 10_000;
const RENEW_CHECK_MILLISECONDS = 60_000;
/** Acknowledgements kept to be repeated after a reconnect; control counts each once. */
const REMEMBERED_ACKS = 128;

/** Loads the last good policy, then enrols if needed and dials, both in the background. @throws when the folder belongs to another edge or cannot be used. */
export async function openPolicy(options: PolicyOptions): Promise<PolicyStore> {
  const { log, region } = options;
  // Sorts by time, so that records of older boots are sent first.
  const bootId = `${Date.now().toString(36).padStart(9, '0')}-${randomBytes(4).toString('hex')}`;
  let identity = await loadIdentity(options);
  if (!identity && (!options.joinToken || !options.controlFingerprint))
    throw new Error('CORDON_EDGE_JOIN_TOKEN and CORDON_CONTROL_FINGERPRINT are required at the first start');
  let keys: Keys = identity ? readKeys(identity.policyKeys) : new Map();

  const { disk, stored } = await Disk.open(options.home);
  const bundle = new Bundle(region, () => keys, disk, log);
  const secrets = new Secrets(region);
  const spool = await Spool.open<NewRecord>(options.home, bootId, log, options.spool);
  if (identity) {
    if (stored.regionKey) secrets.adopt(stored.regionKey, identity.key);
    await bundle.load(stored);
  }

  const acks: Ack[] = [];
  const acknowledge = (ack: Ack): void => {
    acks.push(ack);
    if (acks.length > REMEMBERED_ACKS) acks.shift();
    if (welcomed) link.send(ack);
  };
  const sweeps = new Sweeps(acknowledge, log);
  let fill: () => Pick<Report, 'sessions' | 'enginePid'> = () => ({ sessions: 0, enginePid: null });
  let welcomed = false;
  let stopped = false;

  const applied = (position: Position, receivedAt: number): void =>
    acknowledge({ type: 'Ack', ...position, stage: 'applied', receivedAt, at: Date.now() });
  const loaded = bundle.state.position;
  if (loaded) {
    const now = Date.now();
    applied(loaded, now);
    sweeps.start(loaded, 'all', now);
    log('info', 'policy.loaded', { epoch: loaded.epoch, seq: loaded.seq });
  }

  const hello = (): Hello => ({
    type: 'Hello',
    proto: PROTOCOL,
    edge: options.name,
    region,
    build: options.build,
    bootId,
    have: bundle.state.position && { ...bundle.state.position, source: 'disk' },
    ratchet: bundle.ratchet,
    clock: Date.now(),
    url: options.url,
    relay: options.relay,
  });
  const report = (): void => {
    link.send({
      type: 'Report',
      active: bundle.state.position,
      rssBytes: process.memoryUsage.rss(),
      spoolDepth: spool.depth,
      dropped: spool.dropped,
      ...fill(),
    } satisfies Report);
  };

  const answer = (taken: Taken, seq: number, receivedAt: number): void => {
    if (taken.ok) {
      if (taken.touched === 'all') secrets.forget();
      applied(taken.position, receivedAt);
      sweeps.start(taken.position, taken.touched, receivedAt);
      return;
    }
    log('warn', 'policy.refused', { code: taken.code, detail: taken.detail });
    const { code, detail } = taken;
    link.send({ type: 'Nack', seq, active: bundle.state.position, code, detail: detail.slice(0, 512) });
    // A disk that refuses may accept later: start over, with the backoff of the link.
    if (code === 'storage') link.reconnect();
  };

  const onFrame = async (frame: Frame): Promise<void> => {
    const receivedAt = Date.now();
    const seq = bundle.state.position?.seq ?? 0;
    switch (frame.header.type) {
      case 'Welcome': {
        const { regionKey, beatMilliseconds } = frame.header as unknown as Welcome;
        if (secrets.adopt(regionKey, identity!.key)) await disk.writeRegionKey(regionKey);
        else log('error', 'policy.region_key_refused');
        link.welcomed(beatMilliseconds);
        welcomed = true;
        for (const ack of acks) link.send(ack);
        report();
        sender.connected();
        return;
      }
      case 'Snapshot':
        return answer(await bundle.takeSnapshot(frame), seq, receivedAt);
      case 'Delta':
        return answer(await bundle.takeDelta(frame), seq, receivedAt);
      case 'Beat': {
        const result = await bundle.takeBeat(frame);
        if (result === 'drift')
          answer(
            { ok: false, code: 'base_mismatch', detail: 'another chain than the beat speaks of' },
            seq,
            receivedAt,
          );
        else if (typeof result === 'object')
          log('warn', 'policy.beat_refused', { code: result.code, detail: result.detail });
        return;
      }
      case 'Received':
        sender.received(String(frame.header.bootId), Number(frame.header.last));
        return;
      default:
        log('warn', 'policy.message_unknown', { type: frame.header.type.slice(0, 32) });
    }
  };

  const link = new Link<EdgeMessage>({
    controlUrl: options.controlUrl,
    path: '/fence-sync',
    identity: () => identity!,
    onOpen: () => void link.send(hello()),
    onFrame,
    onClose: () => {
      welcomed = false;
    },
    log,
  });
  const sender = new Sender({
    spool,
    ready: () => welcomed && !stopped && !link.congested,
    send: ({ payload, ...numbers }) => link.send({ type: 'Upstream', ...numbers, dropped: spool.dropped }, payload),
    log,
  });

  const join = async (): Promise<void> => {
    for (let attempt = 0; !identity && !stopped; attempt++) {
      try {
        const fresh = await enrol(options);
        keys = readKeys(fresh.policyKeys);
        identity = fresh;
        log('info', 'policy.enrolled');
      } catch (error) {
        const code = error instanceof ControlError ? error.code : 'enrol.failed';
        log('warn', 'policy.enrol_failed', { code, error: messageOf(error) });
        const delay = Math.random() * Math.min(30_000, 200 * 2 ** Math.min(attempt, 20));
        await new Promise((resolve) => setTimeout(resolve, 100 + delay));
      }
    }
    if (!stopped) link.dial();
  };
  void join();

  // Spread, so that edges enrolled together do not renew together.
  const jitter = Math.random() * 0.2;
  const renewal = setInterval(() => {
    if (!identity) return;
    const half = renewAt(identity);
    if (Date.now() < half + jitter * 12 * 3_600_000) return;
    void renew(options, identity).then(
      (renewed) => {
        identity = renewed;
        log('info', 'policy.certificate_renewed');
        link.reconnect();
      },
      (error) => log('warn', 'policy.renew_failed', { error: messageOf(error) }),
    );
  }, RENEW_CHECK_MILLISECONDS).unref();
  const reports = setInterval(() => welcomed && report(), REPORT_MILLISECONDS).unref();

  return {
    index: bundle.state.index,
    bootId,
    get position() {
      return bundle.state.position;
    },
    leaseExpiresAt: () => bundle.leaseExpiresAt,
    certificate(ref) {
      const appId = bundle.state.appIdOfCertificate(ref.id);
      return appId === undefined ? null : secrets.certificate(ref, appId);
    },
    onChange: (sweep) => sweeps.use(sweep),
    report: (fn) => {
      fill = fn;
    },
    record: (record) => spool.append(record),
    identity: () => identity,
    status: () => ({ connected: welcomed, spoolBytes: spool.depth, dropped: spool.dropped }),
    async stop() {
      stopped = true;
      clearInterval(renewal);
      clearInterval(reports);
      sweeps.stop();
      spool.stop();
      await link.stop();
      await disk.close();
    },
  };
}
