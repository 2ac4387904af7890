import 'server-only';
import { append } from '@/lib/audit';
import type { Source } from '@/lib/authz';
import { asStaff, door, type Staff, type Tx } from '@/lib/db';
import { fingerprint } from '@/lib/identity';
import { notify, tell } from '@/lib/notices';
import { errors } from './errors';
import type { ChangeEmployee, EmployeeInvitationView, EmployeeView, InviteEmployee, WaitingPasskey } from './schemas';

/** Everything this capability asks of the database. An act and its audit event commit in one transaction. */
const asAdministrator = <R>(secret: string, fn: (tx: Tx, who: Staff) => Promise<R>): Promise<R> =>
  asStaff(secret, (tx, who) => {
    if (who.role !== 'administrator') throw errors('employee.role');
    return fn(tx, who);
  });

const actorOf = (who: Staff, source?: Source) => ({ kind: 'staff' as const, id: who.userId, ...source });

export const listEmployees = (secret: string): Promise<EmployeeView[]> =>
  asStaff(secret, async (tx) => {
    const rows = await tx.prisma.user.findMany({
      where: { realm: 'staff' },
      select: {
        ...{ id: true, name: true, email: true, staffRole: true, status: true, createdAt: true },
        passkeys: { select: { state: true, deviceBound: true } },
      },
      orderBy: { id: 'asc' },
      take: 1000,
    });
    return rows.flatMap(({ staffRole, createdAt, passkeys, ...row }) =>
      staffRole ? [{ ...row, role: staffRole, since: createdAt.toISOString(), passkeys: counted(passkeys) }] : [],
    );
  });

function counted(passkeys: readonly { state: string; deviceBound: boolean }[]): EmployeeView['passkeys'] {
  const usable = passkeys.filter(({ state }) => state === 'active');
  const deviceBound = usable.filter((passkey) => passkey.deviceBound).length;
  return { deviceBound, synced: usable.length - deviceBound, waiting: passkeys.length - usable.length };
}

export const listInvitations = (secret: string, now: Date): Promise<EmployeeInvitationView[]> =>
  asStaff(secret, async (tx) => {
    const rows = await tx.prisma.invitation.findMany({
      where: { realm: 'staff', acceptedAt: null, revokedAt: null, expiresAt: { gt: now } },
      select: { id: true, email: true, staffRole: true, expiresAt: true },
      orderBy: { createdAt: 'desc' },
      take: 200,
    });
    return rows.flatMap(({ staffRole, expiresAt, ...row }) =>
      staffRole ? [{ ...row, role: staffRole, expiresAt: expiresAt.toISOString() }] : [],
    );
  });

export interface NewInvitation extends InviteEmployee {
  id: string;
  secretHash: Uint8Array<ArrayBuffer>;
  expiresAt: Date;
}

/** All of them or none. */
export const insertInvitations = (
  secret: string,
  invitations: readonly NewInvitation[],
  now: Date,
  source?: Source,
): Promise<void> =>
  asAdministrator(secret, async (tx, who) => {
    const emails = { in: invitations.map(({ email }) => email) };
    const [here, waiting] = [
      await tx.prisma.user.findMany({ where: { realm: 'staff', email: emails }, select: { email: true } }),
      await tx.prisma.invitation.findMany({
        where: { realm: 'staff', email: emails, acceptedAt: null, revokedAt: null, expiresAt: { gt: now } },
        select: { email: true },
      }),
    ];
    if (here.length > 0) throw errors('employee.already', refused(here, invitations));
    if (waiting.length > 0) throw errors('employee.invitation_pending', refused(waiting, invitations));
    for (const { email, role, ...row } of invitations) {
      await tx.prisma.invitation.create({
        data: { ...row, realm: 'staff', email, staffRole: role, invitedById: who.userId },
        select: { id: true },
      });
      await append(tx, {
        schema: 'invitation.created@1',
        outcome: 'success',
        actor: actorOf(who, source),
        organisationId: null,
        object: { type: 'invitation', id: row.id },
        fields: { realm: 'staff', role, email },
      });
    }
  });

/** One invitation blames its field; of a list, the addresses are named. */
const refused = (rows: readonly { email: string }[], of: readonly NewInvitation[]) =>
  of.length === 1 ? { field: 'email' } : { why: rows.map(({ email }) => email).join(', ') };

export const offerPasswordReset = (
  secret: string,
  userId: string,
  reset: { id: string; secretHash: Uint8Array<ArrayBuffer> },
  source?: Source,
): Promise<void> =>
  asAdministrator(secret, async (tx, who) => {
    if (userId === who.userId) throw errors('employee.self');
    await door.offerPasswordReset(tx, userId, reset);
    await append(tx, {
      schema: 'password.reset_offered@1',
      outcome: 'success',
      actor: actorOf(who, source),
      organisationId: null,
      object: { type: 'user', id: userId },
      subject: userId,
      fields: { person: userId },
    });
    await tell(tx, userId, { kind: 'password.reset', fields: {} });
  });

export const revokeInvitation = (secret: string, id: string, now: Date, source?: Source): Promise<void> =>
  asAdministrator(secret, async (tx, who) => {
    const found = await tx.prisma.invitation.findFirst({
      where: { id, realm: 'staff', acceptedAt: null, revokedAt: null },
      select: { email: true },
    });
    if (!found) throw errors('employee.not_found');
    await tx.prisma.invitation.update({ where: { id }, data: { revokedAt: now }, select: { id: true } });
    await append(tx, {
      schema: 'invitation.revoked@1',
      outcome: 'success',
      actor: actorOf(who, source),
      organisationId: null,
      object: { type: 'invitation', id },
      fields: { email: found.email },
    });
  });

/** `forget` runs last: when the keyring does not answer, nothing changes. */
type Forget = (passkeyIds: readonly string[]) => Promise<void>;

export const setEmployee = (
  secret: string,
  { userId, role, status }: ChangeEmployee,
  source: Source | undefined,
  forget: Forget,
): Promise<void> =>
  asAdministrator(secret, async (tx, who) => {
    if (userId === who.userId) throw errors('employee.self');
    if (!(await tx.prisma.user.findFirst({ where: { id: userId, realm: 'staff' }, select: { id: true } })))
      throw errors('employee.not_found');
    const passkeys =
      status === 'disabled' ? await tx.prisma.passkey.findMany({ where: { userId }, select: { id: true } }) : [];
    await door.setStaff(tx, userId, role, status);
    await append(tx, {
      schema: 'employee.changed@1',
      outcome: 'success',
      actor: actorOf(who, source),
      organisationId: null,
      object: { type: 'user', id: userId },
      fields: { role, status, employee: userId },
    });
    await tell(tx, userId, { kind: 'employee.changed', fields: { role, status } });
    await forget(passkeys.map(({ id }) => id));
  });

export const endSessionsOf = (secret: string, userId: string, source?: Source): Promise<number> =>
  asAdministrator(secret, async (tx, who) => {
    if (userId === who.userId) throw errors('employee.self');
    if (!(await tx.prisma.user.findFirst({ where: { id: userId, realm: 'staff' }, select: { id: true } })))
      throw errors('employee.not_found');
    const count = await door.endSessionsOf(tx, userId);
    await append(tx, {
      schema: 'employee.sessions_ended@1',
      outcome: 'success',
      actor: actorOf(who, source),
      organisationId: null,
      object: { type: 'user', id: userId },
      subject: userId,
      fields: { count, employee: userId },
    });
    await tell(tx, userId, { kind: 'sessions.ended', fields: {} });
    return count;
  });

// ---- passkeys that wait for a second person's word

export const listWaitingPasskeys = (secret: string): Promise<WaitingPasskey[]> =>
  asStaff(secret, async (tx) => {
    const rows = await tx.prisma.passkey.findMany({
      where: { realm: 'staff', state: 'pending' },
      select: { id: true, userId: true, name: true, deviceBound: true, publicKey: true, createdAt: true },
      orderBy: { createdAt: 'asc' },
      take: 200,
    });
    const people = await tx.prisma.user.findMany({
      where: { id: { in: rows.map(({ userId }) => userId) }, status: 'active' },
      select: { id: true, name: true, email: true, staffRole: true },
    });
    const owners = new Map(people.map((person) => [person.id, person]));
    return rows.flatMap(({ id, userId, name, deviceBound, publicKey, createdAt }) => {
      const owner = owners.get(userId);
      if (!owner?.staffRole) return [];
      return {
        ...{ id, userId, name: owner.name, email: owner.email, role: owner.staffRole, passkeyName: name, deviceBound },
        fingerprint: fingerprint(publicKey),
        createdAt: createdAt.toISOString(),
      };
    });
  });

/** `vouch` is the keyring's word for the endorser's own passkey, taken between using up the step-up and changing the row. */
export const endorsePasskey = (
  secret: string,
  passkey: WaitingPasskey,
  terms: string,
  source: Source | undefined,
  vouch: (ticket: string, who: { sessionId: string; userId: string }) => Promise<{ issuedAt: number; proof: string }>,
): Promise<void> =>
  asEndorser(secret, passkey, async (tx, who) => {
    const ticket = await door.useStepUp(tx, secret, 'passkey.endorse', passkey.id, terms);
    const { issuedAt, proof } = await vouch(ticket, { sessionId: who.sessionId, userId: who.userId });
    await door.endorsePasskey(tx, passkey.id, issuedAt, proof);
    await appendAbout(tx, who, 'passkey.endorsed@1', passkey, source);
  });

export const turnDownPasskey = (
  secret: string,
  passkey: WaitingPasskey,
  source: Source | undefined,
  forget: Forget,
): Promise<void> =>
  asEndorser(secret, passkey, async (tx, who) => {
    await door.turnDownPasskey(tx, passkey.id);
    await appendAbout(tx, who, 'passkey.turned_down@1', passkey, source);
    await forget([passkey.id]);
  });

const asEndorser = <R>(
  secret: string,
  { userId }: WaitingPasskey,
  fn: (tx: Tx, who: Staff) => Promise<R>,
): Promise<R> =>
  asStaff(secret, (tx, who) => {
    if (!['administrator', 'security'].includes(who.role) || who.userId === userId) throw errors('employee.endorser');
    return fn(tx, who);
  });

async function appendAbout(
  tx: Tx,
  who: Staff,
  schema: 'passkey.endorsed@1' | 'passkey.turned_down@1',
  passkey: WaitingPasskey,
  source?: Source,
): Promise<void> {
  const object = { type: 'passkey', id: passkey.id };
  const fields = { credential: passkey.fingerprint, employee: passkey.userId };
  await append(tx, {
    schema,
    outcome: 'success',
    actor: actorOf(who, source),
    organisationId: null,
    object,
    subject: passkey.userId,
    fields,
  });
  await notify(tx, passkey.userId, { schema, object, fields });
}
