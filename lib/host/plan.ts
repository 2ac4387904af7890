import type { Sheet } from '@/lib/kernel/grant';

/** A grant that has something on this host: what is needed to end it also when no sheet speaks of it any more. */
export interface Held {
  grant: string;
  account: string;
  /** Of the account. Never given to another. */
  uid: number;
  /** Unix seconds. */
  startsAt: number;
  deadline: number;
}

export interface Plan {
  /** Accounts to make. */
  begin: { grant: string; account: string; startsAt: number; deadline: number }[];
  end: Held[];
}

/**
 * What has to happen at `now` (Unix seconds, fractions too) with the newest sheet. What it leaves out is over; what is past its deadline is over
 * whatever it says. Nothing begins on a sheet that is not fresh. Without any sheet everything that is held ends at its known deadline; in strict
 * mode it ends as soon as there is no fresh one.
 */
export function plan(sheet: Sheet | null, held: readonly Held[], now: number, { strict = false } = {}): Plan {
  const granted = new Set(sheet?.grants.map(({ id }) => id));
  const stale = strict && !isFresh(sheet, now);
  const end = held.filter(({ grant, deadline }) => stale || (sheet && !granted.has(grant)) || now >= deadline);
  const known = new Set(held.map(({ grant }) => grant));
  const begin = isFresh(sheet, now)
    ? sheet.grants.filter(({ id, startsAt, deadline }) => !known.has(id) && startsAt <= now && now < deadline)
    : [];
  return { begin: begin.map(({ id, ...rest }) => ({ grant: id, ...rest })), end };
}

/** What is held, with the times that a newer sheet gives it. Written down together with the sheet. */
export function withTimes(sheet: Sheet, held: readonly Held[]): Held[] {
  const granted = new Map(sheet.grants.map((grant) => [grant.id, grant]));
  return held.map((one) => {
    const { startsAt, deadline } = granted.get(one.grant) ?? one;
    return { ...one, startsAt, deadline };
  });
}

/** Seconds that the clock of this host may be behind the keyring's. */
const SKEW = 30;

export const isFresh = (sheet: Sheet | null, now: number): sheet is Sheet =>
  sheet !== null && sheet.issuedAt - SKEW <= now && now < sheet.freshUntil;

/** Unix seconds at which something has to happen next by itself; null when nothing has to. */
export function nextAt(sheet: Sheet | null, held: readonly Held[], now: number): number | null {
  const starts = sheet?.grants.map(({ startsAt }) => startsAt) ?? [];
  const times = [...held.map(({ deadline }) => deadline), ...starts].filter((at) => at > now);
  return times.length === 0 ? null : Math.min(...times);
}
