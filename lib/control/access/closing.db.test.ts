import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '@/lib/platform';
import { startCluster, type TestCluster, type TestDatabase } from '@/test/support/database';
import { query } from '@/test/support/world';
import { AccessIngest } from './ingest';

/** What hosts and the gateway report becomes rows and records, once each; and a grant is closed when every host says so, or failed in time. */
let cluster: TestCluster;
let db: TestDatabase;
let pool: pg.Pool;
let ingest: AccessIngest;
const sql = (text: string, ...values: unknown[]) => query<Record<string, unknown>>(db.url.installer, text, values);

beforeAll(async () => {
  cluster = await startCluster();
  db = await cluster.database();
  pool = new pg.Pool({ connectionString: db.url.control, max: 4 });
  const quiet = () => undefined;
  ingest = new AccessIngest(pool, { info: quiet, warn: quiet, error: quiet } as never);
  for (const id of ['host:a', 'host:b', 'gateway:main']) await sql('insert into "AccessPeer" ("id") values ($1)', id);
});
afterAll(async () => {
  await pool?.end();
  await cluster?.stop();
});

const now = () => Date.now();
const seconds = () => Math.floor(now() / 1000);
let request: string;
/** A grant on both hosts that was over so many seconds ago. */
async function over(ago: number, targets = ['host:a', 'host:b']): Promise<string> {
  const id = newId('grt');
  await sql(
    `insert into "AccessRequest" ("id", "personId", "kind", "terms", "targets", "organisations", "decideBy", "state", "deadline", "logged")
     values ($1, 'usr_1', 'access', '[]', $2, '{}', now(), 'ended', to_timestamp($3), 'ended')`,
    ...[id, targets, seconds() - ago],
  );
  return id;
}
const closing = async (id = request) =>
  (await sql('select "closing" from "AccessRequest" where "id" = $1', id))[0]?.closing;
const told = async (id = request) =>
  (
    await sql(
      `select ("header"::jsonb) ->> 'schema' as s, ("header"::jsonb) -> 'details' as d from
         (select convert_from("header", 'UTF8') as "header" from "AuditEvent" where "objectId" = $1 order by "xid") e`,
      id,
    )
  ).map(({ s, d }) => `${s} ${JSON.stringify(d)}`);
const says = (host: string, over: object = {}) =>
  ingest.standing(host, { seq: 9, issuedAt: seconds() + 1, holds: [], ...over });

describe('closing', () => {
  beforeEach(async () => {
    await sql(`update "AccessRequest" set "closing" = 'closed'`);
    request = await over(2);
  });

  it('is closed when every host is free of it, and told once', async () => {
    await ingest.watch(now());
    expect(await closing()).toBe('closing');
    await says('host:a');
    expect(await closing()).toBe('closing');
    await Promise.all([says('host:b'), says('host:b'), ingest.watch(now())]);
    expect(await closing()).toBe('closed');
    expect(await told()).toEqual(['grant.closed@1 {"hosts":["host:a","host:b"]}']);
  });

  it('takes no host at its word that speaks on an older sheet, or still holds it', async () => {
    await says('host:a', { issuedAt: seconds() - 60 });
    await says('host:a', { holds: [{ grant: request, left: ['process 7'] }] });
    expect(await sql('select 1 from "AccessClosing" where "requestId" = $1', request)).toEqual([]);
  });

  it('takes no word of a host about another', async () => {
    await says('host:c');
    await says('gateway:main');
    expect(await sql('select 1 from "AccessClosing" where "requestId" = $1', request)).toEqual([]);
  });

  it('has failed 30 s after the end, tells security once, and is closed at last', async () => {
    await says('host:a');
    await ingest.watch(now() + 27_000);
    expect(await closing()).toBe('closing');
    const user = newId('usr');
    await sql(
      `insert into "User" ("id", "realm", "email", "name", "passwordHash", "staffRole") values ($1, 'staff', $1 || '@example.org', 'S', '-', 'security')`,
      user,
    );
    await Promise.all([ingest.watch(now() + 29_000), ingest.watch(now() + 29_000)]);
    await ingest.watch(now() + 60_000);
    expect(await closing()).toBe('failed');
    expect(await told()).toEqual(['grant.close_failed@1 {"hosts":["host:b"]}']);
    expect(await sql('select "kind" from "Notice" where "userId" = $1', user)).toEqual([
      { kind: 'grant.failed-to-close' },
    ]);
    await says('host:b');
    expect(await closing()).toBe('closed');
    expect(await told()).toHaveLength(2);
  });

  it('leaves running grants and what has no host alone', async () => {
    await sql(`update "AccessRequest" set "state" = 'active' where "id" = $1`, request);
    const app = await over(2, [`app:${'0'.repeat(32)}`]);
    await says('host:a');
    await ingest.watch(now() + 60_000);
    expect(await closing()).toBe('none');
    expect(await closing(app)).toBe('closed');
  });

  it('waits for whoever is still in a channel, and says so when they do not leave in time', async () => {
    const target = `app:${'1'.repeat(32)}`;
    const app = await over(2, [target]);
    const session = newId('ssn');
    await sql(
      `insert into "ProductionSession" ("id", "requestId", "userId", "target", "through", "channel", "startedAt")
       values ($1, $2, 'usr_1', $3, 'media-plane', 'room', now())`,
      ...[session, app, target],
    );
    await ingest.watch(now());
    expect(await closing(app)).toBe('closing');
    await ingest.watch(now() + 60_000);
    expect(await closing(app)).toBe('failed');
    expect(await told(app)).toEqual([`grant.close_failed@1 {"hosts":["${target}"]}`]);
    await sql(`update "ProductionSession" set "endedAt" = now(), "why" = 'observer.no_grant' where "id" = $1`, session);
    await ingest.watch(now());
    expect(await closing(app)).toBe('closed');
  });
});

describe('events', () => {
  const send = (peer: string, boot: string, last: number, ...records: object[]) =>
    ingest.batch(peer, { boot, last }, Buffer.from(records.map((one) => `${JSON.stringify(one)}\n`).join('')));
  const grant = newId('grt');
  const account = `cg-${grant.slice(-16)}`;

  it('of a host are records of the provider, once however often they come', async () => {
    const batch = () =>
      send(
        'host:a',
        'b1',
        3,
        { kind: 'host.opened', n: 1, at: 1, grant, account, uid: 66_000 },
        {
          kind: 'host.login',
          n: 2,
          at: 1,
          grant,
          account,
          serial: '18446744073709551615',
          keyId: `grant=${grant}`,
          port: 1,
          ...{ log: '7.0', end: 100 },
        },
        { kind: 'host.closed', n: 3, at: 1, grant, account, killed: 2, jobs: 1 },
      );
    expect(await Promise.all([batch(), batch(), batch()])).toEqual([3, 3, 3]);
    expect((await told(grant)).map((text) => text.split(' ')[0])).toEqual([
      ...['grant.account_made@1', 'grant.login@1', 'grant.account_gone@1'],
    ]);
    const [{ actor } = {}] = await sql('select "actor" from "AuditEvent" where "objectId" = $1', grant);
    expect(actor).toBe('host:a');
  });

  it('of logins that a host tells again after it was killed are known by where sshd’s line stands', async () => {
    const grant = newId('grt');
    const account = `cg-${grant.slice(-16)}`;
    const login = (boot: string, serial: number, log: string, end: number) =>
      send('host:b', boot, 1, {
        ...{ kind: 'host.login', n: 1, at: 1, grant, account, serial: String(serial) },
        ...{ keyId: `grant=${grant}`, port: 1, log, end },
      });
    await login('k1', 1, '7.0', 100);
    await login('k2', 1, '7.0', 100);
    // The same certificate once more is another login; so is one where the log was cut, or is another file.
    for (const [at, [serial, log, end]] of (
      [
        [1, '7.0', 180],
        [2, '7.1', 90],
        [3, '8.0', 90],
      ] as const
    ).entries())
      await login(`k${at + 3}`, serial, log, end);
    expect((await told(grant)).map((text) => /"serial":"(\d)"/.exec(text)?.[1])).toEqual(['1', '1', '2', '3']);
  });

  it('that a host may not send are not stored, and their numbers are told as lost', async () => {
    const session = newId('ssn');
    await send('host:a', 'b2', 2, { kind: 'session.ended', n: 1, at: 1, session, why: 'exit', exit: 0 }, { n: 2 });
    expect(await told(session)).toEqual([]);
    expect((await told('host:a')).at(-1)).toBe('access-spool.lost@1 {"boot":"b2","lost":2}');
  });

  it('of the gateway say when a session began and ended, and keep its screen record', async () => {
    const session = newId('ssn');
    const target = 'host:a';
    const started = {
      ...{
        kind: 'session.started',
        n: 1,
        at: 1_000,
        session,
        grant,
        target,
        through: 'web terminal',
        address: '192.0.2.1',
      },
      ...{ account, principal: 'p', serial: '1', keyId: 'k', purpose: 'shell', command: null },
    };
    const head = { session, lines: 1, root: 'A'.repeat(43).concat('='), time: 5, final: true };
    request = await over(1);
    await sql(
      `insert into "ProductionSession" ("id", "requestId", "userId", "target", "through") values ($1, $2, 'usr_1', 'host:a', 'web terminal')`,
      ...[session, request],
    );
    await send(
      'gateway:main',
      'b1',
      4,
      started,
      { kind: 'recording', n: 2, session, from: 0, to: 3, final: true, data: 'YWJj' },
      { kind: 'session.head', n: 3, session, head, bytes: 3 },
      { kind: 'session.ended', n: 4, at: 2_000, session, why: 'exit', exit: 0 },
    );
    expect(await sql('select "startedAt", "endedAt", "why" from "ProductionSession" where "id" = $1', session)).toEqual(
      [{ startedAt: new Date(1_000), endedAt: new Date(2_000), why: 'exit' }],
    );
    expect(await sql('select "bytes" from "RecordingPiece" where "sessionId" = $1', session)).toEqual([
      { bytes: Buffer.from('abc') },
    ]);
    expect((await told(session)).map((text) => text.split(' ')[0])).toEqual([
      ...['production.started@1', 'production.recorded@1', 'production.ended@1'],
    ]);
  });
});
