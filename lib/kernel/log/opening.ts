import { encodeBase64, fromUtf8, utf8Length } from '../encoding';
import { type Field, isCount, rootOver } from './fields';
import { MAX_LINE_BYTES } from './limits';
import { type Hash, type Range, splitOf } from './merkle';

/** Some fields of an event opened, and what proves the rest to be there. A record opens what its reader may see, a stub as little as possible. */
export interface Opening {
  /** Of the entry in its log. No hash here covers it: a proof of inclusion does. */
  readonly index: number;
  /** Of all fields. */
  readonly count: number;
  readonly open: readonly Field[];
  /** The roots of the maximal subtrees without an opened field, left to right. */
  readonly hashes: readonly Uint8Array[];
}

/** A field to open, or the commitment of one that stays closed. */
export type FieldState = Field | { readonly commitment: Uint8Array };

/** Opens the fields that are given with salt and value. All of the event's fields, in their order. Throws RangeError for a number no event has. */
export function openingOf(hash: Hash, index: number, fields: readonly FieldState[]): Opening {
  if (!isCount(fields.length)) throw new RangeError(`log.field_name: ${fields.length} fields`);
  const open = fields.filter((field) => 'salt' in field);
  const closed = closedRanges(fields.map((field) => 'salt' in field));
  const commitments = fields.map((field) => ('salt' in field ? NONE : field.commitment));
  const hashes = closed.map(([from, to]) => rootOver(hash, commitments, from, to));
  return { index, count: fields.length, open, hashes };
}

const NONE = new Uint8Array(0);

/** The line of an NDJSON file, without its end: canonical JSON. Throws RangeError beyond 128 KiB. */
export function openingLine({ index, count, open, hashes }: Opening): string {
  const members = [...open]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, salt, value }) => openedMember(name, encodeBase64(salt), fromUtf8(value)!));
  const line = lineOf(count, hashes.map(encodeBase64), index, members);
  if (utf8Length(line) > MAX_LINE_BYTES) throw new RangeError('log.line_too_long');
  return line;
}

/** A member of `open`; salt in base64, value in canonical JSON. */
export const openedMember = (name: string, salt: string, value: string): string => `"${name}":["${salt}",${value}]`;

/** The one spelling of a line: members sorted, hashes in base64, `open` as its members. */
export function lineOf(count: number, hashes: readonly string[], index: number, open: readonly string[]): string {
  const list = hashes.map((hash) => `"${hash}"`).join(',');
  return `{"count":${count},"hashes":[${list}],"index":${index},"open":{${open.join(',')}}}`;
}

/** The maximal subtrees without an opened field, left to right, in the recursion of RFC 6962. */
export function closedRanges(opened: readonly boolean[]): Range[] {
  const ranges: Range[] = [];
  const visit = (from: number, to: number): void => {
    if (!anyOpened(opened, from, to)) ranges.push([from, to]);
    else if (to - from > 1) {
      const middle = from + splitOf(to - from);
      visit(from, middle);
      visit(middle, to);
    }
  };
  visit(0, opened.length);
  return ranges;
}

export function anyOpened(opened: readonly boolean[], from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (opened[i]) return true;
  return false;
}
