import 'server-only';
import { ConfigError, type Log } from '@/lib/platform';
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
  let stopped = false;
  let poked = false;
  let wake: () => void = () => undefined;
  /** Also remembered when it comes while the queue is being read. */
  const poke = (): void => {
    poked = true;
    wake();
  };

  async function run(): Promise<void> {
    while (!stopped) {
      let lost = false;
      let queue: Queue | undefined;
      try {
        queue = await openQueue(databaseUrl as string, {
          waiting: poke,
          lost: () => {
            lost = true;
            poke();
          },
        });
        await work(queue, () => stopped || lost);
      } catch (error) {
        log.warn('mailer.failed', { error });
      }
      await queue?.close();
      if (!stopped) await rest(FOLLOW_MS);
    }
  }

  async function work(queue: Queue, over: () => boolean): Promise<void> {
    let leads = false;
    while (!over()) {
      if (!leads) {
        leads = await queue.lead();
        if (leads) log.info('mailer.leads');
        else await rest(FOLLOW_MS);
      }
      poked = false;
      if (leads && !over()) await queue.tellEnding();
      const due = over() ? [] : await queue.claim(AT_ONCE);
      for (const notice of due) {
        if (over()) return;
        await mail(queue, notice);
      }
      if (leads && due.length === 0 && !poked) await rest(POLL_MS);
    }
  }

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

  async function rest(milliseconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      wake = resolve;
      timer = setTimeout(resolve, milliseconds);
    });
    clearTimeout(timer);
  }

  const running = run();
  return {
    async stop() {
      stopped = true;
      poke();
      await running;
      transport.close();
    },
  };
}
