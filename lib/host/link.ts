import { randomBytes } from 'node:crypto';
import type { Frame } from '@/lib/kernel/bundle/frames';
import type { Log } from '@/lib/platform';
import { type Batch, ControlError, Link, messageOf, Spool, type UplinkLog } from '@/lib/uplink';
import {
  type AccessEnrolment,
  type AccessIdentity,
  enrolAccess,
  loadAccessIdentity,
  renewAccess,
  renewAccessAt,
} from '@/lib/uplink/access-identity';
import { ACCESS_PATHS, ACCESS_SYNC, type AccessMessage, type HostStanding } from '@/lib/uplink/access-sync';
import type { HostEvent } from '@/lib/uplink/host-events';
import type { SignedSheet } from './sheet';

/** Milliseconds between signs of life, between looks at the certificate's age, and between standings when nothing has changed. */
const PING = 2_000;
const RENEW_CHECK = 60_000;
const REPEAT = 5_000;
const LONGEST_WAIT = 30_000;

export interface LinkOptions extends Omit<AccessEnrolment, 'role'> {
  /** A sheet has come. */
  onSheet: (signed: SignedSheet) => Promise<void>;
  standing: () => HostStanding;
  log: Log<'detail'>;
}

export interface HostLink {
  /** Begins to dial. What is told before waits on the disk. */
  dial(): void;
  tell(event: HostEvent): void;
  /** Says how things stand, now. */
  report(): void;
  stop(): Promise<void>;
}

/** The way to control. Events wait on the disk until they are committed there; how things stand is said anew each time. */
export async function openLink(options: LinkOptions): Promise<HostLink> {
  const { name, home, log, onSheet, standing } = options;
  const enrolment: AccessEnrolment = { ...options, role: 'host' };
  const write: UplinkLog = (level, msg, fields) =>
    log[level](msg, { detail: String(fields?.error ?? ''), code: String(fields?.code ?? '') });
  let identity = await loadAccessIdentity(enrolment);
  if (!identity && !(options.joinToken && options.controlFingerprint))
    throw new Error('CORDON_HOST_JOIN_TOKEN and CORDON_CONTROL_FINGERPRINT are required at the first start');
  // Sorts by time, so that records of former runs are sent first.
  const boot = `${Date.now().toString(36).padStart(9, '0')}-${randomBytes(4).toString('hex')}`;
  const spool = await Spool.open<HostEvent>(home, boot, write, { durable: true });
  let told = 0;
  let sent: Batch | null = null;
  let reading = false;
  let missed = false;
  let greeted = false;
  let stopped = false;

  const upstream = async (): Promise<void> => {
    // What comes while the disk is read may not be seen by that read.
    if (reading) missed = true;
    if (sent || reading || !greeted || stopped) return;
    reading = true;
    missed = false;
    try {
      const batch = await spool.next();
      if (batch && greeted && !stopped) {
        sent = batch;
        link.send({ type: 'Events', boot: batch.bootId, first: batch.first, last: batch.last }, batch.payload);
      }
    } finally {
      reading = false;
    }
    if (missed) await upstream();
  };
  spool.onRecords = () => void upstream().catch((error) => write('error', 'spool.read', { error: messageOf(error) }));

  const report = (): void => {
    if (greeted) link.send({ type: 'Standing' }, Buffer.from(JSON.stringify(standing())));
  };

  const link = new Link<AccessMessage>({
    controlUrl: options.controlUrl,
    path: ACCESS_PATHS.sync,
    identity: () => identity!,
    onOpen: () => {
      link.send({ type: 'Hello', proto: ACCESS_SYNC, role: 'host', name, boot });
      link.welcomed(PING);
      // What was sent on another connection is sent again.
      sent = null;
      greeted = true;
      report();
      spool.onRecords();
    },
    onFrame: async ({ header, payload }: Frame) => {
      if (header.type === 'Sheet') {
        await onSheet({ sheet: Buffer.from(payload).toString('utf8'), signature: String(header.signature) });
        report();
      }
      if (header.type !== 'Ack' || !sent || header.boot !== sent.bootId || Number(header.upTo) < sent.last) return;
      spool.received(sent.bootId, sent.last);
      sent = null;
      spool.onRecords();
    },
    onClose: () => {
      greeted = false;
      sent = null;
    },
    log: write,
  });

  const begin = async (): Promise<void> => {
    for (let attempt = 0; !identity && !stopped; attempt++) {
      try {
        identity = await enrolAccess(enrolment);
      } catch (error) {
        const code = error instanceof ControlError ? error.code : 'enrol.failed';
        write('warn', 'host.enrol_failed', { code, error: messageOf(error) });
        const wait = Math.random() * Math.min(LONGEST_WAIT, 200 * 2 ** Math.min(attempt, 20));
        await new Promise((resolve) => setTimeout(resolve, 100 + wait));
      }
    }
    if (!stopped) link.dial();
  };
  const pings = setInterval(() => link.ping(), PING);
  const repeats = setInterval(report, REPEAT);
  const renewal = setInterval(() => {
    if (!identity || Date.now() < renewAccessAt(identity)) return;
    renewAccess(enrolment, identity).then(
      (renewed: AccessIdentity) => {
        identity = renewed;
        link.reconnect();
      },
      (error) => write('warn', 'host.renew_failed', { error: messageOf(error) }),
    );
  }, RENEW_CHECK);

  return {
    dial: () => void begin(),
    tell(event) {
      if (spool.dropped > told) {
        const dropped = spool.dropped - told;
        spool.append({ kind: 'gap', at: Date.now(), dropped });
        if (spool.dropped - told === dropped) told = spool.dropped;
      }
      spool.append(event);
    },
    report,
    async stop() {
      stopped = true;
      for (const timer of [pings, repeats, renewal]) clearInterval(timer);
      spool.stop();
      await link.stop();
    },
  };
}
