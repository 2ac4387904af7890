import 'server-only';
import type { Designation } from '@/lib/kernel/grant';
import { KeyringError, keyring, type Output } from '@/lib/keyring';
import { isCordonError } from '@/lib/platform';
import { errors } from './errors';
import { APPROVER } from './schemas';

/** The committee as the keyring's ledger of signed votes has it. Times are Unix seconds. */
export type Standing = Output<'committee.describe'>;

/** Throws `committee.keyring`. */
export async function committeeStanding(): Promise<Standing> {
  try {
    return await keyring().call('committee.describe', {});
  } catch (error) {
    if (error instanceof KeyringError || (isCordonError(error) && error.code === 'keyring.unavailable'))
      throw errors('committee.keyring', { cause: error });
    throw error;
  }
}

/** Until when somebody is designated, or null when they are not at `now` (milliseconds). Never longer than there is a committee. */
export function designated(standing: Standing, person: string, as: Designation, now: number): Date | null {
  const held = standing.held.find((one) => one.person === person && one.as === as);
  const until = new Date(Math.min(held?.until ?? 0, standing.until) * 1000);
  return until.getTime() > now ? until : null;
}

/** Whether somebody is designated for anything at `now` (milliseconds). */
export const isDesignated = (standing: Standing, person: string, now: number): boolean =>
  standing.held.some(({ as }) => designated(standing, person, as, now) !== null);

/** Delegations that give somebody a voice at `now` (milliseconds): both are designated. */
export const runningDelegations = (standing: Standing, now: number): Standing['delegations'] =>
  standing.delegations.filter(
    ({ by, role, to, from, until }) =>
      from * 1000 <= now &&
      now < until * 1000 &&
      designated(standing, by, APPROVER[role], now) !== null &&
      isDesignated(standing, to, now),
  );

/** Everybody who is designated for this at `now` (milliseconds). */
export const designatedFor = (standing: Standing, as: Designation, now: number): string[] =>
  standing.held.flatMap((one) => (one.as === as && designated(standing, one.person, as, now) ? [one.person] : []));
