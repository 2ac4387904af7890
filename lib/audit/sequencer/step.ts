import { Growth } from './growth';
import {
  type Cursor,
  insertLeaves,
  type Leaf,
  moveCursor,
  type Queryable,
  readBatch,
  readHeads,
  withCursor,
  writeGrowth,
} from './store';

/** Most events of one step. */
export const BATCH_SIZE = 16_384;

export interface Stepped {
  cursor: Cursor;
  events: number;
}

/** Whose log an event without an organisation belongs to. */
export const PROVIDER = 'provider';

/**
 * Gives the next events their places: reads what no transaction can get in front of any more, appends it to the logs, and writes leaves, tiles,
 * logs and cursor in one transaction. Null when there is nothing. Throws `sequencer.superseded` when somebody else has gone on from `cursor`.
 */
export async function step(db: Queryable, cursor: Cursor, limit = BATCH_SIZE): Promise<Stepped | null> {
  const events = await readBatch(db, cursor, limit);
  const last = events.at(-1);
  if (!last) return null;
  const next = { xid: last.xid, eventId: last.id };
  await withCursor(db, cursor, async () => {
    const names = new Set(events.map(({ organisationId }) => organisationId ?? PROVIDER));
    const heads = await readHeads(db, [...names]);
    const growths = new Map(heads.map((head) => [head.name, new Growth(head)]));
    const leaves: Leaf[] = [];
    for (const event of events) {
      const log = event.organisationId ?? PROVIDER;
      let growth = growths.get(log);
      if (!growth) {
        growth = new Growth({ name: log, size: 0, frontier: new Uint8Array() });
        growths.set(log, growth);
      }
      leaves.push({ log, index: growth.append(event.entry), event });
    }
    await insertLeaves(db, leaves);
    await writeGrowth(db, [...growths.values()]);
    await moveCursor(db, next);
  });
  return { cursor: next, events: events.length };
}
