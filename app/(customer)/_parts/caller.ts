import 'server-only';
import type { Caller, Principal } from '@/lib/authz';
import { auditSource, currentPrincipal, membershipsOf } from '@/lib/identity';

type Member = Extract<Principal, { kind: 'member' }>;

/** A member as the use cases want the caller of an act, with where the act comes from for its event. */
export const callerOf = async ({ secret, organisationId }: Member): Promise<Caller & { kind: 'member' }> => ({
  kind: 'member',
  secret,
  organisationId,
  source: await auditSource(),
});

/** Whose organisation a form is about. The guard and the database check that the caller belongs to it. */
export const organisationOf = (_previous: unknown, form: FormData): string => String(form.get('organisationId') ?? '');

/** Whose organisation a path is about, for route handlers. Empty for strangers, whom the guard then refuses. */
export async function organisationOfPath(_request: Request, { params }: { params: Promise<{ org: string }> }) {
  const [principal, { org }] = await Promise.all([currentPrincipal(), params]);
  const memberships = principal?.realm === 'customer' ? await membershipsOf(principal.secret) : [];
  return memberships.find(({ slug }) => slug === org)?.organisationId ?? '';
}

/** Path of a project as the person's own membership spells it, so that no form decides where an action leads. */
export async function projectPath({ secret, organisationId }: Member, projectId: string): Promise<string> {
  const membership = (await membershipsOf(secret)).find((each) => each.organisationId === organisationId);
  return `/${membership?.slug ?? ''}/projects/${encodeURIComponent(projectId)}`;
}
