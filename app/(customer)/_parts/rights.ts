import 'server-only';
import { type ActionOn, may, type Subject } from '@/lib/authz';
import type { CustomerPage } from '../_frame/door';

type Asking = Pick<CustomerPage, 'role' | 'principal' | 'organisation'>;

/** Whether the role of whoever looks at the page includes an act; the act itself checks again. */
export function roleMay<S extends Subject>(
  { role, principal, organisation }: Asking,
  action: ActionOn<S>,
  subject: S,
): boolean {
  const { userId, sessionId } = principal;
  const member = { kind: 'member' as const, userId, sessionId, organisationId: organisation.id, role, secret: '' };
  return may(member, action, subject);
}

/** Why not, for the disabled button; undefined when the role includes it. */
export const roleReason = <S extends Subject>(page: Asking, action: ActionOn<S>, subject: S): string | undefined =>
  roleMay(page, action, subject) ? undefined : `Not part of the role ${page.role}.`;

type Verdict = { allowed: true } | { allowed: false; why: string };

/** The first reason against an act: the role before the state. */
export const firstReason = (role: string | undefined, verdict: Verdict): string | undefined =>
  role ?? (verdict.allowed ? undefined : verdict.why);
