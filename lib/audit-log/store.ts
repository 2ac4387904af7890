import 'server-only';
import { type AuditEntry, type AuditFilters, type AuditPage, append, type EventSchema, list } from '@/lib/audit';
import type { Source } from '@/lib/authz';
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

/** One event of a kind, without recording the look: whoever hands it out records that. */
export async function find(
  tx: Tx,
  organisationId: string | null,
  schema: EventSchema,
  id: string,
): Promise<AuditEntry | null> {
  const { entries } = await list(tx, { organisationId, id, schemas: [schema] }, null, 1);
  return entries[0] ?? null;
}

/** Events without recording the look: for pages that show a thing's own history. */
export const latest = (tx: Tx, filters: AuditFilters, count: number): Promise<AuditPage> =>
  list(tx, filters, null, count);

/** People this reader may see by name: co-members, or employees. */
export const people = (tx: Tx): Promise<{ id: string; name: string }[]> =>
  tx.prisma.user.findMany({ select: { id: true, name: true }, take: 1000 });

export const apiKeys = (tx: Tx): Promise<{ id: string; name: string }[]> =>
  tx.prisma.apiKey.findMany({ select: { id: true, name: true }, take: 1000 });

/** As staff, whose exports stand in the provider's log. */
export const recordExport = (tx: Tx, staffId: string, eventId: string, source: Source | undefined): Promise<string> =>
  append(tx, {
    schema: 'audit.exported@1',
    outcome: 'success',
    actor: { kind: 'staff', id: staffId, ...source },
    organisationId: null,
    ...exported(eventId),
  });

/** What is recorded of the export of one event. */
export const exported = (eventId: string) => ({
  object: { type: 'audit-event', id: eventId },
  fields: { filters: ['event'], count: 1, format: 'act-evidence' },
});

export { asStaff };
