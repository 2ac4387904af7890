import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryOfRow } from '@/lib/audit/leaf';
import { LATE_MILLISECONDS, type WitnessState } from '@/lib/audit/witnesses';
import { openWitnesses, witnessOnce } from '@/lib/audit/witnesses/test-support';
import { host } from '@/lib/cli/audit-verify-source';
import { fromUtf8 } from '@/lib/kernel/encoding';
import {
  decodeBundle,
  entryOf,
  Frontier,
  leafHash,
  openCheckpoint,
  parseNote,
  parseProofFile,
  parseVkey,
  rootOfTiles,
  tilePath,
  tileReader,
  tilesOf,
  verifyProofFile,
} from '@/lib/kernel/log';
import { verifyRecordProof } from '@/lib/kernel/pack';
import { primitives } from '@/lib/primitives';
import { verifyEd25519 } from '@/lib/primitives/ed25519';
import { outcome } from '@/test/attacks/identity-world';
import { type MemberCaller, openWorld, type World } from '@/test/contract/world';
import type { LogReader } from '.';
import { summary } from './witnesses';

let world: World;
let transparency: typeof import('.');
let readAuditLog: typeof import('@/lib/audit-log')['readAuditLog'];
let readProviderLog: typeof import('@/lib/audit-log')['readProviderLog'];
let projectId: string;

const NOBODY: LogReader = { kind: 'anybody' };
const asStaff = (): LogReader => ({ kind: 'staff', secret: world.staff.secret });
const text = (bytes: Uint8Array) => fromUtf8(bytes)!;
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** More than one tile. */
const EVENTS = 300;
const fillUp = (organisationId: string | null, count: number) =>
  world.sql(
    `insert into "AuditEvent" ("id", "organisationId", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId", "header",
      "commitments", "seed", "entry")
     select gen_random_uuid(), $1, gen_random_uuid(), 's', 'success', 'system', 'a', 't', 'o', '\\x00', '{}', uuid_send(gen_random_uuid()),
      substr(sha256(uuid_send(gen_random_uuid())) || sha256(uuid_send(gen_random_uuid())), 1, 55) from generate_series(1, $2::int)`,
    [organisationId, count],
  );

beforeAll(async () => {
  world = await openWorld();
  transparency = await import('.');
  ({ readAuditLog, readProviderLog } = await import('@/lib/audit-log'));
  const { createProject } = await import('@/lib/projects');
  const fence = ['EU'] as ('EU' | 'NA')[];
  projectId = (await createProject(world.owner, { name: 'Ours', environment: 'development', fence })).project.id;
  await createProject(world.stranger, { name: 'Theirs', environment: 'development', fence });
  await readProviderLog(world.staff.secret, {});
  await fillUp(world.owner.organisationId, EVENTS);
  await fillUp(null, 3);
  await world.sequence();
});
afterAll(() => world?.stop());

const newest = async (who: MemberCaller, event: string) => (await readAuditLog(who, { event })).events[0]!;

async function opened(note: Uint8Array, log: string) {
  const { vkeys } = await transparency.operatorLog();
  const keys = vkeys.map((vkey) => parseVkey(primitives, vkey)!);
  const result = await openCheckpoint(primitives, note, { origin: `localhost:3000/audit/${log}`, keys }, verifyEd25519);
  if (!result.ok) throw new Error(result.reason);
  return result.checkpoint;
}

/** Fetches all of a log and builds its root anew, once from the hashes and once from the entries. Gives the entries. */
async function wholeLog(reader: LogReader, log: string): Promise<Uint8Array[]> {
  const { size, root } = await opened(await transparency.readCheckpoint(reader), log);
  const tiles = new Map<string, Uint8Array>();
  const entries: Uint8Array[] = [];
  for (const tile of tilesOf(size)) {
    tiles.set(`${tile.level}/${tile.index}`, await transparency.readTile(reader, tilePath(tile)));
    if (tile.level > 0) continue;
    const bundle = await transparency.readTile(reader, tilePath({ ...tile, level: 'entries' }));
    entries.push(...decodeBundle(bundle, tile.width)!);
  }
  const read = tileReader(primitives, (level, index) => tiles.get(`${level}/${index}`)!);
  expect(hex(rootOfTiles(primitives, size, read))).toBe(hex(root));
  const fromEntries = new Frontier(primitives).extend(entries.map((entry) => leafHash(primitives, entry)));
  expect(entries).toHaveLength(size);
  expect(hex(fromEntries.root())).toBe(hex(root));
  return entries;
}

describe('a whole log, fetched by its tiles', () => {
  it('of an organisation gives the root of its checkpoint, of hashes and of entries', async () => {
    expect((await wholeLog(world.owner, world.owner.organisationId)).length).toBeGreaterThan(EVENTS);
    await wholeLog(world.auditor, world.owner.organisationId);
  });

  it('of the provider does for staff', async () => {
    expect((await wholeLog(asStaff(), 'provider')).length).toBeGreaterThan(3);
  });

  it('of the operator does for anybody, and its entries are the checkpoints of the others', async () => {
    const notes = (await wholeLog(NOBODY, 'operator')).map(text);
    expect(notes).toContain(text(await transparency.readCheckpoint(world.owner)));
    expect(notes).toContain(text(await transparency.readCheckpoint(asStaff())));
  });
});

describe('who may read what', () => {
  it('is decided by membership and role', async () => {
    const developer: LogReader = world.developer;
    const guest = { ...world.stranger, organisationId: world.owner.organisationId };
    for (const [reader, code] of [
      [developer, 'authz.forbidden'],
      [guest, 'organisation.not_found'],
      [{ ...world.stranger, organisationId: 'org_none' }, 'organisation.not_found'],
      [{ ...world.owner, secret: 'none' }, 'session.invalid'],
      [{ kind: 'staff', secret: world.owner.secret }, 'session.invalid'],
    ] as [LogReader, string][]) {
      expect(await outcome(transparency.readCheckpoint(reader))).toBe(code);
      expect(await outcome(transparency.readTile(reader, 'tile/0/000.p/1'))).toBe(code);
    }
    expect(text(await transparency.readCheckpoint(world.stranger))).toContain(world.stranger.organisationId);
  });

  it('of the provider’s log, by standing: support finds none', async () => {
    await world.sql(`update "User" set "staffRole" = 'support' where "id" = $1`, [world.staff.userId]);
    expect(await outcome(transparency.readCheckpoint(asStaff()))).toBe('log.not_found');
    expect(await outcome(transparency.readTile(asStaff(), 'tile/entries/000.p/1'))).toBe('log.not_found');
    await world.sql(`update "User" set "staffRole" = 'administrator' where "id" = $1`, [world.staff.userId]);
    expect(await outcome(transparency.readCheckpoint(asStaff()))).toBe('in');
  });
});

describe('a tile', () => {
  it('that is narrower is the beginning of the one there is', async () => {
    const full = await transparency.readTile(world.owner, 'tile/0/000');
    const narrow = await transparency.readTile(world.owner, 'tile/0/000.p/17');
    expect(full).toHaveLength(256 * 32);
    expect(hex(narrow)).toBe(hex(full.subarray(0, 17 * 32)));
    const bundle = await transparency.readTile(world.owner, 'tile/entries/000.p/17');
    expect(decodeBundle(bundle, 17)!.map((entry) => hex(leafHash(primitives, entry)))[16]).toBe(
      hex(narrow.subarray(16 * 32)),
    );
  });

  it('has one spelling, and nothing else is found', async () => {
    for (const path of [
      ...['', 'tile', 'tile/', 'tile/0', 'tile/0/', 'tile/0/0', 'tile/0/000/', '/tile/0/000', 'tile//0/000'],
      ...[
        'tile/0/000.p/0',
        'tile/0/000.p/256',
        'tile/0/000.p/01',
        'tile/0/000.p/-1',
        'tile/0/000.p/1.5',
        'tile/0/000.p',
      ],
      ...[
        'tile/0/x000/000',
        'tile/00/000',
        'tile/7/000',
        'tile/-1/000',
        'tile/0/-01',
        'tile/entries/0',
        'tile/Entries/000',
      ],
      ...['tile/0/000%2Ep/1', 'tile%2F0%2F000', 'tile/0/..%2F000', 'tile/0/../0/000', 'tile/0/000?x', 'tile/0/000\n'],
      ...[
        'tile/0/999',
        'tile/1/001',
        'tile/2/000.p/1',
        'tile/entries/002.p/1',
        'checkpoint',
        `tile/0/${'x999/'.repeat(9)}999`,
      ],
      ...["tile/0/000' or '1", 'tile/0/٠٠٠', 'tile/0/x999/x999/x999/x999/x999/999'],
    ])
      for (const reader of [world.owner, NOBODY])
        expect(await outcome(transparency.readTile(reader, path)), path).toBe('log.not_found');
  });

  it('does not show what no checkpoint covers yet', async () => {
    const { size } = await opened(await transparency.readCheckpoint(world.owner), world.owner.organisationId);
    const width = size - 256;
    await fillUp(world.owner.organisationId, 1);
    await world.sequence({ sign: false });
    const [stored] = await world.sql<{ width: number }>(
      'select "width" from "LogTile" where "log" = $1 and "level" = 0 and "n" = 1',
      [world.owner.organisationId],
    );
    expect(stored!.width).toBeGreaterThan(width);
    for (const level of ['0', 'entries']) {
      expect(await outcome(transparency.readTile(world.owner, `tile/${level}/001.p/${width}`))).toBe('in');
      expect(await outcome(transparency.readTile(world.owner, `tile/${level}/001.p/${width + 1}`))).toBe(
        'log.not_found',
      );
    }
  });
});

describe('the proof of an event', () => {
  it('verifies with nothing but the vkey, and says what this reader may see', async () => {
    const { id } = await newest(world.owner, 'project.created');
    const before = await world.sql(`select 1 from "AuditEvent" where "schema" = 'audit.exported@1'`);
    const file = await transparency.exportProof(world.owner, id);
    expect(file.name).toBe(`${id}.tlog-proof`);
    const line = text(parseProofFile(file.text)!.extra!);
    const record = entryOf(primitives, line);
    if (!record.ok) throw new Error(record.reason);
    expect(record.fields.get('id')).toBe(id);
    expect(record.fields.get('actor.id')).toBe(world.owner.userId);
    const { vkeys } = await transparency.operatorLog();
    const log = {
      origin: `localhost:3000/audit/${world.owner.organisationId}`,
      keys: vkeys.map((vkey) => parseVkey(primitives, vkey)!),
    };
    const verify = (entry: Uint8Array) => verifyProofFile(primitives, file.text, entry, log, verifyEd25519);
    expect(await verify(record.entry)).toMatchObject({ ok: true, proof: { index: record.index } });
    const proven = await verifyRecordProof(host, file.text, { keys: log.keys, origin: log.origin });
    expect(proven).toMatchObject({ origin: log.origin, index: record.index, fields: { id } });
    const other = Uint8Array.from(record.entry, (byte, i) => (i === 54 ? byte ^ 1 : byte));
    expect(await verify(other)).toEqual({ ok: false, reason: 'inclusion_invalid' });
    const after = await world.sql<{ objectId: string }>(
      `select "objectId" from "AuditEvent" where "schema" = 'audit.exported@1' order by "at" desc, "id" desc`,
    );
    expect(after).toHaveLength(before.length + 1);
    expect(after[0]!.objectId).toBe(id);
  });

  it('of the provider’s log opens of people what staff may see', async () => {
    const { events } = await readProviderLog(world.staff.secret, { event: 'audit.read' });
    const covered = events.find(({ proof }) => proof?.state === 'logged')!;
    const file = await transparency.exportProviderProof(world.staff.secret, covered.id);
    const record = entryOf(primitives, text(parseProofFile(file.text)!.extra!));
    expect(record.ok && record.fields.get('actor.id')).toBe(world.staff.userId);
  });

  it('is not found in another log, or for no event, and nothing is recorded then', async () => {
    const { id: theirs } = await newest(world.stranger, 'project.created');
    const { id: ours } = await newest(world.owner, 'project.created');
    const count = () => world.sql(`select count(*) from "AuditEvent" where "schema" = 'audit.exported@1'`);
    const before = await count();
    for (const id of [theirs, 'x', '', '00000000-0000-7000-8000-000000000000'])
      expect(await outcome(transparency.exportProof(world.owner, id)), id).toBe('proof.not_found');
    expect(await outcome(transparency.exportProviderProof(world.staff.secret, ours))).toBe('proof.not_found');
    expect(await outcome(transparency.exportProof(world.developer, ours))).toBe('authz.forbidden');
    expect(await count()).toEqual(before);
  });

  it('waits for a checkpoint, says so, and comes with it', async () => {
    const { renameProject } = await import('@/lib/projects');
    await renameProject(world.owner, projectId, { name: 'Renamed' });
    const waiting = await newest(world.owner, 'project.renamed');
    expect(waiting.proof).toEqual({ state: 'waiting' });
    const refused = await transparency.exportProof(world.owner, waiting.id).catch((error) => error);
    expect(refused).toMatchObject({ code: 'proof.pending', status: 409, retryAfterSeconds: 1 });
    await world.sequence({ sign: false });
    expect((await newest(world.owner, 'project.renamed')).proof).toEqual({ state: 'waiting' });
    const unsigned = await transparency.exportProof(world.owner, waiting.id).catch((error) => error);
    expect(unsigned).toMatchObject({ code: 'proof.pending', why: expect.stringMatching(/^Its place is #\d+;/) });
    await world.sequence();
    const { proof } = await newest(world.owner, 'project.renamed');
    expect(proof).toMatchObject({ state: 'logged', afterMs: expect.any(Number) });
    expect(await outcome(transparency.exportProof(world.owner, waiting.id))).toBe('in');
  });

  it('leaves values closed that were erased or exchanged, and stays whole', async () => {
    const { id } = await newest(world.owner, 'project.created');
    const values = (sql: string) =>
      world.sql(`alter table "AuditValue" disable trigger user; ${sql}; alter table "AuditValue" enable trigger user`);
    const shown = async () => {
      const file = await transparency.exportProof(world.owner, id);
      const record = entryOf(primitives, text(parseProofFile(file.text)!.extra!));
      if (!record.ok) throw new Error(record.reason);
      expect(record.fields.get('schema')).toBe('project.created@1');
      return [...record.fields.keys()];
    };
    expect(await shown()).toContain('actor.id');
    const another = hex(
      Buffer.from(JSON.stringify({ 'actor.id': [Buffer.alloc(16).toString('base64'), 'usr_other'] })),
    );
    await values(`update "AuditValue" set "sealed" = '\\x0000000000000000${another}' where "eventId" = '${id}'`);
    expect(await shown()).not.toContain('actor.id');
    await values(`delete from "AuditValue" where "eventId" = '${id}'`);
    expect(await shown()).not.toContain('actor.id');
  });

  it('is not made of a row that somebody changed, however well, and its page says so', async () => {
    const { id } = await newest(world.owner, 'project.renamed');
    const change = (sql: string) =>
      world.sql(
        `alter table "AuditEvent" disable trigger user; update "AuditEvent" set ${sql} where "id" = '${id}'; alter table "AuditEvent" enable trigger user`,
      );
    const [row] = await world.sql<{ header: Buffer; entry: Buffer; seed: Buffer; commitments: Record<string, string> }>(
      'select "header", "entry", "seed", "commitments" from "AuditEvent" where "id" = $1',
      [id],
    );
    const restore = () => change(`"header" = '\\x${hex(row!.header)}', "entry" = '\\x${hex(row!.entry)}'`);
    const changed = row!.header.toString().replace('"success"', '"failed"');
    await change(`"header" = '\\x${hex(Buffer.from(changed))}'`);
    expect(await outcome(transparency.exportProof(world.owner, id))).toBe('proof.altered');
    expect((await newest(world.owner, 'project.renamed')).proof).toEqual({ state: 'altered' });
    await restore();
    // The entry too, so that the row fits itself: only the log tells.
    const fitting = entryOfRow({ ...row!, header: Buffer.from(changed) }, primitives);
    await change(`"header" = '\\x${hex(Buffer.from(changed))}', "entry" = '\\x${hex(fitting)}'`);
    expect(await outcome(transparency.exportProof(world.owner, id))).toBe('proof.altered');
    expect((await newest(world.owner, 'project.renamed')).proof).toEqual({ state: 'altered' });
    await restore();
    expect(await outcome(transparency.exportProof(world.owner, id))).toBe('in');
    expect((await newest(world.owner, 'project.renamed')).proof).toMatchObject({ state: 'logged' });
  });
});

it('an id that was used twice is shown as altered, since a page cannot tell the two apart', async () => {
  const renamed = async () => (await readAuditLog(world.owner, { event: 'project.renamed' })).events[0]!;
  const { id, proof } = await renamed();
  expect(proof).toMatchObject({ state: 'logged' });
  await world.sql(
    `insert into "AuditEvent" ("id", "organisationId", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId", "header",
      "commitments", "seed", "entry")
     select "id", "organisationId", "actId", 's', "outcome", "actorKind", "actor", "objectType", "objectId", "header", "commitments", "seed", "entry"
       from "AuditEvent" where "id" = $1`,
    [id],
  );
  expect((await renamed()).proof).toEqual({ state: 'altered' });
});

describe('how a log stands', () => {
  it('is said with its newest checkpoint, which nobody outside has countersigned', async () => {
    const { log } = await readAuditLog(world.owner, { event: 'project.created' });
    const note = text(await transparency.readCheckpoint(world.owner));
    expect(log.checkpoint).toMatchObject({
      note,
      origin: `localhost:3000/audit/${world.owner.organisationId}`,
    });
    expect(log.witnesses).toEqual({ verdict: 'unwitnessed', asked: 0, diverged: 0, last: null });
    expect(log.size).toBeGreaterThanOrEqual(log.checkpoint!.size);
    expect(parseNote(note)!.signatures).toHaveLength(1);
  });

  it('is said with what checks found, of one’s own log, and to staff of all', async () => {
    const [ours, theirs] = [world.owner.organisationId, world.stranger.organisationId];
    await world.sql(
      `insert into "LogCheck" ("log", "kind", "state", "since", "at", "code", "place") values
         ($1, 'full', 'whole', '2026-11-22', '2026-11-22', null, null), ($1, 'review', 'whole', '2026-11-22', '2026-11-22', null, null),
         ($2, 'full', 'failed', '2026-11-22', '2026-11-22', 'event', 17), ('provider', 'clock', 'failed', '2026-11-22', '2026-11-22', 'clock.database', null)`,
      [ours, theirs],
    );
    const at = '2026-11-22T00:00:00.000Z';
    const theirFailure = { log: theirs, check: 'full', code: 'event', place: 17, since: at };
    expect((await readAuditLog(world.owner, {})).log.checks).toEqual({ full: { at, whole: true }, failing: [] });
    expect((await readAuditLog(world.stranger, {})).log.checks).toEqual({
      full: { at, whole: false },
      failing: [theirFailure],
    });
    const { full, failing } = (await readProviderLog(world.staff.secret, {})).log.checks;
    expect(full).toBeNull();
    expect(failing.map(({ log }) => log).sort()).toEqual([theirs, 'provider'].sort());
    await world.sql('delete from "LogCheck"');
  });

  it('is told to anybody of the operator’s', async () => {
    const { checkpoint, vkeys } = await transparency.operatorLog();
    expect(checkpoint?.note).toBe(text(await transparency.readCheckpoint(NOBODY)));
    expect(vkeys).toHaveLength(1);
  });
});

describe('witnesses', () => {
  it('are said of the log, of each of them, and of every event that they cover', async () => {
    const around = await openWitnesses();
    try {
      const { vkeys } = await transparency.operatorLog();
      const good = await around.witness('good', vkeys);
      const gone = await around.witness('gone', vkeys);
      await gone.stop();
      expect((await newest(world.owner, 'project.created')).proof).toMatchObject({
        state: 'logged',
        witnessedAt: null,
      });
      await witnessOnce(world.sql, [good, gone], around.root, 1);
      const { witnesses, witness, checkpoint } = await transparency.operatorLog();
      expect(witnesses).toMatchObject({ verdict: 'witnessed', asked: 2, diverged: 0, last: { cosigned: 1 } });
      expect(witness).toMatchObject([
        { name: 'gone.example/witness', state: 'failing', code: 'witness.unreachable', cosignedAt: null },
        { name: 'good.example/witness', state: 'cosigning', code: null, vkey: good.vkey },
      ]);
      expect(parseNote(checkpoint!.note)!.signatures).toHaveLength(2);
      expect(text(await transparency.readCheckpoint(NOBODY))).toBe(checkpoint!.note);
      const { proof } = await newest(world.owner, 'project.created');
      expect(proof).toMatchObject({ state: 'logged', witnessedAt: witnesses.last!.at });
      const { log } = await readAuditLog(world.owner, { event: 'project.created' });
      expect(log.witnesses).toEqual(witnesses);
      // What came after is in a log that is witnessed, and itself not yet.
      await readProviderLog(world.staff.secret, {});
      const { renameProject } = await import('@/lib/projects');
      await renameProject(world.owner, projectId, { name: 'Later' });
      await world.sequence();
      expect((await newest(world.owner, 'project.renamed')).proof).toMatchObject({
        state: 'logged',
        witnessedAt: null,
      });
      await gone.start();
      await witnessOnce(world.sql, [good, gone], around.root, 2);
      expect((await newest(world.owner, 'project.renamed')).proof).toMatchObject({ witnessedAt: expect.any(String) });
    } finally {
      await around.close();
    }
  });

  it('are late after ten minutes, and said to be nobody when nobody is', () => {
    const now = Date.UTC(2026, 10, 22, 12);
    const witnessed = { size: 5, at: now - 3_600_000, cosigned: 2 };
    const verdict = (state: Partial<WitnessState>) =>
      summary({ asked: 3, diverged: 0, witnessed, waitingSince: null, ...state }, now).verdict;
    expect(verdict({})).toBe('witnessed');
    expect(verdict({ waitingSince: now - LATE_MILLISECONDS })).toBe('witnessed');
    expect(verdict({ waitingSince: now - LATE_MILLISECONDS - 1 })).toBe('lapsed');
    expect(verdict({ witnessed: null, waitingSince: now - 1 })).toBe('waiting');
    expect(verdict({ asked: 0 })).toBe('lapsed');
    expect(verdict({ asked: 0, witnessed: null })).toBe('unwitnessed');
  });
});

it('finds entries by their key, past the row policies', async () => {
  const { asMember } = await import('@/lib/db');
  const { secret, organisationId } = world.owner;
  const plan = await asMember(secret, organisationId, async (tx) => {
    await tx.prisma.$executeRaw`set local enable_seqscan = off`;
    await tx.prisma.$executeRaw`set local enable_bitmapscan = off`;
    await tx.prisma.$executeRaw`set local enable_hashjoin = off`;
    await tx.prisma.$executeRaw`set local enable_mergejoin = off`;
    return tx.prisma.$queryRaw<Record<string, string>[]>`
      explain select e."entry" from "LogLeaf" l join "AuditEvent" e on e."xid" = l."xid" and e."id" = l."eventId"
        where l."log" = ${organisationId} and l."index" >= 0 and l."index" < 256 order by l."index"`;
  });
  const text = plan.map((row) => Object.values(row)[0]).join('\n');
  expect(text).toMatch(/Index Cond: .*\bid = l\."eventId"/);
});
