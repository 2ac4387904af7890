import 'server-only';
import { append, appendRefusal, type EventSchema, type NewEvent } from '@/lib/audit';
import { asApiKey, asMember, asPerson, asStaff, door, type Tx, withoutTenant } from '@/lib/db';
import { isCordonError, newUuid } from '@/lib/platform';
import type { CodeProof } from './factors/totp';
import type { FoundInvitation } from './joining/invitations';
import { addressPrefix } from './request/address';
import type { Realm } from './request/origins';
import type { Membership } from './request/paths';
import type { LiveSession } from './sessions/sessions';

/**
 * Everything identity asks of the database. Each function is one transaction; an act and its audit event commit
 * together, a refusal in a transaction of its own.
 */
type Bytes = Uint8Array<ArrayBuffer>;
interface NewSession {
  readonly id: string;
  readonly secretHash: Bytes;
}

// ---- the audit trail of one's own acts

interface Somebody {
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
async function appendOwn<S extends EventSchema>(tx: Tx, who: Somebody, act: OwnAct<S>): Promise<void> {
  const memberships = await tx.prisma.membership.findMany({
    where: { userId: who.userId },
    select: { organisationId: true },
  });
  const actId = newUuid();
  for (const organisationId of [null, ...memberships.map((membership) => membership.organisationId)]) {
    await append(tx, { ...act, outcome: 'success', actor: actorOf(who), organisationId, actId, subject: who.userId });
  }
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

/** A code that did not fit while confirming an act. */
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

// ---- counters of failures

export const throttledUntil = (keys: string[]): Promise<Date | null> =>
  withoutTenant((tx) => door.throttleCheck(tx, keys));
export const countFailure = (keys: string[]): Promise<void> => withoutTenant((tx) => door.throttleFail(tx, keys));
export const clearFailures = (keys: string[]): Promise<void> => withoutTenant((tx) => door.throttleClear(tx, keys));

// ---- sessions

export async function readSession(secret: string): Promise<LiveSession | null> {
  const row = await withoutTenant((tx) => door.session(tx, secret));
  if (!row) return null;
  return {
    sessionId: row.session_id,
    userId: row.user_id,
    realm: row.realm,
    aal: row.aal,
    email: row.email,
    name: row.name,
    staffRole: row.staff_role,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
    hasTotp: row.has_totp,
  };
}

export async function findSignIn(realm: Realm, email: string) {
  const row = await withoutTenant((tx) => door.findSignIn(tx, realm, email));
  return row ? { userId: row.user_id, passwordHash: row.password_hash, status: row.status } : null;
}

/** Gives whether the person has an authenticator. */
export function startSession(input: {
  secret: string;
  userId: string;
  session: NewSession;
  addressPrefix: string;
  userAgent: string;
  ttlSeconds: number;
}): Promise<boolean> {
  const { secret, ...row } = input;
  return withoutTenant(async (tx) => {
    await door.startSession(tx, row);
    return (await door.session(tx, secret))!.has_totp;
  });
}

/** A session with the password only has no name in the log yet and ends silently, as does one that was over already. */
export async function endSession(secret: string): Promise<void> {
  try {
    await asPerson(secret, async (tx, who) => {
      await door.endSession(tx, secret);
      await appendEnded(tx, who, who.sessionId, 'signed-out');
    });
  } catch (error) {
    if (!isCordonError(error) || !error.code.startsWith('session.')) throw error;
    await withoutTenant((tx) => door.endSession(tx, secret));
  }
}

const appendEnded = (tx: Tx, who: Somebody, sessionId: string, how: 'signed-out' | 'by-person' | 'others') =>
  appendOwn(tx, who, { schema: 'session.ended@1', object: { type: 'session', id: sessionId }, fields: { how } });

export interface OwnSession {
  readonly id: string;
  readonly current: boolean;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly addressPrefix: string;
  readonly userAgent: string;
}

export const listSessions = (secret: string): Promise<OwnSession[]> =>
  asPerson(secret, async (tx, who) => {
    const rows = await tx.prisma.session.findMany({
      where: { userId: who.userId, aal: 2, revokedAt: null, expiresAt: { gt: new Date() } },
      orderBy: { createdAt: 'desc' },
      select: { id: true, createdAt: true, lastSeenAt: true, addressPrefix: true, userAgent: true },
      take: 100,
    });
    return rows.map((row) => ({ ...row, current: row.id === who.sessionId }));
  });

export const endSessionById = (secret: string, sessionId: string): Promise<void> =>
  asPerson(secret, async (tx, who) => {
    await door.endSessionById(tx, secret, sessionId);
    await appendEnded(tx, who, sessionId, 'by-person');
  });

export const endOtherSessions = (secret: string): Promise<void> =>
  asPerson(secret, async (tx, who) => {
    await door.endOtherSessions(tx, secret);
    await appendEnded(tx, who, who.sessionId, 'others');
  });

export const listMemberships = (secret: string): Promise<Membership[]> =>
  asPerson(secret, async (tx, who) => {
    const rows = await tx.prisma.membership.findMany({
      where: { userId: who.userId },
      select: { organisationId: true, role: true, organisation: { select: { slug: true, name: true } } },
      orderBy: { organisation: { name: 'asc' } },
    });
    return rows.map((row) => ({ organisationId: row.organisationId, role: row.role, ...row.organisation }));
  });

// ---- entering as somebody, for the checks before an act

export const enterMember = (secret: string, organisationId: string) =>
  asMember(secret, organisationId, async (_tx, who) => who);
export const enterStaff = (secret: string) => asStaff(secret, async (_tx, who) => who);
export const enterPerson = (secret: string) => asPerson(secret, async (_tx, who) => who);
export const enterApiKey = (key: string) => asApiKey(key, async (_tx, who) => who);

// ---- second factor

export async function totpFactor(secret: string, enrolling: boolean) {
  const row = await withoutTenant((tx) => door.totpFactor(tx, secret, enrolling));
  return row ? { factorId: row.factor_id, sealed: row.sealed, lastStep: Number(row.last_step) } : null;
}

export const beginTotp = (secret: string, factorId: string, sealed: string): Promise<void> =>
  withoutTenant((tx) => door.beginTotp(tx, secret, factorId, sealed));

/** Who is raising a session, known from the row that is about to be replaced. */
export interface Raising extends Somebody {
  readonly email: string;
}

const appendSignIn = (tx: Tx, who: Raising, sessionId: string, factor: 'totp' | 'recovery') =>
  appendOwn(tx, who, {
    schema: 'sign-in@1',
    object: { type: 'session', id: sessionId },
    fields: { factor, email: who.email },
  });

export const confirmTotp = (
  secret: string,
  who: Raising,
  proof: CodeProof,
  recoveryHashes: Bytes[],
  next: NewSession,
): Promise<void> =>
  withoutTenant(async (tx) => {
    await door.confirmTotp(tx, secret, proof, recoveryHashes, next);
    await appendOwn(tx, who, { schema: 'totp.enrolled@1', object: { type: 'factor', id: proof.factorId }, fields: {} });
    await appendSignIn(tx, who, next.id, 'totp');
  });

export const raiseSession = (secret: string, who: Raising, proof: CodeProof, next: NewSession): Promise<void> =>
  withoutTenant(async (tx) => {
    await door.raiseSession(tx, secret, proof, next);
    await appendSignIn(tx, who, next.id, 'totp');
  });

/** False when the code is unknown or used. */
export async function raiseWithRecovery(
  secret: string,
  who: Raising,
  code: string,
  next: NewSession,
): Promise<boolean> {
  try {
    await withoutTenant(async (tx) => {
      await door.raiseSessionWithRecovery(tx, secret, code, next);
      const left = await tx.prisma.recoveryCode.count({ where: { userId: who.userId, usedAt: null } });
      await appendOwn(tx, who, {
        schema: 'recovery.used@1',
        object: { type: 'user', id: who.userId },
        fields: { left },
      });
      await appendSignIn(tx, who, next.id, 'recovery');
    });
    return true;
  } catch (error) {
    if (isCordonError(error) && error.code === 'recovery.invalid') return false;
    throw error;
  }
}

// ---- step-up

export const recordStepUp = (
  secret: string,
  who: Somebody,
  stepUp: CodeProof & { id: string; action: string; object: string },
): Promise<void> =>
  asPerson(secret, async (tx) => {
    await door.recordStepUp(tx, secret, stepUp);
    const { action, object } = stepUp;
    await appendOwn(tx, who, { schema: 'step-up@1', object: { type: 'step-up', id: object }, fields: { action } });
  });

export const spendStepUp = (secret: string, action: string, object: string): Promise<string> =>
  withoutTenant((tx) => door.useStepUp(tx, secret, action, object));

// ---- one's own account

export const changePassword = (secret: string, who: Somebody, passwordHash: string): Promise<void> =>
  asPerson(secret, async (tx) => {
    await door.changePassword(tx, secret, passwordHash);
    await appendOwn(tx, who, { schema: 'password.changed@1', object: { type: 'user', id: who.userId }, fields: {} });
  });

/** The authenticator in use and how many recovery codes are left, of the signed-in person. */
export const readFactors = (secret: string): Promise<{ authenticatorSince: Date | null; recoveryCodesLeft: number }> =>
  asPerson(secret, async (tx, who) => {
    const factor = await tx.prisma.totpFactor.findFirst({
      where: { userId: who.userId, confirmedAt: { not: null } },
      select: { confirmedAt: true },
      orderBy: { confirmedAt: 'desc' },
    });
    const recoveryCodesLeft = await tx.prisma.recoveryCode.count({ where: { userId: who.userId, usedAt: null } });
    return { authenticatorSince: factor?.confirmedAt ?? null, recoveryCodesLeft };
  });

export const renameSelf = (secret: string, who: Somebody, before: string, after: string): Promise<void> =>
  asPerson(secret, async (tx) => {
    await door.renameSelf(tx, after);
    const fields = { before, after };
    await appendOwn(tx, who, { schema: 'profile.renamed@1', object: { type: 'user', id: who.userId }, fields });
  });

// ---- links

export async function findInvitation(linkSecret: string): Promise<FoundInvitation | null> {
  const row = await withoutTenant((tx) => door.findInvitation(tx, linkSecret));
  if (!row) return null;
  return {
    id: row.id,
    realm: row.realm,
    organisation: row.organisation_id ? { id: row.organisation_id, name: row.organisation_name ?? '' } : null,
    email: row.email,
    memberRole: row.member_role,
    staffRole: row.staff_role,
    expiresAt: row.expires_at,
  };
}

const appendAccepted = (tx: Tx, who: Somebody, found: FoundInvitation) =>
  appendOwn(tx, who, {
    schema: 'invitation.accepted@1',
    object: { type: 'invitation', id: found.id },
    fields: { realm: found.realm, role: found.memberRole ?? found.staffRole ?? '', email: found.email },
  });

export const acceptInvitation = (
  found: FoundInvitation,
  input: { linkSecret: string; userId: string; name: string; passwordHash: string; membershipId: string },
  address: string,
): Promise<void> =>
  withoutTenant(async (tx) => {
    await door.acceptInvitation(tx, input);
    await appendAccepted(tx, { userId: input.userId, realm: found.realm, address }, found);
  });

export const acceptInvitationSignedIn = (
  found: FoundInvitation,
  who: Somebody,
  input: { linkSecret: string; secret: string; membershipId: string },
): Promise<void> =>
  withoutTenant(async (tx) => {
    await door.acceptInvitationSignedIn(tx, input.linkSecret, input.secret, input.membershipId);
    await appendAccepted(tx, who, found);
  });

export const setupOpen = (): Promise<boolean> => withoutTenant((tx) => door.setupOpen(tx));

export const claimSetup = (
  input: { linkSecret: string; userId: string; email: string; name: string; passwordHash: string },
  address: string,
): Promise<void> =>
  withoutTenant(async (tx) => {
    await door.claimSetup(tx, input);
    await appendOwn(
      tx,
      { userId: input.userId, realm: 'staff', address },
      {
        schema: 'setup.claimed@1',
        object: { type: 'user', id: input.userId },
        fields: { email: input.email, name: input.name },
      },
    );
  });
