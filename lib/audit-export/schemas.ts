import { z } from 'zod';
import { instant } from '@/lib/audit-log/schemas';

/** What is asked of an export and what is shown of it. Safe to import in the browser. */
export const FORMATS = ['pack', 'ndjson', 'csv', 'ocsf'] as const;
export type ExportFormat = (typeof FORMATS)[number];

const ENDINGS: Readonly<Record<ExportFormat, string>> = {
  pack: 'cordon-pack.tar.gz',
  ndjson: 'ndjson',
  csv: 'csv',
  ocsf: 'ocsf.ndjson',
};

/** What a file's name says of it. */
export interface ExportKind {
  format: ExportFormat;
  encrypted: boolean;
}
/** Name of the file as it is downloaded. */
export const exportName = (id: string, { format, encrypted }: ExportKind): string =>
  `${id}.${ENDINGS[format]}${encrypted ? '.age' : ''}`;

export const MAX_RECIPIENTS = 8;
const RECIPIENT = /^age1[02-9ac-hj-np-z]{58}$/;
const MAX_RECIPIENTS_TEXT = 2_000;

/** Of a browser's form: age public keys with space between them. Its checksum is looked at on the server. */
const recipients = z
  .string()
  .max(MAX_RECIPIENTS_TEXT, 'At most eight keys')
  .transform((text) => [...new Set(text.split(/[\s,]+/).filter(Boolean))])
  .pipe(
    z
      .array(z.string().regex(RECIPIENT, 'Public keys of age-keygen, which begin with age1 and have 62 characters'))
      .max(MAX_RECIPIENTS, 'At most eight keys'),
  )
  .optional();

/** Of a browser's form: a field that was left empty was not filled in. */
const place = z
  .literal('')
  .transform(() => undefined)
  .or(z.coerce.number('A whole number').int('A whole number').min(0, 'A whole number').max(Number.MAX_SAFE_INTEGER))
  .optional();

/** The filter of the audit page, which drops what it does not understand; here that would export something else than was asked for. */
export const requestExport = z.object({
  format: z.enum(FORMATS),
  event: z
    .string()
    .regex(/^[a-z._-]{1,64}$/)
    .optional(),
  outcome: z.enum(['success', 'refused', 'failed']).optional(),
  actor: z.string().min(1).max(64).optional(),
  project: z.string().min(1).max(64).optional(),
  act: z.uuid().optional(),
  object: z
    .string()
    .regex(/^[\w.~-]{1,128}$/)
    .optional(),
  from: instant.optional(),
  to: instant.optional(),
  /** What cannot be proven is no condition of an export. */
  q: z.undefined('A file is not filtered by words. Take the words out of the filter.').optional(),
  /** Places [first, end) of the log; without them all that its newest checkpoint covers. */
  first: place,
  end: place,
  /** Whom the file is encrypted to. */
  recipients,
});
export type ExportRequest = z.output<typeof requestExport>;

/** A pack of access to production out of the provider's log, from its beginning: up to a place, or all of it. */
export const requestAccessExport = requestExport.pick({ end: true, recipients: true });
export type AccessExportRequest = z.output<typeof requestAccessExport>;

/** An export of a sample that was drawn. */
export const requestSampleExport = z.object({ sampleId: z.string().max(64), format: z.enum(FORMATS) });

export type ExportState = 'queued' | 'running' | 'ready' | 'failed' | 'expired';

export interface ExportView extends ExportKind {
  id: string;
  state: ExportState;
  /** Conditions in the words of a pack's filter, `schema: fence.`; none when everything is exported. */
  filter: string[];
  /** Places [from, to), at the checkpoint over the first `size` entries. */
  from: number;
  to: number;
  size: number;
  /** How far it has come, of how much; 0 of 0 before it began. */
  done: number;
  total: number;
  /** Of the file; null before there is one. */
  events: number | null;
  bytes: number | null;
  sha256: string | null;
  /** Why there is none. */
  problem: string | null;
  /** Null when the person is not visible to the reader. */
  requestedBy: string | null;
  /** ISO 8601, UTC. */
  createdAt: string;
  expiresAt: string;
}

/** What a file holds: the population it is of, how many events of it, and where the log stood. */
export interface ExportAbout {
  kind: 'cordon/export';
  id: string;
  file: string;
  format: ExportFormat;
  /** Null when the file is not encrypted. */
  encryption: { format: 'age'; recipients: string[] } | null;
  /** Of lib/kernel/pack. */
  filter: object;
  range: { from: number; to: number };
  /** The signed note, verbatim. */
  checkpoint: { size: number; note: string };
  events: number;
  bytes: number;
  sha256: string;
  requestedAt: string;
  timezone: 'UTC';
  /** The file is of a sample: readable formats hold what was drawn, a pack the population it was drawn from (lib/kernel/sample). */
  sample?: {
    rule: string;
    seed: string;
    /** By whoever drew it, or made at random. */
    seedGiven: boolean;
    wanted: number;
    population: number;
    places: number[];
  };
}

/** What became of a job that failed, for people. The code beside it is the stable name. */
const PROBLEMS: Readonly<Record<string, string>> = {
  'export.not_allowed': 'Whoever asked for it may not export this log any more.',
  'export.altered':
    'The stored event is not what the log holds, so nothing proves it. Export the places before and after it.',
  'export.pruned':
    'From this place on the range is whole. Before it records were pruned, of which no pack can prove anything.',
  'export.all_pruned': 'The range ends with records that were pruned, of which no pack can prove anything.',
  'export.missing': 'The event is not stored any more. Export the places before and after it.',
  'export.shape': 'The event is of a kind that this version does not know.',
  'export.not_proven': 'The pack could not be verified, so it is not handed out.',
  'export.gave_up': 'It was tried several times and did not come to an end. The console’s log says why.',
};

export function problemWords(code: string, place: number | null): string {
  const words = Object.hasOwn(PROBLEMS, code) ? PROBLEMS[code]! : 'It failed.';
  return place === null ? words : `#${place}: ${words}`;
}
