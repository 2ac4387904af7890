import 'server-only';
import { pseudonym } from '@/lib/audit';
import type { StaffDesk } from '@/lib/authz';
import type { AccessEvent } from '@/lib/kernel/access';
import { primitives } from '@/lib/primitives';

/** Queries of the provider's log about grants. Row policies decide who sees it at all. */
const LISTED = 20_000;

/** Events about these requests and their sessions, in the log's order; what is not in it yet comes last. */
export async function eventsOf({ tx }: StaffDesk, ids: readonly string[]): Promise<(AccessEvent & { id: string })[]> {
  const rows = await tx.prisma.$queryRaw<{ id: string; header: Uint8Array; index: bigint | null }[]>`
    select e."id"::text as id, e."header", l."index" from "AuditEvent" e
      left join "LogLeaf" l on l."log" = 'provider' and l."eventId" = e."id" and l."xid" = e."xid"
     where e."organisationId" is null and (e."schema" like 'grant.%' or e."schema" like 'production.%' or e."schema" = 'step-up@2')
       and (e."objectId" = any (${[...ids]}::text[]) or e."objectId" in (
         select s."id" from "ProductionSession" s where s."requestId" = any (${[...ids]}::text[])))
     order by l."index" nulls last, e."at", e."id" limit ${LISTED}::int`;
  return rows.map(({ id, header, index }) => {
    const event = JSON.parse(Buffer.from(header).toString('utf8')) as AccessEvent;
    return { ...event, id, index: index === null ? -1 : Number(index), personal: {} };
  });
}

export async function hostFindings({ tx }: StaffDesk): Promise<number> {
  const [row] = await tx.prisma.$queryRaw<{ count: bigint }[]>`
    select count(*) from "AuditEvent" where "organisationId" is null and "schema" = 'host.finding@1'
       and "at" > clock_timestamp() - interval '30 days'`;
  return Number(row?.count ?? 0);
}

/** The places that the newest checkpoint of the provider's log covers; null before the first. */
export async function newestSize({ tx }: StaffDesk): Promise<number | null> {
  const [row] = await tx.prisma.$queryRaw<{ size: bigint }[]>`
    select "size" from "LogCheckpoint" where "log" = 'provider' order by "size" desc limit 1`;
  return row ? Number(row.size) : null;
}

/** Places below `size` at which requests were recorded, at most `limit`. */
export async function places({ tx }: StaffDesk, size: number, limit: number): Promise<Map<number, string>> {
  const rows = await tx.prisma.$queryRaw<{ index: bigint; id: string }[]>`
    select l."index", e."objectId" as id from "AuditEvent" e
      join "LogLeaf" l on l."log" = 'provider' and l."eventId" = e."id" and l."xid" = e."xid" and l."index" < ${size}
     where e."organisationId" is null and e."schema" = 'grant.requested@1' limit ${limit}::int`;
  return new Map(rows.map(({ index, id }) => [Number(index), id]));
}

/** What can be filtered by. */
export async function choices({ tx }: StaffDesk) {
  const people = await tx.prisma.user.findMany({
    where: { realm: 'staff' },
    select: { id: true, name: true },
    orderBy: { name: 'asc' },
    take: 500,
  });
  const organisations = await tx.prisma.organisation.findMany({
    select: { id: true, name: true },
    orderBy: { name: 'asc' },
    take: 500,
  });
  const targets = await tx.prisma.$queryRaw<{ id: string }[]>`
    select distinct unnest("targets") as id from "AccessRequest" order by 1 limit 500`;
  return { people, organisations, targets: targets.map(({ id }) => id) };
}

/** Names of the staff by the name they have in the log. */
export async function namesInLog(desk: StaffDesk): Promise<Map<string, string>> {
  const { people } = await choices(desk);
  return new Map(people.map(({ id, name }) => [pseudonym('staff', id, null, primitives), name]));
}
