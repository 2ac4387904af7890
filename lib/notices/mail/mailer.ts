import 'server-only';
import { ConfigError, type Log, startWorker } from '@/lib/platform';
import { mailConfig } from './config';
import { composeNotice } from './message';
import { openQueue, type Queue } from './store';
import { openTransport } from './transport';

/** Few at a time: whatever dies with the process is mailed again, and that should not be much. */
const AT_ONCE = 5;
const POLL_MS = 15_000;
/** Whoever does not lead looks now and then all the same: a lock that somebody else holds must not keep notices from going out. */
const FOLLOW_MS = 5_000;

type MailerLog = Pick<Log, 'info' | 'warn'>;

/**
 * Mails notices from this process when mail is configured. Of several consoles one leads, and mails at once. At least once, with one Message-ID for all tries of
 * a notice; tries lie 30 s to 34 h apart, eight in all. `databaseUrl` is that of the role `cordon_mailer`. Throws ConfigError.
 */
export function startMailer(databaseUrl: string | undefined, log: MailerLog): { stop(): Promise<void> } {
  const config = mailConfig();
  if (!config) return { stop: async () => undefined };
  if (!databaseUrl) throw new ConfigError('Mail needs CORDON_MAILER_DATABASE_URL, of the role cordon_mailer.');
  const transport = openTransport(config);
  const domain = config.from.address.slice(config.from.address.indexOf('@') + 1);

  async function mail(queue: Queue, notice: Awaited<ReturnType<Queue['claim']>>[number]): Promise<void> {
    try {
      await transport.send(composeNotice(notice, { origin: config!.origins[notice.realm], domain }));
    } catch (error) {
      // The next try was set when it was claimed.
      log.warn('mailer.not_sent', { name: notice.id, error });
      return;
    }
    await queue.mailed(notice.id);
  }

  const worker = startWorker({
    open: (on) => openQueue(databaseUrl, on),
    async pass(queue, { leads, signal }) {
      if (leads) await queue.tellEnding();
      const due = await queue.claim(AT_ONCE);
      for (const notice of due) {
        if (signal.aborted) return false;
        await mail(queue, notice);
      }
      return due.length > 0;
    },
    pollMilliseconds: POLL_MS,
    followMilliseconds: FOLLOW_MS,
    leads: () => log.info('mailer.leads'),
    failed: (error) => log.warn('mailer.failed', { error }),
  });
  return {
    async stop() {
      await worker.stop();
      transport.close();
    },
  };
}
