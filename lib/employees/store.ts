import 'server-only';
import { append } from '@/lib/audit';
import type { Source } from '@/lib/authz';
import { asStaff, door, type Staff, type Tx } from '@/lib/db';
import { errors } from './errors';
import type { ChangeEmployee, EmployeeInvitationView, EmployeeView, InviteEmployee } from './schemas';

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
      select: { id: true, name: true, email: true, staffRole: true, status: true, createdAt: true },
      orderBy: { id: 'asc' },
      take: 1000,
    });
    return rows.flatMap(({ staffRole, createdAt, ...row }) =>
      staffRole ? [{ ...row, role: staffRole, since: createdAt.toISOString() }] : [],
    );
  });

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

export const insertInvitation = (
  secret: string,
  input: InviteEmployee,
  invitation: { id: string; secretHash: Uint8Array<ArrayBuffer>; expiresAt: Date },
  now: Date,
  source?: Source,
): Promise<void> =>
  asAdministrator(secret, async (tx, who) => {
    const same = { realm: 'staff' as const, email: input.email };
    if (await tx.prisma.user.findFirst({ where: same, select: { id: true } }))
      throw errors('employee.already', { field: 'email' });
    const pending = { ...same, acceptedAt: null, revokedAt: null, expiresAt: { gt: now } };
    if (await tx.prisma.invitation.findFirst({ where: pending, select: { id: true } }))
      throw errors('employee.invitation_pending', { field: 'email' });
    await tx.prisma.invitation.create({
      data: { ...invitation, ...same, staffRole: input.role, invitedById: who.userId },
      select: { id: true },
    });
    await append(tx, {
      schema: 'invitation.created@1',
      outcome: 'success',
      actor: actorOf(who, source),
      organisationId: null,
      object: { type: 'invitation', id: invitation.id },
      fields: { realm: 'staff', role: input.role, email: input.email },
    });
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

export const setEmployee = (secret: string, { userId, role, status }: ChangeEmployee, source?: Source): Promise<void> =>
  asAdministrator(secret, async (tx, who) => {
    if (userId === who.userId) throw errors('employee.self');
    if (!(await tx.prisma.user.findFirst({ where: { id: userId, realm: 'staff' }, select: { id: true } })))
      throw errors('employee.not_found');
    await door.setStaff(tx, userId, role, status);
    await append(tx, {
      schema: 'employee.changed@1',
      outcome: 'success',
      actor: actorOf(who, source),
      organisationId: null,
      object: { type: 'user', id: userId },
      fields: { role, status, employee: userId },
    });
  });
