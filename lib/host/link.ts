import type { Log } from '@/lib/platform';
import type { AccessEnrolment } from '@/lib/uplink/access-identity';
import type { HostStanding } from '@/lib/uplink/access-sync';
import { openAccessUplink } from '@/lib/uplink/access-uplink';
import type { HostEvent } from '@/lib/uplink/host-events';
import type { SignedSheet } from './sheet';

/** Milliseconds between signs of life, and between standings when nothing has changed. */
const PING = 2_000;
const REPEAT = 5_000;

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
  const { log, onSheet, standing } = options;
  const report = (): void => uplink.say({ type: 'Standing' }, Buffer.from(JSON.stringify(standing())));
  const uplink = await openAccessUplink<HostEvent>({
    ...options,
    ...{ role: 'host', ping: PING, spool: { durable: true } },
    onOpen: report,
    onFrame: async ({ header, payload }) => {
      if (header.type !== 'Sheet') return;
      await onSheet({ sheet: Buffer.from(payload).toString('utf8'), signature: String(header.signature) });
      report();
    },
    log: (level, msg, fields) =>
      log[level](msg, { detail: String(fields?.error ?? ''), code: String(fields?.code ?? '') }),
  });
  const repeats = setInterval(report, REPEAT);
  return {
    dial: uplink.dial,
    tell: uplink.tell,
    report,
    async stop() {
      clearInterval(repeats);
      await uplink.stop();
    },
  };
}
