import { canonicalJson, decodeBase64, utf8Length } from '../encoding';
import { isHashBytes } from './bytes';
import { arePersonal, EARLY_FIELDS, entryOver, HEADER_FIELDS, isCount, rootOver, textCommitment } from './fields';
import { MAX_LINE_BYTES, MAX_VALUES_BYTES, SALT_BYTES } from './limits';
import { type Hash, nodeHash, splitOf } from './merkle';
import { anyOpened, closedRanges, lineOf, openedMember } from './opening';

/** What a verifier gets from a line: the entry that it opens, if it is a true one, and the opened fields. */
export type RecordResult =
  | {
      ok: true;
      /** As the line says. Nothing here proves it. */
      index: number;
      count: number;
      /** 55 bytes. The fields are those of the event if and only if the log holds this entry. */
      entry: Uint8Array;
      fields: ReadonlyMap<string, unknown>;
    }
  | { ok: false; reason: RecordReason };

/** Why a line is no record or stub. Closed. */
export type RecordReason =
  | 'line_too_long'
  | 'json_malformed'
  | 'members_wrong'
  | 'count_wrong'
  | 'index_wrong'
  | 'hash_malformed'
  | 'open_malformed'
  | 'value_malformed'
  | 'values_too_long'
  | 'about_malformed'
  | 'field_unknown'
  | 'hashes_wrong'
  | 'not_canonical';

/** The words for each reason, fit for a person; none of them repeats the line's text. */
export const RECORD_REASONS: Readonly<Record<RecordReason, string>> = {
  line_too_long: 'the line is longer than 131072 bytes',
  json_malformed: 'the line is not JSON',
  members_wrong: 'the line is not an object of count, hashes, index and open',
  count_wrong: 'no event has that number of fields',
  index_wrong: 'the index is not a whole number from 0',
  hash_malformed: 'a hash is not the base64 of 32 bytes',
  open_malformed: 'an opened field is not a salt of 16 bytes in base64 and a value',
  value_malformed: 'a value is nested too deeply or holds what canonical JSON cannot say',
  values_too_long: 'the values are longer than 98304 bytes together',
  about_malformed: 'the field about does not list the personal fields, sorted, as many as the count leaves',
  field_unknown: 'an opened field has no place: a personal one needs about opened beside it',
  hashes_wrong: 'there are more or fewer hashes than closed fields ask for',
  not_canonical: 'the line is not spelled canonically: white space, order, a member twice, or another form of a value',
};

interface Line {
  count: number;
  index: number;
  hashes: string[];
  hashBytes: Uint8Array[];
  open: Record<string, unknown>;
}
type Refusal = { ok: false; reason: RecordReason };

/**
 * Reads a hostile line: the entry it leads to and the fields it opens, or what is wrong with it. The entry is worth nothing by itself; its
 * leaf hash has to be shown to be in the log (`verifyInclusion`, `rootBeyond`).
 */
export function entryOf(hash: Hash, line: string): RecordResult {
  const parsed = parse(line);
  if ('ok' in parsed) return parsed;
  const { count, index, hashes, hashBytes, open } = parsed;
  const placeOf = places(count, open);
  if (!placeOf) return refuse('about_malformed');

  const members: string[] = [];
  const fields = new Map<string, unknown>();
  const commitments = new Array<Uint8Array | null>(count).fill(null);
  const values: string[] = [];
  let units = 0;
  for (const name of Object.keys(open).sort()) {
    const pair = open[name];
    if (!Array.isArray(pair) || pair.length !== 2) return refuse('open_malformed');
    const [salt, value] = pair as unknown[];
    const saltBytes = typeof salt === 'string' ? decodeBase64(salt) : null;
    if (typeof salt !== 'string' || saltBytes?.length !== SALT_BYTES) return refuse('open_malformed');
    const place = placeOf(name);
    if (place < 0) return refuse('field_unknown');
    const json = canonical(value);
    if (json === null) return refuse('value_malformed');
    values.push(json);
    units += json.length;
    if (units > SHORT_UNITS && bytesOf(values) > MAX_VALUES_BYTES) return refuse('values_too_long');
    members.push(openedMember(name, salt, json));
    fields.set(name, value);
    commitments[place] = textCommitment(hash, name, saltBytes, json);
  }
  if (lineOf(count, hashes, index, members) !== line) return refuse('not_canonical');

  if (hashes.length === 0 && members.length === count) {
    const root = rootOver(hash, commitments as Uint8Array[], 0, count);
    return { ok: true, index, count, entry: entryOver(count, root), fields };
  }
  const opened = commitments.map((commitment) => commitment !== null);
  if (hashBytes.length !== closedRanges(opened).length) return refuse('hashes_wrong');
  let next = 0;
  const root = (from: number, to: number): Uint8Array => {
    if (!anyOpened(opened, from, to)) return hashBytes[next++]!;
    if (to - from === 1) return commitments[from]!;
    const middle = from + splitOf(to - from);
    const left = root(from, middle);
    return nodeHash(hash, left, root(middle, to));
  };
  return { ok: true, index, count, entry: entryOver(count, root(0, count)), fields };
}

/** A unit of UTF-16 takes three bytes at most, so most values and lines need not be counted. */
const SHORT_UNITS = MAX_VALUES_BYTES / 3;
const bytesOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + utf8Length(text), 0);

function parse(line: string): Line | Refusal {
  const short = line.length <= SHORT_UNITS;
  if (!short && (line.length > MAX_LINE_BYTES || utf8Length(line) > MAX_LINE_BYTES)) return refuse('line_too_long');
  const json = fromJson(line);
  if (json === undefined) return refuse('json_malformed');
  if (!isObject(json) || !hasMembers(json)) return refuse('members_wrong');
  const { count, index, hashes, open } = json;
  if (typeof count !== 'number' || !isCount(count)) return refuse('count_wrong');
  if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0) return refuse('index_wrong');
  if (!Array.isArray(hashes) || !isObject(open)) return refuse('members_wrong');
  const hashBytes: Uint8Array[] = [];
  for (const text of hashes) {
    const bytes = typeof text === 'string' ? decodeBase64(text) : null;
    if (!bytes || !isHashBytes(bytes)) return refuse('hash_malformed');
    hashBytes.push(bytes);
  }
  return { count, index, hashes, hashBytes, open };
}

const MEMBERS = ['count', 'hashes', 'index', 'open'];
const hasMembers = (json: Record<string, unknown>): boolean =>
  Object.keys(json).length === MEMBERS.length && MEMBERS.every((name) => Object.hasOwn(json, name));

const placesIn = (names: readonly string[]) => new Map(names.map((name, place) => [name, place]));
const EARLY = placesIn(EARLY_FIELDS);
const HEADER = placesIn(HEADER_FIELDS);

/** Answers the place of a name, or -1: the header's names have theirs, personal ones if `about` lists them. Null when `about` lists them wrongly. */
function places(count: number, open: Record<string, unknown>): ((name: string) => number) | null {
  if (count === EARLY.size) return (name) => EARLY.get(name) ?? -1;
  if (!Object.hasOwn(open, 'about')) return (name) => HEADER.get(name) ?? -1;
  const about = Array.isArray(open.about) ? (open.about[1] as unknown) : undefined;
  const personal = isObject(about) ? about.personal : undefined;
  if (!Array.isArray(personal) || personal.length !== count - HEADER.size || !arePersonal(personal)) return null;
  return (name) => {
    const listed = personal.indexOf(name);
    return HEADER.get(name) ?? (listed < 0 ? -1 : HEADER.size + listed);
  };
}

const refuse = (reason: RecordReason): Refusal => ({ ok: false, reason });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function canonical(value: unknown): string | null {
  try {
    return canonicalJson(value);
  } catch {
    return null;
  }
}
