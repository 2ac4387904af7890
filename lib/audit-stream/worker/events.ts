import { entriesOf, type PlacedEvent } from '@/lib/audit';
import { leafHash } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import type { PlacedRow } from './store';

/**
 * Events at their places, each held against the hash that the log has of it. One at every place: of what is gone or changed there is an entry
 * that says so. Throws `keyring.unavailable`.
 */
export async function eventsOf(rows: readonly PlacedRow[]): Promise<PlacedEvent[]> {
  const stored = rows.filter((row) => row.id !== null);
  const entries = await entriesOf(stored.map((row) => ({ ...row, id: row.id! })));
  const byPlace = new Map(entries.map((entry, i) => [stored[i]!.index, entry]));
  return rows.map((row) => {
    const entry = byPlace.get(row.index) ?? null;
    if (!entry) return { index: row.index, state: row.pruned ? 'pruned' : 'missing', entry };
    const fits = row.leaf !== null && Buffer.from(row.leaf).equals(leafHash(primitives, row.entry));
    return { index: row.index, state: fits && !entry.altered ? 'intact' : 'altered', entry };
  });
}
