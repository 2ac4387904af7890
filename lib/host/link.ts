import type { Log } from '@/lib/platform';
import { messageOf } from '@/lib/uplink';
import type { AccessEnrolment } from '@/lib/uplink/access-identity';
import type { HostStanding } from '@/lib/uplink/access-sync';
import { openAccessUplink } from '@/lib/uplink/access-uplink';
import type { HostEvent } from '@/lib/uplink/host-events';
import type { HostKey } from './host-key';
import type { SignedSheet } from './sheet';

/** Milliseconds between signs of life, and between standings when nothing has changed. */
const PING = 2_000;
const REPEAT = 5_000;
/** Between looks whether the SSH key needs a certificate. */
const CERTIFICATE = 60_000;

export interface LinkOptions extends Omit<AccessEnrolment, 'role'> {
  /** A sheet has come. */
  onSheet: (signed: SignedSheet) => Promise<void>;
  standing: () => HostStanding;
  /** Its SSH key, to be certified. */
  hostKey: HostKey;
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
  const { log, onSheet, standing, hostKey } = options;
  const report = (): void => uplink.say({ type: 'Standing' }, Buffer.from(JSON.stringify(standing())));
  /** What fails is said at the next look. */
  const certify = async (): Promise<void> => {
    try {
      const publicKey = await hostKey.due();
      if (publicKey) uplink.say({ type: 'HostKey', publicKey });
    } catch (error) {
      log.warn('host.no_ssh_key', { detail: messageOf(error) });
    }
  };
  const take = async (certificate: string): Promise<void> => {
    try {
      const refused = await hostKey.take(certificate);
      if (refused) log.warn('host.certificate_refused', { code: refused });
      else log.info('host.certified');
    } catch (error) {
      log.warn('host.certificate_failed', { detail: messageOf(error) });
    }
  };
  const uplink = await openAccessUplink<HostEvent>({
    ...options,
    ...{ role: 'host', ping: PING, spool: { durable: true } },
    onOpen: () => {
      report();
      void certify();
    },
    onFrame: async ({ header, payload }) => {
      if (header.type === 'Sheet') {
        await onSheet({ sheet: Buffer.from(payload).toString('utf8'), signature: String(header.signature) });
        report();
      }
      // Sheets do not wait for sshd.
      if (header.type === 'HostCertificate') void take(String(header.certificate));
    },
    log: (level, msg, fields) =>
      log[level](msg, { detail: String(fields?.error ?? ''), code: String(fields?.code ?? '') }),
  });
  const repeats = setInterval(report, REPEAT);
  const looks = setInterval(() => void certify(), CERTIFICATE);
  return {
    dial: uplink.dial,
    tell: uplink.tell,
    report,
    async stop() {
      clearInterval(repeats);
      clearInterval(looks);
      await uplink.stop();
    },
  };
}
