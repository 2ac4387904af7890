import { type AuditEntry, entriesOf } from '@/lib/audit';
import { HASH_BYTES, leafHash } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { ahead } from './ahead';
import { leavesOf } from './log';
import { meets, pagesOf, type Run } from './rows';

/** An event as the readable formats have it. */
export type PlacedEvent = { index: number } & (
  | { state: 'intact'; entry: AuditEntry; leaf: Uint8Array }
  /** What is stored is not what the log holds there. */
  | { state: 'altered'; entry: AuditEntry }
  /** Nothing is stored; `pruned` when it went as was agreed. */
  | { state: 'pruned' | 'missing'; entry: null }
);

/** Those that meet the filter, and those that can no longer be said to. Nothing is left out because somebody changed it. */
export async function* eventsIn(run: Run): AsyncGenerator<PlacedEvent[]> {
  const matches = meets(run.job);
  const sample = await run.jobs.sample(run.job);
  yield* ahead(pagesOf(run, true), async (page) => {
    const from = page[0]!.index;
    const stored = page.filter(({ id }) => id !== null).map((row) => ({ ...row, id: row.id! }));
    const [entries, hashes] = await Promise.all([entriesOf(stored), hashesOf(run, from, from + page.length)]);
    const entryAt = new Map(entries.map((entry, i) => [stored[i]!.index, entry]));
    return page.flatMap((row): PlacedEvent[] => {
      const { index, hidden } = row;
      if (hidden || sample?.has(index) === false) return [];
      const entry = entryAt.get(index);
      if (!entry) return [{ index, state: row.pruned ? 'pruned' : 'missing', entry: null }];
      const leaf = leafHash(primitives, row.entry);
      const held = hashes.subarray((index - from) * HASH_BYTES, (index - from + 1) * HASH_BYTES);
      if (entry.altered || !held.equals(leaf)) return [{ index, state: 'altered', entry }];
      return matches(row) === false ? [] : [{ index, state: 'intact', entry, leaf }];
    });
  });
}

async function hashesOf({ jobs, job }: Run, from: number, to: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of leavesOf(jobs, job, from, to)) pieces.push(piece);
  return Buffer.concat(pieces);
}
