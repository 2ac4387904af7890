import type { Queryable } from './store';

/** How far behind the transparency logs are, for alarms and screens. Times in Unix milliseconds. */
export interface SequencerState {
  /** When the first event that has no place yet was written; null when all have theirs. */
  oldestAt: number | null;
  /** First transaction that may still write, and the first not yet begun. Unequal: some transaction is open. */
  horizon: bigint;
  next: bigint;
  /** Logs that have grown since they were signed. */
  unsigned: number;
  /** When a checkpoint of the operator's log was last stored; null before the first. */
  signedAt: number | null;
  /** False after a restore into another database server: nothing is sequenced. */
  systemKnown: boolean;
}

/** For the sequencer, and for staff who may read the provider's log (in their transaction). */
export async function sequencerState(db: Queryable): Promise<SequencerState> {
  const { rows } = await db.query<{
    oldest: Date | null;
    horizon: string;
    next_xid: string;
    unsigned: string;
    signed_at: Date | null;
    system_known: boolean;
  }>('select oldest, horizon::text, next_xid::text, unsigned, signed_at, system_known from cordon.sequencer_state()');
  const row = rows[0];
  if (!row) throw new Error('cordon.sequencer_state() answered nothing');
  return {
    oldestAt: row.oldest?.getTime() ?? null,
    horizon: BigInt(row.horizon),
    next: BigInt(row.next_xid),
    unsigned: Number(row.unsigned),
    signedAt: row.signed_at?.getTime() ?? null,
    systemKnown: row.system_known,
  };
}
