import { Prisma, type Tx } from '@/lib/db';
import { fromUtf8 } from '@/lib/kernel/encoding';
import { primitives } from '@/lib/primitives';
import { type ActorKind, commitment, type Header, type Outcome, pseudonym } from './leaf';

export interface AuditFilters {
  /** Null: the provider's own log. */
  organisationId: string | null;
  /** One event. */
  id?: string;
  projectId?: string;
  /** Event names with version. */
  schemas?: readonly string[];
  outcome?: Outcome;
  /** A person by id (usr_…), or a machine by its. */
  actor?: { kind: ActorKind; id: string };
  objectId?: string;
  actId?: string;
  /** Half open: from ≤ at < to. */
  from?: Date;
  to?: Date;
}

export interface AuditEntry extends Header {
  /**
   * Values of the personal fields. `erased` stands for one whose value is gone while its commitment stays; `withheld` for one that this reader
   * may not see; `altered` for one that does not fit its commitment, which no rightful change can cause.
   */
  personal: Record<string, { state: 'present'; value: unknown } | { state: 'erased' | 'withheld' | 'altered' }>;
}

export interface AuditPage {
  entries: AuditEntry[];
  /** Pass it on for the next, older page; null at the end. */
  next: string | null;
}

interface Row {
  id: string;
  at: Date;
  header: Uint8Array;
  commitments: Record<string, string>;
  fields: { name: string; salt: string | null; value: string | null }[];
}

/**
 * Events, newest first, at most 200 a page. The cursor is a position, not an offset: events that arrive meanwhile neither repeat nor
 * hide others. Row policies decide which log can be read at all.
 */
export async function list(
  tx: Tx,
  filters: AuditFilters,
  cursor: string | null = null,
  limit = 50,
): Promise<AuditPage> {
  const take = Math.min(Math.max(limit, 1), 200);
  const rows = await tx.prisma.$queryRaw<Row[]>`
    select e."id", e."at", e."header", e."commitments", coalesce((
      select jsonb_agg(jsonb_build_object('name', f."name", 'salt', encode(f."salt", 'base64'), 'value', encode(f."value", 'base64')))
      from "AuditField" f where f."eventId" = e."id" and f."organisationId" is not distinct from e."organisationId"), '[]') as fields
    from "AuditEvent" e where ${Prisma.join(conditions(filters, cursor), ' and ')}
    order by e."at" desc, e."id" desc limit ${take + 1}`;
  const page = rows.slice(0, take);
  const last = page.at(-1);
  return {
    entries: page.map(toEntry),
    next: rows.length > take && last ? `${last.at.toISOString()}~${last.id}` : null,
  };
}

function conditions(filters: AuditFilters, cursor: string | null): Prisma.Sql[] {
  const { organisationId, id, projectId, schemas, outcome, actor, objectId, actId, from, to } = filters;
  const where = [
    organisationId === null
      ? Prisma.sql`e."organisationId" is null`
      : Prisma.sql`e."organisationId" = ${organisationId}`,
  ];
  if (id !== undefined) where.push(Prisma.sql`e."id" = ${id}::uuid`);
  if (projectId !== undefined) where.push(Prisma.sql`e."projectId" = ${projectId}`);
  if (schemas?.length) where.push(Prisma.sql`e."schema" in (${Prisma.join(schemas)})`);
  if (outcome) where.push(Prisma.sql`e."outcome" = ${outcome}`);
  if (actor) where.push(Prisma.sql`e."actor" = ${pseudonym(actor.kind, actor.id, organisationId, primitives)}`);
  if (objectId !== undefined) where.push(Prisma.sql`e."objectId" = ${objectId}`);
  if (actId !== undefined) where.push(Prisma.sql`e."actId" = ${actId}::uuid`);
  if (from) where.push(Prisma.sql`e."at" >= ${from}`);
  if (to) where.push(Prisma.sql`e."at" < ${to}`);
  const position = cursor === null ? null : parseCursor(cursor);
  if (position) where.push(Prisma.sql`(e."at", e."id") < (${position.at}, ${position.id}::uuid)`);
  return where;
}

/** A cursor comes back from a URL: anything that is not one begins at the newest event. */
function parseCursor(cursor: string): { at: Date; id: string } | null {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)~([0-9a-f-]{36})$/.exec(cursor);
  return match ? { at: new Date(match[1]!), id: match[2]! } : null;
}

const bytes = (base64: string) => Uint8Array.from(Buffer.from(base64, 'base64'));

function toEntry(row: Row): AuditEntry {
  const personal: AuditEntry['personal'] = {};
  for (const name of Object.keys(row.commitments)) {
    const field = row.fields.find((f) => f.name === name);
    if (!field) personal[name] = { state: 'withheld' };
    else if (!field.value || !field.salt) personal[name] = { state: 'erased' };
    else if (!fits(name, field.salt, field.value, row.commitments[name]!)) personal[name] = { state: 'altered' };
    else personal[name] = { state: 'present', value: JSON.parse(fromUtf8(bytes(field.value)) ?? 'null') };
  }
  return { ...(JSON.parse(Buffer.from(row.header).toString('utf8')) as Header), personal };
}

function fits(name: string, salt: string, value: string, expected: string): boolean {
  try {
    return commitment(name, bytes(salt), bytes(value), primitives) === expected;
  } catch {
    return false;
  }
}
