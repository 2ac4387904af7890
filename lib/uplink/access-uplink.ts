import { randomBytes } from 'node:crypto';
import type { Frame } from '@/lib/kernel/bundle/frames';
import {
  type AccessEnrolment,
  type AccessIdentity,
  enrolAccess,
  loadAccessIdentity,
  renewAccess,
  renewAccessAt,
} from './access-identity';
import { ACCESS_PATHS, ACCESS_SYNC, type AccessMessage } from './access-sync';
import { ControlError } from './control-http';
import { Link } from './link';
import { messageOf, type UplinkLog } from './log';
import { Sender } from './sender';
import { type Batch, Spool, type SpoolLimits } from './spool';

/** Milliseconds between looks at the certificate's age, and the longest between attempts to enrol. */
const RENEW_CHECK = 60_000;
const LONGEST_WAIT = 30_000;

/** Records that the spool had no room for. */
export interface Gap {
  kind: 'gap';
  /** Unix milliseconds. */
  at: number;
  dropped: number;
}

export interface AccessUplinkOptions extends AccessEnrolment {
  /** Milliseconds between signs of life. */
  ping: number;
  spool: Partial<SpoolLimits>;
  /** What is sent for a batch; its own lines unless told. */
  fill?: (batch: Batch) => Promise<Uint8Array>;
  /** Control has committed it. */
  onTaken?: (batch: Batch) => void;
  /** Control may be spoken to from now on. */
  onOpen?: () => void;
  /** Anything of control but acknowledgements. */
  onFrame?: (frame: Frame) => Promise<void>;
  log: UplinkLog;
}

export interface AccessUplink<R extends object> {
  /** Enrols where that is needed, and connects, for ever. What is told before waits on the disk. */
  dial(): void;
  /** Keeps a record for control. What found no room is counted, and told as a gap before the next that does. */
  tell(record: R | Gap): void;
  /** Nothing happens without a connection. */
  say(message: AccessMessage, payload?: Uint8Array): void;
  /** `waiting`: bytes. `silent`: milliseconds since control was heard. */
  status(): { connected: boolean; waiting: number; dropped: number; silent: number };
  stop(): Promise<void>;
}

/** What gateway and hosts have in common on their way to control: who they are, one connection, and records that wait on disk until they are committed. */
export async function openAccessUplink<R extends object>(options: AccessUplinkOptions): Promise<AccessUplink<R>> {
  const { role, name, home, log } = options;
  let identity = await loadAccessIdentity(options);
  if (!identity && !(options.joinToken && options.controlFingerprint)) {
    const variable = `CORDON_${role.toUpperCase()}_JOIN_TOKEN`;
    throw new Error(`${variable} and CORDON_CONTROL_FINGERPRINT are required at the first start`);
  }
  // Sorts by time, so that records of former runs are sent first.
  const boot = `${Date.now().toString(36).padStart(9, '0')}-${randomBytes(4).toString('hex')}`;
  const spool = await Spool.open<R | Gap>(home, boot, log, options.spool);
  let told = 0;
  let greeted = false;
  let stopped = false;

  const link = new Link<AccessMessage>({
    controlUrl: options.controlUrl,
    path: ACCESS_PATHS.sync,
    identity: () => identity!,
    onOpen: () => {
      link.send({ type: 'Hello', proto: ACCESS_SYNC, role, name, boot });
      link.welcomed(options.ping);
      greeted = true;
      options.onOpen?.();
      sender.connected();
    },
    onFrame: async (frame) => {
      const { type, boot, upTo } = frame.header;
      if (type !== 'Ack') return await options.onFrame?.(frame);
      const taken = sender.received(String(boot), Number(upTo));
      if (taken) options.onTaken?.(taken);
    },
    onClose: () => {
      greeted = false;
    },
    log,
  });
  const sender = new Sender({
    spool,
    ready: () => greeted && !stopped && !link.congested,
    ...(options.fill && { fill: options.fill }),
    send: ({ bootId, first, last, payload }) => link.send({ type: 'Events', boot: bootId, first, last }, payload),
    log,
  });

  const begin = async (): Promise<void> => {
    for (let attempt = 0; !identity && !stopped; attempt++) {
      try {
        identity = await enrolAccess(options);
      } catch (error) {
        const code = error instanceof ControlError ? error.code : 'enrol.failed';
        log('warn', 'access.enrol_failed', { code, error: messageOf(error) });
        const wait = Math.random() * Math.min(LONGEST_WAIT, 200 * 2 ** Math.min(attempt, 20));
        await new Promise((resolve) => setTimeout(resolve, 100 + wait));
      }
    }
    if (!stopped) link.dial();
  };
  const pings = setInterval(() => link.ping(), options.ping);
  const renewal = setInterval(() => {
    if (!identity || Date.now() < renewAccessAt(identity)) return;
    renewAccess(options, identity).then(
      (renewed: AccessIdentity) => {
        identity = renewed;
        link.reconnect();
      },
      (error) => log('warn', 'access.renew_failed', { error: messageOf(error) }),
    );
  }, RENEW_CHECK);

  return {
    dial: () => void begin(),
    tell(record) {
      const dropped = spool.dropped - told;
      // One that finds no room either counts itself, which is no loss.
      if (dropped > 0) told += spool.append({ kind: 'gap', at: Date.now(), dropped }) ? dropped : 1;
      spool.append(record);
    },
    say(message, payload) {
      if (greeted) link.send(message, payload);
    },
    status: () => ({
      ...{ connected: link.open, waiting: spool.depth, dropped: spool.dropped },
      silent: link.silentMilliseconds,
    }),
    async stop() {
      stopped = true;
      clearInterval(pings);
      clearInterval(renewal);
      spool.stop();
      await link.stop();
    },
  };
}
