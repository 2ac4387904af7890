import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asPerson, closeDatabase } from '@/lib/db';
import { startCluster, type TestCluster, type TestDatabase } from '@/test/support/database';
import { addPerson, addSession, type PersonRow, query } from '@/test/support/world';
import { listNotices, listUnread, notify, readNotices, tellHalfSignIn } from '.';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const NEWER_FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0';
const PHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1';

let cluster: TestCluster;
let db: TestDatabase;
let ada: PersonRow;

beforeAll(async () => {
  cluster = await startCluster();
  db = await cluster.database();
  process.env.DATABASE_URL = db.url.console;
});
beforeEach(async () => {
  ada = await addPerson(db, 'customer');
});
afterAll(async () => {
  await closeDatabase();
  await cluster?.stop();
});

const sql = (text: string, values: unknown[] = []) => query(db.url.installer, text, values);

/** A session from there, begun so many days ago. */
async function sessionFrom(userAgent: string, addressPrefix: string, { daysAgo = 0, aal = 2 as 1 | 2 } = {}) {
  const session = await addSession(db, ada, aal);
  await sql(
    `update "Session" set "userAgent" = $2, "addressPrefix" = $3, "createdAt" = now() - make_interval(days => $4) where "id" = $1`,
    [session.id, userAgent, addressPrefix, daysAgo],
  );
  return session;
}

/** What the person is told when this session begins. */
async function told(session: { id: string; secret: string }): Promise<string[]> {
  const before = (await listNotices(session.secret)).length;
  await asPerson(session.secret, (tx) =>
    notify(tx, ada.id, {
      schema: 'sign-in@1',
      object: { id: session.id },
      fields: { factor: 'totp', email: ada.email },
    }),
  );
  const now = await listNotices(session.secret);
  return now.slice(0, now.length - before).map(({ title }) => title);
}

describe('a sign-in', () => {
  it('is news from a device or a network the account has not used lately, and the first of all is not', async () => {
    expect(await told(await sessionFrom(FIREFOX, '192.0.2.0/24'))).toEqual([]);
    expect(await told(await sessionFrom(FIREFOX, '192.0.2.0/24'))).toEqual([]);
    expect(await told(await sessionFrom(NEWER_FIREFOX, '192.0.2.0/24'))).toEqual([]);
    expect(await told(await sessionFrom(FIREFOX, '198.51.100.0/24'))).toEqual(['New sign-in']);
    expect(await told(await sessionFrom(PHONE, '192.0.2.0/24'))).toEqual(['New sign-in']);
    expect(await told(await sessionFrom(PHONE, '198.51.100.0/24'))).toEqual([]);
  });

  it('is news after three months of silence', async () => {
    await sessionFrom(FIREFOX, '192.0.2.0/24', { daysAgo: 91 });
    expect(await told(await sessionFrom(FIREFOX, '192.0.2.0/24'))).toEqual(['New sign-in']);
  });

  it('does not count a session that only had the password as use of the account', async () => {
    await sessionFrom(FIREFOX, '192.0.2.0/24');
    await sessionFrom(PHONE, '198.51.100.0/24', { aal: 1 });
    expect(await told(await sessionFrom(PHONE, '198.51.100.0/24'))).toEqual(['New sign-in']);
  });

  it('is news when somebody stood before the second factor the day before', async () => {
    await sessionFrom(FIREFOX, '192.0.2.0/24');
    await tellHalfSignIn((await sessionFrom(PHONE, '198.51.100.0/24', { aal: 1 })).secret);
    expect(await told(await sessionFrom(FIREFOX, '192.0.2.0/24'))).toEqual(['New sign-in']);
  });
});

describe('a right password with a wrong second factor', () => {
  it('is told at most once an hour, however many guesses at one moment', async () => {
    const half = await sessionFrom(PHONE, '198.51.100.0/24', { aal: 1 });
    await Promise.all(Array.from({ length: 6 }, () => tellHalfSignIn(half.secret)));
    const own = await sessionFrom(FIREFOX, '192.0.2.0/24');
    const kinds = async () => (await listNotices(own.secret)).map(({ kind, device }) => [kind, device]);
    expect(await kinds()).toEqual([['sign-in.half', 'Safari on iPhone']]);
    await sql(`update "Notice" set "at" = now() - interval '61 minutes'`);
    await tellHalfSignIn(half.secret);
    expect(await kinds()).toHaveLength(2);
  });

  it('says nothing about whoever is signed in, or was never', async () => {
    const own = await sessionFrom(FIREFOX, '192.0.2.0/24');
    await tellHalfSignIn(own.secret);
    await tellHalfSignIn('no secret of anybody');
    expect(await listNotices(own.secret)).toEqual([]);
  });
});

describe('reading', () => {
  it('shows a session what others did and not what it did itself, until it is dismissed', async () => {
    const [own, other] = [await sessionFrom(FIREFOX, '192.0.2.0/24'), await sessionFrom(PHONE, '192.0.2.0/24')];
    await asPerson(other.secret, (tx) =>
      notify(tx, ada.id, {
        schema: 'passkey.removed@1',
        object: { id: 'psk_1' },
        fields: { credential: '', name: 'Work key' },
      }),
    );
    expect(await listUnread(other.secret)).toEqual([]);
    const [news] = await listUnread(own.secret);
    expect(news).toMatchObject({
      title: 'Passkey removed',
      detail: 'Work key',
      device: 'Safari on iPhone',
      network: '192.0.2.0/24',
      own: true,
      unread: true,
      mailed: false,
    });
    await readNotices(own.secret, [news!.id]);
    expect(await listUnread(own.secret)).toEqual([]);
    expect((await listNotices(own.secret)).map(({ unread }) => unread)).toEqual([false]);
  });

  it('forgets what is a year old when something new is told', async () => {
    const own = await sessionFrom(FIREFOX, '192.0.2.0/24');
    const change = () =>
      asPerson(own.secret, (tx) =>
        notify(tx, ada.id, { schema: 'password.changed@1', object: { id: ada.id }, fields: {} }),
      );
    await change();
    await sql(`update "Notice" set "at" = now() - interval '367 days' where "userId" = $1`, [ada.id]);
    await change();
    expect(await listNotices(own.secret)).toHaveLength(1);
  });
});
