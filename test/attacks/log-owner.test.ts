import { execFileSync } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addEvents, keyringIn } from '@/lib/audit/sequencer/test-support';
import { type EmbeddedServer, startEmbedded } from '@/lib/db/embedded';
import { openTestKeyring } from '@/lib/keyring/test-support';
import { startCluster, type TestCluster } from '../support/database';
import { query } from '../support/world';
import { cloneWorld, copyKeyring, type LogWorld, openLogWorld, rebuild, THEM, US } from './log-world';

/**
 * The attack: the owner of the database wants something out of an audit log, or in it. He is a superuser, so grants and row policies are
 * nothing to him, and `session_replication_role = replica` silences every trigger. He edits, deletes, truncates, reorders, inserts, restores
 * yesterday's backup, or keeps one customer apart with a history of its own. He does it clumsily or thoroughly, up to every hash he can
 * compute. What he does not have is the key of the log, which is the keyring's; in the last attacks he has stolen that too, with the
 * keyring's memory of what it signed rolled back, and then nothing inside the installation can know: only somebody outside who
 * kept a checkpoint does.
 *
 * Who notices: `fsck` (cordon audit fsck, and the nightly check), `pack` (the auditor's verifier, on a pack that the owner made himself
 * of what he has), `sign` (the keyring, asked for the next checkpoint), and `head`: fsck and verifier given a checkpoint kept from before.
 */
let cluster: TestCluster;
let original: LogWorld;
let world: Awaited<ReturnType<typeof cloneWorld>>;
/** Kept by an outsider before the attack. */
let head: Buffer;

beforeAll(async () => {
  cluster = await startCluster();
  original = await openLogWorld(await cluster.database());
  await original.grow(40, 10);
  head = await original.head(US);
  expect((await original.fsck(head)).worst).toBeNull();
  expect(await original.pack(US, head)).toEqual({ code: 'ok' });
});
afterAll(async () => {
  await original?.stop();
  await cluster?.stop();
});
beforeEach(async () => {
  world = await cloneWorld(original);
});
afterEach(() => world.drop());

const at = (index: number, log = US) =>
  `(select e."xid", e."id" from "LogLeaf" l join "AuditEvent" e on e."xid" = l."xid" and e."id" = l."eventId" where l."log" = '${log}' and l."index" = ${index})`;
const event = (index: number, set: string) => `update "AuditEvent" set ${set} where ("xid", "id") = ${at(index)};`;
const OTHER_HEADER = `"header" = convert_to(replace(convert_from("header", 'UTF8'), '"success"', '"refused"'), 'UTF8')`;
const OTHER_ENTRY = `"entry" = substr("entry", 1, 23) || sha256("entry")`;
const swap = (a: number, b: number) =>
  `update "LogLeaf" set "index" = 1000000 where "log" = '${US}' and "index" = ${a};
   update "LogLeaf" set "index" = ${a} where "log" = '${US}' and "index" = ${b};
   update "LogLeaf" set "index" = ${b} where "log" = '${US}' and "index" = 1000000;`;
/** After the statements: tiles and roots are made to fit again. */
const THOROUGH = '/* thorough */';

const said = ({ code, index }: { code: string; index?: number }) => (index === undefined ? code : `${code} ${index}`);

interface Noticed {
  /** Findings of fsck in this log and the operator's, without a held checkpoint: code and index. */
  fsck: string[];
  /** Of the auditor's verifier; null: no pack can be made of what is left. */
  pack: string | null;
  /** Of the next checkpoint; null: is signed, because the damage is not in what is signed. */
  sign: string | null;
}

const ATTACKS: [string, string, Noticed][] = [
  ['edits what an event says', event(17, OTHER_HEADER), { fsck: ['event 17'], pack: 'event 17', sign: null }],
  [
    'edits it, and its entry too',
    event(17, `${OTHER_HEADER}, ${OTHER_ENTRY}`),
    { fsck: ['event 17'], pack: 'event 17', sign: null },
  ],
  [
    'edits an event with its entry, the tile and the root that the log goes on from',
    event(37, `${OTHER_HEADER}, "outcome" = 'refused'`) + THOROUGH,
    { fsck: ['root 30'], pack: 'root', sign: 'log.fork' },
  ],
  [
    'edits by what an event is found, not what it says',
    event(17, `"outcome" = 'refused'`),
    { fsck: ['columns 17'], pack: 'ok', sign: null },
  ],
  [
    "moves an event to another organisation's view",
    event(17, `"organisationId" = '${THEM}'`),
    { fsck: ['columns 17'], pack: 'ok', sign: null },
  ],
  [
    'edits a commitment of a personal value',
    event(17, `"commitments" = jsonb_set("commitments", '{after}', '"${Buffer.alloc(32, 7).toString('base64')}"')`),
    { fsck: ['event 17'], pack: 'event 17', sign: null },
  ],
  [
    'deletes an event',
    `delete from "AuditEvent" where ("xid", "id") = ${at(17)};`,
    { fsck: ['missing 17'], pack: 'missing 17', sign: null },
  ],
  [
    'deletes an event and its place',
    `delete from "AuditEvent" where ("xid", "id") = ${at(17)}; delete from "LogLeaf" where "log" = '${US}' and "index" = 17;`,
    { fsck: ['missing 17'], pack: 'missing 17', sign: null },
  ],
  [
    'truncates the events',
    'truncate "AuditEvent";',
    { fsck: Array.from({ length: 40 }, (_, i) => `missing ${i}`), pack: null, sign: null },
  ],
  ['reorders two events', swap(5, 30), { fsck: ['misplaced 5', 'misplaced 30'], pack: 'event 5', sign: null }],
  [
    'reorders two events and their hashes',
    swap(35, 38) + THOROUGH,
    { fsck: ['root 30'], pack: 'root', sign: 'log.fork' },
  ],
  [
    'damages a tile',
    `update "LogTile" set "hashes" = overlay("hashes" placing '\\x00'::bytea from ${17 * 32 + 3}) where "log" = '${US}' and "level" = 0;`,
    { fsck: ['tile 17'], pack: 'root', sign: 'log.disagrees' },
  ],
  [
    'writes an event into the past, where the sequencer has been',
    `insert into "AuditEvent" ("xid", "id", "organisationId", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId", "header",
       "commitments", "seed", "entry")
     select "xid", gen_random_uuid(), "organisationId", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId", "header",
       "commitments", "seed", "entry" from "AuditEvent" where ("xid", "id") = ${at(17)};`,
    { fsck: ['places'], pack: 'ok', sign: null },
  ],
];

describe('the owner of the database', () => {
  it.each(ATTACKS)('%s', async (_, sql, noticed) => {
    await world.asOwner(sql);
    if (sql.includes(THOROUGH)) await rebuild(world, US);
    const { faults } = await world.fsck();
    const seen = faults.filter(({ log }) => log === US || log === 'operator');
    expect(seen.map(said)).toEqual(noticed.fsck);
    if (noticed.pack) expect(said(await world.pack(US))).toBe(noticed.pack);
    await addEvents(world.db, US);
    expect((await world.sign())[US] ?? null).toBe(noticed.sign);
  });

  it('takes the newest events out of one log, with their checkpoints and all that follows from them', async () => {
    await world.asOwner(`
      delete from "AuditEvent" e using "LogLeaf" l where l."log" = '${US}' and l."index" >= 30 and e."id" = l."eventId" and e."xid" = l."xid";
      delete from "LogLeaf" where "log" = '${US}' and "index" >= 30;
      delete from "LogCheckpoint" where "log" = '${US}' and "size" > 30;`);
    await rebuild(world, US);
    // A beginning of a log is a log: by itself the pack is right. The operator's log has a place for the checkpoint that is gone.
    expect(said(await world.pack(US))).toBe('ok');
    expect((await world.fsck()).faults.map(said)).toEqual(['operator 10']);
    expect((await world.fsck(head)).faults.map(said)).toEqual(['operator 10', 'older 30']);
    expect(said(await world.pack(US, head))).toBe('older');
    await addEvents(world.db, US);
    expect((await world.sign())[US]).toBe('log.backwards');
  });

  it('puts the note of another key in the place of a checkpoint', async () => {
    const forger = await openTestKeyring();
    const { logs } = await keyringIn(forger).call('log.sign', {
      logs: [{ log: US, size: 40, root: Buffer.alloc(32, 1).toString('base64'), from: 0, proof: [] }],
    });
    const [forged] = logs;
    if (forged?.outcome !== 'signed') throw new Error('the forger signs what he likes');
    const note = Buffer.from(forged.note).toString('hex');
    await world.asOwner(`update "LogCheckpoint" set "note" = '\\x${note}' where "log" = '${US}' and "size" = 40`);
    expect((await world.fsck()).faults.map(said)).toEqual(['operator 10', 'signature', 'operator 10']);
    expect(said(await world.pack(US))).toBe('signature');
    await forger.close();
  });

  it('keeps one customer apart with a history of its own, signed with the stolen key and a keyring that has forgotten', async () => {
    await world.asOwner(event(3, `${OTHER_HEADER}, "outcome" = 'refused'`));
    await rebuild(world, US);
    await world.asOwner(`
      delete from "LogCheckpoint" where "log" in ('${US}', 'operator');
      update "Log" set "signed" = 0 where "name" in ('${US}', 'operator');`);
    const thief = await copyKeyring(world.keyring, { forgetful: true });
    await world.grow(1, 1, thief);
    // The new history is signed and agrees with itself. Only the operator's log, which everybody sees, still has places for the old one.
    expect(said(await world.pack(US))).toBe('ok');
    expect((await world.fsck()).faults.map(said)).toEqual(['operator 1', 'operator 4', 'operator 7', 'operator 10']);
    // The customer, who kept a checkpoint, sees it; so would a witness, who keeps them all.
    expect((await world.fsck(head)).faults.filter(({ log }) => log === US).map(said)).toEqual(['diverged 0']);
    expect(said(await world.pack(US, head))).toBe('diverged');
    await thief.close();
  });
});

// Witnesses: they hold the heads of all logs, so what `head` notices above they notice at the next checkpoint. Rows for them belong here.

describe('yesterday', () => {
  let server: EmbeddedServer | undefined;
  afterAll(() => server?.stop());

  it('put back as a copy of the data directory, is noticed by the keyring and by whoever kept a checkpoint', async () => {
    const [{ data_directory: data }] = (await query<{ data_directory: string }>(
      world.db.url.installer,
      'show data_directory',
    )) as [{ data_directory: string }];
    const { port, password } = new URL(world.db.url.installer);
    const start = () => startEmbedded({ home: dirname(data), port: Number(port), password, settings: ['fsync=off'] });
    await cluster.server.stop();
    execFileSync('cp', ['-a', data, `${data}.yesterday`]);
    server = await start();
    await world.grow(10);
    const today = await world.head(US);
    await server.stop();
    rmSync(data, { recursive: true });
    renameSync(`${data}.yesterday`, data);
    server = await start();

    // It was right yesterday, and is.
    expect((await world.fsck()).faults).toEqual([]);
    expect((await world.fsck(head)).faults).toEqual([]);
    expect((await world.fsck(today)).faults.map(said)).toEqual(['older 40']);
    expect(said(await world.pack(US, today))).toBe('older');
    await addEvents(world.db, US);
    expect((await world.sign())[US]).toBe('log.backwards');
    await addEvents(world.db, US, 20);
    expect((await world.sign())[US]).toBe('log.fork');
  });
});
