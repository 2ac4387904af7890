import pg from 'pg';
import type { Hello, Nack, Position, Report } from '@/lib/kernel/bundle/messages';
import type { Row } from '@/lib/kernel/bundle/region-view';
import type { EdgesResource, Resource, ResourceKey } from '@/lib/kernel/bundle/resources';
import type { Region } from '@/lib/kernel/region';
import type { StoredFrame } from './frames';

/** All of control's SQL but the ingestion of records (ingest-store.ts), under control's own role. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

export function openPool(connectionString: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString, max, ...SETTINGS });
  // An idle connection that breaks must not end the process; the next query opens another.
  pool.on('error', () => undefined);
  return pool;
}

export const openClient = (connectionString: string): pg.Client => new pg.Client({ connectionString, ...SETTINGS });

/** Runs `fn` between BEGIN and COMMIT on a connection of its own. */
export async function inTransaction<R>(pool: pg.Pool, fn: (client: pg.PoolClient) => Promise<R>): Promise<R> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query('begin');
    const result = await fn(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

const SETTINGS = {
  application_name: 'cordon-control',
  options: '-c TimeZone=UTC -c statement_timeout=20000',
};

// ---- policy, read by the leader

export interface Changes {
  epoch: number;
  seq: number;
  rows: Row[];
}

interface RawRow {
  epoch: number;
  head: string;
  key: ResourceKey | null;
  kind: string;
  appId: string | null;
  seq: string;
  deleted: boolean;
  body: Resource | null;
}

/**
 * The head and, from the same snapshot of the database, what `regionDelta` needs to go on from `base`: changed rows, the fences of
 * their projects, and all rows of projects whose fence changed.
 */
export async function readChanges(db: Queryable, base: number): Promise<Changes> {
  const { rows } = await db.query<RawRow>(
    `with changed as materialized (select * from "PolicyResource" where seq > $1),
          needed as (
            select * from changed
            union
            select p.* from "PolicyResource" p
             where p."appId" in (select "appId" from changed)
               and (p.kind = 'fence' or p."appId" in (select "appId" from changed where kind = 'fence')))
     select h.epoch, h.seq as head, n.key, n.kind, n."appId", n.seq, n.deleted, n.body
       from "PolicyHead" h left join needed n on true`,
    [base],
  );
  return toChanges(rows);
}

/** All fences in force, with the head they belong to. */
export async function readFences(db: Queryable): Promise<Changes> {
  const { rows } = await db.query<RawRow>(
    `select h.epoch, h.seq as head, n.key, n.kind, n."appId", n.seq, n.deleted, n.body
       from "PolicyHead" h left join "PolicyResource" n on not n.deleted and n.kind = 'fence'`,
  );
  return toChanges(rows);
}

/** Everything in force, with the head it belongs to. */
export async function readAll(db: Queryable): Promise<Changes> {
  const { rows } = await db.query<RawRow>(
    `select h.epoch, h.seq as head, n.key, n.kind, n."appId", n.seq, n.deleted, n.body
       from "PolicyHead" h left join "PolicyResource" n on not n.deleted`,
  );
  return toChanges(rows);
}

function toChanges(rows: RawRow[]): Changes {
  const first = rows[0];
  if (!first) throw new Error('the policy head is missing');
  return {
    epoch: first.epoch,
    seq: Number(first.head),
    rows: rows.flatMap(({ key, kind, appId, seq, deleted, body }) =>
      key === null
        ? []
        : {
            key,
            kind,
            appId: appId ?? undefined,
            seq: Number(seq),
            resource: deleted || body === null ? null : { ...body, version: Number(seq) },
          },
    ),
  };
}

export async function publish(
  db: Queryable,
  put: readonly Omit<Resource, 'version'>[],
  del: readonly string[],
): Promise<void> {
  await db.query('select cordon.publish($1::jsonb, $2::text[])', [JSON.stringify(put), del]);
}

// ---- signed chains

interface RawFrame extends Omit<StoredFrame, 'seq' | 'baseSeq'> {
  seq: string;
  baseSeq: string | null;
}

const FRAME = 'region, epoch, seq, type, "baseSeq", hash, payload, signatures';
const toFrame = (row: RawFrame): StoredFrame => ({
  ...row,
  seq: Number(row.seq),
  baseSeq: row.baseSeq === null ? null : Number(row.baseSeq),
});

/** Per region the newest snapshot and everything after it, oldest first; only steps above `after` when a region is held already. */
export async function readChains(db: Queryable, after: ReadonlyMap<Region, Position>): Promise<StoredFrame[]> {
  const { rows } = await db.query<RawFrame>(
    `with newest as (
       select distinct on (region) region, epoch, seq from "PolicyFrame"
        where type = 'Snapshot' order by region, epoch desc, seq desc)
     select ${prefixed('f')} from "PolicyFrame" f join newest n using (region)
       left join unnest($1::text[], $2::int[], $3::bigint[]) as held(region, epoch, seq) using (region)
      where f.type <> 'Beat' and (f.epoch, f.seq) >= (n.epoch, n.seq)
        and (held.seq is null or (f.epoch, f.seq) > (held.epoch, held.seq))
      order by f.region, f.epoch, f.seq`,
    [[...after.keys()], [...after.values()].map(({ epoch }) => epoch), [...after.values()].map(({ seq }) => seq)],
  );
  return rows.map(toFrame);
}

const prefixed = (alias: string): string =>
  FRAME.split(', ')
    .map((column) => (column === 'region' ? 'region' : `${alias}.${column}`))
    .join(', ');

export async function readBeats(db: Queryable): Promise<StoredFrame[]> {
  const { rows } = await db.query<RawFrame>(
    `select distinct on (region) ${FRAME} from "PolicyFrame" where type = 'Beat' order by region, epoch desc`,
  );
  return rows.map(toFrame);
}

/** Stores steps and tells the other controls, all or nothing. Only the holder of the leader's lock calls it, on the lock's own connection. */
export async function storeFrames(leader: Queryable, frames: readonly StoredFrame[]): Promise<void> {
  // A snapshot can be many megabytes: each travels alone. Deltas and beats of all regions are one statement.
  const small = frames.filter(({ type }) => type !== 'Snapshot');
  const groups = [...frames.filter(({ type }) => type === 'Snapshot').map((frame) => [frame]), small];
  await leader.query('begin');
  try {
    // Of beats only the newest counts.
    if (small.some(({ type }) => type === 'Beat')) await leader.query(`delete from "PolicyFrame" where type = 'Beat'`);
    for (const group of groups) if (group.length > 0) await insertFrames(leader, group);
    await leader.query("select pg_notify('policy_frame', '')");
    await leader.query('commit');
  } catch (error) {
    await leader.query('rollback');
    throw error;
  }
}

async function insertFrames(leader: Queryable, frames: readonly StoredFrame[]): Promise<void> {
  const column = <K extends keyof StoredFrame>(name: K): StoredFrame[K][] => frames.map((frame) => frame[name]);
  await leader.query(
    `insert into "PolicyFrame" (${FRAME})
     select * from unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::bytea[], $8::jsonb[])`,
    [
      column('region'),
      column('epoch'),
      column('seq'),
      column('type'),
      column('baseSeq'),
      column('hash'),
      column('payload'),
      column('signatures').map((signatures) => JSON.stringify(signatures)),
    ],
  );
}

// ---- edges

export interface EdgeRow {
  name: string;
  region: Region;
  url: string;
  relay: string;
  certificate: string | null;
  banned: boolean;
  draining: boolean;
}

const EDGE = `name, region, url, relay, certificate, "bannedAt" is not null as banned, "drainingAt" is not null as draining`;

export async function readEdges(db: Queryable): Promise<EdgeRow[]> {
  return (await db.query<EdgeRow>(`select ${EDGE} from "Edge" order by name`)).rows;
}

export async function readEdge(db: Queryable, name: string): Promise<EdgeRow | undefined> {
  return (await db.query<EdgeRow>(`select ${EDGE} from "Edge" where name = $1`, [name])).rows[0];
}

export async function readEdgesResource(db: Queryable): Promise<EdgesResource | null> {
  const { rows } = await db.query<{ body: EdgesResource }>(
    `select body from "PolicyResource" where key = 'edges/edges' and not deleted`,
  );
  return rows[0]?.body ?? null;
}

/** Uses up a join token: no row when it is unknown, used, expired, or its edge banned. The row stays locked until the transaction ends. */
export async function redeemJoinToken(
  db: Queryable,
  hash: Buffer,
  url: string,
  relay: string,
): Promise<EdgeRow | undefined> {
  const { rows } = await db.query<EdgeRow>(
    `update "Edge" set "joinHash" = null, "joinExpiresAt" = null, url = $2, relay = $3
      where "joinHash" = $1 and "joinExpiresAt" > now() and "bannedAt" is null returning ${EDGE}`,
    [hash, url, relay],
  );
  return rows[0];
}

export async function saveCertificate(
  db: Queryable,
  name: string,
  certificate: string,
  expiresAt: number,
): Promise<void> {
  await db.query(
    'update "Edge" set certificate = $2, "certificateExpiresAt" = to_timestamp($3 / 1000.0) where name = $1',
    [name, certificate, expiresAt],
  );
  await notifyLeader(db);
}

/** The set of edges may have changed: the leader looks at once instead of at its next poll. */
async function notifyLeader(db: Queryable): Promise<void> {
  await db.query("select pg_notify('policy', '')");
}

export async function saveHello(db: Queryable, hello: Hello): Promise<void> {
  await db.query(
    `update "Edge" set url = $2, relay = $3, "bootId" = $4, build = $5, "connectedAt" = now(), "lastSeenAt" = now() where name = $1`,
    [hello.edge, hello.url, hello.relay, hello.bootId, hello.build],
  );
  await closeStaleSessions(db, hello.edge);
  await notifyLeader(db);
}

/** Sessions of former boots cannot be alive: the engine ends with the edge. */
async function closeStaleSessions(db: Queryable, edge: string): Promise<void> {
  await db.query(
    `update "MediaSession" s set "endedAt" = now(), "endReason" = 'edge_restarted'
       from "Edge" e where e.name = $1 and s."edgeName" = e.name and s."endedAt" is null and s."bootId" <> e."bootId"`,
    [edge],
  );
}

export async function saveClosed(db: Queryable, edge: string, bootId: string): Promise<void> {
  await db.query('update "Edge" set "connectedAt" = null, "lastSeenAt" = now() where name = $1 and "bootId" = $2', [
    edge,
    bootId,
  ]);
}

export async function saveReport(db: Queryable, edge: string, report: Report): Promise<void> {
  await db.query(
    'update "Edge" set report = $2::jsonb, "lastSeenAt" = now(), "activeHash" = coalesce($3, "activeHash") where name = $1',
    [edge, JSON.stringify(report), report.active?.hash ?? null],
  );
}

export async function saveNack(db: Queryable, edge: string, nack: Nack): Promise<void> {
  await db.query('update "Edge" set refusal = $2::jsonb, "lastSeenAt" = now() where name = $1', [
    edge,
    JSON.stringify(nack),
  ]);
}

export interface EdgeAckRow {
  edge: string;
  epoch: number;
  seq: number;
  stage: 'applied' | 'enforced';
  at: number;
  cut: number;
  hash: string;
}

/** Writes a batch of acknowledgements; each counts once however often it is sent. */
export async function saveAcks(db: Queryable, acks: readonly EdgeAckRow[]): Promise<void> {
  await db.query(
    `with a as (select distinct on (edge, epoch, seq, stage) * from jsonb_to_recordset($1::jsonb) as a(
                  edge text, epoch int, seq bigint, stage text, at double precision, cut int, hash text)),
          stored as (insert into "EdgeAck" ("edgeName", epoch, seq, stage, at, cut)
                     select edge, epoch, seq, stage, to_timestamp(at / 1000), cut from a on conflict do nothing),
          applied as (select distinct on (edge) * from a where stage = 'applied' order by edge, epoch desc, seq desc),
          enforced as (select distinct on (edge) * from a where stage = 'enforced' order by edge, epoch desc, seq desc)
     update "Edge" e set
       "appliedSeq" = greatest(e."appliedSeq", p.seq), "activeHash" = coalesce(p.hash, e."activeHash"),
       "appliedAt" = case when p.seq > coalesce(e."appliedSeq", -1) then to_timestamp(p.at / 1000) else e."appliedAt" end,
       "enforcedSeq" = greatest(e."enforcedSeq", f.seq),
       "enforcedAt" = case when f.seq > coalesce(e."enforcedSeq", -1) then to_timestamp(f.at / 1000) else e."enforcedAt" end,
       refusal = case when p.seq > coalesce(e."appliedSeq", -1) then null else e.refusal end,
       "lastSeenAt" = now()
      from (select coalesce(applied.edge, enforced.edge) as edge from applied full join enforced using (edge)) t
      left join applied p on p.edge = t.edge left join enforced f on f.edge = t.edge
     where e.name = t.edge`,
    [JSON.stringify(acks)],
  );
}
