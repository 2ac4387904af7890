import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startCluster, type TestCluster, type TestDatabase } from '@/test/support/database';
import { DENIED, hostile, sqlOutcome } from '@/test/support/hostile';
import { addPerson, addSession, type PersonRow, query } from '@/test/support/world';
import { errors } from '../errors';
import { THROTTLE } from './limits';
import type { Attempt } from './throttle';

let cluster: TestCluster;
let db: TestDatabase;
let person: PersonRow;
let throttled: typeof import('./throttle').throttled;
let closeDatabase: () => Promise<void>;

const HOME = '198.51.100.7';
const STRANGER = '203.0.113.9';

beforeAll(async () => {
  cluster = await startCluster();
  db = await cluster.database();
  Object.assign(process.env, {
    DATABASE_URL: db.url.console,
    CORDON_CONSOLE_SECRET: randomBytes(32).toString('base64url'),
    CORDON_CONSOLE_ORIGIN: 'http://localhost:3000',
    CORDON_STAFF_ORIGIN: 'http://staff.localhost:3000',
  });
  ({ throttled } = await import('./throttle'));
  ({ closeDatabase } = await import('@/lib/db'));
  person = await addPerson(db, 'customer');
  const { id } = await addSession(db, person);
  await query(
    db.url.installer,
    `update "Session" set "addressPrefix" = '198.51.100.0/24', "raisedBy" = 'totp' where "id" = $1`,
    [id],
  );
});
beforeEach(async () => {
  for (const table of ['Throttle', 'SignInAttempt', 'AbuseFinding', 'Notice'])
    await query(db.url.installer, `delete from "${table}"`);
});
afterAll(async () => {
  const { looked } = await import('./detection');
  await looked();
  await closeDatabase?.();
  await cluster?.stop();
});

const whose = () => ({ realm: 'customer' as const, email: person.email });
const attempt = (address = STRANGER, subject = `password|customer|${person.email}`): Attempt => ({
  subject,
  address,
  whose: whose(),
});
/** A colleague's password, tried from this address. */
const another = (name: string, address: string): Attempt => ({
  subject: `password|customer|${name}@x.example`,
  address,
  whose: { realm: 'customer', email: `${name}@x.example` },
});

/** What one try comes to: `in`, `no`, or the code of the refusal. */
const guess = (right: boolean, what = attempt()): Promise<string> =>
  throttled(what, async () => right || null).then(
    (result) => (result ? 'in' : 'no'),
    ({ code }: { code: string }) => code,
  );
const fail = async (times: number, what = attempt()): Promise<string[]> => {
  const outcomes: string[] = [];
  for (let n = 0; n < times; n++) outcomes.push(await guess(false, what));
  return outcomes;
};
/** Lets every pause be over, as if it had been waited out. */
const waitOut = () =>
  query(db.url.installer, `update "Throttle" set "blockedUntil" = now() where "blockedUntil" < 'infinity'`);
/** Makes every pause that has begun last, so that a slow machine does not outlast it. */
const hold = () =>
  query(
    db.url.installer,
    `update "Throttle" set "blockedUntil" = "blockedUntil" + interval '10 minutes' where "blockedUntil" > now()`,
  );
const failPatiently = async (times: number, what = attempt()) => {
  for (let n = 0; n < times; n++) {
    expect(await guess(false, what), `failure ${n + 1}`).toBe('no');
    await waitOut();
  }
};

describe('failures at one account', () => {
  it('cost nothing at first, then a pause, and are forgotten with the right password', async () => {
    expect(await fail(THROTTLE.free.account)).toEqual(Array(5).fill('no'));
    expect(await guess(true)).toBe('in');
    expect(await fail(THROTTLE.free.account + 1)).toEqual(Array(6).fill('no'));
    await hold();
    expect(await guess(true)).toBe('identity.throttled');
  });

  it('pause twice as long each time, up to the longest pause, and waiting a pause out does not start anew', async () => {
    const pauses: number[] = [];
    for (let n = 0; n < 18; n++) {
      await guess(false);
      const [row] = await query(
        db.url.installer,
        `select extract(epoch from "blockedUntil" - "lastAt")::float as s from "Throttle" where "key" like 'account:%'`,
      );
      pauses.push(Math.max(0, Math.round((row as { s: number }).s)));
      await waitOut();
    }
    expect(pauses).toEqual([0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
  });

  it('are charged before anything is verified, however many guesses come at once', async () => {
    let verified = 0;
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, () =>
        throttled(attempt(), async () => {
          verified += 1;
          return null;
        }).catch(({ code }: { code: string }) => code),
      ),
    );
    expect(verified).toBe(THROTTLE.free.account + 1);
    expect(outcomes.filter((outcome) => outcome === 'identity.throttled')).toHaveLength(40 - verified);
  });

  it('are charged one after another by any number of consoles', async () => {
    const consoles = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const client = new pg.Client(db.url.console);
        await client.connect();
        return client;
      }),
    );
    const admit = (client: pg.Client) =>
      client.query(
        `select charged from cordon.admit_attempt('account:x', null, null, null, 'agent:x', null, null, null, $1)`,
        [JSON.stringify(THROTTLE)],
      );
    const answers = await Promise.all(consoles.map(admit));
    await Promise.all(consoles.map((client) => client.end()));
    expect(answers.filter(({ rows }) => rows[0].charged !== null)).toHaveLength(THROTTLE.free.account + 1);
  });

  it('are not charged for what was never verified', async () => {
    const turnedAway = (error: Error) => throttled(attempt(), () => Promise.reject(error)).catch(() => 'turned away');
    for (let n = 0; n < 20; n++) expect(await turnedAway(errors('identity.busy'))).toBe('turned away');
    expect(await guess(true)).toBe('in');
    for (let n = 0; n < THROTTLE.free.account + 1; n++) await turnedAway(new Error('broke after the verification'));
    await hold();
    expect(await guess(true)).toBe('identity.throttled');
  });
});

describe('a hundred failures in a row', () => {
  it('are all that one password gets: strangers 80, known networks 20, and then the right one is refused too', async () => {
    await failPatiently(THROTTLE.closedAfter.account);
    expect(await guess(true)).toBe('identity.closed');
    await failPatiently(THROTTLE.closedAfter.known, attempt(HOME));
    expect(await guess(true, attempt(HOME))).toBe('identity.closed');
    expect(await guess(true, attempt(STRANGER))).toBe('identity.closed');
    expect(THROTTLE.closedAfter.account + THROTTLE.closedAfter.known).toBe(100);
  });

  it('tell the person, once a day, and the log', async () => {
    await failPatiently(THROTTLE.closedAfter.account);
    await guess(false);
    const notices = await query(db.url.installer, 'select "userId", "kind" from "Notice"');
    expect(notices).toEqual([{ userId: person.id, kind: 'password.closed' }]);
    const events = await query(
      db.url.installer,
      `select "outcome" from "AuditEvent" where "schema" = 'password.closed@1'`,
    );
    expect(events.at(-1)).toEqual({ outcome: 'refused' });
    await query(db.url.installer, 'delete from "Throttle"');
    await failPatiently(THROTTLE.closedAfter.account);
    expect(await query(db.url.installer, 'select 1 from "Notice"')).toHaveLength(1);
  });

  it('close an address that has no account just the same', async () => {
    const nobody = another('nobody', STRANGER);
    await failPatiently(THROTTLE.closedAfter.account, nobody);
    expect(await guess(true, nobody)).toBe('identity.closed');
    expect(await query(db.url.installer, 'select 1 from "Notice"')).toEqual([]);
  });

  it('close a second factor, and no recovery code', async () => {
    const code = { subject: 'factor|usr_1', address: STRANGER };
    await failPatiently(THROTTLE.closedAfter.code, code);
    expect(await guess(true, code)).toBe('identity.closed');
    const recovery = { subject: 'recovery|usr_1', address: STRANGER };
    await failPatiently(110, recovery);
    expect(await guess(true, recovery)).toBe('in');
  });
});

describe('the person', () => {
  it('gets in from a network of theirs while strangers are paused, and while the path is closed to them', async () => {
    await fail(THROTTLE.free.account + 1);
    await hold();
    expect(await guess(true)).toBe('identity.throttled');
    expect(await guess(true, attempt(HOME))).toBe('in');
    await waitOut();
    await query(
      db.url.installer,
      `update "Throttle" set "consecutive" = 79, "blockedUntil" = now() where "key" like 'account:%'`,
    );
    await guess(false);
    expect(await guess(true)).toBe('identity.closed');
    expect(await guess(true, attempt(HOME))).toBe('in');
  });

  it('is not held up by what somebody else does behind the same address', async () => {
    for (let n = 0; n < THROTTLE.free.address + 1; n++) {
      await guess(false, another(`colleague-${n}`, HOME));
    }
    await hold();
    expect(await guess(true, another('no-colleague', HOME))).toBe('identity.throttled');
    expect(await guess(true, attempt(HOME))).toBe('in');
  });

  it('goes on with other ways in while passwords are guessed at from the same address', async () => {
    for (let n = 0; n < THROTTLE.free.address + 1; n++)
      await guess(false, {
        subject: `password|customer|${n}@x.example`,
        address: STRANGER,
        whose: { ...whose(), email: `${n}@x.example` },
      });
    await hold();
    expect(await guess(true, { subject: 'passkey|customer|credential', address: STRANGER })).toBe('in');
    expect(await guess(true, { subject: `factor|${person.id}`, address: STRANGER })).toBe('in');
  });

  it('knows a network for thirty days, and by both factors only', async () => {
    await fail(THROTTLE.free.account + 1);
    await hold();
    const age = (days: number) =>
      query(db.url.installer, `update "Session" set "createdAt" = now() - $1 * interval '1 day' where "userId" = $2`, [
        days,
        person.id,
      ]);
    await age(31);
    expect(await guess(true, attempt(HOME))).toBe('identity.throttled');
    await age(29);
    await query(db.url.installer, `update "Session" set "aal" = 1 where "userId" = $1`, [person.id]);
    expect(await guess(true, attempt(HOME))).toBe('identity.throttled');
    await query(db.url.installer, `update "Session" set "aal" = 2, "raisedBy" = 'recovery' where "userId" = $1`, [
      person.id,
    ]);
    expect(await guess(true, attempt(HOME))).toBe('identity.throttled');
    await query(db.url.installer, `update "Session" set "raisedBy" = 'totp' where "userId" = $1`, [person.id]);
    expect(await guess(true, attempt(HOME))).toBe('in');
  });
});

describe('while an attack goes on', () => {
  const found = (subject: string, until = "now() + interval '1 hour'") =>
    query(
      db.url.installer,
      `insert into "AbuseFinding" ("id", "kind", "scope", "subject", "windowSeconds", "activeUntil", "failures", "accounts", "networks", "unknown", "half")
       values ('f', 'stuffing', 'all', $1, 900, ${until}, 0, 0, 0, 0, 0)`,
      [subject],
    );

  it('strangers get fewer free failures, and known networks as many as ever', async () => {
    await found('all');
    await fail(THROTTLE.strict.account + 1);
    await hold();
    expect(await guess(true)).toBe('identity.throttled');
    expect(await fail(THROTTLE.free.known, attempt(HOME))).toEqual(Array(5).fill('no'));
    expect(await guess(true, attempt(HOME))).toBe('in');
  });

  it('addresses get fewer too, and all is as before when it is over', async () => {
    const spread = async () => {
      for (let n = 0; n < THROTTLE.strict.address + 1; n++)
        await guess(false, {
          subject: `password|customer|${n}@x.example`,
          address: STRANGER,
          whose: { ...whose(), email: `${n}@x.example` },
        });
      await hold();
      return guess(true, attempt(STRANGER));
    };
    await found('all', `now() - interval '1 second'`);
    expect(await spread()).toBe('in');
    await query(db.url.installer, 'delete from "Throttle"');
    await query(db.url.installer, 'delete from "AbuseFinding"');
    await found('all');
    expect(await spread()).toBe('identity.throttled');
  });
});

it('shows nothing of it to SQL smuggled into the console, and findings to nobody but staff', async () => {
  await guess(false);
  await query(
    db.url.installer,
    `insert into "AbuseFinding" ("id", "kind", "scope", "subject", "windowSeconds", "activeUntil", "failures", "accounts", "networks", "unknown", "half")
     values ('f', 'spray', 'all', 'all', 900, now(), 0, 0, 0, 0, 0)`,
  );
  const seen = async (secret: string | null) => {
    const entered: Parameters<typeof hostile>[1] = secret ? ['select cordon.enter_staff($1)', [secret]] : null;
    return hostile(db, entered, (client) =>
      client.query('select "id" from "AbuseFinding"').then(({ rowCount }) => rowCount),
    );
  };
  await hostile(db, null, async (client) => {
    for (const table of ['Throttle', 'SignInAttempt'])
      expect(await sqlOutcome(client, `select * from "${table}"`)).toBe(DENIED);
    for (const table of ['AbuseFinding', 'SignInAttempt'])
      expect(await sqlOutcome(client, `delete from "${table}"`)).toBe(DENIED);
  });
  expect(await seen(null)).toBe(0);
  const staff = async (role: string) => (await addSession(db, await addPerson(db, 'staff', role))).secret;
  expect(await seen(await staff('support'))).toBe(0);
  expect(await seen(await staff('security'))).toBe(1);
});

it('remembers attempts as keyed hashes', async () => {
  await guess(false);
  await guess(true);
  const rows = await query(db.url.installer, 'select * from "SignInAttempt" order by "id"');
  expect(rows.map(({ outcome }) => outcome)).toEqual(['factor', 'half']);
  expect(JSON.stringify(rows)).not.toMatch(/203\.0|@/);
});
