import type { AuditScope } from '@/lib/authz';
import { errors } from './errors';
import { DAYS_AT_MOST, DAYS_BY_DEFAULT, type TermsInput } from './schemas';

/** What an auditor may see, and until when. */
export type AuditorTerms = AuditScope;

const DAY_MS = 86_400_000;
const midnight = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** Terms from a form. The last day of access is a whole one. Throws `auditor.until`, `auditor.range`, `auditor.none`. */
export function termsOf(
  { until, reach, projects = [], eventsFrom, eventsBefore }: TermsInput,
  now: Date,
): AuditorTerms {
  const end = until === undefined ? now.getTime() + DAYS_BY_DEFAULT * DAY_MS : midnight(until) + DAY_MS;
  if (end <= now.getTime() || end > now.getTime() + (DAYS_AT_MOST + 1) * DAY_MS)
    throw errors('auditor.until', { field: 'until' });
  const from = eventsFrom === undefined ? null : new Date(midnight(eventsFrom));
  const before = eventsBefore === undefined ? null : new Date(midnight(eventsBefore));
  if (from && before && from >= before) throw errors('auditor.range', { field: 'eventsBefore' });
  if (reach === 'some' && projects.length === 0) throw errors('auditor.none', { field: 'projects' });
  const all = reach === 'all' || projects.length === 0;
  return { until: new Date(end), projects: all ? null : projects, from, before };
}

/** What the audit event says of terms. */
export const termsEvent = ({ until, projects, from, before }: AuditorTerms) => ({
  until: until.toISOString(),
  projects: projects && [...projects],
  from: from?.toISOString() ?? null,
  before: before?.toISOString() ?? null,
});

interface TermsRow {
  accessUntil: Date | null;
  /** Null in the database arrives as an empty list, which the table itself cannot hold. */
  scopeProjects: string[];
  scopeFrom: Date | null;
  scopeBefore: Date | null;
}

/** Terms of a membership or an invitation; null for everybody but auditors. */
export const scopeOfRow = ({ accessUntil, scopeProjects, scopeFrom, scopeBefore }: TermsRow): AuditorTerms | null =>
  accessUntil && {
    until: accessUntil,
    projects: scopeProjects.length > 0 ? scopeProjects : null,
    from: scopeFrom,
    before: scopeBefore,
  };

/** For a row that is made: a column left out is null. */
export const termsRow = ({ until, projects, from, before }: AuditorTerms) => ({
  accessUntil: until,
  ...(projects ? { scopeProjects: [...projects] } : {}),
  scopeFrom: from,
  scopeBefore: before,
});

/** Whether anything but the time of access is bounded. */
export const isBounded = ({ projects, from, before }: AuditorTerms): boolean =>
  projects !== null || from !== null || before !== null;
