import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startCluster, type TestCluster, type TestDatabase } from '../support/database';
import { addMember, addOrganisation, addPerson, addSession, type PersonRow, query } from '../support/world';

/**
 * The attack: somebody has taken over an account's session and found a hole through which any SQL runs as the console's role. They set up a
 * factor of their own and want nobody to hear of it: so they try to delete the notice, to mark its mail as sent, to push it out of sight,
 * to put words of their own into it, and to have others told lies. The mailer has a role of its own that the hole does not reach.
 */
let cluster: TestCluster;
let db: TestDatabase;
let victim: PersonRow;
let session: { id: string; secret: string };
let organisation: string;

beforeAll(async () => {
  cluster = await startCluster();
  db = await cluster.database();
});
beforeEach(async () => {
  victim = await addPerson(db, 'customer');
  organisation = await addOrganisation(db, victim);
  session = await addSession(db, victim);
  await hostile([
    ['select cordon.enter_person($1)', [session.secret]],
    ['select cordon.notify($1, $2, $3, $4)', [`ntc_${victim.id}`, victim.id, 'passkey.added', '{"name":"mine now"}']],
  ]);
});
afterAll(() => cluster?.stop());

type Statement = [sql: string, values?: unknown[]];

/** Runs the statements in one committed transaction as the given role; the message of the first that is refused, or `done`. */
async function hostile(statements: Statement[], url = db.url.console): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin');
    for (const [sql, values] of statements) await client.query(sql, values);
    await client.query('commit');
    return 'done';
  } catch (error) {
    await client.query('rollback');
    return (error as Error).message;
  } finally {
    await client.end();
  }
}

const asVictim = (sql: string, values: unknown[] = []): Promise<string> =>
  hostile([
    ['select cordon.enter_person($1)', [session.secret]],
    [sql, values],
  ]);
const notice = async () =>
  (
    await query(
      db.url.installer,
      'select "kind", "fields", "readAt", "mailedAt", "tries" from "Notice" where "userId" = $1',
      [victim.id],
    )
  )[0];
const mailed = async () =>
  (await query<{ email: string }>(db.url.mailer, 'select * from cordon.claim_notices(20)')).map(({ email }) => email);
const DENIED = /permission denied/;

describe('a notice', () => {
  it.each([
    ['deleted', `delete from "Notice"`],
    ['marked as mailed', `update "Notice" set "mailedAt" = now()`],
    ['taken out of tries', `update "Notice" set "tries" = 8, "nextTryAt" = 'infinity'`],
    ['reworded', `update "Notice" set "kind" = 'sign-in.new', "fields" = '{}'`],
    ['made older than the mailer looks', `update "Notice" set "at" = now() - interval '1 year'`],
    ['moved to somebody else', `update "Notice" set "userId" = 'usr_other'`],
    [
      'put in the way of, with its own id',
      `insert into "Notice" ("id", "userId", "kind", "fields", "mailedAt") values ('n', 'u', 'x', '{}', now())`,
    ],
    ['truncated', `truncate "Notice"`],
    ['claimed', 'select * from cordon.claim_notices(20)'],
    ['said to be mailed', `select cordon.notice_mailed("id") from "Notice"`],
    ['written past the rules', `select cordon.insert_notice('n', 'u', null, 'sign-in.new', '{}')`],
    ['shut out by a lock', `lock table "Notice" in exclusive mode`],
    ['shut out row by row', `select 1 from "Notice" for update`],
  ])('cannot be %s', async (_what, sql) => {
    expect(await asVictim(sql)).toMatch(DENIED);
    expect(await notice()).toMatchObject({ kind: 'passkey.added', readAt: null, mailedAt: null, tries: 0 });
  });

  it('goes out by mail although whoever holds the session has dismissed it', async () => {
    expect(await asVictim('select cordon.read_notices($1)', [[`ntc_${victim.id}`]])).toBe('done');
    expect((await notice())!.readAt).not.toBeNull();
    expect(await mailed()).toContain(victim.email);
  });

  it('is not pushed out by writing the same one again', async () => {
    const again: Statement = [
      'select cordon.notify($1, $2, $3, $4)',
      [`ntc_${victim.id}`, victim.id, 'sign-in.new', '{}'],
    ];
    expect(await asVictim(...again)).toMatch(/duplicate key/);
    expect(await mailed()).toContain(victim.email);
  });

  it('is dismissed by nobody else', async () => {
    const stranger = await addSession(db, await addPerson(db, 'customer'));
    const read: Statement = ['select cordon.read_notices($1)', [[`ntc_${victim.id}`]]];
    expect(await hostile([['select cordon.enter_person($1)', [stranger.secret]], read])).toBe('done');
    expect(await hostile([read])).toBe('done');
    expect((await notice())!.readAt).toBeNull();
  });
});

describe('telling lies', () => {
  const say = (userId: string, kind: string, fields = '{}'): Statement => [
    'select cordon.notify($1, $2, $3, $4)',
    [`ntc_${userId}_${kind}`, userId, kind, fields],
  ];

  it('is refused towards strangers, and towards members by anybody but who administers them', async () => {
    const [stranger, colleague] = [await addPerson(db, 'customer'), await addPerson(db, 'customer')];
    await addMember(db, organisation, colleague, 'developer');
    const owner: Statement = ['select cordon.enter_organisation($1, $2)', [session.secret, organisation]];
    const developer: Statement = [
      'select cordon.enter_organisation($1, $2)',
      [(await addSession(db, colleague)).secret, organisation],
    ];
    expect(await hostile([say(stranger.id, 'sign-in.new')])).toBe('context.required');
    expect(await hostile([owner, say(stranger.id, 'member.removed')])).toBe('context.required');
    expect(await hostile([owner, say(colleague.id, 'sign-in.half')])).toBe('context.required');
    expect(await hostile([developer, say(victim.id, 'member.removed')])).toBe('context.required');
    expect(await hostile([owner, say(colleague.id, 'member.removed')])).toBe('done');
  });

  it('is refused to staff towards customers, and to staff who only look on', async () => {
    const [administrator, support, other] = [
      await addPerson(db, 'staff', 'administrator'),
      await addPerson(db, 'staff', 'support'),
      await addPerson(db, 'staff', 'auditor'),
    ];
    const as = async (person: PersonRow): Promise<Statement> => {
      const { id, secret } = await addSession(db, person);
      await query(db.url.installer, `update "Session" set "raisedBy" = 'passkey' where "id" = $1`, [id]);
      return ['select cordon.enter_staff($1)', [secret]];
    };
    expect(await hostile([await as(administrator), say(victim.id, 'sessions.ended')])).toBe('context.required');
    expect(await hostile([await as(support), say(other.id, 'sessions.ended')])).toBe('context.required');
    expect(await hostile([await as(administrator), say(other.id, 'sessions.ended')])).toBe('done');
  });

  it('is bounded in size', async () => {
    expect(await asVictim(...say(victim.id, 'passkey.removed', JSON.stringify({ name: 'x'.repeat(3_000) })))).toBe(
      'context.required',
    );
  });
});

describe('the mailer’s own role', () => {
  it('has two functions and nothing else: no table, no session, no context', async () => {
    for (const sql of [
      'select * from public."Notice"',
      'select * from public."User"',
      'select * from public."Session"',
      'select * from cordon.secret',
      `select cordon.session('x')`,
      `select cordon.enter_person('x')`,
      `select cordon.notify('n', 'u', 'sign-in.new', '{}')`,
      'create table public.mine (a int)',
    ])
      expect(await hostile([[sql]], db.url.mailer), sql).toMatch(DENIED);
    expect(await hostile([['select * from cordon.claim_notices(1)']], db.url.mailer)).toBe('done');
  });

  it('cannot mark as mailed what it has not been given', async () => {
    expect(await hostile([['select cordon.notice_mailed($1)', [`ntc_${victim.id}`]]], db.url.mailer)).toBe('done');
    expect((await notice())!.mailedAt).toBeNull();
  });
});
