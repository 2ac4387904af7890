import 'server-only';
import { type Actor, append, type EventFields, type EventSchema } from '@/lib/audit';
import { type AuditScope, asApiKey, asMember, type KeyHolder, type Member, type Tx } from '@/lib/db';
import { defineErrors } from '@/lib/platform';
import { type ActionOn, actName, may, type Subject } from './abilities';
import { authzErrors } from './errors';
import { type StepUpAsk, spendStepUp } from './spend-step-up';

/**
 * One door for both kinds of customers' callers: a member's session and a project's API key. A transaction is entered, the
 * caller's right to the act is checked, and the work runs with what it needs to prove and record itself. What this does not
 * do: rate limits, and any rule about the state of what is acted upon.
 */
export interface Source {
  /** Cut to /24 or /48. */
  addressPrefix: string;
  userAgent: string;
}
export type Caller =
  | { kind: 'member'; secret: string; organisationId: string; source?: Source }
  | { kind: 'api-key'; key: string; source?: Source };

/** What is wanted: a subject and an action of it, as in abilities.ts. */
export type Need = { [S in Subject]: readonly [S, ActionOn<S>] }[Subject];

export const tenantErrors = defineErrors({
  'project.not_found': [404, 'Not found.'],
});

export interface Tenant {
  readonly organisationId: string;
  readonly actor: Actor;
  /** The member's session, null for a key. */
  readonly sessionId: string | null;
  /** The one project a key is for, null for a member. */
  readonly projectId: string | null;
  /** What an auditor may see, and until when; null for everybody else. The database holds to it, whatever is asked. */
  readonly scope: AuditScope | null;
  /**
   * Uses up the member's step-up for this act, on this object, in exactly these terms, and gives the keyring's ticket. Without one it
   * throws `step_up.required` with what has to be confirmed. A key needs its scope instead: null.
   */
  stepUp(act: StepUpAsk): Promise<string | null>;
  /** Writes the event of this act, in its transaction. */
  record<S extends EventSchema>(schema: S, about: About, fields: EventFields<S>): Promise<string>;
}

export interface About {
  object: { type: string; id: string };
  projectId?: string;
  /** Shared by several events of one act. */
  actId?: string;
}

/**
 * One transaction for `caller`, who must be allowed `need`. Throws `session.invalid`, `organisation.not_found`,
 * `key.invalid`, `authz.forbidden`. Recording the refusal is left to the door in front (`guarded`), which also sees
 * refusals that never come this far.
 */
export function inTenant<R>(caller: Caller, need: Need, fn: (tx: Tx, tenant: Tenant) => Promise<R>): Promise<R> {
  const work = (tx: Tx, who: Member | KeyHolder): Promise<R> => {
    demand(who, need);
    return fn(tx, tenantOf(tx, who, caller));
  };
  return caller.kind === 'member' ? asMember(caller.secret, caller.organisationId, work) : asApiKey(caller.key, work);
}

function demand(who: Member | KeyHolder, [subject, action]: Need): void {
  // The credential plays no part in what a role or scope allows.
  const principal = who.kind === 'member' ? { ...who, secret: '' } : { ...who, key: '' };
  if (may(principal, action as never, subject)) return;
  const act = actName(subject, action as never);
  throw authzErrors('authz.forbidden', {
    why:
      who.kind === 'member'
        ? `${act} is not part of the role ${who.role}`
        : `${act} needs a scope this key does not have`,
  });
}

const actorOf = (who: Member | KeyHolder, { source }: Caller): Actor => ({
  kind: who.kind,
  id: who.kind === 'member' ? who.userId : who.apiKeyId,
  ...source,
});

function tenantOf(tx: Tx, who: Member | KeyHolder, caller: Caller): Tenant {
  const actor = actorOf(who, caller);
  const { organisationId } = who;
  return {
    organisationId,
    actor,
    sessionId: who.kind === 'member' ? who.sessionId : null,
    projectId: who.kind === 'member' ? null : who.projectId,
    scope: who.kind === 'member' ? (who.scope ?? null) : null,
    stepUp: async (act) => (caller.kind === 'member' ? await spendStepUp(tx, caller.secret, act) : null),
    record: (schema, { object, projectId, actId }, fields) =>
      append(tx, {
        schema,
        outcome: 'success',
        actor,
        organisationId,
        object,
        fields,
        projectId: projectId ?? null,
        ...(actId ? { actId } : {}),
      }),
  };
}

export type { AuditScope, Tx } from '@/lib/db';

export type ProjectRow = NonNullable<Awaited<ReturnType<Tx['prisma']['project']['findUnique']>>>;

/**
 * `inTenant` for acts on one project. Somebody else's project and one that never existed are the same `project.not_found`.
 * With `change`, acts on one project run one after another: each reads the rows the one before it wrote, so that rules hold
 * and what is published is what is stored.
 */
export function inProject<R>(
  caller: Caller,
  projectId: string,
  need: Need,
  fn: (tx: Tx, tenant: Tenant, project: ProjectRow) => Promise<R>,
  { change = false }: { change?: boolean } = {},
): Promise<R> {
  return inTenant(caller, need, async (tx, tenant) => {
    const find = () => tx.prisma.project.findUnique({ where: { id: projectId } });
    let project = await find();
    if (project && change) {
      // Only a project of one's own can be locked; what was read before the lock may be old.
      await tx.prisma.$queryRaw`select pg_advisory_xact_lock(hashtextextended(${`project ${projectId}`}, 0))::text`;
      project = await find();
    }
    if (!project) throw tenantErrors('project.not_found');
    return fn(tx, tenant, project);
  });
}
