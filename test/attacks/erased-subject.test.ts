import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweep } from '@/lib/audit-export/files';
import { openJobs } from '@/lib/audit-export/worker/store';
import { openWorld, type World } from '../contract/world';
import { keysIn, opened, type Stage, scan, spellings, stageErasure, verified } from '../support/erasure';

/**
 * The attack: somebody was erased from an organisation's log, and somebody else wants to know who it was and what they did. The attacker has
 * everything that can be had: the database's directory as a backup kept it, with its write-ahead log, from the day before the erasure; the same
 * directory as it is now; every file of the keyring as it is now; the exports, and an auditor's account for the console. What they do not
 * have is a copy of the keyring's directory from before, and the first test shows that it would have been enough.
 * `npm run bench -- erase` does the same among a million records.
 */
const EVENTS = 2_000;
const ABOUT = 200;
let world: World;
let stage: Stage;
let exports: typeof import('@/lib/audit-export');
let patterns: Buffer[];
let before: string;

beforeAll(async () => {
  world = await openWorld();
  stage = await stageErasure(world, { events: EVENTS, about: ABOUT });
  patterns = spellings(stage.canary);
  exports = await import('@/lib/audit-export');
  before = await exported('ndjson');
  const { erasePerson } = await import('@/lib/audit-retention');
  expect(await world.confirmed(world.owner, () => erasePerson(world.owner, stage.subject.userId))).toBe(ABOUT);
  await world.sequence();
});
afterAll(async () => {
  stage?.remove();
  await world?.stop();
});

async function exported(format: 'ndjson' | 'csv' | 'pack'): Promise<string> {
  const id = await exports.requestExport(world.owner, { format });
  await world.writeExport();
  return id;
}

async function textOf(id: string): Promise<string> {
  const { stream } = await exports.downloadExport(world.owner, id);
  const bytes = Buffer.from(await new Response(stream()).arrayBuffer());
  return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('latin1');
}

const has = (text: string) => patterns.some((pattern) => text.includes(pattern.toString('latin1')));

describe('the attacker', () => {
  it('would have had everything with the keyring’s files from before', () => {
    expect(stage.sealed).toHaveLength(ABOUT);
    expect(opened(stage.sealed, keysIn(stage.keysBefore))).toBe(ABOUT);
    // And the sealed values are in the backup indeed.
    expect(scan(stage.backup, [stage.sealed[7]!.sealed.subarray(20, 60)]).found).not.toEqual([]);
  });

  it('opens nothing with any key there is now', () => {
    const keys = keysIn(world.keyringHome);
    expect(keys.length).toBeGreaterThan(3);
    expect(opened(stage.sealed, keys)).toBe(0);
  });

  it('finds no byte of it in the backup, its write-ahead log, the database, or the keyring', () => {
    expect(readdirSync(join(stage.backup, 'pg_wal')).length).toBeGreaterThan(1);
    for (const home of [stage.backup, world.databaseHome, world.keyringHome]) {
      const { bytes, found } = scan(home, patterns);
      expect(found).toEqual([]);
      expect(bytes).toBeGreaterThan(1_000);
    }
    const sealed = stage.sealed.slice(0, 20).map((value) => value.sealed.subarray(20, 60));
    expect(
      [...readdirSync(world.keyringHome)].flatMap((name) =>
        sealed.filter((bytes) => readFileSync(join(world.keyringHome, name)).includes(bytes)),
      ),
    ).toEqual([]);
  });

  it('finds none in files of exports, those from before among them', async () => {
    const home = process.env.CORDON_EXPORT_HOME!;
    // What was there before held it, as it had to.
    expect(scan(home, patterns).found).toHaveLength(1);
    expect((await exports.listExports(world.owner)).find(({ id }) => id === before)?.state).toBe('expired');
    await expect(exports.downloadExport(world.owner, before)).rejects.toMatchObject({ code: 'export.not_ready' });
    const jobs = await openJobs(world.exporterUrl, { waiting: () => undefined, lost: () => undefined });
    await sweep(home, () => jobs.kept());
    await jobs.close();
    expect(scan(home, patterns).found).toEqual([]);
    for (const format of ['ndjson', 'csv', 'pack'] as const) {
      const text = await textOf(await exported(format));
      expect(text.length).toBeGreaterThan(100_000);
      expect(has(text)).toBe(false);
    }
    expect(scan(home, patterns).found).toEqual([]);
  });

  it('finds none in what the log shows, and no way from a record to the person', async () => {
    const { readAuditLog } = await import('@/lib/audit-log');
    let cursor: string | undefined;
    let shown = 0;
    for (let pages = 0; pages < 60; pages++) {
      const page = await readAuditLog(world.auditor, { event: 'project.renamed', ...(cursor ? { cursor } : {}) });
      expect(has(JSON.stringify(page))).toBe(false);
      shown += page.events.filter(({ fields }) => fields.some(({ state }) => state === 'erased')).length;
      if (!page.next) break;
      cursor = page.next;
    }
    expect(shown).toBe(ABOUT);
    const rows = await world.sql<{ n: string }>('select count(*) as n from "AuditValue" where "subject" = $1', [
      stage.subject.userId,
    ]);
    expect(rows[0]!.n).toBe('0');
    const left = await world.sql<{ n: string }>(
      `select count(*) as n from "AuditValue" where "subject" like 'gone\\_%' and octet_length("sealed") = 9`,
    );
    expect(left[0]!.n).toBe(String(ABOUT));
  });
});

describe('whoever holds proofs', () => {
  it('finds all of them as good as before, and gets new ones of the same records', async () => {
    expect(stage.proofs.length).toBeGreaterThanOrEqual(20);
    // What somebody was given is theirs, with what it held then.
    expect(has(stage.proofs.join())).toBe(true);
    expect(await verified(world, stage.proofs)).toBe(stage.proofs.length);
    const { exportProof } = await import('@/lib/transparency');
    const anew: string[] = [];
    for (const { eventId } of stage.sealed.slice(0, 20)) anew.push((await exportProof(world.owner, eventId)).text);
    expect(await verified(world, anew)).toBe(20);
    expect(has(anew.join())).toBe(false);
  });
});
