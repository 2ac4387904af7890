/**
 * The sequencer as a process, killed, stopped, doubled and lied to, under writers that do not wait for it. Whatever happens, in the end every
 * event that was committed has exactly one place, the tree of the events is the tree that was signed, and every checkpoint continues the one
 * before. (lib/audit/sequencer/faults.db.test.ts cuts the connection at every single statement; here the processes are real.)
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addEvents, ORG_A, ORG_B } from '@/lib/audit/sequencer/test-support';
import { type EmbeddedServer, startEmbedded } from '@/lib/db/embedded';
import { startCluster, type TestCluster } from '../support/database';
import { query } from '../support/world';
import { type FaultWorld, openFaultWorld, startWriters, type Writers, type Written } from './sequencer-world';

let cluster: TestCluster;
let world: FaultWorld;
/** By all tests so far: the logs only grow. */
const written: Written = { committed: 0, unknown: 0 };

beforeAll(async () => {
  cluster = await startCluster();
  world = await openFaultWorld(await cluster.database());
});
afterAll(async () => {
  await world?.stop();
  await cluster?.stop();
});

const WAIT = { timeout: 20_000, interval: 10 };
const grown = async (above: number) => expect.poll(() => world.signed(), WAIT).toBeGreaterThan(above);
async function add(log: string, count: number): Promise<void> {
  await addEvents(world.db, log, count);
  written.committed += count;
}
async function ended(writers: Writers): Promise<number> {
  const { committed, unknown } = await writers.stop();
  expect(unknown).toBe(0);
  written.committed += committed;
  return committed;
}

describe('a sequencer', () => {
  it('killed at random moments under load has lost, doubled and forked nothing', async () => {
    const writers = startWriters(world.db, 4);
    const KILLS = 18;
    for (let i = 0; i < KILLS; i++) {
      const before = await world.signed();
      const sequencer = world.sequencer();
      await sequencer.leads;
      // Every third dies before it is known to have done anything.
      if (i % 3 > 0) await grown(before);
      await pause(Math.random() * 60);
      await sequencer.kill();
      if (i === KILLS / 2) await world.restartKeyring();
    }
    expect(await ended(writers)).toBeGreaterThan(200);
    expect(await world.settle(written)).toBeGreaterThan(KILLS / 2);
  });

  // Where it waits, it is killed; what it waits for is let go only when it is dead.
  it.each([
    ['before it has read the cursor', 'LogCursor'],
    ['with half of its growth written', 'LogTile'],
    ['with its growth written and not committed', 'Log'],
    ['with checkpoints signed and not stored', 'LogCheckpoint'],
  ])('killed %s leaves nothing that the next cannot finish', async (_, table) => {
    await add(ORG_A, 5);
    const before = world.sequencer();
    await grown(written.committed - 1);
    const holder = new pg.Client(world.db.url.installer);
    await holder.connect();
    await holder.query(`begin; lock table "${table}" in exclusive mode`);
    await add(ORG_A, 7);
    await add(ORG_B, 3);
    const waiting = () =>
      query(
        world.db.url.installer,
        `select 1 from pg_stat_activity where application_name = 'cordon-sequencer' and wait_event_type = 'Lock' and datname = current_database()`,
      );
    await expect.poll(async () => (await waiting()).length, WAIT).toBe(1);
    await before.kill();
    await holder.query('rollback');
    await holder.end();
    await add(ORG_A, 2);
    const after = world.sequencer();
    await grown(written.committed - 1);
    await after.kill();
    await world.settle(written);
  });

  it('killed while the keyring thinks, and the keyring after it, goes on from what the keyring had signed', async () => {
    await add(ORG_A, 5);
    const before = world.sequencer();
    await grown(written.committed - 1);
    const asked = () => world.keyring.lines.filter((line) => line.includes('log.sign')).length;
    const answers = asked();
    world.keyring.child.kill('SIGSTOP');
    await add(ORG_A, 7);
    const unsigned = () =>
      query(world.db.url.installer, `select 1 from "Log" where "name" = '${ORG_A}' and "signed" < "size"`);
    await expect.poll(async () => (await unsigned()).length, WAIT).toBe(1);
    await pause(150);
    await before.kill();
    // It answers a request whose asker is gone, and signs what nobody stores.
    world.keyring.child.kill('SIGCONT');
    await expect.poll(asked, WAIT).toBeGreaterThan(answers);
    await world.restartKeyring();
    await add(ORG_A, 1);
    const after = world.sequencer();
    await grown(written.committed - 1);
    await after.kill();
    await world.settle(written);
  });

  it('that stands still with the lock is helped, and does no harm when it wakes up', async () => {
    const writers = startWriters(world.db, 3);
    const [first, second] = [world.sequencer(), world.sequencer()];
    const leader = await Promise.race([first.leads.then(() => first), second.leads.then(() => second)]);
    await grown(await world.signed());
    leader.child.kill('SIGSTOP');
    await grown((await world.signed()) + 100);
    leader.child.kill('SIGCONT');
    await grown((await world.signed()) + 100);
    await ended(writers);
    await Promise.all([first.kill(), second.kill()]);
    await world.settle(written);
  });

  it('whose clock jumps by hours, forwards and back, goes on in the order of the transactions', async () => {
    const writers = startWriters(world.db, 3);
    const sequencer = world.sequencer();
    await sequencer.leads;
    for (let i = 0; i < 4; i++) {
      const before = await world.signed();
      sequencer.child.kill('SIGUSR2');
      await grown(before + 20);
    }
    await ended(writers);
    await sequencer.kill();
    await world.settle(written);
  });
});

/** Writes until nothing more fits. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (const chunk = Buffer.alloc(65_536); ; ) writeSync(file, chunk);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
}

describe('a database without space', () => {
  const disk = mkdtempSync(join(tmpdir(), 'cordon-full-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=320m,mode=755', 'cordon-full', disk]).status === 0;
  if (!mounted) console.warn('SKIPPED: the disk that runs full needs root and mount, which this machine does not give');
  let small: TestCluster | undefined;
  let again: EmbeddedServer | undefined;
  let full: FaultWorld | undefined;
  afterAll(async () => {
    await full?.stop();
    await again?.stop();
    await small?.stop();
    if (mounted) spawnSync('umount', [disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  it.skipIf(!mounted)(
    'refuses what it cannot keep, and what it acknowledged has its place when there is space again',
    async () => {
      const usual = process.env.TMPDIR;
      process.env.TMPDIR = disk;
      small = await startCluster();
      if (usual === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = usual;
      full = await openFaultWorld(await small.database());
      const { db } = full;
      const [{ data_directory: data }] = (await query<{ data_directory: string }>(
        db.url.installer,
        'show data_directory',
      )) as [{ data_directory: string }];
      const sequencer = full.sequencer();
      await sequencer.leads;
      const writers = startWriters(db, 3);
      await expect.poll(() => writers.committed, WAIT).toBeGreaterThan(20);
      fill(join(disk, 'filler'));
      // Until a tile, a row or the next piece of the write-ahead log finds no room; the server may end over it.
      await query(db.url.installer, 'select pg_switch_wal()').catch(() => undefined);
      await expect.poll(() => writers.refused.length, WAIT).toBeGreaterThan(0);
      const lost = writers.committed;
      rmSync(join(disk, 'filler'));
      const { port, password } = new URL(db.url.installer);
      const ended = await Promise.race([small.server.exited.then(() => true), pause(1_000).then(() => false)]);
      if (ended)
        again = await startEmbedded({ home: dirname(data), port: Number(port), password, settings: ['fsync=off'] });
      await expect.poll(() => writers.committed, WAIT).toBeGreaterThan(lost + 20);
      const outcome = await writers.stop();
      await sequencer.kill();
      await full.settle(outcome);
    },
  );
});
