import { leafHash } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { checkEvent } from './event';
import type { Findings } from './faults';
import { type Queryable, readEvents, readNotes } from './store';

export interface Place {
  /** Hash of what stands there; null when it gives none. */
  leaf: Uint8Array | null;
  eventId?: string;
}

/** What stands at the places [from, to) of a log, by index; findings about each are added. */
export type Source = (db: Queryable, from: number, to: number, findings: Findings) => Promise<Map<number, Place>>;

/** Of an organisation, or of the provider. */
export const eventsOf =
  (log: string): Source =>
  async (db, from, to, findings) => {
    const places = new Map<number, Place>();
    for (const row of await readEvents(db, log, from, to)) {
      const { index, eventId } = row;
      if (row.pruned) {
        // Without its entry only the tile says what stood here.
        places.set(index, { leaf: row.prunedEntry && leafHash(primitives, row.prunedEntry), eventId });
        continue;
      }
      if (row.id === null) {
        findings.add({ code: 'missing', log, index, eventId, detail: 'no row of AuditEvent has its number' });
        places.set(index, { leaf: null, eventId });
        continue;
      }
      const { leaf, altered, column } = checkEvent(row, log);
      if (altered) {
        const detail = leaf ? 'its stored entry is not that of its fields' : 'its fields are of no form an event has';
        findings.add({ code: 'event', log, index, eventId, detail });
      } else if (column) findings.add({ code: 'columns', log, index, eventId, detail: `its ${column}` });
      // One finding for one change.
      places.set(index, { leaf: altered ? null : leaf, eventId });
    }
    for (let index = from; index < to; index++)
      if (!places.has(index))
        findings.add({ code: 'missing', log, index, detail: 'no event is said to have this place' });
    return places;
  };

/** The operator's log. */
export const notes: Source = async (db, from, to, findings) => {
  const places = new Map<number, Place>();
  for (const { index, note } of await readNotes(db, from, to)) places.set(index, { leaf: leafHash(primitives, note) });
  for (let index = from; index < to; index++)
    if (!places.has(index))
      findings.add({ code: 'operator', log: 'operator', index, detail: 'the checkpoint of this place is gone' });
  return places;
};
