import type { Readiness } from './schemas';

/** What counts of somebody's records. Times are milliseconds, null where there is nothing. */
export interface Held {
  general: number | null;
  additional: number | null;
  agreement: number | null;
  deviceBound: boolean;
  place: { employer: string; country: string } | null;
}

/** Nothing is current at the moment it expires. */
export function readiness({ general, additional, agreement, deviceBound, place }: Held, now: number): Readiness {
  const current = (until: number | null) => (until !== null && until > now ? new Date(until).toISOString() : null);
  const of = { general: current(general), additional: current(additional), agreement: current(agreement) };
  const missing = [
    of.general ? null : 'the general training of this year',
    of.additional ? null : 'the additional training for authorised employees',
    of.agreement ? null : 'the signed confidentiality agreement of now',
    deviceBound ? null : 'a passkey that cannot leave its device',
    place ? null : 'the record of who employs them, and where',
  ].filter((one) => one !== null);
  return { ...of, deviceBound, place, missing };
}
