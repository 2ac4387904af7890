import { Prisma, type Tx } from '@/lib/db';
import { canonicalJson, encodeBase64 } from '@/lib/kernel/encoding';
import { textCommitment } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import type { EventSchema } from './events';
import { type ActorKind, entryOfRow, type Header, isEarly, type Outcome, pseudonym } from './leaf';
import { fieldIn, type Opened, openValues } from './values';

export interface AuditFilters {
  /** Null: the provider's own log. */
  organisationId: string | null;
  /** One event. */
  id?: string;
  /** These and no others. */
  ids?: readonly string[];
  projectId?: string;
  /** Event names with version. */
  schemas?: readonly string[];
  outcome?: Outcome;
  actorKind?: ActorKind;
  /** A person by id (usr_…), or a machine by its. */
  actor?: { kind: ActorKind; id: string };
  objectType?: string;
  objectId?: string;
  /** Contained in the plain fields or the object's id; case does not matter. */
  text?: string;
  actId?: string;
  /** Half open: from ≤ at < to. */
  from?: Date;
  to?: Date;
}

export interface AuditEntry extends Header {
  /** The row is not what its entry in the log commits to, which no rightful change can cause. */
  altered: boolean;
  /**
   * Values of the personal fields. `erased` stands for one whose key is destroyed while its commitment stays; `withheld` for one that this reader
   * may not see; `altered` for one that does not fit its commitment.
   */
  personal: Record<string, { state: 'present'; value: unknown } | { state: 'erased' | 'withheld' | 'altered' }>;
}

export interface AuditPage {
  entries: AuditEntry[];
  /** Pass it on for the next, older page; null at the end. */
  next: string | null;
  /** With `text`: how far this page looked. */
  searched?: Searched;
}

/** Events that were looked at, from the newest to the oldest; ISO 8601. */
export interface Searched {
  count: number;
  from: string;
  to: string;
}

/** How many events one page looks at for a text: no index holds their words, and none shall slow the writers. */
export const SEARCHED_AT_ONCE = 20_000;

/** An event as stored, with those of its sealed values that the reader may see. */
export interface EventRow {
  id: string;
  at: Date;
  header: Uint8Array;
  commitments: Record<string, string>;
  seed: Uint8Array;
  entry: Uint8Array;
  /** Base64. */
  sealed: string[];
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
  if (filters.text !== undefined) return search(tx, filters, filters.text, cursor, take);
  const rows = await tx.prisma.$queryRaw<EventRow[]>`
    select e."id", e."at", e."header", e."commitments", e."seed", e."entry", coalesce((
      select jsonb_agg(encode(v."sealed", 'base64')) from "AuditValue" v
      where v."eventId" = e."id" and v."organisationId" is not distinct from e."organisationId"), '[]') as sealed
    from "AuditEvent" e where ${Prisma.join(conditions(filters, cursor), ' and ')}
    order by e."at" desc, e."id" desc limit ${take + 1}`;
  const page = rows.slice(0, take);
  const last = page.at(-1);
  return {
    entries: await entriesOf(page),
    next: rows.length > take && last ? `${last.at.toISOString()}~${last.id}` : null,
  };
}

/**
 * The newest events that meet the other conditions, at most SEARCHED_AT_ONCE of them, and of these the ones that hold the text. Where none is left to
 * show but some are left to look at, the cursor goes on behind the last one looked at.
 */
async function search(
  tx: Tx,
  filters: AuditFilters,
  text: string,
  cursor: string | null,
  take: number,
): Promise<AuditPage> {
  const like = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  const [found] = await tx.prisma.$queryRaw<
    { count: bigint; first: Date | null; last: Date | null; lastId: string | null; ids: string[] | null }[]
  >`
    with looked as materialized (
      select e."id", e."at", e."objectId" ilike ${like} or (convert_from(e."header", 'UTF8')::jsonb -> 'details')::text ilike ${like} as hit
      from "AuditEvent" e where ${Prisma.join(conditions(filters, cursor), ' and ')}
      order by e."at" desc, e."id" desc limit ${SEARCHED_AT_ONCE})
    select count(*) as count, max("at") as first, min("at") as last,
      (select "id"::text from looked order by "at", "id" limit 1) as "lastId",
      array(select "id"::text from looked where hit order by "at" desc, "id" desc limit ${take + 1}) as ids
    from looked`;
  const { count, first, last, lastId, ids } = found!;
  const hits = ids ?? [];
  const rows = await tx.prisma.$queryRaw<EventRow[]>`
    select e."id", e."at", e."header", e."commitments", e."seed", e."entry", coalesce((
      select jsonb_agg(encode(v."sealed", 'base64')) from "AuditValue" v
      where v."eventId" = e."id" and v."organisationId" is not distinct from e."organisationId"), '[]') as sealed
    from "AuditEvent" e where ${Prisma.join(conditions(filters, cursor), ' and ')} and e."id" = any(${hits.slice(0, take)}::uuid[])
    order by e."at" desc, e."id" desc`;
  const shown = rows.at(-1);
  const whole = Number(count) < SEARCHED_AT_ONCE;
  const end =
    hits.length > take && shown ? { at: shown.at, id: shown.id } : whole || !last ? null : { at: last, id: lastId! };
  return {
    entries: await entriesOf(rows),
    next: end && `${end.at.toISOString()}~${end.id}`,
    ...(first && last ? { searched: { count: Number(count), from: last.toISOString(), to: first.toISOString() } } : {}),
  };
}

function conditions(filters: AuditFilters, cursor: string | null): Prisma.Sql[] {
  const {
    organisationId,
    id,
    ids,
    projectId,
    schemas,
    outcome,
    actorKind,
    actor,
    objectType,
    objectId,
    actId,
    from,
    to,
  } = filters;
  const where = [
    organisationId === null
      ? Prisma.sql`e."organisationId" is null`
      : Prisma.sql`e."organisationId" = ${organisationId}`,
  ];
  if (id !== undefined) where.push(Prisma.sql`e."id" = ${id}::uuid`);
  if (ids !== undefined) where.push(Prisma.sql`e."id" = any(${[...ids]}::uuid[])`);
  if (projectId !== undefined) where.push(Prisma.sql`e."projectId" = ${projectId}`);
  if (schemas?.length) where.push(Prisma.sql`e."schema" in (${Prisma.join(schemas)})`);
  if (outcome) where.push(Prisma.sql`e."outcome" = ${outcome}`);
  if (actorKind) where.push(Prisma.sql`e."actorKind" = ${actorKind}`);
  if (actor) where.push(Prisma.sql`e."actor" = ${pseudonym(actor.kind, actor.id, organisationId, primitives)}`);
  if (objectType !== undefined) where.push(Prisma.sql`e."objectType" = ${objectType}`);
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

/** In the same order. The keyring is asked once for up to 500 values. Throws `keyring.unavailable`. */
export async function entriesOf(rows: readonly EventRow[]): Promise<AuditEntry[]> {
  const sealed = rows.flatMap(({ id, sealed: values }) => values.map((value) => ({ eventId: id, sealed: value })));
  const opened = new Map<string, Opened[]>();
  for (const [i, values] of (await openValues(sealed)).entries()) {
    const { eventId } = sealed[i]!;
    const known = opened.get(eventId);
    if (known) known.push(values);
    else opened.set(eventId, [values]);
  }
  return rows.map((row) => toEntry(row, opened.get(row.id) ?? []));
}

function toEntry(row: EventRow, opened: readonly Opened[]): AuditEntry {
  const personal: AuditEntry['personal'] = {};
  for (const name of Object.keys(row.commitments)) personal[name] = personalValue(name, row, opened);
  const header = headerOf(row);
  const altered = !fits(row) || !(isEarly(row.seed) || isWhole(header));
  return Object.assign(header, { altered, personal });
}

function personalValue(
  name: string,
  { commitments, seed }: EventRow,
  opened: readonly Opened[],
): AuditEntry['personal'][string] {
  const found = fieldIn(opened, name);
  if (found) {
    const { salt, value } = found;
    // What was written before there was a log has commitments of another kind, all of them under one field of the entry.
    const same =
      isEarly(seed) || encodeBase64(textCommitment(primitives, name, salt, canonicalJson(value))) === commitments[name];
    return same ? { state: 'present', value } : { state: 'altered' };
  }
  if (opened.includes('altered')) return { state: 'altered' };
  return { state: opened.includes(null) ? 'erased' : 'withheld' };
}

/** What nobody can read is shown as altered, and does not hide the events beside it. */
function headerOf({ id, at, header }: EventRow): Header {
  const nothing = () => ({ ...UNREADABLE, id, at: at.toISOString() });
  try {
    const read = JSON.parse(Buffer.from(header).toString('utf8')) as Header;
    return isWhole(read) ? read : { ...nothing(), ...read };
  } catch {
    return nothing();
  }
}

const UNREADABLE: Omit<Header, 'id' | 'at'> = {
  organisationId: null,
  actId: '',
  schema: '' as EventSchema,
  schemaDigest: '',
  outcome: 'failed',
  actorKind: 'system',
  actor: '',
  objectType: '',
  objectId: '',
  projectId: null,
  details: {},
};

const NAMES = [...Object.keys(UNREADABLE), 'id', 'at'];
/** No other members either: the entry commits to these, and says nothing of one that somebody added. */
const isWhole = (header: Header): boolean =>
  Object.keys(header).length === NAMES.length && NAMES.every((name) => Object.hasOwn(header, name));

function fits(row: EventRow): boolean {
  try {
    return Buffer.from(entryOfRow(row, primitives)).equals(row.entry);
  } catch {
    return false;
  }
}
