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

/** How many events of the log belong to each of these acts. */
export async function countsOfActs(
  tx: Tx,
  organisationId: string | null,
  actIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await tx.prisma.$queryRaw<{ actId: string; count: bigint }[]>`
    select e."actId"::text as "actId", count(*) as count from "AuditEvent" e
     where e."actId" = any(${[...new Set(actIds)]}::uuid[]) and e."organisationId" is not distinct from ${organisationId} group by 1`;
  return new Map(rows.map(({ actId, count }) => [actId, Number(count)]));
}

/** Events of these acts, by act; at most 5,000 in all. */
export async function eventsOfActs(
  tx: Tx,
  organisationId: string,
  actIds: readonly string[],
): Promise<Map<string, { id: string; schema: string }[]>> {
  const rows = await tx.prisma.$queryRaw<{ actId: string; id: string; schema: string }[]>`
    select e."actId"::text as "actId", e."id"::text as id, e."schema" from "AuditEvent" e
     where e."actId" = any(${[...new Set(actIds)]}::uuid[]) and e."organisationId" = ${organisationId}
     order by e."at", e."id" limit 5000`;
  const acts = new Map<string, { id: string; schema: string }[]>();
  for (const { actId, id, schema } of rows) acts.set(actId, [...(acts.get(actId) ?? []), { id, schema }]);
  return acts;
}

/** How the acts of these events were confirmed: the newest confirmation of the same actor on the same object in the ten minutes before. */
export async function confirmationsOf(
  tx: Tx,
  organisationId: string,
  ids: readonly string[],
): Promise<Map<string, { at: string; factor: string }>> {
  const rows = await tx.prisma.$queryRaw<{ id: string; at: Date; factor: string | null }[]>`
    select e."id"::text as id, c."at", c.details ->> 'factor' as factor
      from "AuditEvent" e join lateral (
        select s."at", convert_from(s."header", 'UTF8')::jsonb -> 'details' as details from "AuditEvent" s
         where s."organisationId" = ${organisationId} and s."schema" = 'step-up@2' and s."at" between e."at" - interval '10 minutes' and e."at"
           and s."actor" = e."actor" and s."objectId" = e."objectId" order by s."at" desc limit 1) c on true
     where e."id" = any(${[...ids]}::uuid[]) and e."organisationId" = ${organisationId}`;
  return new Map(rows.map(({ id, at, factor }) => [id, { at: at.toISOString(), factor: factor ?? '' }]));
}

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
