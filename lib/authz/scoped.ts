import { accessibleBy } from '@casl/prisma/runtime';
import type { Prisma } from '@/lib/db';
import { type ActionOn, abilityFor, type Subject } from './abilities';
import type { Principal } from './principal';

export type ScopedSubject = Exclude<Subject, 'Token'>;
type Where<S extends ScopedSubject> = NonNullable<
  Prisma.TypeMap['model'][S]['operations']['findFirst']['args']['where']
>;

/** A column of each table's key; `in []` on it matches nothing wherever it stands in a query. */
const KEY: Partial<Record<ScopedSubject, string>> = {
  Edge: 'name',
  Decision: 'edgeName',
  ProviderAccess: 'requestId',
  LockboxSetting: 'projectId',
  AgreementSignature: 'userId',
  EmployeePlace: 'userId',
};

/**
 * The rows of a subject that a principal may act on, as a Prisma filter to be combined freely:
 * `where: { AND: [scoped(who, 'Project', 'read'), { name: … }] }`.
 *
 * The one place that calls `accessibleBy`. Its answer to "nothing" is `{ OR: [] }`, and Prisma drops that inside `AND`: everything
 * would be returned. Here nothing is an empty `in`.
 */
export function scoped<S extends ScopedSubject>(principal: Principal, subject: S, action: ActionOn<S>): Where<S> {
  const where = accessibleBy(abilityFor(principal), action).ofType(subject) as Record<string, unknown>;
  return (denies(where) ? { [KEY[subject] ?? 'id']: { in: [] } } : where) as Where<S>;
}

/** Whether a filter is, or contains at any depth, the empty `OR` that stands for "nothing". */
function denies(where: unknown): boolean {
  if (Array.isArray(where)) return where.some(denies);
  if (typeof where !== 'object' || where === null) return false;
  return Object.entries(where).some(
    ([key, value]) =>
      (key === 'OR' && Array.isArray(value) && value.length === 0) ||
      ((key === 'AND' || key === 'OR') && denies(value)),
  );
}
