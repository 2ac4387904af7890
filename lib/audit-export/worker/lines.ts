import { type AuditEntry, entriesOf } from '@/lib/audit';
import { HASH_BYTES, leafHash } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { csvLine } from '../csv';
import { leavesOf } from './log';
import { meets, pagesOf, type Run } from './rows';
import type { PlacedRow } from './store';

/** An event in the readable formats. */
interface LineEvent {
  index: number;
  /** `altered`: what is stored is not what the log holds there. `missing`: nothing is stored. */
  state: 'intact' | 'altered' | 'missing';
  entry: AuditEntry | null;
}

/** Those that meet the filter, and those that can no longer be said to. Nothing is left out because somebody changed it. */
async function* eventsIn(run: Run): AsyncGenerator<LineEvent[]> {
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
    yield page.flatMap((row): LineEvent[] => {
      const { index } = row;
      const entry = entries.get(index) ?? null;
      if (!entry) return [{ index, state: 'missing', entry }];
      if (entry.altered || !fits(row)) return [{ index, state: 'altered', entry }];
      return matches(row) === false ? [] : [{ index, state: 'intact', entry }];
    });
  }
}

function ndjsonLine({ index, state, entry }: LineEvent): string {
  if (!entry) return `${JSON.stringify({ index, state })}\n`;
  const { altered: _, personal, ...header } = entry;
  return `${JSON.stringify({ index, state, ...header, ...valuesOf(personal) })}\n`;
}

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

function csvRow({ index, state, entry }: LineEvent): string {
  if (!entry) return csvLine([String(index), state, ...COLUMNS.map(() => ''), '', '', '']);
  const { personal, closed } = valuesOf(entry.personal);
  const columns = COLUMNS.map((name) => String(entry[name] ?? ''));
  const objects = [entry.details, personal, closed].map((value) => JSON.stringify(value));
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

/** Values that are there; of the others only what became of them. */
function valuesOf(personal: AuditEntry['personal']) {
  const fields = Object.entries(personal);
  return {
    personal: Object.fromEntries(
      fields.flatMap(([name, field]) => (field.state === 'present' ? [[name, field.value]] : [])),
    ),
    closed: Object.fromEntries(fields.flatMap(([name, { state }]) => (state === 'present' ? [] : [[name, state]]))),
  };
}
