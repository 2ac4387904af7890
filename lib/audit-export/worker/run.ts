import 'server-only';
import type { Log } from '@/lib/platform';
import { readVerifier } from '@/lib/verifier';
import { workerConfig } from '../config';
import { prepareHome, sweep } from '../files';
import { Interrupted } from './fault';
import { workOnce } from './job';
import { type Jobs, openJobs } from './store';

const POLL_MS = 15_000;
/** Whoever does not lead looks now and then, and after files that lie here. */
const FOLLOW_MS = 5_000;

type WorkerLog = Pick<Log, 'info' | 'warn'>;

/**
 * Writes exports from this process when it is configured, one at a time. Of several consoles one leads; each removes files that have had their
 * time from its own directory. Throws ConfigError.
 */
export function startExporter(log: WorkerLog): { stop(): Promise<void> } {
  const config = workerConfig();
  if (!config) return { stop: async () => undefined };
  const { home, databaseUrl } = config;
  // Every pack gets it, so what is not there is said now and not at the first export.
  readVerifier();
  let stopped = false;
  let poked = false;
  let wake: () => void = () => undefined;
  /** Also remembered when it comes while a file is being written. */
  const poke = (): void => {
    poked = true;
    wake();
  };

  async function run(): Promise<void> {
    while (!stopped) {
      let lost = false;
      let jobs: Jobs | undefined;
      try {
        await prepareHome(home);
        jobs = await openJobs(databaseUrl, {
          waiting: poke,
          lost: () => {
            lost = true;
            poke();
          },
        });
        await work(jobs, () => stopped || lost);
      } catch (error) {
        if (!(error instanceof Interrupted)) log.warn('exporter.failed', { error });
      }
      await jobs?.close();
      if (!stopped) await rest(FOLLOW_MS);
    }
  }

  async function work(jobs: Jobs, over: () => boolean): Promise<void> {
    let leads = false;
    while (!over()) {
      if (!leads) {
        leads = await jobs.lead();
        if (leads) log.info('exporter.leads');
      }
      await sweep(home, () => jobs.kept());
      poked = false;
      const worked = leads && !over() && (await workOnce({ jobs, home, over, log }));
      if (!worked && !poked && !over()) await rest(leads ? POLL_MS : FOLLOW_MS);
    }
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
    },
  };
}
