import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { closeDatabase } from '@/lib/db';
import { newId } from '@/lib/platform';
import { startCluster, type TestCluster, type TestDatabase } from '@/test/support/database';
import { addMember, addOrganisation, addPerson, addSession, type PersonRow, query, sha256 } from '@/test/support/world';
import { closeWatch, watchResponse } from '..';

const WAIT = { timeout: 30_000 };
let cluster: TestCluster;
let db: TestDatabase;
let ada: PersonRow;
let session: { id: string; secret: string };
let organisation: string;
let open: AbortController;

beforeAll(async () => {
  // The beat is the tests' own: otherwise it would find what a message should have told.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  cluster = await startCluster();
  db = await cluster.database();
  process.env.DATABASE_URL = db.url.console;
});
beforeEach(async () => {
  ada = await addPerson(db, 'customer');
  organisation = await addOrganisation(db, ada);
  session = await addSession(db, ada);
  open = new AbortController();
});
afterEach(() => open.abort());
afterAll(async () => {
  vi.useRealTimers();
  await closeWatch();
  await closeDatabase();
  await cluster?.stop();
});

const sql = (text: string, values: unknown[] = []) => query(db.url.installer, text, values);

/** Opens a stream and collects its events as `name data`, with `closed` when the server ended it. */
async function watch(secret = session.secret, realm = 'customer'): Promise<string[]> {
  const response = await watchResponse(secret, realm, open.signal);
  if (!response) return ['refused'];
  const events: string[] = [];
  void (async () => {
    let text = '';
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += new TextDecoder().decode(chunk);
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
        if (name) events.push(`${name} ${data}`);
      }
    }
    events.push('closed');
  })();
  return events;
}

describe('a page is told', () => {
  it.each([
    ['ended', 'its session is ended', 'update "Session" set "revokedAt" = now() where "id" = $1'],
    [
      'disabled',
      'the account is disabled',
      `update "User" set "status" = 'disabled' where "id" = (select "userId" from "Session" where "id" = $1)`,
    ],
  ])('%s: %s', async (reason, _what, change) => {
    const events = await watch();
    await expect.poll(() => events, WAIT).toEqual([`organisations ["${organisation}"]`]);
    const begun = performance.now();
    await sql(change, [session.id]);
    await expect.poll(() => events.slice(1), { ...WAIT, interval: 10 }).toEqual([`end "${reason}"`, 'closed']);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  it('which organisations are left when it was taken out of one, and nothing about others', async () => {
    const other = await addOrganisation(db, await addPerson(db, 'customer'));
    const events = await watch();
    await expect.poll(() => events, WAIT).toEqual([`organisations ["${organisation}"]`]);
    await addMember(db, other, ada, 'developer');
    await sql(`select pg_notify('session', $1)`, [ada.id]);
    const both = [organisation, other].sort();
    await expect.poll(() => events.slice(1), WAIT).toEqual([`organisations ${JSON.stringify(both)}`]);
    await sql('delete from "Membership" where "userId" = $1 and "organisationId" = $2', [ada.id, other]);
    await expect.poll(() => events.slice(2), WAIT).toEqual([`organisations ["${organisation}"]`]);
  });

  it('to ask again when the session was raised, for the browser has another cookie by then', async () => {
    const first = await addSession(db, ada, 2);
    const events = await watch(first.secret);
    await sql(`select cordon.succeed_session(s, 'totp', $2, $3) from "Session" s where "id" = $1`, [
      first.id,
      newId('ses'),
      sha256('the next secret'),
    ]);
    await expect.poll(() => events.slice(1), WAIT).toEqual(['again null', 'closed']);
    const next = await watch('the next secret');
    await expect.poll(() => next, WAIT).toEqual([`organisations ["${organisation}"]`]);
  });

  it.each([
    ['expired', `"expiresAt" = now() - interval '1 second'`],
    ['idle', `"lastSeenAt" = now() - interval '61 minutes'`],
    ['ended', `"revokedAt" = now()`],
  ])('at once when it comes too late: %s', async (reason, change) => {
    await sql(`update "Session" set ${change} where "id" = $1`, [session.id]);
    const events = await watch();
    await expect.poll(() => events, WAIT).toEqual([`end "${reason}"`, 'closed']);
  });

  it('of limits nobody sends word of, at the next beat: for staff those of their own policy', async () => {
    const staff = await addPerson(db, 'staff', 'support');
    const begun = await addSession(db, staff);
    const events = await watch(begun.secret, 'staff');
    await sql(`update "Session" set "lastSeenAt" = now() - interval '16 minutes' where "id" = $1`, [begun.id]);
    await vi.advanceTimersByTimeAsync(20_000);
    await expect.poll(() => events.slice(1), WAIT).toEqual(['end "idle"', 'closed']);
  });

  it('what it missed while the listening connection was broken', async () => {
    const events = await watch();
    await expect.poll(() => events.length, WAIT).toBe(1);
    // Word is sent at once, and nobody listens again before a quarter of a second has passed.
    await sql(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cordon-console-watch'`);
    await sql('update "Session" set "revokedAt" = now() where "id" = $1', [session.id]);
    await expect.poll(() => events.slice(1), WAIT).toEqual(['end "ended"', 'closed']);
  });
});

describe('watching', () => {
  it('is for the session’s own cookie, in its own realm', async () => {
    expect(await watch('nothing')).toEqual(['refused']);
    expect(await watch(session.secret, 'staff')).toEqual(['refused']);
    // The password alone opens no page that could be watched.
    expect(await watch((await addSession(db, ada, 1)).secret)).toEqual(['refused']);
  });

  it('does not count as being seen', async () => {
    await sql(`update "Session" set "lastSeenAt" = now() - interval '30 minutes' where "id" = $1`, [session.id]);
    const seen = () => sql('select "lastSeenAt" from "Session" where "id" = $1', [session.id]);
    const before = await seen();
    const events = await watch();
    await expect.poll(() => events.length, WAIT).toBe(1);
    await sql(`select pg_notify('session', $1)`, [ada.id]);
    await addMember(db, await addOrganisation(db, await addPerson(db, 'customer')), ada, 'developer');
    await sql(`select pg_notify('session', $1)`, [ada.id]);
    await expect.poll(() => events.length, WAIT).toBe(2);
    expect(await seen()).toEqual(before);
  });

  it('is bounded for one person, and a page that closes makes room', async () => {
    const pages = Array.from({ length: 24 }, () => new AbortController());
    for (const page of pages) expect(await watchResponse(session.secret, 'customer', page.signal)).not.toBeNull();
    const one = () => watchResponse(session.secret, 'customer', open.signal);
    await expect(one()).rejects.toMatchObject({ code: 'watch.too_many', retryAfterSeconds: 60 });
    pages[7]!.abort();
    expect(await one()).not.toBeNull();
    for (const page of pages) page.abort();
  });

  it('holds one connection to the database, however many pages', async () => {
    for (let n = 0; n < 8; n++) await watch();
    const listening = `select 1 from pg_stat_activity where application_name = 'cordon-console-watch'`;
    await expect.poll(() => sql(listening), WAIT).toHaveLength(1);
    await closeWatch();
    await expect.poll(() => sql(listening), WAIT).toHaveLength(0);
  });
});
