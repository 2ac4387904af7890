import 'server-only';
import { append, appendAll, appendRefusal, type EventSchema, type NewEvent } from '@/lib/audit';
import { asPerson, door, type Tx } from '@/lib/db';
import { notify } from '@/lib/notices';
import { newUuid } from '@/lib/platform';
import { signedIn } from './abuse/signed-in';
import { addressPrefix } from './request/address';
import type { Realm } from './request/origins';
import { IDLE_SECONDS } from './sessions/limits';

/**
 * What all of identity writes to the log, and one's own account. Each folder keeps its queries in a `store.ts` of its own. There as here
 * each function is one transaction; an act and its audit event commit together, a refusal in a transaction of its own.
 */
export type Bytes = Uint8Array<ArrayBuffer>;

export interface NewSession {
  readonly id: string;
  readonly secretHash: Bytes;
}

// ---- the audit trail of one's own acts

export interface Somebody {
  readonly userId: string;
  readonly realm: Realm;
  readonly address?: string;
}

const actorOf = ({ userId, realm, address }: Somebody) => ({
  kind: realm === 'staff' ? ('staff' as const) : ('member' as const),
  id: userId,
  ...(address ? { addressPrefix: addressPrefix(address) } : {}),
});

type OwnAct<S extends EventSchema> = Pick<NewEvent<S>, 'schema' | 'object' | 'fields'>;

/** One act in the provider's log and, for a customer, in the log of each organisation they belong to, under one act id. */
export async function appendOwn<S extends EventSchema>(tx: Tx, who: Somebody, act: OwnAct<S>): Promise<void> {
  const memberships = await tx.prisma.membership.findMany({
    where: { userId: who.userId },
    select: { organisationId: true },
  });
  const logs = [null, ...memberships.map(({ organisationId }) => organisationId)];
  const event = { ...act, outcome: 'success' as const, actor: actorOf(who), actId: newUuid(), subject: who.userId };
  await appendAll(
    tx,
    logs.map((organisationId) => ({ ...event, organisationId })),
  );
  await notify(tx, who.userId, act);
}

/** One act that concerns one organisation only, in its log and in no other. */
export async function appendOwnIn<S extends EventSchema>(
  tx: Tx,
  who: Somebody,
  organisationId: string,
  act: OwnAct<S>,
): Promise<void> {
  await append(tx, { ...act, outcome: 'success', actor: actorOf(who), organisationId, subject: who.userId });
}

/** The same where it is the provider's evidence too: in both logs under one act id, and in the provider's without where the person came from. */
export async function appendAgreed<S extends EventSchema>(
  tx: Tx,
  who: Somebody,
  organisationId: string,
  act: OwnAct<S>,
): Promise<void> {
  const event = { ...act, outcome: 'success' as const, actId: newUuid(), subject: who.userId };
  const { userId, realm } = who;
  await appendAll(tx, [
    { ...event, actor: actorOf(who), organisationId },
    { ...event, actor: actorOf({ userId, realm }), organisationId: null },
  ]);
}

/** Whoever has just been let in, by what. */
export const appendSignIn = async (
  tx: Tx,
  who: Somebody & { readonly email: string },
  sessionId: string,
  factor: 'totp' | 'passkey' | 'recovery',
): Promise<void> => {
  const object = { type: 'session', id: sessionId };
  await appendOwn(tx, who, { schema: 'sign-in@1', object, fields: { factor, email: who.email } });
  const others = await sessionsElsewhere(tx, who, sessionId);
  if (others > 0) await appendOwn(tx, who, { schema: 'sign-in.concurrent@1', object, fields: { others } });
  const unusual = await signedIn(tx, who, sessionId);
  if (!unusual) return;
  const { minutes, km, country, before } = unusual;
  const fields = { minutes, ...(km === null ? {} : { km }), country, before };
  await appendOwn(tx, who, { schema: 'sign-in.unusual@1', object, fields });
};

/** Live sessions of the person with another browser or from another network than this one. */
async function sessionsElsewhere(tx: Tx, { userId, realm }: Somebody, sessionId: string): Promise<number> {
  const now = Date.now();
  const live = await tx.prisma.session.findMany({
    where: {
      userId,
      aal: 2,
      revokedAt: null,
      expiresAt: { gt: new Date(now) },
      lastSeenAt: { gt: new Date(now - IDLE_SECONDS[realm] * 1000) },
    },
    select: { id: true, addressPrefix: true, userAgent: true },
    take: 100,
  });
  const own = live.find(({ id }) => id === sessionId);
  return live.filter((one) => own && (one.addressPrefix !== own.addressPrefix || one.userAgent !== own.userAgent))
    .length;
}

/** A password or second factor that did not fit. Nobody is signed in, so the event is anonymous and the provider's. */
export const refuseSignIn = (refused: {
  realm: Realm;
  email: string;
  userId: string | null;
  address: string;
  code: string;
}): Promise<void> =>
  appendRefusal(
    {
      schema: 'sign-in.refused@1',
      outcome: 'refused',
      actor: { kind: 'anonymous', id: 'sign-in', addressPrefix: addressPrefix(refused.address) },
      object: { type: 'user', id: refused.userId ?? 'unknown' },
      ...(refused.userId ? { subject: refused.userId } : {}),
      fields: { realm: refused.realm, code: refused.code, email: refused.email },
    },
    null,
  );

/** A factor that did not fit while confirming an act. */
export const refuseStepUp = (
  secret: string,
  who: Somebody,
  purpose: { action: string; object: string },
  code: string,
): Promise<void> =>
  appendRefusal(
    {
      schema: 'step-up.refused@1',
      outcome: 'refused',
      actor: actorOf(who),
      object: { type: 'step-up', id: purpose.object },
      fields: { action: purpose.action, code },
    },
    { kind: 'person', secret },
  );

// ---- one's own account

export const changePassword = (secret: string, who: Somebody, passwordHash: string, terms: string): Promise<void> =>
  asPerson(secret, async (tx) => {
    await door.changePassword(tx, secret, passwordHash, terms);
    await appendOwn(tx, who, { schema: 'password.changed@1', object: { type: 'user', id: who.userId }, fields: {} });
  });

export const renameSelf = (secret: string, who: Somebody, before: string, after: string): Promise<void> =>
  asPerson(secret, async (tx) => {
    await door.renameSelf(tx, after);
    const fields = { before, after };
    await appendOwn(tx, who, { schema: 'profile.renamed@1', object: { type: 'user', id: who.userId }, fields });
  });
