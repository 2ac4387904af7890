import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Head, RecordingWriter } from '@/lib/kernel/recording';
import { newId } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { openWorld, type World } from '../contract/world';
import { saltsOf } from '../foreign/recordings';
import { deliverRecord } from '../support/screen-record';
import { CONSOLE, outcome, visit } from './identity-world';

vi.mock('next/headers', async () => (await import('./identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('./identity-world')).nextNavigation);

/**
 * A screen record of a session on production was shared with an auditor from outside, without the lines that show a patient's number. Somebody else
 * wants to see it, or the auditor wants to see more than was meant. They guess links; use one after it ended, was revoked or was used up; keep a
 * view open past that; ask for the record itself, or another copy, with the view of this one; write events of their own with it; or read it as
 * a customer. Whoever made the session put things on the screen that should run in the reader's browser or terminal.
 */
let world: World;
let recordings: typeof import('@/lib/recordings');
let pool: pg.Pool;
let security: World['staff'];
const SECRET = 'patient 4711-0815';
/** What a hostile program can print: markup, a title, a link, the clipboard, an answer the terminal would type by itself. */
const HOSTILE =
  '<script>alert(1)</script>\u001b]0;title\u0007\u001b]8;;javascript:alert(1)\u0007x\u001b]52;c;aGk=\u0007\u001b[6n';
let session: string;
/** Of the same record: one without the secret, one whole. */
let part: string;
let whole: string;

beforeAll(async () => {
  world = await openWorld();
  visit(CONSOLE);
  recordings = await import('@/lib/recordings');
  pool = new pg.Pool({ connectionString: world.controlUrl, max: 2, options: '-c TimeZone=UTC' });
  security = await world.employ('security');
  session = await recordedSession();
  const make = (what: 'part' | 'whole') =>
    world.confirmed(security, () =>
      recordings.makeCopy(security, { session, what, times: [], lines: [[2, 2]], reason: 'For the yearly audit' }),
    );
  part = await make('part');
  whole = await make('whole');
});
afterAll(async () => {
  await pool?.end();
  await world?.stop();
});

async function recordedSession(): Promise<string> {
  const [request, id] = [newId('grt'), newId('ssn')];
  await world.sql(
    `insert into "AccessRequest" ("id", "personId", "kind", "terms", "targets", "organisations", "decideBy", "state")
     values ($1, 'usr_x', 'access', '[]', '{host:a}', '{}', now(), 'ended')`,
    [request],
  );
  await world.sql(
    `insert into "ProductionSession" ("id", "requestId", "userId", "target", "through", "startedAt", "endedAt")
     values ($1, $2, 'usr_x', 'host:a', 'web terminal', now(), now())`,
    [id, request],
  );
  const writer = new RecordingWriter({ ...primitives, salt: saltsOf('shared') }, id);
  const rows = [writer.start({ columns: 80, rows: 24, timestamp: 1_795_341_600, term: 'xterm' })];
  for (const text of [HOSTILE, SECRET, 'nothing else']) rows.push(writer.output(1_000_000, Buffer.from(`${text}\r\n`)));
  const heads: Head[] = [];
  const { head, row } = writer.end(2_000_000, 'exit');
  heads.push(head);
  await deliverRecord(pool, id, new Uint8Array(Buffer.concat([...rows, row])), heads);
  return id;
}

const share = async (copy: string, views = 3): Promise<string> => {
  const link = await world.confirmed(security, () =>
    recordings.shareCopy(security, { copy, recipient: 'Priya Raman, Example Audit', days: 7, views }),
  );
  return link.split('#')[1]!;
};
let addresses = 0;
/** Each from an address of its own, unless it is said. */
const from = (address = `198.51.100.${++addresses}`) => ({ address });
const SOURCE = { addressPrefix: '198.51.100.0/24', userAgent: 'test' };
const open = (link: string, address?: string) => recordings.openShare(link, from(address), SOURCE);
const idOf = async (copy: string) =>
  (await recordings.listCopies(security, session)).find(({ id }) => id === copy)!.shares[0]!.id;
const events = async (schema: string) =>
  (
    await world.sql<{ header: string }>(
      `select convert_from("header", 'UTF8') as header from "AuditEvent" where "schema" = $1 and "organisationId" is null order by "at", "id"`,
      [schema],
    )
  ).map(({ header }) => JSON.parse(header));
async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
const asRole = async (text: string, values: unknown[]) => {
  const client = new pg.Client(world.consoleUrl);
  await client.connect();
  try {
    return await client.query(text, values);
  } finally {
    await client.end();
  }
};

describe('whoever has the link', () => {
  it('sees the copy, its state and their own name; each view and file is recorded', async () => {
    const view = await open(await share(part));
    const seen = await recordings.readShared(view);
    expect(seen).toMatchObject({ recipient: 'Priya Raman, Example Audit', view: 1, viewsLeft: 2 });
    expect(seen.recording).toMatchObject({ session, state: { is: 'verified' }, redacted: 1, lines: 5 });
    const file = await recordings.downloadShared(view, SOURCE, 'cast');
    const [header] = (await bytesOf(file.stream())).toString().split('\n');
    expect(JSON.parse(header!).title).toMatch(/^Shown to Priya Raman, Example Audit, 20\d\d-.* UTC$/);
    const [viewed] = (await events('recording.share_viewed@1')).slice(-1);
    expect(viewed).toMatchObject({ actorKind: 'anonymous', objectId: session, details: { view: 1 } });
    expect(JSON.stringify(viewed)).not.toContain('Priya');
    expect((await events('recording.share_downloaded@1')).at(-1).details).toMatchObject({ format: 'cast', view: 1 });
  });

  it('never sees what was withheld: not in lines, files or anything the view may read', async () => {
    const view = await open(await share(part));
    expect(JSON.stringify(await recordings.readSharedLines(view, 0))).not.toContain('4711');
    for (const as of ['rec', 'cast', 'heads'] as const) {
      const { stream } = await recordings.downloadShared(view, SOURCE, as);
      expect((await bytesOf(stream())).toString()).not.toContain('4711');
    }
    // With SQL of one's own in the console's role: nothing but the pieces of this copy.
    const client = new pg.Client(world.consoleUrl);
    await client.connect();
    try {
      await client.query('begin');
      await client.query('select * from cordon.enter_share($1)', [view]);
      const { rows } = await client.query<{ copyId: string }>('select distinct "copyId" from "RecordingCopyPiece"');
      expect(rows).toEqual([{ copyId: part }]);
      for (const table of ['RecordingPiece', 'RecordingText', 'SessionRecording', 'RecordingCopy', 'ProductionSession'])
        expect([table, (await client.query(`select 1 from "${table}"`)).rows]).toEqual([table, []]);
      expect((await client.query('select "id" from "RecordingShare"')).rows).toEqual([]);
      expect(await outcome(client.query('select * from cordon.recording_heads($1)', [newId('ssn')]))).not.toBe('in');
    } finally {
      await client.end();
    }
  });

  it('sees hostile output as text: lines are data, and no format holds more than the record did', async () => {
    const view = await open(await share(whole));
    const { lines } = await recordings.readSharedLines(view, 0);
    expect(lines[0]).toEqual({ time: 1_000_000, kind: 'o', data: `${HOSTILE}\r\n` });
    const cast = (await bytesOf((await recordings.downloadShared(view, SOURCE, 'cast')).stream())).toString();
    // Control characters are escaped: nothing happens to whoever prints the file.
    expect(cast.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028]/u);
  });
});

describe('a link that is no good', () => {
  it('is answered the same, whether it never was, ended, was revoked or used up', async () => {
    const [expired, revoked, once] = [await share(part), await share(part), await share(part, 1)];
    const answers: unknown[] = [];
    const say = (promise: Promise<unknown>) =>
      promise.catch((error) => answers.push({ code: error.code, status: error.status, message: error.message }));
    await world.sql(
      `update "RecordingShare" set "sharedAt" = now() - interval '8 days', "expiresAt" = now() - interval '1 second' where "secretHash" = sha256($1::bytea)`,
      [Buffer.from(expired)],
    );
    const [row] = await world.sql<{ id: string }>(
      'select "id" from "RecordingShare" where "secretHash" = sha256($1::bytea)',
      [Buffer.from(revoked)],
    );
    await recordings.revokeShare(security, row!.id);
    await open(once);
    for (const link of [expired, revoked, once, randomBytes(32).toString('base64url'), 'x', "' or 1=1 --"])
      await say(open(link));
    await say(recordings.readShared(randomBytes(32).toString('base64url')));
    await say(recordings.readSharedLines('', 0));
    // A link is no view, and an id is neither.
    await say(recordings.readShared(once));
    await say(open(row!.id));
    expect(answers).toHaveLength(10);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ code: 'recording.share', status: 404 });
  });

  it('ends what is being looked at, too', async () => {
    const [first, second] = [await open(await share(part)), await open(await share(whole))];
    await recordings.revokeShare(security, await idOf(whole));
    expect(await outcome(recordings.readSharedLines(second, 0))).toBe('recording.share');
    expect(await outcome(recordings.downloadShared(second, SOURCE, 'rec'))).toBe('recording.share');
    await world.sql(`update "RecordingShareView" set "endsAt" = now() where "secretHash" = sha256($1::bytea)`, [
      Buffer.from(first),
    ]);
    expect(await outcome(recordings.readShared(first))).toBe('recording.share');
    // And no second revoking undoes the first.
    expect(await outcome(recordings.revokeShare(security, await idOf(whole)))).toBe('recording.copy');
  });

  it('is counted exactly, however many come at once, and guessing is slowed down', async () => {
    const link = await share(part, 3);
    const answers = await Promise.all(Array.from({ length: 12 }, () => outcome(open(link))));
    expect(answers.filter((answer) => answer === 'in')).toHaveLength(3);
    const guesses: string[] = [];
    for (let i = 0; i < 8; i++)
      guesses.push(await outcome(open(randomBytes(32).toString('base64url'), '203.0.113.77')));
    expect(guesses.slice(0, 5)).toEqual(Array(5).fill('recording.share'));
    expect(guesses.at(-1)).toBe('identity.throttled');
  });

  it('reads so often and no oftener with one view', async () => {
    const view = await open(await share(part));
    await world.sql(`update "RecordingShareView" set "asked" = 1999 where "secretHash" = sha256($1::bytea)`, [
      Buffer.from(view),
    ]);
    expect(await outcome(recordings.readSharedLines(view, 0))).toBe('in');
    expect(await outcome(recordings.readSharedLines(view, 0))).toBe('recording.share');
  });
});

describe('whoever should have no part in it', () => {
  it('neither makes nor sees copies and shares: customers, colleagues, auditors of the staff', async () => {
    const { asMember } = await import('@/lib/db');
    const { owner } = world;
    const counts = await asMember(owner.secret, owner.organisationId, async (tx) => {
      const found: number[] = [];
      for (const table of ['RecordingCopy', 'RecordingCopyPiece'])
        found.push((await tx.prisma.$queryRawUnsafe<unknown[]>(`select 1 from "${table}"`)).length);
      found.push((await tx.prisma.$queryRawUnsafe<unknown[]>('select "id" from "RecordingShare"')).length);
      return found;
    });
    expect(counts).toEqual([0, 0, 0]);
    const support = await world.employ('support');
    const auditor = await world.employ('auditor');
    expect(await outcome(recordings.listCopies(support, session))).toBe('authz.forbidden');
    expect(await outcome(recordings.openCopy(support, part))).toBe('authz.forbidden');
    for (const who of [support, auditor]) {
      const terms = { copy: part, recipient: 'A friend', days: 1, views: 1 };
      expect(await outcome(recordings.shareCopy(who, terms))).toBe('authz.forbidden');
      expect(await outcome(recordings.revokeShare(who, await idOf(part)))).toBe('authz.forbidden');
    }
    // A customer's session is none of the staff.
    expect(await outcome(recordings.openRecording(owner, session))).toBe('session.invalid');
  });

  it('shares nothing for longer, more often or with others than the passkey signed for', async () => {
    const asked = { copy: part, recipient: 'Priya Raman', days: 7, views: 3 };
    const ask = await world.asked(() => recordings.shareCopy(security, asked));
    await world.confirm(security, ask);
    for (const other of [{ copy: whole }, { recipient: 'Somebody else' }, { days: 30 }, { views: 100 }])
      expect(await outcome(recordings.shareCopy(security, { ...asked, ...other }))).toBe('authz.step_up_required');
    expect(await outcome(recordings.shareCopy(security, asked))).toBe('in');
    expect(await outcome(recordings.shareCopy(security, asked))).toBe('authz.step_up_required');
  });

  it('writes no event that says somebody looked', async () => {
    const append = (schema: string, objectId: string) =>
      `select cordon.append_anonymous(jsonb_build_object('outcome', 'success', 'schema', '${schema}', 'objectType', 'production-session',
        'objectId', '${objectId}'), '[]'::jsonb)`;
    const view = await open(await share(part));
    expect(await outcome(asRole(append('recording.share_viewed@1', session), []))).not.toBe('in');
    const client = new pg.Client(world.consoleUrl);
    await client.connect();
    try {
      for (const text of [append('recording.share_viewed@1', newId('ssn')), append('grant.ended@1', session)]) {
        await client.query('begin');
        await client.query('select * from cordon.enter_share($1)', [view]);
        const refused = await client.query(text).then(
          () => 'in',
          (error: pg.DatabaseError) => error.message,
        );
        expect(refused).toBe('context.required');
        await client.query('rollback');
      }
    } finally {
      await client.end();
    }
  });
});
