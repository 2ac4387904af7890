import { isHashBytes, utf8 } from './bytes';
import { HASH_BYTES, MAX_FIELD_NAME, MAX_FIELDS, MAX_VALUES_BYTES, SALT_BYTES } from './limits';
import { type Hash, nodeHash, splitOf } from './merkle';

/**
 * An event's fields, each committed to on its own, and the entry of the log over them: whoever holds the salt and the value of one field can
 * prove that field, and nothing is learnt of the others.
 */
export interface Field {
  readonly name: string;
  /** 16 random bytes, or bytes that only the writer can derive. */
  readonly salt: Uint8Array;
  /** Canonical JSON (RFC 8785), UTF-8. */
  readonly value: Uint8Array;
}

/** The fields that every event begins with, in this order. Personal fields follow, sorted by name. */
export const HEADER_FIELDS = [
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
  'details',
  'about',
] as const;
/** Events written before the log existed have these two alone. */
export const EARLY_FIELDS = ['header', 'commitments'] as const;

const RESERVED: ReadonlySet<string> = new Set(HEADER_FIELDS);
const NAME = /^[A-Za-z0-9._-]{1,64}$/;

export interface Commitment {
  /** One per field, 32 bytes each. */
  readonly commitments: Uint8Array[];
  /** 55 bytes: what the log holds of the event. */
  readonly entry: Uint8Array;
}

/**
 * Commits to the fields of an event, given in their order. Throws RangeError, naming the field, for a wrong order or name, a salt that has
 * not 16 bytes, and values of more than 96 KiB together: what is refused here could not be exported.
 */
export function commitFields(hash: Hash, fields: readonly Field[]): Commitment {
  const wrong = misplaced(fields);
  if (wrong !== null) throw new RangeError(`log.field_name: ${wrong}`);
  let total = 0;
  const commitments: Uint8Array[] = [];
  for (const field of fields) {
    total += field.value.length;
    if (total > MAX_VALUES_BYTES) throw new RangeError(`log.values_too_long: ${field.name}`);
    commitments.push(fieldCommitment(hash, field.name, field.salt, field.value));
  }
  return { commitments, entry: entryOfCommitments(hash, commitments) };
}

/** The entry of an event of which only the commitments are known, in the order of its fields. Throws RangeError when no event has these. */
export function entryOfCommitments(hash: Hash, commitments: readonly Uint8Array[]): Uint8Array {
  if (!isCount(commitments.length) || !commitments.every(isHashBytes)) throw new RangeError('log.commitments');
  return entryOver(commitments.length, rootOver(hash, commitments, 0, commitments.length));
}

const TAG = utf8('cordon/audit/field/v1\n');
const PREFIX_BYTES = 1 + TAG.length;
/** 0x00 for a leaf of RFC 6962, tag, length of the name, name, salt, value. Shared: a hash is done before anything else runs. */
const input = new Uint8Array(PREFIX_BYTES + 1 + MAX_FIELD_NAME + SALT_BYTES + MAX_VALUES_BYTES);
input.set(TAG, 1);
/** `input` cut to each length of a short value; making a view costs much of what a hash costs. */
const cuts = Array.from({ length: 513 }, (_, length) => input.subarray(0, length));

/** SHA-256(0x00 | "cordon/audit/field/v1\n" | u8 length of name | name | salt | value). Throws RangeError beyond the limits. */
export function fieldCommitment(hash: Hash, name: string, salt: Uint8Array, value: Uint8Array): Uint8Array {
  if (value.length > MAX_VALUES_BYTES) throw new RangeError(`log.values_too_long: ${name}`);
  const at = begin(name, salt);
  input.set(value, at);
  return hashed(hash, at + value.length);
}

/**
 * The same, of a value as its text (canonical JSON): most are short and ASCII, and making bytes of one costs as much as hashing them. Throws
 * TypeError for a lone surrogate as well.
 */
export function textCommitment(hash: Hash, name: string, salt: Uint8Array, text: string): Uint8Array {
  if (text.length > MAX_VALUES_BYTES) throw new RangeError(`log.values_too_long: ${name}`);
  const at = begin(name, salt);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) return fieldCommitment(hash, name, salt, utf8(text));
    input[at + i] = unit;
  }
  return hashed(hash, at + text.length);
}

/** Puts what comes before the value, and answers where that begins. */
function begin(name: string, salt: Uint8Array): number {
  if (!NAME.test(name)) throw new RangeError(`log.field_name: ${name}`);
  if (salt.length !== SALT_BYTES) throw new RangeError(`log.salt: ${name}`);
  let at = PREFIX_BYTES;
  input[at++] = name.length;
  for (let i = 0; i < name.length; i++) input[at++] = name.charCodeAt(i);
  for (let i = 0; i < SALT_BYTES; i++) input[at++] = salt[i]!;
  return at;
}

const hashed = ({ sha256 }: Hash, length: number): Uint8Array => sha256(cuts[length] ?? input.subarray(0, length));

/** The root of RFC 6962 over the commitments `from` to `to` - 1, which stand for leaf hashes. At least one. */
export function rootOver(hash: Hash, commitments: readonly Uint8Array[], from: number, to: number): Uint8Array {
  if (to - from === 1) return commitments[from]!;
  const middle = from + splitOf(to - from);
  const left = rootOver(hash, commitments, from, middle);
  return nodeHash(hash, left, rootOver(hash, commitments, middle, to));
}

const ENTRY_TAG = utf8('cordon/audit/event/v1\n');
export const ENTRY_BYTES = ENTRY_TAG.length + 1 + HASH_BYTES;

/** "cordon/audit/event/v1\n" | u8 number of fields | fields root. */
export function entryOver(count: number, root: Uint8Array): Uint8Array {
  const entry = new Uint8Array(ENTRY_BYTES);
  entry.set(ENTRY_TAG);
  entry[ENTRY_TAG.length] = count;
  entry.set(root, ENTRY_TAG.length + 1);
  return entry;
}

export const isCount = (count: number): boolean =>
  count === EARLY_FIELDS.length || (Number.isInteger(count) && count >= HEADER_FIELDS.length && count <= MAX_FIELDS);

/** Whether a list can be the names of the personal fields: valid, none of the header's, sorted bytewise, none twice. */
export function arePersonal(names: readonly unknown[]): names is string[] {
  let last = '';
  for (const name of names) {
    if (typeof name !== 'string' || !NAME.test(name) || RESERVED.has(name) || name <= last) return false;
    last = name;
  }
  return true;
}

/** The first name that stands where it must not, or null. */
function misplaced(fields: readonly Field[]): string | null {
  if (!isCount(fields.length)) return `${fields.length} fields`;
  const fixed: readonly string[] = fields.length === EARLY_FIELDS.length ? EARLY_FIELDS : HEADER_FIELDS;
  for (const [i, { name }] of fields.entries()) {
    if (i < fixed.length ? name === fixed[i] : arePersonal(i > fixed.length ? [fields[i - 1]!.name, name] : [name]))
      continue;
    return name;
  }
  return null;
}
