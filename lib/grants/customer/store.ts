import 'server-only';
import type { Tx } from '@/lib/authz';
import type { Terms } from '@/lib/kernel/act';
import type { GrantKind, State } from '@/lib/kernel/grant';
import { type CommentRow, comments as ownComments } from '../requests/store';
import type { LockboxMode } from '../schemas';

/** Queries of a customer's side: its own part of requests and what its projects say. Row policies show nothing of others. */
export interface AccessRow {
  requestId: string;
  organisationId: string;
  staffId: string;
  employer: string;
  country: string;
  kind: GrantKind;
  mode: 'notify' | 'approve' | 'break-glass';
  purpose: string;
  reason: string;
  ticket: string;
  targets: string[];
  projects: string[];
  dataClasses: string[];
  command: string | null;
  files: boolean;
  minutes: number;
  terms: Terms | null;
  requestedAt: Date;
  answerBy: Date;
  state: State;
  startsAt: Date | null;
  deadline: Date | null;
  why: string | null;
}

export interface AccessFilter {
  state?: State;
  kind?: GrantKind;
  project?: string;
  staff?: string;
  /** Days, UTC; to is the last one. */
  from?: string;
  to?: string;
}

/** Newest first. */
export async function list(
  tx: Tx,
  filter: AccessFilter,
  limit: number,
  offset: number,
): Promise<{ rows: AccessRow[]; total: number }> {
  const { state = null, kind = null, project = null, staff = null, from = null, to = null } = filter;
  const rows = await tx.prisma.$queryRaw<(AccessRow & { total: bigint })[]>`
    select p.*, count(*) over () as total from "ProviderAccess" p
     where (${state}::text is null or p."state" = ${state}) and (${kind}::text is null or p."kind" = ${kind})
       and (${project}::text is null or ${project} = any (p."projects")) and (${staff}::text is null or p."staffId" = ${staff})
       and (${from}::date is null or p."requestedAt" >= ${from}::date)
       and (${to}::date is null or p."requestedAt" < ${to}::date + 1)
     order by p."requestedAt" desc, p."requestId" desc limit ${limit}::int offset ${offset}::int`;
  return { rows, total: Number(rows[0]?.total ?? 0) };
}

/** Those that wait for an answer of this organisation, soonest to end first. */
export const waiting = (tx: Tx): Promise<AccessRow[]> =>
  tx.prisma.$queryRaw<AccessRow[]>`
    select * from "ProviderAccess" where "mode" = 'approve' and "state" = 'pending' order by "answerBy" limit 50`;

export async function find(tx: Tx, requestId: string, organisationId: string): Promise<AccessRow | null> {
  const [row] = await tx.prisma.$queryRaw<AccessRow[]>`
    select * from "ProviderAccess" where "requestId" = ${requestId} and "organisationId" = ${organisationId}`;
  return row ?? null;
}

/** Sessions under these requests, oldest first. */
export const sessions = (tx: Tx, ids: readonly string[]) =>
  tx.prisma.providerSession.findMany({
    where: { requestId: { in: [...ids] } },
    orderBy: { startedAt: 'asc' },
    take: 1000,
  });

/** What the organisation and the provider said to each other, oldest first. Of the provider nobody is named. */
export async function comments(tx: Tx, ids: readonly string[]): Promise<CommentRow[]> {
  const own = await ownComments(tx, ids);
  const provider = await tx.prisma.$queryRaw<{ id: string; request_id: string; text: string; at: Date }[]>`
    select * from cordon.provider_comments(${[...ids]}::text[])`;
  const theirs = provider.map(({ id, request_id: requestId, text, at }) => ({
    ...{ id, requestId, text, at, organisationId: null, authorId: '', byStaff: true },
  }));
  return [...own, ...theirs].sort((a, b) => a.at.getTime() - b.at.getTime());
}

export interface WatchedRow {
  session_id: string;
  request_id: string;
  project_id: string;
  channel: string;
  started_at: Date;
  ended_at: Date | null;
  why: string | null;
}

/** Which channels of the organisation were watched under these, oldest first. */
export const watched = (tx: Tx, requests: readonly string[]): Promise<WatchedRow[]> =>
  tx.prisma.$queryRaw<WatchedRow[]>`select * from cordon.observations(${[...requests]}::text[])`;

/** Names of members. */
export async function members(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.prisma.user.findMany({ where: { id: { in: [...ids] } }, select: { id: true, name: true } });
  return new Map(rows.map(({ id, name }) => [id, name]));
}

export const projects = (tx: Tx): Promise<{ id: string; name: string; appId: string }[]> =>
  tx.prisma.project.findMany({ select: { id: true, name: true, appId: true }, orderBy: { name: 'asc' }, take: 500 });

export interface SettingRow {
  projectId: string;
  mode: string;
  answerMinutes: number;
  changedAt: Date;
}
export const settings = (tx: Tx): Promise<SettingRow[]> => tx.prisma.lockboxSetting.findMany();

export interface NewSetting {
  projectId: string;
  organisationId: string;
  mode: LockboxMode;
  answerMinutes: number;
  by: string;
}
export async function putSetting(
  tx: Tx,
  { projectId, organisationId, mode, answerMinutes, by }: NewSetting,
): Promise<void> {
  await tx.prisma.$executeRaw`
    insert into "LockboxSetting" ("projectId", "organisationId", "mode", "answerMinutes", "changedById")
    values (${projectId}, ${organisationId}, ${mode}, ${answerMinutes}::int, ${by})
    on conflict ("projectId") do update set "mode" = excluded."mode", "answerMinutes" = excluded."answerMinutes",
      "changedById" = excluded."changedById", "changedAt" = clock_timestamp()`;
}
