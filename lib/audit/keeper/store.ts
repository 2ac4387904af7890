import type pg from 'pg';
import { onConnection } from '@/lib/db/control';
import { append } from '../append';

/** Everything the keeper asks of the database, as control's role. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

export interface Batch {
  log: string;
  /** So far, all batches together. */
  pruned: number;
  held: number;
  finished: boolean;
}

/** A pruning that is approved and not done. */
export async function duePruning(db: Queryable): Promise<string | null> {
  const { rows } = await db.query<{ id: string | null }>('select cordon.due_pruning() as id');
  return rows[0]?.id ?? null;
}

/**
 * The next batch, at most so many places of the log; with the last one the event that says what went, in the same transaction. Throws
 * `pruning.not_approved` (CD001) when it was stopped meanwhile.
 */
export async function pruneBatch(db: Queryable, id: string, places: number): Promise<Batch> {
  await db.query('begin');
  try {
    const { rows } = await db.query<BatchRow>('select * from cordon.prune_batch($1, $2)', [id, places]);
    const row = rows[0]!;
    const batch = { log: row.log, pruned: Number(row.pruned), held: Number(row.held), finished: row.finished };
    if (batch.finished) await recordPruned(db, id, row);
    await db.query('commit');
    return batch;
  } catch (error) {
    await db.query('rollback').catch(() => undefined);
    throw error;
  }
}

const recordPruned = (db: Queryable, id: string, row: BatchRow): Promise<string> =>
  append(onConnection(db as pg.ClientBase), {
    schema: 'audit.pruned@1',
    outcome: 'success',
    actor: { kind: 'system', id: 'keeper' },
    organisationId: row.log === 'provider' ? null : row.log,
    object: { type: 'audit-pruning', id },
    fields: {
      classes: row.classes,
      before: row.before_at.toISOString(),
      upTo: Number(row.up_to),
      pruned: Number(row.pruned),
      held: Number(row.held),
      minimum: Number(row.minimum),
    },
  });

/** How many values it overwrote. */
export async function settleErasures(db: Queryable, atMost: number): Promise<number> {
  const { rows } = await db.query<{ n: string }>('select cordon.settle_erasures($1) as n', [atMost]);
  return Number(rows[0]!.n);
}

interface BatchRow {
  log: string;
  classes: string[];
  before_at: Date;
  pruned: string;
  held: string;
  up_to: string;
  minimum: string;
  finished: boolean;
}
