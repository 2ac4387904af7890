import 'server-only';
import type { StaffDesk, Tx } from '@/lib/authz';
import type { Terms } from '@/lib/kernel/act';
import type { GrantKind, GrantTerms, State } from '@/lib/kernel/grant';
import { type Described, dateOf } from '../ledger';
import type { Lockbox } from '../rules';

/** Queries of requests: what was asked, who said what, and the copies of where it stands. */
export interface RequestRow {
  id: string;
  personId: string;
  kind: GrantKind;
  extendsId: string | null;
  terms: Terms;
  targets: string[];
  organisations: string[];
  decideBy: Date;
  requestedAt: Date;
  state: State;
  startsAt: Date | null;
  deadline: Date | null;
  minutes: number | null;
  why: string | null;
  closing: 'none' | 'closing' | 'closed' | 'failed';
}

export interface Filter {
  /** Only these states. */
  states?: readonly State[];
  kind?: GrantKind;
  person?: string;
  /** Approved, over, and never used. */
  unused?: boolean;
  failed?: boolean;
  /** Break-glass whose review is due. */
  review?: boolean;
  /** Of these, those that waited for longer than a day. */
  overdue?: boolean;
  /** Over before its time. */
  early?: boolean;
  target?: string;
  /** Of a customer whose data it could reach. */
  organisation?: string;
  /** When it was asked for: from, to before. */
  from?: Date;
  to?: Date;
  /** None but these. */
  ids?: readonly string[];
}

export async function list(
  { tx }: StaffDesk,
  filter: Filter,
  limit: number,
  offset = 0,
): Promise<{ rows: RequestRow[]; total: number }> {
  const { states = null, kind = null, person = null, unused = false, failed = false, review = false } = filter;
  const {
    overdue = false,
    early = false,
    target = null,
    organisation = null,
    from = null,
    to = null,
    ids = null,
  } = filter;
  const rows = await tx.prisma.$queryRaw<(RequestRow & { total: bigint })[]>`
    select r.*, count(*) over () as total from "AccessRequest" r
     where (${states}::text[] is null or r."state" = any (${states}::text[])) and (${kind}::text is null or r."kind" = ${kind})
       and (${person}::text is null or r."personId" = ${person})
       and (not ${unused} or (r."state" in ('active', 'ended') and not exists (select 1 from "ProductionSession" s where s."requestId" = r."id")))
       and (not ${failed} or r."closing" = 'failed')
       and (not ${early} or (r."state" = 'ended' and r."why" is distinct from 'expired'))
       and (${target}::text is null or ${target}::text = any (r."targets"))
       and (${organisation}::text is null or exists (select 1 from "ProviderAccess" p
         where p."requestId" = r."id" and p."organisationId" = ${organisation}::text))
       and (${from}::timestamptz is null or r."requestedAt" >= ${from}::timestamptz)
       and (${to}::timestamptz is null or r."requestedAt" < ${to}::timestamptz)
       and (${ids}::text[] is null or r."id" = any (${ids}::text[]))
       and (not ${overdue} or r."requestedAt" < clock_timestamp() - interval '24 hours')
       and (not ${review || overdue} or (r."kind" = 'break-glass'
         and (select count(*) from "AccessVote" v where v."requestId" = r."id" and v."role" = 'review') < 2))
     order by r."requestedAt" desc, r."id" desc limit ${limit}::int offset ${offset}::int`;
  return { rows, total: Number(rows[0]?.total ?? 0) };
}

export async function find({ tx }: StaffDesk, id: string): Promise<RequestRow | null> {
  const [row] = await tx.prisma.$queryRaw<RequestRow[]>`select * from "AccessRequest" where "id" = ${id}`;
  return row ?? null;
}

export interface NewRequest {
  id: string;
  terms: Terms;
  asked: GrantTerms;
  organisations: readonly string[];
}
export async function insert(
  { tx, userId }: StaffDesk,
  { id, terms, asked, organisations }: NewRequest,
): Promise<void> {
  await tx.prisma.$executeRaw`
    insert into "AccessRequest" ("id", "personId", "kind", "extendsId", "terms", "targets", "organisations", "decideBy")
    values (${id}, ${userId}, ${asked.kind}, ${asked.extends}, ${JSON.stringify(terms)}::jsonb, ${[...asked.targets]}::text[],
      ${[...organisations]}::text[], ${dateOf(asked.decideBy)})`;
}

export interface Projection {
  requestId: string;
  organisationId: string;
  staffId: string;
  employer: string;
  country: string;
  mode: 'notify' | 'approve' | 'break-glass';
  targets: readonly string[];
  projects: readonly string[];
  dataClasses: readonly string[];
}
/** What one concerned customer sees; with the terms that it signs, where it has to agree. */
export async function insertProjection(
  { tx }: StaffDesk,
  of: Projection,
  asked: GrantTerms,
  terms: Terms | null,
): Promise<void> {
  const { kind, purpose, reason, ticket, command, files, minutes } = asked;
  await tx.prisma.$executeRaw`
    insert into "ProviderAccess" ("requestId", "organisationId", "staffId", "employer", "country", "kind", "mode", "purpose", "reason", "ticket",
      "targets", "projects", "dataClasses", "command", "files", "minutes", "terms", "answerBy")
    values (${of.requestId}, ${of.organisationId}, ${of.staffId}, ${of.employer}, ${of.country}, ${kind}, ${of.mode}, ${purpose}, ${reason},
      ${ticket}, ${[...of.targets]}::text[], ${[...of.projects]}::text[], ${[...of.dataClasses]}::text[], ${command}, ${files}, ${minutes}::int,
      ${terms && JSON.stringify(terms)}::jsonb, ${dateOf(asked.decideBy)})`;
}

/** What projects say whose data is concerned: all of these organisations, and those of these App IDs. */
export async function lockboxes(
  { tx }: StaffDesk,
  organisations: readonly string[],
  apps: readonly string[],
): Promise<(Lockbox & { appId: string | null })[]> {
  const rows = await tx.prisma.$queryRaw<
    {
      organisation_id: string;
      project_id: string | null;
      app_id: string | null;
      mode: Lockbox['mode'];
      answer_minutes: number;
    }[]
  >`select * from cordon.lockboxes(${[...organisations]}::text[], ${[...apps]}::text[])`;
  return rows.map((row) => ({
    organisationId: row.organisation_id,
    projectId: row.project_id,
    appId: row.app_id,
    mode: row.mode,
    answerMinutes: row.answer_minutes,
  }));
}

/** Copies what the keyring says. */
export async function note(tx: Tx, { id, state, startsAt, deadline, minutes, why }: Described): Promise<void> {
  await tx.prisma.$executeRaw`
    select cordon.note_standing(${id}, ${state}, ${dateOf(startsAt)}::timestamptz, ${dateOf(deadline)}::timestamptz, ${minutes}::int, ${why}::text)`;
}

/** Has the edges cut whoever watches under what is over by these copies. Control does the same every second. */
export async function closeObservations(tx: Tx): Promise<void> {
  await tx.prisma.$queryRaw`select cordon.close_observations()`;
}

export interface VoteRow {
  requestId: string;
  userId: string;
  organisationId: string | null;
  role: string;
  verdict: 'approve' | 'deny';
  minutes: number;
  /** For whom it was given; null: for oneself. */
  forId: string | null;
  at: Date;
}
export const votes = async (tx: Tx, ids: readonly string[]): Promise<VoteRow[]> =>
  (await tx.prisma.accessVote.findMany({
    where: { requestId: { in: [...ids] } },
    orderBy: { at: 'asc' },
  })) as VoteRow[];

/** The same for staff: of a customer's people nobody is named. */
export async function allVotes({ tx }: StaffDesk, ids: readonly string[]): Promise<VoteRow[]> {
  const own = await votes(tx, ids);
  const customers = await tx.prisma.$queryRaw<
    {
      request_id: string;
      organisation_id: string;
      role: string;
      verdict: VoteRow['verdict'];
      minutes: number;
      at: Date;
    }[]
  >`select * from cordon.customer_votes(${[...ids]}::text[])`;
  const theirs = customers.map(
    ({ request_id: requestId, organisation_id: organisationId, role, verdict, minutes, at }) => ({
      ...{ requestId, organisationId, role, verdict, minutes, at },
      ...{ userId: '', forId: null },
    }),
  );
  return [...own, ...theirs].sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** False when this person gave a word already. */
export async function insertVote(tx: Tx, vote: Omit<VoteRow, 'at'>): Promise<boolean> {
  const { requestId, userId, organisationId, role, verdict, minutes, forId } = vote;
  const inserted = await tx.prisma.$executeRaw`
    insert into "AccessVote" ("requestId", "userId", "organisationId", "role", "verdict", "minutes", "forId")
    values (${requestId}, ${userId}, ${organisationId}, ${role}, ${verdict}, ${minutes}::int, ${forId}) on conflict do nothing`;
  return inserted > 0;
}

export interface CommentRow {
  id: string;
  requestId: string;
  organisationId: string | null;
  authorId: string;
  byStaff: boolean;
  text: string;
  at: Date;
}
export const comments = (tx: Tx, ids: readonly string[]): Promise<CommentRow[]> =>
  tx.prisma.accessComment.findMany({ where: { requestId: { in: [...ids] } }, orderBy: { at: 'asc' }, take: 500 });

export async function allComments({ tx }: StaffDesk, ids: readonly string[]): Promise<CommentRow[]> {
  const own = await comments(tx, ids);
  const customers = await tx.prisma.$queryRaw<
    { id: string; request_id: string; organisation_id: string; text: string; at: Date }[]
  >`select * from cordon.customer_comments(${[...ids]}::text[])`;
  const theirs = customers.map(({ id, request_id: requestId, organisation_id: organisationId, text, at }) => ({
    ...{ id, requestId, organisationId, text, at },
    ...{ authorId: '', byStaff: false },
  }));
  return [...own, ...theirs].sort((a, b) => a.at.getTime() - b.at.getTime());
}

export async function insertComment(
  tx: Tx,
  { id, requestId, organisationId, authorId, byStaff, text }: Omit<CommentRow, 'at'>,
): Promise<void> {
  await tx.prisma.$executeRaw`
    insert into "AccessComment" ("id", "requestId", "organisationId", "authorId", "byStaff", "text")
    values (${id}, ${requestId}, ${organisationId}, ${authorId}, ${byStaff}, ${text})`;
}

/** How each concerned organisation takes part, of the staff's view. */
export const parts = ({ tx }: StaffDesk, ids: readonly string[]) =>
  tx.prisma.providerAccess.findMany({
    where: { requestId: { in: [...ids] } },
    select: { requestId: true, organisationId: true, mode: true, staffId: true, targets: true },
  });

export async function locksOn(
  { tx, userId }: StaffDesk,
  targets: readonly string[],
): Promise<{ kind: string; reason: string }[]> {
  const apps = targets.filter((one) => one.startsWith('app:')).map((one) => one.slice('app:'.length));
  return tx.prisma.$queryRaw<{ kind: string; reason: string }[]>`
    select k."kind", k."reason" from "AccessLock" k where k."liftedAt" is null and case k."kind"
      when 'user' then k."subject" = ${userId}
      when 'target' then k."subject" = any (${[...targets]}::text[])
      when 'project' then k."subject" = any (${apps}::text[])
      when 'device' then k."subject" in (select p."id" from "Passkey" p where p."userId" = ${userId})
      else true end`;
}

/** Break-glass of this person, newest first: their reviews may be overdue. */
export const breakGlassOf = ({ tx }: StaffDesk, person: string): Promise<{ id: string }[]> =>
  tx.prisma.$queryRaw<{ id: string }[]>`
    select "id" from "AccessRequest" where "personId" = ${person} and "kind" = 'break-glass' order by "requestedAt" desc limit 50`;

/** Names of people and organisations. */
export async function names(
  { tx }: StaffDesk,
  people: readonly string[],
  organisations: readonly string[],
): Promise<Map<string, string>> {
  const users = await tx.prisma.user.findMany({ where: { id: { in: [...people] } }, select: { id: true, name: true } });
  const orgs = await tx.prisma.organisation.findMany({
    where: { id: { in: [...organisations] } },
    select: { id: true, name: true },
  });
  return new Map([...users, ...orgs].map(({ id, name }) => [id, name]));
}

export async function hasSession({ tx }: StaffDesk, request: string, session: string): Promise<boolean> {
  const rows = await tx.prisma.$queryRaw<{ id: string }[]>`
    select "id" from "ProductionSession" where "id" = ${session} and "requestId" = ${request}`;
  return rows.length > 0;
}

/** Tells employees and organisations about a request. */
export async function tell(
  tx: Tx,
  request: string,
  kind: string,
  to: { people?: readonly string[]; organisations?: readonly string[] },
  fields: Record<string, string>,
): Promise<void> {
  await tx.prisma.$executeRaw`
    select cordon.tell_access(${request}, ${kind}, ${[...(to.people ?? [])]}::text[], ${[...(to.organisations ?? [])]}::text[],
      ${JSON.stringify(fields)}::jsonb)`;
}
