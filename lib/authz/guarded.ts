import { appendRefusal, type Credentials } from '@/lib/audit';
import { createLog, type FormRefusal, isCordonError, newId, toFormRefusal, toProblem } from '@/lib/platform';
import { type ActionOn, actName, may, type Subject } from './abilities';
import { authzErrors } from './errors';
import { type GuardedRealm, type Principal, type PrincipalOf, resolvePrincipal } from './principal';
import type { StepUpAction } from './step-ups';

// biome-ignore lint/suspicious/noExplicitAny: the arguments of doors differ; each door's own types hold.
type Args = any[];

export interface GuardedAccess<S extends Subject, R extends GuardedRealm, A extends Args> {
  action: ActionOn<S>;
  subject: S;
  realm: R;
  /** With realm `customer` (name every argument, so that the types are inferred): whose organisation the arguments are about. The database checks that the caller belongs to it. */
  organisation?: (...args: A) => string | Promise<string>;
  /** For the list of who can do what only: the step-up that the act behind the door asks for and uses up itself. Checks nothing here. */
  asks?: StepUpAction;
}

export interface PublicAccess {
  /** Why nobody needs to be signed in. */
  public: { why: string };
}

/** What the generated list of who can do what reads from a door. */
export type Access =
  | { public: { why: string } }
  | { subject: Subject; action: string; realm: GuardedRealm; asks?: StepUpAction };

/** A route handler answers with a problem, a server action with a form state. */
type Refusal<A extends Args> = A extends [Request, ...unknown[]] ? Response : FormRefusal;

const log = createLog('console');

/**
 * Wraps every server action and route handler. Before the body runs: who asks (`lib/identity` says) and whether the role may do this at
 * all. A dangerous act asks for its second factor itself, in the transaction that uses it up (`spendStepUp`), because only there its exact terms
 * are known. Refusals are recorded; errors become what the caller understands; texts of unknown errors reach the log only.
 */
export function guarded<A extends Args, T>(
  access: PublicAccess,
  fn: (principal: null, ...args: A) => Promise<T>,
): Door<A, T>;
export function guarded<S extends Subject, R extends GuardedRealm, A extends Args, T>(
  access: GuardedAccess<S, R, A>,
  fn: (principal: PrincipalOf<R>, ...args: A) => Promise<T>,
): Door<A, T>;
export function guarded(
  access: PublicAccess | GuardedAccess<Subject, GuardedRealm, Args>,
  fn: (principal: never, ...args: Args) => Promise<unknown>,
) {
  const run = async (...args: Args): Promise<unknown> => {
    let principal: Principal | null = null;
    try {
      if (!('public' in access)) principal = await admit(access, args);
      return await fn(principal as never, ...args);
    } catch (error) {
      if (isNavigation(error)) throw error;
      if (!('public' in access)) await recordRefusal(access, principal, error, args);
      return answer(error, args);
    }
  };
  const described: Access =
    'public' in access
      ? { public: access.public }
      : {
          subject: access.subject,
          action: access.action,
          realm: access.realm,
          ...(access.asks ? { asks: access.asks } : {}),
        };
  return Object.assign(run, { access: described });
}

export type Door<A extends Args, T> = ((...args: A) => Promise<T | Refusal<A>>) & { readonly access: Access };

/** The access of a door, or undefined for a function that is none. */
export const accessOf = (fn: unknown): Access | undefined =>
  typeof fn === 'function' ? (fn as Partial<Door<Args, unknown>>).access : undefined;

async function admit(access: GuardedAccess<Subject, GuardedRealm, Args>, args: Args): Promise<Principal> {
  const principal = await resolvePrincipal(await wanted(access, args));
  if (!principal) throw authzErrors('authz.not_signed_in');
  if (!may(principal, access.action, access.subject)) {
    throw authzErrors('authz.forbidden', { why: 'role' in principal ? `role ${principal.role}` : undefined });
  }
  return principal;
}

async function wanted(access: GuardedAccess<Subject, GuardedRealm, Args>, args: Args) {
  if (access.realm === 'customer' && !access.organisation)
    throw new Error(`${actName(access.subject, access.action)} does not say which organisation.`);
  return {
    realm: access.realm,
    ...(access.organisation ? { organisationId: await access.organisation(...args) } : {}),
    ...(args[0] instanceof Request ? { request: args[0] } : {}),
    act: actName(access.subject, access.action),
  };
}

/** Next's redirect(), notFound() and the like are thrown, and mean what they say. */
const isNavigation = (error: unknown): boolean =>
  String((error as { digest?: unknown } | null)?.digest ?? '').startsWith('NEXT_');

/** Attempts of somebody known to do what they may not. Strangers without a session are the throttle's business, not the log's. */
async function recordRefusal(
  access: GuardedAccess<Subject, GuardedRealm, Args>,
  principal: Principal | null,
  error: unknown,
  args: Args,
): Promise<void> {
  if (!isCordonError(error) || error.status !== 403) return;
  // Asked to confirm, not turned away; and a session good for no work is a stranger's as far as work goes.
  if (error.ask || error.code.startsWith('session.')) return;
  // Turned away by an access policy: recorded where it happened, by whoever saw the address (lib/identity).
  if (!principal && error.code.startsWith('policy.')) return;
  try {
    const who = principal ?? (await resolvePrincipal(await wanted(access, args)));
    if (!who) return;
    const organisationId = 'organisationId' in who ? who.organisationId : null;
    const actor =
      who.kind === 'api-key'
        ? { kind: who.kind, id: who.apiKeyId }
        : {
            kind:
              who.kind === 'staff' || (who.kind === 'person' && who.realm === 'staff')
                ? ('staff' as const)
                : ('member' as const),
            id: who.userId,
          };
    await appendRefusal(
      {
        schema: 'access.refused@1',
        outcome: 'refused',
        actor,
        object: { type: access.subject, id: '' },
        organisationId,
        fields: { action: actName(access.subject, access.action), realm: access.realm, code: error.code },
      },
      credentials(who),
    );
  } catch (failure) {
    // The act is refused either way; that it could not be recorded must not be lost.
    log.error('refusal not recorded', { code: error.code, error: failure });
  }
}

function credentials(who: Principal): Credentials {
  switch (who.kind) {
    case 'member':
      return { kind: 'member', secret: who.secret, organisationId: who.organisationId };
    case 'api-key':
      return { kind: 'api-key', key: who.key };
    default:
      return { kind: who.kind, secret: who.secret };
  }
}

function answer(error: unknown, args: Args): unknown {
  const requestId = newId('req');
  if (!isCordonError(error)) log.error('unexpected error', { requestId, error });
  if (!(args[0] instanceof Request)) return toFormRefusal(error);
  const problem = toProblem(error, requestId);
  const retryAfter = isCordonError(error) ? error.retryAfterSeconds : undefined;
  return Response.json(problem, {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfter)) }),
    },
  });
}
