import { newId } from '@/lib/platform';
import type { CheckedRecord } from './messages-schema';
import type { Queryable } from './store';

/** SQL of the records edges send, inside one transaction per batch. */
export type DecisionRecord = Extract<CheckedRecord, { kind: 'decision' }>;
export type SessionRecord = Extract<CheckedRecord, { kind: 'session' }>;

/** Highest number committed for this boot, and what the edge said it had to drop; the row is locked, so that a repeated batch waits and then finds itself known. */
export async function lockSpool(db: Queryable, edge: string, bootId: string): Promise<{ known: number; lost: number }> {
  await db.query('insert into "Spool" ("edgeName", "bootId", last) values ($1, $2, 0) on conflict do nothing', [
    edge,
    bootId,
  ]);
  const { rows } = await db.query<{ last: string; dropped: string }>(
    'select last, dropped from "Spool" where "edgeName" = $1 and "bootId" = $2 for update',
    [edge, bootId],
  );
  return { known: Number(rows[0]?.last ?? 0), lost: Number(rows[0]?.dropped ?? 0) };
}

export async function advanceSpool(
  db: Queryable,
  edge: string,
  bootId: string,
  last: number,
  dropped: number,
): Promise<void> {
  await db.query(
    'update "Spool" set last = greatest(last, $3::bigint), dropped = greatest(dropped, $4::bigint) where "edgeName" = $1 and "bootId" = $2',
    [edge, bootId, last, dropped],
  );
}

/** Stores decisions with the project and organisation of their App ID; an App ID of no project stays without. */
export async function insertDecisions(
  db: Queryable,
  edge: string,
  bootId: string,
  records: readonly DecisionRecord[],
): Promise<void> {
  if (records.length === 0) return;
  await db.query(
    `insert into "Decision" ("edgeName", "bootId", n, "organisationId", "projectId", "appId", at, "traceId", channel, account, action, verdict,
                             rule, code, epoch, seq, "tokenId", "certificateId", "wildcardUser", "addressPrefix", count)
     select $1, $2, d.n, p."organisationId", p.id, d."appId", to_timestamp(d.at / 1000), d."traceId", d.channel, d.account, d.action, d.verdict,
            d.rule, d.code, d.epoch, d.seq, d."tokenId", d."certificateId", d."wildcardUser", d."addressPrefix", d.count
       from jsonb_to_recordset($3::jsonb) as d(n bigint, "appId" text, at double precision, "traceId" text, channel text, account text,
              action text, verdict text, rule text, code text, epoch int, seq bigint, "tokenId" text, "certificateId" text,
              "wildcardUser" boolean, "addressPrefix" text, count int)
       left join "Project" p on p."appId" = d."appId"
     on conflict do nothing`,
    [edge, bootId, JSON.stringify(records)],
  );
}

/** When a certificate was last used, for whoever wants to delete it. */
export async function touchCertificates(db: Queryable, records: readonly DecisionRecord[]): Promise<void> {
  const used = new Map<string, number>();
  for (const { verdict, certificateId, at } of records)
    if (verdict === 'allow' && certificateId !== null)
      used.set(certificateId, Math.max(at, used.get(certificateId) ?? 0));
  if (used.size === 0) return;
  // In one order everywhere, so that two batches cannot wait for each other.
  await db.query(
    `update "Certificate" c set "lastUsedAt" = to_timestamp(u.at / 1000)
       from jsonb_to_recordset($1::jsonb) as u(id text, at double precision)
      where c.id = u.id and (c."lastUsedAt" is null or c."lastUsedAt" < to_timestamp(u.at / 1000))`,
    [
      // In one order everywhere, so that two batches cannot wait for each other.
      JSON.stringify([...used].map(([id, at]) => ({ id, at })).sort((a, b) => (a.id < b.id ? -1 : 1))),
    ],
  );
}

/** Applies session records in their order: several about one session become its last state. */
export async function applySessions(
  db: Queryable,
  edge: string,
  bootId: string,
  records: readonly SessionRecord[],
): Promise<void> {
  const opened = records.filter(({ event }) => event === 'joined' || event === 'changed');
  const ended = records.filter(({ event }) => event === 'left' || event === 'cut');
  if (opened.length > 0) {
    const newest = new Map(opened.map((record) => [record.sessionId, record]));
    const first = new Map([...opened].reverse().map((record) => [record.sessionId, record.at]));
    await db.query(
      `insert into "MediaSession" as m (id, "edgeName", "bootId", "organisationId", "projectId", "appId", channel, account, direction, "tokenId",
                                   "certificateId", "startedAt")
       select s."sessionId", $1, $2, p."organisationId", p.id, s."appId", s.channel, s.account, s.direction, s."tokenId", s."certificateId",
              to_timestamp(s.at / 1000)
         from jsonb_to_recordset($3::jsonb) as s("sessionId" text, "appId" text, channel text, account text, direction text, "tokenId" text,
                "certificateId" text, at double precision)
         left join "Project" p on p."appId" = s."appId"
       on conflict (id) do update set direction = excluded.direction, "tokenId" = excluded."tokenId", "certificateId" = excluded."certificateId"
         where m."edgeName" = excluded."edgeName"`,
      [
        edge,
        bootId,
        JSON.stringify([...newest.values()].map((record) => ({ ...record, at: first.get(record.sessionId) }))),
      ],
    );
  }
  if (ended.length > 0)
    await db.query(
      `update "MediaSession" m set "endedAt" = to_timestamp(s.at / 1000), "endReason" = s.reason
         from jsonb_to_recordset($2::jsonb) as s("sessionId" text, at double precision, reason text)
        where m.id = s."sessionId" and m."edgeName" = $1 and (m."endedAt" is null or m."endReason" = 'edge_restarted')`,
      [edge, JSON.stringify(ended)],
    );
  // Records of a former boot arrive after its end: what they left open is closed already.
  await db.query(
    `update "MediaSession" m set "endedAt" = now(), "endReason" = 'edge_restarted'
       from "Edge" e where e.name = $1 and m."edgeName" = e.name and m."bootId" = $2 and m."endedAt" is null and e."bootId" <> $2`,
    [edge, bootId],
  );
}

export async function projectsOf(
  db: Queryable,
  appIds: readonly string[],
): Promise<Map<string, { projectId: string; organisationId: string }>> {
  const { rows } = await db.query<{ appId: string; id: string; organisationId: string }>(
    'select "appId", id, "organisationId" from "Project" where "appId" = any($1::text[])',
    [appIds],
  );
  return new Map(rows.map(({ appId, id, organisationId }) => [appId, { projectId: id, organisationId }]));
}

/** Revokes wildcard tokens that a revoked account came with, at any edge; most batches hold none and cost nothing. */
export async function closeWildcardTokens(db: Queryable, records: readonly DecisionRecord[]): Promise<void> {
  const uses = new Map<string, { id: string; appId: string; account: string; tokenId: string }>();
  for (const { wildcardUser, appId, account, tokenId } of records)
    if (wildcardUser && account !== '' && tokenId !== null)
      uses.set(`${appId}|${account}|${tokenId}`, { id: newId('rev'), appId, account, tokenId });
  if (uses.size > 0)
    await db.query('select cordon.close_wildcard_tokens($1::jsonb)', [JSON.stringify([...uses.values()])]);
}
