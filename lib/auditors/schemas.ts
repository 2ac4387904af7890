import { z } from 'zod';

/** The terms of an auditor as forms give them. Safe for browsers. */
export const DAYS_BY_DEFAULT = 30;
export const DAYS_AT_MOST = 365;
export const PROJECTS_AT_MOST = 100;

const empty = z.literal('').transform(() => undefined);
const day = empty.or(z.iso.date('A day like 2026-11-22')).optional();

/** Days are UTC. */
export const termsFields = {
  /** The last day of access. */
  until: day,
  /** All projects, also later ones, or those that are named; nobody gets all of them by naming none. */
  reach: z.enum(['all', 'some']).optional(),
  /** Ids, separated by spaces. */
  projects: z
    .string()
    .max(8192)
    .transform((text) => [...new Set(text.split(' ').filter(Boolean))])
    .pipe(z.array(z.string().max(64)).max(PROJECTS_AT_MOST, `At most ${PROJECTS_AT_MOST} projects.`))
    .optional(),
  /** The first day of events, and the day from which on none is seen. */
  eventsFrom: day,
  eventsBefore: day,
};
export const changeTerms = z.object({ membershipId: z.string().max(64), ...termsFields });
export const endAccess = z.object({ membershipId: z.string().max(64) });

export type TermsInput = Partial<
  Pick<z.output<typeof changeTerms>, 'until' | 'reach' | 'projects' | 'eventsFrom' | 'eventsBefore'>
>;
