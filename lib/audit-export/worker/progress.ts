import { systemClock } from '@/lib/platform';
import type { Job, Jobs } from './store';

const AT_MOST_EVERY_MS = 500;

/** Says how far a job is, now and then. A failure of that shows in the next thing that is asked of the database. */
export class Progress {
  private done = 0;
  private saidAt = 0;
  private saying: Promise<void> = Promise.resolve();

  constructor(
    private readonly jobs: Jobs,
    private readonly job: Job,
    /** Entries of the range, once for every time they are gone through. */
    private readonly total: number,
  ) {}

  add(count: number): void {
    this.done = Math.min(this.done + count, this.total);
    const now = systemClock.now();
    if (now - this.saidAt < AT_MOST_EVERY_MS) return;
    this.saidAt = now;
    this.saying = this.saying.then(() => this.jobs.progress(this.job, this.done, this.total)).catch(() => undefined);
  }

  /** To be awaited before the connection is asked for something else. */
  said(): Promise<void> {
    return this.saying;
  }
}
