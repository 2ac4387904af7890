import 'server-only';
import { append, type EventFields, type EventSchema } from '@/lib/audit';
import type { Source, Tx } from '@/lib/authz';
import { asStaff } from '@/lib/db';
import type { Filter } from '@/lib/kernel/pack';
import type { ExportFormat, ExportState } from './schemas';

/** Everything the console asks of the database for exports. Row policies decide whose are seen at all. */
export interface ExportRow {
  id: string;
  requestedById: string;
  format: ExportFormat;
  filter: Filter;
  recipients: string[];
  rangeFrom: bigint;
  rangeTo: bigint;
  size: bigint;
  state: ExportState;
  tries: number;
  done: bigint;
  total: bigint;
  events: bigint | null;
  bytes: bigint | null;
  sha256: string | null;
  code: string | null;
  place: bigint | null;
  createdAt: Date;
  expiresAt: Date;
  sampleId: string | null;
}

/** The places that the newest checkpoint covers; null before the first. */
export async function newestSize(tx: Tx, log: string): Promise<number | null> {
  const [row] = await tx.prisma.$queryRaw<{ size: bigint }[]>`
    select "size" from "LogCheckpoint" where "log" = ${log} order by "size" desc limit 1`;
  return row ? Number(row.size) : null;
}

/** The signed note of a checkpoint. */
export async function noteAt(tx: Tx, log: string, size: number): Promise<string> {
  const [row] = await tx.prisma.$queryRaw<{ note: Uint8Array }[]>`
    select "note" from "LogCheckpoint" where "log" = ${log} and "size" = ${size}`;
  return Buffer.from(row?.note ?? []).toString('utf8');
}

/** How many of this log are under way. Whoever asks at the same moment waits, so that they are counted. */
export async function countOpen(tx: Tx, organisationId: string | null): Promise<number> {
  await tx.prisma.$queryRaw`
    select pg_advisory_xact_lock(hashtextextended(${`export ${organisationId ?? 'provider'}`}, 0))::text`;
  const [row] = await tx.prisma.$queryRaw<{ count: bigint }[]>`
    select count(*) from "AuditExport"
     where "organisationId" is not distinct from ${organisationId} and "state" in ('queued', 'running')`;
  return Number(row?.count ?? 0);
}

export interface NewExport {
  id: string;
  organisationId: string | null;
  requestedById: string;
  format: ExportFormat;
  filter: Filter;
  recipients: readonly string[];
  from: number;
  to: number;
  size: number;
  sampleId?: string;
}

/** The worker hears of it when the transaction commits. */
export async function insert(tx: Tx, job: NewExport): Promise<void> {
  const { id, organisationId, requestedById, format, filter, recipients, from, to, size, sampleId = null } = job;
  await tx.prisma.$executeRaw`
    insert into "AuditExport" ("id", "organisationId", "requestedById", "format", "filter", "recipients", "rangeFrom", "rangeTo", "size", "sampleId")
    values (${id}, ${organisationId}, ${requestedById}, ${format}, ${JSON.stringify(filter)}::jsonb, ${recipients}::text[], ${from}, ${to}, ${size}, ${sampleId})`;
  await tx.prisma.$queryRaw`select pg_notify('audit_export', '')::text`;
}

/** Newest first. */
export const latest = (tx: Tx, organisationId: string | null): Promise<ExportRow[]> =>
  tx.prisma.$queryRaw<ExportRow[]>`
    select * from "AuditExport" where "organisationId" is not distinct from ${organisationId}
     order by "createdAt" desc, "id" desc limit 50`;

export async function find(tx: Tx, organisationId: string | null, id: string): Promise<ExportRow | null> {
  const [row] = await tx.prisma.$queryRaw<ExportRow[]>`
    select * from "AuditExport" where "organisationId" is not distinct from ${organisationId} and "id" = ${id}`;
  return row ?? null;
}

/** Names of those this reader may see. */
export async function namesOf(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const people = await tx.prisma.user.findMany({ where: { id: { in: [...ids] } }, select: { id: true, name: true } });
  return new Map(people.map(({ id, name }) => [id, name]));
}

/** As staff, whose exports stand in the provider's log. */
export const recordAsStaff = <S extends EventSchema>(
  tx: Tx,
  staffId: string,
  source: Source | undefined,
  event: { schema: S; object: { type: string; id: string }; fields: EventFields<S> },
): Promise<string> =>
  append(tx, {
    ...event,
    outcome: 'success',
    actor: { kind: 'staff', id: staffId, ...source },
    organisationId: null,
  });

export { asStaff };

export interface SampleRow {
  id: string;
  filter: Filter;
  rangeFrom: bigint;
  rangeTo: bigint;
  size: bigint;
  population: number;
  seed: string;
  seedGiven: boolean;
  wanted: number;
  places: bigint[];
}

/** A sample that this reader may see. */
export async function sample(tx: Tx, organisationId: string, id: string): Promise<SampleRow | null> {
  const [row] = await tx.prisma.$queryRaw<SampleRow[]>`
    select * from "AuditSample" where "id" = ${id} and "organisationId" = ${organisationId}`;
  return row ?? null;
}
