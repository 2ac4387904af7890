/** Screen records as they are kept: how each stands, who sees it, what is recorded of looking, and what control reads for search. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { append } from '@/lib/audit';
import { onConnection } from '@/lib/db/control';
import { type Head, headText, plainHead } from '@/lib/kernel/recording';
import { newId } from '@/lib/platform';
import { outcome } from '@/test/attacks/identity-world';
import { openWorld, type World } from '@/test/contract/world';
import { at, fileOf, recorded, rowsOf } from '@/test/foreign/recordings';

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

/** As control takes it from the gateway: pieces, heads in rows and in the log. */
async function deliver(id: string, file: Uint8Array, heads: readonly Head[], announced = file.length): Promise<void> {
  const last = heads.at(-1)!;
  const client = await pool.connect();
  try {
    for (const head of heads) {
      await client.query('begin');
      await append(onConnection(client), {
        ...{ schema: 'production.recorded@1', outcome: 'success', organisationId: null },
        ...{ actor: { kind: 'system', id: 'gateway:gw-1' }, object: { type: 'production-session', id } },
        fields: plainHead(head),
      });
      await client.query('commit');
    }
    await client.query(
      'insert into "SessionRecording" ("sessionId", "head", "bytes", "final") values ($1, $2::jsonb, $3, $4)',
      [id, headText(last), announced, last.final],
    );
    for (let from = 0; from < file.length; from += 700)
      await client.query('insert into "RecordingPiece" ("sessionId", "offset", "bytes") values ($1, $2, $3)', [
        ...[id, from, Buffer.from(file.subarray(from, from + 700))],
      ]);
  } finally {
    client.release();
  }
}

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
