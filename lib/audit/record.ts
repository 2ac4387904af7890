import { decodeBase64 } from '@/lib/kernel/encoding';
import { EARLY_FIELDS, type FieldState, fieldCommitment, SALT_BYTES } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { type Header, headerFields, isEarly, valueBytes } from './leaf';
import { fieldIn, type Opened, openValues } from './values';

/** An event as stored, and the sealed values of it that the reader may see (base64). */
export interface EventRecord {
  id: string;
  header: Uint8Array;
  commitments: Record<string, string>;
  seed: Uint8Array;
  sealed: readonly string[];
}

/**
 * An event's fields as a record opens them: all of the header, and those personal values that still exist, that this reader may see and that
 * fit their commitments. Of the others the commitment. Null when the row is of no shape an event has. Throws `keyring.unavailable`.
 */
export async function recordFields(row: EventRecord): Promise<FieldState[] | null> {
  const { id, header, commitments, seed } = row;
  try {
    if (isEarly(seed)) {
      const values = [header, valueBytes(commitments)];
      return EARLY_FIELDS.map((name, i) => ({
        name,
        salt: seed.subarray(i * SALT_BYTES, (i + 1) * SALT_BYTES),
        value: values[i]!,
      }));
    }
    const names = Object.keys(commitments).sort();
    const parsed = JSON.parse(Buffer.from(header).toString('utf8')) as Header;
    const sealed = row.sealed.map((value) => ({ eventId: id, sealed: Buffer.from(value, 'base64') }));
    const opened = await openValues(sealed);
    return [
      ...headerFields(parsed, names, seed),
      ...names.map((name) => personalField(name, decodeBase64(commitments[name]!)!, opened)),
    ];
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
