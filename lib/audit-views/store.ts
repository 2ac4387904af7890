import 'server-only';
import { append, type EventFields, type EventSchema } from '@/lib/audit';
import { authzErrors, type Caller, may, type Source, type Tx } from '@/lib/authz';
import { asMember, asStaff, type Member, type Staff } from '@/lib/db';

/** Everything this capability asks of the database. Row policies show one's own views and shared ones, of the log one reads. */
export type Viewer = (Caller & { kind: 'member' }) | { kind: 'staff'; secret: string; source?: Source };

/** A transaction of somebody who reads a log. */
export interface Desk {
  readonly tx: Tx;
  /** Null: the provider's log. */
  readonly organisationId: string | null;
  readonly userId: string;
  record<S extends EventSchema>(schema: S, viewId: string, fields: EventFields<S>): Promise<string>;
}

/** Throws as `inTenant`. */
export function inLog<R>(viewer: Viewer, work: (desk: Desk) => Promise<R>): Promise<R> {
  const enter = (tx: Tx, who: Member | Staff): Promise<R> => {
    // The credential plays no part in what a role allows.
    if (!may({ ...who, secret: '' }, 'read', 'AuditEvent')) throw authzErrors('authz.forbidden');
    const organisationId = who.kind === 'member' ? who.organisationId : null;
    return work({
      tx,
      organisationId,
      userId: who.userId,
      record: (schema, id, fields) =>
        append(tx, {
          schema,
          outcome: 'success',
          actor: { kind: who.kind, id: who.userId, ...viewer.source },
          organisationId,
          object: { type: 'audit-view', id },
          fields,
        }),
    });
  };
  return viewer.kind === 'member'
    ? asMember(viewer.secret, viewer.organisationId, enter)
    : asStaff(viewer.secret, enter);
}

export interface ViewRow {
  id: string;
  ownerId: string;
  name: string;
  filter: unknown;
  shared: boolean;
}

export const all = ({ tx }: Desk): Promise<ViewRow[]> =>
  tx.prisma.auditView.findMany({
    select: { id: true, ownerId: true, name: true, filter: true, shared: true },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: 200,
  });

export const countOwn = ({ tx, userId }: Desk): Promise<number> =>
  tx.prisma.auditView.count({ where: { ownerId: userId } });

export async function insert(
  { tx, organisationId, userId }: Desk,
  row: Omit<ViewRow, 'ownerId'> & { filter: object },
): Promise<void> {
  await tx.prisma.auditView.create({ data: { ...row, organisationId, ownerId: userId }, select: { id: true } });
}

/** The view that went; null when this person may not take it away. */
export async function remove({ tx }: Desk, id: string): Promise<ViewRow | null> {
  const rows = await tx.prisma.$queryRaw<ViewRow[]>`
    delete from "AuditView" where "id" = ${id} returning "id", "ownerId", "name", "filter", "shared"`;
  return rows[0] ?? null;
}
