import 'server-only';
import { type Log, startWorker } from '@/lib/platform';
import { readVerifier } from '@/lib/verifier';
import { workerConfig } from '../config';
import { prepareHome, sweep } from '../files';
import { Interrupted } from './fault';
import { workOnce } from './job';
import { openJobs } from './store';

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
  return startWorker({
    async open(on) {
      await prepareHome(home);
      return openJobs(databaseUrl, on);
    },
    async pass(jobs, { leads, signal }) {
      await sweep(home, () => jobs.kept());
      const over = () => signal.aborted;
      return leads && !over() && workOnce({ jobs, home, over, log });
    },
    pollMilliseconds: POLL_MS,
    followMilliseconds: FOLLOW_MS,
    leads: () => log.info('exporter.leads'),
    failed(error) {
      if (!(error instanceof Interrupted)) log.warn('exporter.failed', { error });
    },
  });
}
