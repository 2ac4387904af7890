import { type HostStanding, MOST_WATCHED } from '@/lib/uplink/access-sync';
import type { Queryable } from '../store';
import type { Over } from './closing';
import type { GatewayRecord } from './messages';

/** Control's queries about those who carry out access to production. */
export interface PeerRow {
  id: string;
  certificate: string | null;
  banned: boolean;
}

const PEER = `"id", "certificate", "bannedAt" is not null as banned`;

export async function readPeer(db: Queryable, id: string): Promise<PeerRow | undefined> {
  return (await db.query<PeerRow>(`select ${PEER} from "AccessPeer" where "id" = $1`, [id])).rows[0];
}

export async function readBanned(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>('select "id" from "AccessPeer" where "bannedAt" is not null');
  return rows.map(({ id }) => id);
}

/** Uses up a join token: no row when it is unknown, used, expired, or its holder banned. The row stays locked until the transaction ends. */
export async function redeemPeerToken(db: Queryable, hash: Buffer): Promise<PeerRow | undefined> {
  const { rows } = await db.query<PeerRow>(
    `update "AccessPeer" set "joinHash" = null, "joinExpiresAt" = null
      where "joinHash" = $1 and "joinExpiresAt" > clock_timestamp() and "bannedAt" is null returning ${PEER}`,
    [hash],
  );
  return rows[0];
}

export async function savePeerCertificate(
  db: Queryable,
  id: string,
  certificate: string,
  expiresAt: number,
): Promise<void> {
  await db.query(
    'update "AccessPeer" set "certificate" = $2, "certificateExpiresAt" = to_timestamp($3 / 1000.0) where "id" = $1',
    [id, certificate, expiresAt],
  );
}

export async function saveStanding(db: Queryable, id: string, standing: HostStanding): Promise<void> {
  await db.query(
    `update "AccessPeer" set "standing" = $2::jsonb, "standingAt" = clock_timestamp(), "lastSeenAt" = clock_timestamp() where "id" = $1`,
    [id, JSON.stringify(standing)],
  );
}

/** The highest number taken of this run; the row is locked, so that a repeated batch waits and then finds itself known. */
export async function lockPeerSpool(db: Queryable, peer: string, boot: string): Promise<number> {
  await db.query('insert into "AccessSpool" ("peerId", "boot", "last") values ($1, $2, 0) on conflict do nothing', [
    peer,
    boot,
  ]);
  const { rows } = await db.query<{ last: string }>(
    'select "last" from "AccessSpool" where "peerId" = $1 and "boot" = $2 for update',
    [peer, boot],
  );
  return Number(rows[0]?.last ?? 0);
}

export async function advancePeerSpool(db: Queryable, peer: string, boot: string, last: number): Promise<void> {
  await db.query('update "AccessSpool" set "last" = greatest("last", $3::bigint) where "peerId" = $1 and "boot" = $2', [
    peer,
    boot,
    last,
  ]);
}

/** How far into sshd's log a host has told of logins. False when it had told as much already; locks the host's row. */
export async function advanceLog(db: Queryable, id: string, log: string, end: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `update "AccessPeer" set "log" = $2, "logEnd" = $3 where "id" = $1 and ("log" is distinct from $2 or "logEnd" < $3)`,
    [id, log, end],
  );
  return rowCount === 1;
}

// ---- closing

const OVER = `r."id" as request, extract(epoch from r."deadline")::float8 as "endedAt", r."targets", r."closing",
  coalesce((select array_agg(c."target") from "AccessClosing" c where c."requestId" = r."id"), '{}') as closed,
  coalesce((select array_agg(distinct s."target") from "ProductionSession" s where s."requestId" = r."id" and s."through" = 'media-plane'
    and s."startedAt" is not null and s."endedAt" is null), '{}') as watched`;

/** Grants that are over and not closed: of all hosts, or of one. */
export async function readOver(db: Queryable, target: string | null = null): Promise<Over[]> {
  const { rows } = await db.query<Over>(
    `select ${OVER} from "AccessRequest" r
      where r."state" = 'ended' and r."deadline" is not null and r."kind" <> 'extension' and r."closing" <> 'closed'
        and ($1::text is null or $1 = any (r."targets")) limit 2000`,
    [target],
  );
  return rows;
}

/** One of them, locked; none when it is closed meanwhile. */
export async function lockOver(db: Queryable, request: string): Promise<Over | undefined> {
  const { rows } = await db.query<Over>(
    `select ${OVER} from "AccessRequest" r where r."id" = $1 and r."state" = 'ended' and r."closing" <> 'closed' for update`,
    [request],
  );
  return rows[0];
}

export async function saveClosed(db: Queryable, request: string, target: string): Promise<void> {
  await db.query('insert into "AccessClosing" ("requestId", "target") values ($1, $2) on conflict do nothing', [
    request,
    target,
  ]);
}

export async function saveClosing(db: Queryable, request: string, closing: Over['closing']): Promise<void> {
  await db.query('update "AccessRequest" set "closing" = $2 where "id" = $1', [request, closing]);
}

/** To the provider's security officers and administrators, and to the person. */
export async function tellFailed(db: Queryable, request: string, hosts: readonly string[]): Promise<void> {
  await db.query(`select cordon.tell_access_ended($1, 'grant.failed-to-close', $2::jsonb)`, [
    request,
    JSON.stringify({ targets: hosts.join(', ').slice(0, 120), state: 'failed', request }),
  ]);
}

// ---- sessions and their screen records

export async function startSession(db: Queryable, session: string, at: number): Promise<void> {
  await db.query(
    'update "ProductionSession" set "startedAt" = coalesce("startedAt", to_timestamp($2 / 1000.0)) where "id" = $1',
    [session, at],
  );
}

export async function endSession(db: Queryable, session: string, at: number, why: string): Promise<void> {
  await db.query(
    `update "ProductionSession" set "endedAt" = coalesce("endedAt", to_timestamp($2 / 1000.0)), "why" = coalesce("why", $3) where "id" = $1`,
    [session, at, why],
  );
}

type Head = Extract<GatewayRecord, { kind: 'session.head' }>;
type Piece = Extract<GatewayRecord, { kind: 'recording' }>;

export async function saveHead(db: Queryable, { session, head, bytes }: Head): Promise<void> {
  await db.query(
    `insert into "SessionRecording" as s ("sessionId", "head", "bytes", "final") values ($1, $2::jsonb, $3, $4)
     on conflict ("sessionId") do update set "head" = excluded."head", "bytes" = excluded."bytes", "final" = excluded."final"
      where excluded."bytes" >= s."bytes"`,
    [session, JSON.stringify(head), bytes, head.final],
  );
}

export async function savePiece(db: Queryable, { session, from, data }: Piece): Promise<void> {
  if (!data) return;
  await db.query(
    'insert into "RecordingPiece" ("sessionId", "offset", "bytes") values ($1, $2, $3) on conflict do nothing',
    [session, from, Buffer.from(data, 'base64')],
  );
}

/** Seconds after which somebody who did not ask is taken to have gone; the console has the same (lib/recordings/store.ts). */
const GONE_SECONDS = 15;

/** Sessions that somebody watches as they run. */
export async function readWatched(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select distinct s."id" from "RecordingWatch" w join "ProductionSession" s on s."id" = w."sessionId"
      where w."seenAt" > clock_timestamp() - make_interval(secs => $1) and s."endedAt" is null order by s."id" limit $2`,
    [GONE_SECONDS, MOST_WATCHED],
  );
  return rows.map(({ id }) => id);
}
