import { readableEvent } from '@/lib/audit';
import { fromUtf8, toHex } from '@/lib/kernel/encoding';
import { systemClock } from '@/lib/platform';
import { csvLine } from '../csv';
import { logFacts, ocsfEvent, ocsfFault } from '../ocsf';
import type { ExportFormat } from '../schemas';
import { eventsIn, type PlacedEvent } from './events';
import type { Run } from './rows';
import type { Job } from './store';

/** A format of one event after the other. */
interface Lines {
  head: string;
  line(event: PlacedEvent): string;
}

export type LineFormat = Exclude<ExportFormat, 'pack'>;

/** The file of a readable format, in constant memory. Calls `counted` for each page with its number of lines. */
export async function* linesOf(
  run: Run,
  format: LineFormat,
  counted: (events: number) => void,
): AsyncGenerator<Uint8Array> {
  const { head, line } = FORMATS[format](run.job);
  if (head !== '') yield Buffer.from(head);
  for await (const events of eventsIn(run)) {
    counted(events.length);
    if (events.length > 0) yield Buffer.from(events.map(line).join(''));
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

function ocsfLines({ note }: Job): Lines {
  const log = logFacts(fromUtf8(note)!);
  const foundAt = systemClock.now();
  return {
    head: '',
    line(event) {
      const { index, state, entry } = event;
      const told =
        state === 'intact'
          ? ocsfEvent(entry, { index, leafHash: toHex(event.leaf), log })
          : ocsfFault(entry, { state, foundAt }, { index, log });
      return `${JSON.stringify(told)}\n`;
    },
  };
}

const FORMATS: Readonly<Record<LineFormat, (job: Job) => Lines>> = {
  ndjson: () => ({ head: '', line: ndjsonLine }),
  csv: () => ({ head: csvLine(['index', 'state', ...COLUMNS, 'details', 'personal', 'closed']), line: csvRow }),
  ocsf: ocsfLines,
};
