import 'server-only';
import { type ActionOn, type Caller, may, type Subject } from '@/lib/authz';
import { currentPrincipal, membershipsOf } from '@/lib/identity';
import type { CustomerPage } from '../../../../../_frame/door';

/** Why the role of whoever looks may not do this, in words for a disabled button; nothing when it may. */
export function forbidden<S extends Subject>(
  { role, principal, organisation }: Pick<CustomerPage, 'role' | 'principal' | 'organisation'>,
  action: ActionOn<S>,
  subject: S,
): string | undefined {
  const { userId, sessionId } = principal;
  const member = { kind: 'member' as const, userId, sessionId, organisationId: organisation.id, role, secret: '' };
  return may(member, action, subject) ? undefined : `Not part of the role ${role}.`;
}

/** The caller of a server action, from what its guard admitted. */
export const callerOf = ({ secret, organisationId }: { secret: string; organisationId: string }): Caller => ({
  kind: 'member',
  secret,
  organisationId,
});

/** Path of a project as the person's own membership spells it, so that no form decides where an action leads. */
export async function projectPath(
  { secret, organisationId }: { secret: string; organisationId: string },
  projectId: string,
): Promise<string> {
  const membership = (await membershipsOf(secret)).find((each) => each.organisationId === organisationId);
  return `/${membership?.slug ?? ''}/projects/${encodeURIComponent(projectId)}`;
}

/** For route handlers: whose organisation the path names. Empty for strangers, whom the guard then refuses. */
export async function organisationOf(slug: string): Promise<string> {
  const principal = await currentPrincipal();
  const memberships = principal?.realm === 'customer' ? await membershipsOf(principal.secret) : [];
  return memberships.find((each) => each.slug === slug)?.organisationId ?? '';
}

/** What the hidden fields of the forms here carry. */
export const organisationField = (_previous: unknown, form: FormData): string =>
  String(form.get('organisationId') ?? '');
