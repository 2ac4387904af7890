import type { Reader } from '../encoding';
import { MAX_PRIVILEGES } from './limits';
import type { Privilege } from './types';

/** Reads `u16 count, count × (u16 id, u32 seconds)`. Null when too many or when an id comes twice. */
export function readPrivileges(reader: Reader): Privilege[] | null {
  const count = reader.u16();
  if (count > MAX_PRIVILEGES) return null;
  const privileges: Privilege[] = [];
  let highest = -1;
  for (let i = 0; i < count && !reader.failed; i++) {
    const id = reader.u16();
    const seconds = reader.u32();
    // Builders write ascending ids; only an unsorted map needs the search for a repetition.
    if (id <= highest && !reader.failed && privileges.some((known) => known.id === id)) return null;
    if (id > highest) highest = id;
    privileges.push({ id, seconds });
  }
  return privileges;
}
