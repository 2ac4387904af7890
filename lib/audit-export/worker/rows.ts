import { matcherOf } from '@/lib/kernel/pack';
import { ahead } from './ahead';
import { Interrupted } from './fault';
import type { Progress } from './progress';
import type { Job, Jobs, PlacedRow } from './store';

/** As many values as the keyring opens at a time. */
const PAGE = 500;

/** What a job goes along with. */
export interface Run {
  jobs: Jobs;
  job: Job;
  progress: Progress;
  /** Whether to stop at the next opportunity. */
  over(): boolean;
}

/**
 * The events of the range, page by page in their order, one at each place: what is gone has no id. While a page is used the next is fetched;
 * the memory of two.
 */
export async function* pagesOf({ jobs, job, progress, over }: Run, withValues: boolean): AsyncGenerator<PlacedRow[]> {
  const pages = ahead(starts(job), async (first) => {
    const width = Math.min(PAGE, job.to - first);
    const found = new Map((await jobs.rows(job, first, width, withValues)).map((row) => [row.index, row]));
    const hidden = await jobs.hidden(job, first, width);
    return Array.from({ length: width }, (_, i) => ({
      ...(found.get(first + i) ?? goneAt(first + i)),
      hidden: hidden.has(first + i),
    }));
  });
  for await (const page of pages) {
    if (over()) throw new Interrupted();
    yield page;
    progress.add(page.length);
    await progress.said();
  }
}

function* starts({ from, to }: Job): Generator<number> {
  for (let first = from; first < to; first += PAGE) yield first;
}

const NOTHING = new Uint8Array(0);
const goneAt = (index: number): Omit<PlacedRow, 'hidden'> => ({
  index,
  pruned: false,
  id: null,
  at: new Date(0),
  header: NOTHING,
  commitments: {},
  seed: NOTHING,
  entry: NOTHING,
  sealed: [],
});

/** Whether an event meets the job's filter; null when its header, which a filter has to read, holds something else than events do. */
export function meets({ filter }: Job): (row: PlacedRow) => boolean | null {
  if (Object.keys(filter).length === 0) return () => true;
  const matches = matcherOf(filter);
  return ({ header }) => {
    try {
      const fields = JSON.parse(Buffer.from(header).toString('utf8')) as Record<string, unknown>;
      return matches((name) => fields[name]);
    } catch {
      return null;
    }
  };
}
