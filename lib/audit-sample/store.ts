import 'server-only';
import { Prisma, type Tx } from '@/lib/db';
import type { Filter } from '@/lib/kernel/pack';

/** Everything this capability asks of the database. Row policies decide which events and samples are seen at all. */
export interface SampleRow {
  id: string;
  organisationId: string;
  ownerId: string;
  filter: Filter;
  rangeFrom: bigint;
  rangeTo: bigint;
  size: bigint;
  population: number;
  seed: string;
  seedGiven: boolean;
  wanted: number;
  places: bigint[];
  createdAt: Date;
}

export async function newestSize(tx: Tx, log: string): Promise<number | null> {
  const [row] = await tx.prisma.$queryRaw<{ size: bigint }[]>`
    select "size" from "LogCheckpoint" where "log" = ${log} order by "size" desc limit 1`;
  return row ? Number(row.size) : null;
}

/** Places below `size` of the events that meet a pack's filter, at most `limit`. The columns say what the header commits to. */
export async function population(tx: Tx, log: string, filter: Filter, size: number, limit: number): Promise<number[]> {
  const rows = await tx.prisma.$queryRaw<{ index: bigint }[]>`
    select l."index" from "AuditEvent" e
      join "LogLeaf" l on l."eventId" = e."id" and l."xid" = e."xid" and l."log" = ${log} and l."index" < ${size}
     where ${Prisma.join([Prisma.sql`e."organisationId" = ${log}`, ...conditions(filter)], ' and ')} limit ${limit}`;
  return rows.map(({ index }) => Number(index));
}

const COLUMNS = ['outcome', 'actorKind', 'actor', 'objectType', 'objectId'] as const;

function conditions({ at, schema, projectId, actId, ...filter }: Filter): Prisma.Sql[] {
  const where: Prisma.Sql[] = [];
  if (at?.from) where.push(Prisma.sql`e."at" >= ${new Date(at.from)}`);
  if (at?.to) where.push(Prisma.sql`e."at" < ${new Date(at.to)}`);
  if (schema) {
    const prefixes = schema.filter((name) => /[.@]$/.test(name));
    const anyOf = prefixes.map((prefix) => Prisma.sql`starts_with(e."schema", ${prefix})`);
    where.push(Prisma.sql`(${Prisma.join([Prisma.sql`e."schema" = any(${[...schema]})`, ...anyOf], ' or ')})`);
  }
  if (projectId) {
    const ids = projectId.filter((id) => id !== null);
    const none = projectId.includes(null) ? Prisma.sql` or e."projectId" is null` : Prisma.empty;
    where.push(Prisma.sql`(e."projectId" = any(${ids})${none})`);
  }
  if (actId) where.push(Prisma.sql`e."actId" = any(${[...actId]}::uuid[])`);
  for (const name of COLUMNS) {
    const values = filter[name];
    if (values) where.push(Prisma.sql`e.${Prisma.raw(`"${name}"`)} = any(${[...values]})`);
  }
  return where;
}

export async function insert(tx: Tx, row: Omit<SampleRow, 'createdAt'>): Promise<void> {
  const { id, organisationId, ownerId, filter, rangeFrom, rangeTo, size, population, seed, seedGiven, wanted, places } =
    row;
  await tx.prisma.$executeRaw`
    insert into "AuditSample" ("id", "organisationId", "ownerId", "filter", "rangeFrom", "rangeTo", "size", "population", "seed", "seedGiven", "wanted", "places")
    values (${id}, ${organisationId}, ${ownerId}, ${JSON.stringify(filter)}::jsonb, ${rangeFrom}, ${rangeTo}, ${size}, ${population}, ${seed},
      ${seedGiven}, ${wanted}, ${places}::bigint[])`;
}

export async function find(tx: Tx, organisationId: string, id: string): Promise<SampleRow | null> {
  const [row] = await tx.prisma.$queryRaw<SampleRow[]>`
    select * from "AuditSample" where "id" = ${id} and "organisationId" = ${organisationId}`;
  return row ?? null;
}

/** The newest 50, newest first. */
export const latest = (tx: Tx, organisationId: string): Promise<SampleRow[]> =>
  tx.prisma.$queryRaw<SampleRow[]>`
    select * from "AuditSample" where "organisationId" = ${organisationId} order by "createdAt" desc, "id" desc limit 50`;

/** Ids of the events at these places, in their order. */
export async function eventIds(tx: Tx, log: string, places: readonly bigint[]): Promise<string[]> {
  const rows = await tx.prisma.$queryRaw<{ id: string }[]>`
    select "eventId"::text as id from "LogLeaf" where "log" = ${log} and "index" = any(${[...places]}::bigint[]) order by "index"`;
  return rows.map(({ id }) => id);
}

export async function nameOf(tx: Tx, id: string): Promise<string | null> {
  const found = await tx.prisma.user.findUnique({ where: { id }, select: { name: true } });
  return found?.name ?? null;
}
