import { rename, rm } from 'node:fs/promises';
import type { Log } from '@/lib/platform';
import { partOf, pathOf, type Written, workOf, writeNew } from '../files';
import { encrypted } from './encrypted';
import { ExportFault, Interrupted } from './fault';
import { linesOf } from './lines';
import { PACK_PASSES, writePack } from './pack';
import { Progress } from './progress';
import type { Run } from './rows';
import { type Done, isClosed, type Job, type Jobs } from './store';

/** Tries that may end without a word: a process that was killed, a keyring or a disk that did not answer. */
const MAX_TRIES = 6;

/** Who works: the queue, where files go, and whether to stop. */
export interface Worker {
  jobs: Jobs;
  home: string;
  over(): boolean;
  log: Pick<Log, 'info' | 'warn'>;
}

/** Does the oldest job that is due, from its beginning, whatever an earlier try left behind. Answers whether there was one. */
export async function workOnce(worker: Worker): Promise<boolean> {
  const { jobs, log } = worker;
  const job = await jobs.claim();
  if (!job) return false;
  try {
    if (!job.allowed) throw new ExportFault('export.not_allowed');
    if (job.tries > MAX_TRIES) throw new ExportFault('export.gave_up');
    await make(worker, job);
    log.info('export.ready', { name: job.id });
  } catch (error) {
    await removeParts(worker.home, job);
    if (error instanceof Interrupted) throw error;
    const fault = faultOf(error);
    log.warn('export.failed', { name: job.id, attempt: job.tries, error });
    if (fault) await jobs.fail(job, fault.code, fault.place);
    else await jobs.release(job);
  }
  return true;
}

function faultOf(error: unknown): ExportFault | null {
  if (error instanceof ExportFault) return error;
  return isClosed(error) ? new ExportFault('export.not_allowed') : null;
}

async function make({ jobs, home, over }: Worker, job: Job): Promise<void> {
  const part = partOf(home, job);
  const passes = job.format === 'pack' ? PACK_PASSES : 1;
  const progress = new Progress(jobs, job, (job.to - job.from) * passes);
  const done = await write({ jobs, job, progress, over }, home, part);
  await rename(part, pathOf(home, job));
  await jobs.finish(job, done);
}

async function write(run: Run, home: string, part: string): Promise<Done> {
  const { format, recipients } = run.job;
  if (format === 'pack') return writePack(run, home, part);
  let events = 0;
  const lines = linesOf(run, format, (count) => {
    events += count;
  });
  const written: Written = await writeNew(part, encrypted(recipients, lines));
  return { events, ...written };
}

async function removeParts(home: string, job: Job): Promise<void> {
  for (const path of [partOf(home, job), workOf(home, job), pathOf(home, job)])
    await rm(path, { recursive: true, force: true });
}
