import { entriesOf, type PlacedEvent, readableEvent } from '@/lib/audit';
import { HASH_BYTES, leafHash } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { csvLine } from '../csv';
import { leavesOf } from './log';
import { meets, pagesOf, type Run } from './rows';
import type { PlacedRow } from './store';

/** Those that meet the filter, and those that can no longer be said to. Nothing is left out because somebody changed it. */
async function* eventsIn(run: Run): AsyncGenerator<PlacedEvent[]> {
  const { jobs, job } = run;
  const matches = meets(job);
  for await (const page of pagesOf(run, true)) {
    const [from, to] = [page[0]!.index, page[0]!.index + page.length];
    const leaves: Uint8Array[] = [];
    for await (const piece of leavesOf(jobs, job, from, to)) leaves.push(piece);
    const hashes = Buffer.concat(leaves);
    const fits = (row: PlacedRow) =>
      row.id !== null &&
      hashes
        .subarray((row.index - from) * HASH_BYTES, (row.index - from + 1) * HASH_BYTES)
        .equals(leafHash(primitives, row.entry));
    const stored = page.filter(({ id }) => id !== null);
    const entries = new Map(
      (await entriesOf(stored.map((row) => ({ ...row, id: row.id! })))).map((entry, i) => [stored[i]!.index, entry]),
    );
    yield page.flatMap((row): PlacedEvent[] => {
      const { index } = row;
      const entry = entries.get(index) ?? null;
      if (!entry) return [{ index, state: 'missing', entry }];
      if (entry.altered || !fits(row)) return [{ index, state: 'altered', entry }];
      return matches(row) === false ? [] : [{ index, state: 'intact', entry }];
    });
  }
}

const ndjsonLine = (event: PlacedEvent): string => `${JSON.stringify(readableEvent(event))}\n`;

const COLUMNS = [
  'at',
  'schema',
  'outcome',
  'actorKind',
  'actor',
  'objectType',
  'objectId',
  'projectId',
  'actId',
  'id',
] as const;

function csvRow(event: PlacedEvent): string {
  const { index, state, ...header } = readableEvent(event);
  if (!('details' in header)) return csvLine([String(index), state, ...COLUMNS.map(() => ''), '', '', '']);
  const columns = COLUMNS.map((name) => String(header[name] ?? ''));
  const objects = [header.details, header.personal, header.closed].map((value) => JSON.stringify(value));
  return csvLine([String(index), state, ...columns, ...objects]);
}

const CSV_HEAD = csvLine(['index', 'state', ...COLUMNS, 'details', 'personal', 'closed']);

/** NDJSON with all of an event, or CSV with objects as JSON in a cell. Calls `counted` for each page with its number of lines. */
export async function* linesOf(
  run: Run,
  format: 'ndjson' | 'csv',
  counted: (events: number) => void,
): AsyncGenerator<Uint8Array> {
  if (format === 'csv') yield Buffer.from(CSV_HEAD);
  const line = format === 'csv' ? csvRow : ndjsonLine;
  for await (const events of eventsIn(run)) {
    counted(events.length);
    yield Buffer.from(events.map(line).join(''));
  }
}
