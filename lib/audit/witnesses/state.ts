import type { Queryable } from '../sequencer/store';

/** How far the operator's log is witnessed, for alarms and screens. Times in Unix milliseconds. */
export interface WitnessState {
  /** Witnesses of the policy in force; 0 without one. */
  asked: number;
  /** Those who say that they have seen another history. */
  diverged: number;
  /** The newest checkpoint that the quorum cosigned, and when that was; null when none ever was. */
  witnessed: { size: number; at: number; cosigned: number } | null;
  /** Since when a checkpoint has waited for the quorum; null when none does, or nobody is asked. */
  waitingSince: number | null;
}

/** Longer than this without a quorum is worth a line in the log, and a word to the staff. */
export const LATE_MILLISECONDS = 600_000;

export const isLate = ({ waitingSince }: Pick<WitnessState, 'waitingSince'>, now: number): boolean =>
  waitingSince !== null && now - waitingSince > LATE_MILLISECONDS;

export interface StateRow {
  asked: string | bigint;
  diverged: string | bigint;
  size: string | bigint | null;
  at: Date | null;
  cosigned: string | bigint;
  waiting_since: Date | null;
}

/** For the sequencer's role, and any of the console's. */
export async function witnessState(db: Queryable): Promise<WitnessState> {
  const { rows } = await db.query<StateRow>('select * from cordon.witness_state()');
  return toState(rows[0]);
}

export function toState(row: StateRow | undefined): WitnessState {
  if (!row) throw new Error('cordon.witness_state() answered nothing');
  return {
    asked: Number(row.asked),
    diverged: Number(row.diverged),
    witnessed:
      row.size === null || row.at === null
        ? null
        : { size: Number(row.size), at: row.at.getTime(), cosigned: Number(row.cosigned) },
    waitingSince: row.waiting_since?.getTime() ?? null,
  };
}
