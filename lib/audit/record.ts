import { decodeBase64 } from '@/lib/kernel/encoding';
import { EARLY_FIELDS, type Field, type FieldState, fieldCommitment, SALT_BYTES } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { type Header, headerFields, isEarly, valueBytes } from './leaf';
import { fieldIn, type Opened, openValues } from './values';

/** What an event commits to, as stored. */
export interface EventLeaf {
  header: Uint8Array;
  commitments: Record<string, string>;
  seed: Uint8Array;
}

/** An event as stored, and the sealed values of it that the reader may see (base64). */
export interface EventRecord extends EventLeaf {
  id: string;
  sealed: readonly string[];
}

/**
 * An event's fields as a record opens them: all of the header, and those personal values that still exist, that this reader may see and that
 * fit their commitments. Of the others the commitment. Null when the row is of no shape an event has. Throws `keyring.unavailable`.
 */
export const recordFields = async (row: EventRecord): Promise<FieldState[] | null> => (await recordsOf([row]))[0]!;

/** The same for many events: the keyring is asked once for up to 500 values. */
export async function recordsOf(rows: readonly EventRecord[]): Promise<(FieldState[] | null)[]> {
  const sealed = rows.flatMap(({ sealed: values }, row) =>
    values.map((value) => ({ row, eventId: rows[row]!.id, sealed: value })),
  );
  const opened: Opened[][] = rows.map(() => []);
  for (const [i, values] of (await openValues(sealed)).entries()) opened[sealed[i]!.row]!.push(values);
  return rows.map((row, i) => readable(() => openedFields(row, opened[i]!)));
}

/** An event's fields as a stub opens them: those of the header that are named, and nothing else. Null as above. */
export const stubFields = (row: EventLeaf, open: readonly string[]): FieldState[] | null =>
  readable(() => {
    if (isEarly(row.seed))
      return earlyFields(row).map((field) => (field.name === 'header' && open.length > 0 ? field : closed(field)));
    const { fields, names } = ofHeader(row);
    return [
      ...fields.map((field) => (open.includes(field.name) ? field : closed(field))),
      ...names.map((name) => ({ commitment: decodeBase64(row.commitments[name]!)! })),
    ];
  });

function openedFields(row: EventLeaf, opened: readonly Opened[]): FieldState[] {
  if (isEarly(row.seed)) return earlyFields(row);
  const { fields, names } = ofHeader(row);
  return [...fields, ...names.map((name) => personalField(name, decodeBase64(row.commitments[name]!)!, opened))];
}

function earlyFields({ header, commitments, seed }: EventLeaf): Field[] {
  const values = [header, valueBytes(commitments)];
  return EARLY_FIELDS.map((name, i) => ({
    name,
    salt: seed.subarray(i * SALT_BYTES, (i + 1) * SALT_BYTES),
    value: values[i]!,
  }));
}

function ofHeader({ header, commitments, seed }: EventLeaf): { fields: Field[]; names: string[] } {
  const names = Object.keys(commitments).sort();
  const parsed = JSON.parse(Buffer.from(header).toString('utf8')) as Header;
  return { fields: headerFields(parsed, names, seed), names };
}

const closed = ({ name, salt, value }: Field): FieldState => ({
  commitment: fieldCommitment(primitives, name, salt, value),
});

function readable(read: () => FieldState[]): FieldState[] | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
}

function personalField(name: string, commitment: Uint8Array, opened: readonly Opened[]): FieldState {
  const found = fieldIn(opened, name);
  if (!found) return { commitment };
  const field = { name, salt: found.salt, value: valueBytes(found.value) };
  const fits = Buffer.from(fieldCommitment(primitives, name, field.salt, field.value)).equals(commitment);
  return fits ? field : { commitment };
}
