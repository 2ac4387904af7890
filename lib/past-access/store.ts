import 'server-only';
import { type AuditEntry, EVENTS, type EventSchema, list } from '@/lib/audit';
import type { Tx } from '@/lib/db';

/** Everything this capability asks of the database. */
const FAMILIES = ['invitation.accepted', 'member.', 'access-policy.changed', 'api-key.'];
const PAGE = 200;

/** The history of access, oldest first; `whole` is false when it is longer than `limit`. */
export async function history(
  tx: Tx,
  organisationId: string,
  limit: number,
): Promise<{ entries: AuditEntry[]; whole: boolean }> {
  const schemas = (Object.keys(EVENTS) as EventSchema[]).filter((schema) =>
    FAMILIES.some((name) => schema.startsWith(name)),
  );
  const entries: AuditEntry[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof list>> = await list(
      tx,
      { organisationId, outcome: 'success', schemas },
      cursor,
      PAGE,
    );
    entries.push(...page.entries);
    cursor = page.next;
  } while (cursor !== null && entries.length < limit);
  return { entries: entries.reverse(), whole: cursor === null };
}

export const members = (tx: Tx, organisationId: string): Promise<{ userId: string; name: string }[]> =>
  tx.prisma.membership
    .findMany({ where: { organisationId }, select: { userId: true, user: { select: { name: true } } } })
    .then((rows) => rows.map(({ userId, user }) => ({ userId, name: user.name })));

export const keyNames = (tx: Tx): Promise<{ id: string; name: string }[]> =>
  tx.prisma.apiKey.findMany({ select: { id: true, name: true }, take: 1000 });
