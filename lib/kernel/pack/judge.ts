import { type AccessEvent, accessEvent } from '../access';
import { canonicalJson } from '../encoding';
import { EARLY_FIELDS, entryOf, HASH_BYTES, type Hash, HEADER_FIELDS, leafHash, RECORD_REASONS } from '../log';
import { isObject, textIn } from './bytes';
import { type Filter, matcherOf } from './filter';

/** The two files of lines. */
export type LineFile = 'events.ndjson' | 'stubs.ndjson';

/** What lines of a pack are judged by. Plain values, so that a host can hand them to another thread. */
export interface LineRules {
  readonly filter: Filter;
  readonly opened: readonly string[];
  readonly provable: boolean;
  /** Whether events about access to production are to be given back. */
  readonly access?: boolean;
  /** Of the shapes, by their digest. */
  readonly schemas: ReadonlyMap<string, string>;
}

/** Earliest and latest `at`. */
export interface Times {
  readonly first: string;
  readonly last: string;
}

/**
 * What lines say by themselves, whatever stands before them and whatever the log holds: where they claim to belong, to which leaf they lead, and
 * the first fault. Nothing after a line with a fault is judged.
 */
export interface JudgedLines {
  /** The index that each line says. */
  readonly indices: Float64Array;
  /** The leaf hash that each line leads to, 32 bytes each. */
  readonly leaves: Uint8Array;
  /** Of events; null of stubs. */
  readonly times: Times | null;
  /** Those of the events that are about access to production, with as many bytes as their lines have. */
  readonly access: { readonly events: readonly AccessEvent[]; readonly bytes: number };
  readonly fault: LineFault | null;
}

/** `malformed`: of the line after those that are given, or of the piece when it is not even text. The others: of the last line given. */
export type LineFault =
  | { readonly code: 'malformed'; readonly detail: string; readonly whole: boolean }
  | { readonly code: 'filter' | 'opening' | 'schema'; readonly detail: string };

export type LineJudge = (file: LineFile, piece: Uint8Array) => JudgedLines;

interface Line {
  readonly count: number;
  readonly fields: ReadonlyMap<string, unknown>;
}
type OwnFault = Exclude<LineFault, { code: 'malformed' }>;
type Check = (line: Line) => OwnFault | null;

/** Judges pieces of whole lines (`piecesOf`), each for itself. */
export function lineJudge(hash: Hash, rules: LineRules): LineJudge {
  const checks: Record<LineFile, Check> = { 'events.ndjson': eventCheck(rules), 'stubs.ndjson': stubCheck(rules) };
  return (file, piece) => {
    const text = textIn(piece);
    if (text === null) return nothing('the file is not UTF-8, or begins with a byte order mark');
    const lines = text.split('\n');
    const indices = new Float64Array(lines.length);
    const leaves = new Uint8Array(lines.length * HASH_BYTES);
    let [first, last] = ['~', ''];
    const access: AccessEvent[] = [];
    let bytes = 0;
    let count = 0;
    let fault: LineFault | null = null;
    for (const line of lines) {
      const result = entryOf(hash, line);
      if (!result.ok) {
        fault = { code: 'malformed', detail: RECORD_REASONS[result.reason], whole: false };
        break;
      }
      indices[count] = result.index;
      leaves.set(leafHash(hash, result.entry), count * HASH_BYTES);
      count++;
      fault = checks[file](result);
      if (fault) break;
      if (file === 'stubs.ndjson') continue;
      const time = String(headerOf(result)('at'));
      if (time < first) first = time;
      if (time > last) last = time;
      const event = rules.access === true ? accessEvent(result.index, result.fields) : null;
      if (!event) continue;
      access.push(event);
      bytes += line.length;
    }
    return {
      indices: indices.subarray(0, count),
      leaves: leaves.subarray(0, count * HASH_BYTES),
      times: file === 'stubs.ndjson' || count === 0 ? null : { first, last },
      access: { events: access, bytes },
      fault,
    };
  };
}

const nothing = (detail: string): JudgedLines => ({
  indices: new Float64Array(0),
  leaves: new Uint8Array(0),
  times: null,
  access: { events: [], bytes: 0 },
  fault: { code: 'malformed', detail, whole: true },
});

const isEarly = (line: Line): boolean => line.count === EARLY_FIELDS.length;

/** The value of a header field, wherever the event keeps it. */
function headerOf(line: Line): (name: string) => unknown {
  const { fields } = line;
  if (!isEarly(line)) return (name) => fields.get(name);
  const header = fields.get('header');
  return (name) => (isObject(header) && Object.hasOwn(header, name) ? header[name] : undefined);
}

function eventCheck({ filter, schemas }: LineRules): Check {
  const matches = matcherOf(filter);
  return (line) => {
    const names = isEarly(line) ? EARLY_FIELDS : HEADER_FIELDS;
    if (!names.every((name) => line.fields.has(name))) return wrong('opening', 'an event opens all header fields');
    const field = headerOf(line);
    if (matches(field) !== true) return wrong('filter', 'the event does not match');
    const about = isEarly(line) ? line.fields.get('header') : line.fields.get('about');
    const digest = isObject(about) ? about.schemaDigest : undefined;
    const schema = typeof digest === 'string' ? schemas.get(digest) : undefined;
    if (schema === undefined) return wrong('schema', 'the pack does not have the shape of the event');
    return schema === field('schema') ? null : wrong('schema', 'the shape is that of another schema');
  };
}

function stubCheck({ filter, provable, opened }: LineRules): Check {
  const matches = matcherOf(filter);
  const names = canonicalJson([...opened].sort());
  const early = canonicalJson(opened.length > 0 ? ['header'] : []);
  return (line) => {
    if (canonicalJson([...line.fields.keys()].sort()) !== (isEarly(line) ? early : names)) {
      return wrong('opening', 'a stub opens the fields of the filter and no other');
    }
    const match = matches(headerOf(line));
    if (match === null) return wrong('filter', 'a field has a value that the filter cannot be asked of');
    return match && provable ? wrong('filter', 'the stub stands for an event that matches') : null;
  };
}

const wrong = (code: OwnFault['code'], detail: string): OwnFault => ({ code, detail });
