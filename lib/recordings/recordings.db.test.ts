/** Screen records as they are kept: how each stands, who sees it, what is recorded of looking, and what control reads for search. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readWatched } from '@/lib/control/access/store';
import { type Head, headText, parseRow, RecordingVerifier } from '@/lib/kernel/recording';
import { newId } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { outcome } from '@/test/attacks/identity-world';
import { openWorld, type World } from '@/test/contract/world';
import { at, fileOf, recorded, rowsOf } from '@/test/foreign/recordings';
import { deliverRecord } from '@/test/support/screen-record';

vi.mock('next/headers', async () => (await import('@/test/attacks/identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('@/test/attacks/identity-world')).nextNavigation);

let world: World;
let recordings: typeof import('.');
let pool: pg.Pool;
let security: World['staff'];
let auditor: World['staff'];
let ada: World['staff'];
let ben: World['staff'];
let request: string;

beforeAll(async () => {
  world = await openWorld();
  recordings = await import('.');
  pool = new pg.Pool({ connectionString: world.controlUrl, max: 2, options: '-c TimeZone=UTC' });
  security = await world.employ('security');
  auditor = await world.employ('auditor');
  ada = await world.employ('support');
  ben = await world.employ('support');
  request = newId('grt');
  await world.sql(
    `insert into "AccessRequest" ("id", "personId", "kind", "terms", "targets", "organisations", "decideBy", "state")
     values ($1, $2, 'access', '[]', '{host:a}', '{}', now(), 'ended')`,
    [request, ada.userId],
  );
});
afterAll(async () => {
  await pool?.end();
  await world?.stop();
});

const session = async (ended = true): Promise<string> => {
  const id = newId('ssn');
  await world.sql(
    `insert into "ProductionSession" ("id", "requestId", "userId", "target", "through", "startedAt", "endedAt")
     values ($1, $2, $3, 'host:a', 'web terminal', now(), case when $4 then now() end)`,
    [id, request, ada.userId, ended],
  );
  return id;
};

const deliver = (id: string, file: Uint8Array, heads: readonly Head[], announced?: number) =>
  deliverRecord(pool, id, file, heads, announced);

async function whole(): Promise<{ id: string; file: Uint8Array; heads: Head[] }> {
  const id = await session();
  const made = recorded('salt', undefined, id);
  await deliver(id, made.file, made.heads);
  return { id, ...made };
}

const events = async (schema: string, id: string) =>
  (
    await world.sql<{ header: string }>(
      `select convert_from("header", 'UTF8') as header from "AuditEvent" where "schema" = $1 and "objectId" = $2 order by "at"`,
      [schema, id],
    )
  ).map(({ header }) => JSON.parse(header).details);

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('a screen record', () => {
  it('is verified against the heads of the audit log, and looking is recorded', async () => {
    const { id } = await whole();
    const view = await recordings.openRecording(auditor, id);
    expect(view).toMatchObject({ state: { is: 'verified' }, heads: 6, lines: 41, seconds: 25 });
    expect(view.screen).toEqual({ columns: 120, rows: 34 });
    expect(await events('recording.opened@1', id)).toEqual([{ state: 'verified', lines: 41 }]);
  });

  it('names the line that somebody changed in a piece, with its commitment or without', async () => {
    const { id, file } = await whole();
    const rows = rowsOf(file);
    rows[at(rows, 10)] = rows[at(rows, 10)]!.replace('edge', 'EDGE').replace('ICE', 'ice');
    const changed = fileOf(rows);
    for (let from = 0; from < file.length; from += 700)
      await world.sql('update "RecordingPiece" set "bytes" = $3 where "sessionId" = $1 and "offset" = $2', [
        ...[id, from, Buffer.from(changed.subarray(from, from + 700))],
      ]);
    expect((await recordings.openRecording(security, id)).state).toEqual({
      ...{ is: 'tampered', code: 'changed', line: 10, to: 10 },
    });
  });

  it('whose last pieces somebody took away, and said so in its row, is still found out', async () => {
    const { id, file } = await whole();
    await world.sql('delete from "RecordingPiece" where "sessionId" = $1 and "offset" > 2000', [id]);
    expect((await recordings.openRecording(security, id)).state).toMatchObject({ is: 'incomplete' });
    await world.sql('update "SessionRecording" set "bytes" = 2000 where "sessionId" = $1', [id]);
    expect(file.length).toBeGreaterThan(2000);
    expect((await recordings.openRecording(security, id)).state).toMatchObject({ is: 'tampered', code: 'truncated' });
  });

  it('without a final head is unfinished once its session is over, and nothing is none', async () => {
    const id = await session();
    const { file, heads } = recorded('salt', 14, id);
    await deliver(id, file, heads);
    expect((await recordings.openRecording(security, id)).state).toMatchObject({ is: 'unfinished' });
    expect((await recordings.openRecording(security, await session())).state).toEqual({ is: 'none' });
  });

  it('comes line by line, and what was played is recorded', async () => {
    const { id, file } = await whole();
    const { lines, next } = await recordings.readLines(auditor, id, 0);
    expect([lines.length, next]).toEqual([40, file.length]);
    expect(await recordings.readLines(auditor, id, file.length)).toEqual({ lines: [], next: null });
    expect((await events('recording.played@1', id))[0]).toEqual({ from: 0, to: file.length });
  });

  it('is taken away as it is, with the heads of the log, and as a cast', async () => {
    const { id, file, heads } = await whole();
    const take = async (format: 'rec' | 'cast' | 'heads') =>
      bytesOf((await recordings.downloadRecording(auditor, id, format)).stream());
    expect((await take('rec')).equals(file)).toBe(true);
    expect((await take('heads')).toString()).toBe(heads.map((head) => `${headText(head)}\n`).join(''));
    const cast = (await take('cast')).toString().trimEnd().split('\n');
    expect([cast.length, JSON.parse(cast[0]!)]).toEqual([41, expect.objectContaining({ version: 2, width: 120 })]);
    expect(await events('recording.downloaded@1', id)).toEqual([
      ...[{ format: 'rec' }, { format: 'heads' }, { format: 'cast' }],
    ]);
  });
});

describe('who sees a record', () => {
  it('is security, administrators, auditors, and the person; a colleague is refused everywhere', async () => {
    const { id } = await whole();
    for (const who of [security, auditor, world.staff, ada])
      expect((await recordings.openRecording(who, id)).state).toEqual({ is: 'verified' });
    for (const look of [
      () => recordings.openRecording(ben, id),
      () => recordings.readLines(ben, id, 0),
      () => recordings.findInRecording(ben, id, 'edge'),
      () => recordings.downloadRecording(ben, id, 'rec'),
    ])
      expect(await outcome(look())).toBe('recording.not_yours');
    expect(await outcome(recordings.openRecording(security, newId('ssn')))).toBe('recording.not_found');
  });

  it('is decided by the database as well, for colleagues and customers alike', async () => {
    const { id } = await whole();
    const { asStaff, asMember } = await import('@/lib/db');
    type Door = Parameters<Parameters<typeof asStaff>[1]>[0];
    const rows = async (tx: Pick<Door, 'prisma'>) => {
      const counts: number[] = [];
      for (const table of ['SessionRecording', 'RecordingPiece', 'RecordingText'])
        counts.push(
          (await tx.prisma.$queryRawUnsafe<unknown[]>(`select 1 from "${table}" where "sessionId" = $1`, id)).length,
        );
      return counts;
    };
    expect((await asStaff(ada.secret, rows))[0]).toBe(1);
    expect(await asStaff(ben.secret, rows)).toEqual([0, 0, 0]);
    expect(await asMember(world.owner.secret, world.owner.organisationId, rows)).toEqual([0, 0, 0]);
    const heads = asStaff(ben.secret, (tx) =>
      tx.prisma.$queryRawUnsafe('select * from cordon.recording_heads($1)', id),
    );
    expect(await outcome(heads)).toBe('context.required');
  });
});

describe('a copy', () => {
  const REASON = 'The line holds a number of a patient';
  const copy = (session: string, over: Partial<Parameters<typeof recordings.makeCopy>[1]> = {}) =>
    recordings.makeCopy(security, { session, what: 'part', times: [], lines: [], reason: REASON, ...over });

  it('is without the lines of a time and a number, verifies against the same heads, and is signed for', async () => {
    const { id, heads } = await whole();
    const ask = await world.asked(() => copy(id, { times: [[4, 5]], lines: [[11, 11]] }));
    expect(ask).toMatchObject({ action: 'recording.copy', object: id });
    const terms = Object.fromEntries(ask.terms);
    expect(terms).toMatchObject({ 'Withheld lines': '7-9,11', 'How many': '4 of 41', Reason: REASON });
    expect(await recordings.listCopies(security, id)).toEqual([]);
    const made = await world.confirmed(security, () => copy(id, { times: [[4, 5]], lines: [[11, 11]] }));
    expect(await recordings.listCopies(auditor, id)).toMatchObject([
      { id: made, withheld: '7-9,11', withheldLines: 4 },
    ]);
    expect(await recordings.openCopy(auditor, made)).toMatchObject({
      state: { is: 'verified' },
      lines: 41,
      redacted: 4,
    });
    const file = await bytesOf((await recordings.downloadCopy(auditor, made, 'rec')).stream());
    const verifier = new RecordingVerifier(primitives, { heads });
    verifier.push(file);
    expect(verifier.end()).toMatchObject({
      ok: true,
      report: {
        redacted: {
          lines: 4,
          runs: [
            [7, 9],
            [11, 11],
          ],
        },
      },
    });
    const stubs = rowsOf(file).filter((row) => parseRow(row)?.is === 'stub');
    expect(stubs).toHaveLength(4);
    expect(await events('recording.copied@1', id)).toEqual([{ copy: made, withheld: '7-9,11', lines: 4 }]);
    // The record itself stays as it was.
    expect((await recordings.openRecording(security, id)).redacted).toBe(0);
  });

  it('is whole only where that is said, and of nothing but a verified record', async () => {
    const { id, file } = await whole();
    expect(await outcome(copy(id))).toBe('recording.nothing');
    expect(await outcome(copy(id, { lines: [[900, 901]] }))).toBe('recording.nothing');
    const sizes = rowsOf(file).flatMap((row) => (/ \[[0-9.]+, "r"/.test(row) ? [Number(row.split(' ')[1])] : []));
    expect(await outcome(copy(id, { lines: [[sizes[0]!, sizes[0]!]] }))).toBe('recording.fixed');
    const made = await world.confirmed(security, () => copy(id, { what: 'whole', lines: [[1, 5]] }));
    expect((await bytesOf((await recordings.downloadCopy(security, made, 'rec')).stream())).equals(file)).toBe(true);
    const open = await session();
    const short = recorded('salt', 14, open);
    await deliver(open, short.file, short.heads);
    expect(await outcome(copy(open, { what: 'whole' }))).toBe('recording.unverified');
    for (const who of [auditor, ada])
      expect(
        await outcome(recordings.makeCopy(who, { session: id, what: 'whole', times: [], lines: [], reason: REASON })),
      ).toBe('authz.forbidden');
  });
});

describe('watching', () => {
  it('goes on from where it was, is recorded once, and control knows of it until nobody asks any more', async () => {
    const id = await session(false);
    await world.sql(`update "AccessRequest" set "state" = 'active' where "id" = $1`, [request]);
    const { file, heads } = recorded('salt', 14, id);
    await deliver(id, file, heads);
    const first = await recordings.watchRecording(security, id, 0);
    expect(first).toMatchObject({ next: file.length, over: false });
    expect(first.lines.length).toBeGreaterThan(10);
    expect(await recordings.watchRecording(security, id, first.next)).toEqual({
      lines: [],
      next: file.length,
      over: false,
    });
    expect(await events('recording.watched@1', id)).toEqual([{}]);
    expect(await readWatched(pool)).toContain(id);
    await world.sql(`update "RecordingWatch" set "seenAt" = now() - interval '16 seconds' where "sessionId" = $1`, [
      id,
    ]);
    expect(await readWatched(pool)).not.toContain(id);
    await recordings.watchRecording(security, id, first.next);
    expect(await events('recording.watched@1', id)).toHaveLength(2);
    // Whoever looks afterwards does not watch; nor does the person themselves.
    for (const who of [auditor, ada])
      expect(await outcome(recordings.watchRecording(who, id, 0))).toBe('authz.forbidden');
    await world.sql(`update "AccessRequest" set "state" = 'ended' where "id" = $1`, [request]);
    expect(await recordings.watchRecording(security, id, first.next)).toMatchObject({ over: true });
  });
});

describe('search', () => {
  const read = async () => {
    const { readNext } = await import('./due');
    const log = { info: () => undefined, warn: () => undefined };
    while (await readNext({ pool, log }, new AbortController().signal));
  };

  it('finds what was on a screen, by session and second, for those who may see it, and is recorded', async () => {
    const { id } = await whole();
    await read();
    const found = await recordings.findInRecording(ada, id, 'peer 7C13');
    expect(found).toMatchObject([{ session: id, second: 6, text: expect.stringContaining('7c13') }]);
    expect(await events('recording.searched@1', id)).toEqual([{ hits: 1 }]);
    const all = await recordings.searchRecordings(security, '7c13');
    expect(all).toContainEqual(expect.objectContaining({ session: id, second: 6, target: 'host:a' }));
    expect(await recordings.searchRecordings(ben, '7c13')).toEqual([]);
    expect(await recordings.searchRecordings(security, "') | :*")).toEqual([]);
    expect((await recordings.openRecording(ada, id)).indexed).toBe('whole');
  });

  it('reads no record that is not what the log says, and none twice', async () => {
    const id = await session();
    const { file, heads } = recorded('salt', undefined, id);
    await deliver(id, file, recorded('pepper', undefined, id).heads);
    const other = await session();
    await deliver(other, recorded('salt', undefined, other).file, recorded('salt', undefined, other).heads);
    expect(heads).toHaveLength(6);
    await read();
    await read();
    const rows = await world.sql<{ sessionId: string; indexed: string; texts: number; commandLines: string[] }>(
      `select "sessionId", "indexed", "commands", "files", "commandLines", (select count(*)::int from "RecordingText" t where t."sessionId" = c."sessionId") as texts
         from "SessionRecording" c where "sessionId" = any ($1)`,
      [[id, other]],
    );
    expect(rows.find(({ sessionId }) => sessionId === id)).toMatchObject({
      ...{ indexed: 'refused', texts: 0, commands: null, files: null, commandLines: null },
    });
    const good = rows.find(({ sessionId }) => sessionId === other)!;
    expect(good).toMatchObject({ indexed: 'whole', commands: good.commandLines.length, files: 0 });
    expect(good.commandLines[0]).toMatch(/^edge log --peer 7c1/);
    expect(rows.find(({ sessionId }) => sessionId === other)!.texts).toBeGreaterThan(10);
  });
});
