import 'server-only';
import { type AuditFilters, type AuditPage, append, list } from '@/lib/audit';
import { asStaff, type Tx } from '@/lib/db';

/** Everything this capability asks of the database. Reading is an act too: the event of the read commits with it. */
export interface Reader {
  kind: 'member' | 'staff';
  id: string;
}

export async function read(tx: Tx, reader: Reader, filters: AuditFilters, cursor: string | null): Promise<AuditPage> {
  const page = await list(tx, filters, cursor, 50);
  await append(tx, {
    schema: 'audit.read@1',
    outcome: 'success',
    actor: reader,
    organisationId: filters.organisationId,
    object: { type: 'audit-log', id: filters.organisationId ?? 'provider' },
    fields: {
      filters: Object.keys(filters).filter(
        (key) => key !== 'organisationId' && filters[key as keyof AuditFilters] !== undefined,
      ),
    },
  });
  return page;
}

/** Events without recording the look: for pages that show a thing's own history. */
export const latest = (tx: Tx, filters: AuditFilters, count: number): Promise<AuditPage> =>
  list(tx, filters, null, count);

/** People this reader may see by name: co-members, or employees. */
export const people = (tx: Tx): Promise<{ id: string; name: string }[]> =>
  tx.prisma.user.findMany({ select: { id: true, name: true }, take: 1000 });

export const apiKeys = (tx: Tx): Promise<{ id: string; name: string }[]> =>
  tx.prisma.apiKey.findMany({ select: { id: true, name: true }, take: 1000 });

export { asStaff };
