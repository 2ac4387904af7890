import { isLate, type WitnessState } from '@/lib/audit/witnesses/state';
import type { WitnessSummary, WitnessView } from './schemas';
import type { WitnessRow } from './store';

/** What may be said of the operator's log. `now` in Unix milliseconds. */
export function summary(state: WitnessState, now: number): WitnessSummary {
  const { asked, diverged, witnessed } = state;
  const last = witnessed && { ...witnessed, at: new Date(witnessed.at).toISOString() };
  return { verdict: verdictOf(state, now), asked, diverged, last };
}

function verdictOf(state: WitnessState, now: number): WitnessSummary['verdict'] {
  if (state.asked === 0) return state.witnessed ? 'lapsed' : 'unwitnessed';
  if (isLate(state, now)) return 'lapsed';
  return state.witnessed ? 'witnessed' : 'waiting';
}

export const witnessView = ({ size, since, cosignedAt, ...row }: WitnessRow): WitnessView => ({
  ...row,
  size: Number(size),
  since: since.toISOString(),
  cosignedAt: cosignedAt?.toISOString() ?? null,
});
