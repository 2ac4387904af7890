import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseVkey } from '@/lib/kernel/log';
import { logVkey } from '@/lib/keyring/operations/log';
import { primitives } from '@/lib/primitives';
import { cloneWorld, type LogWorld, openLogWorld, THEM, US } from '@/test/attacks/log-world';
import { startCluster, type TestCluster } from '@/test/support/database';
import { query } from '@/test/support/world';
import { fsck, openChecker } from '.';

let cluster: TestCluster;
let world: LogWorld;

beforeAll(async () => {
  cluster = await startCluster();
  world = await openLogWorld(await cluster.database());
  await world.grow(30, 10);
});
afterAll(async () => {
  await world?.stop();
  await cluster?.stop();
});

describe('a check', () => {
  it('finds any one changed bit of what is signed, and names its place', async () => {
    const clone = await cloneWorld(world);
    const columns = ['header', 'seed', 'entry'] as const;
    const damage = fc.record({
      log: fc.constantFrom(US, THEM, 'provider'),
      index: fc.nat(29),
      column: fc.constantFrom(...columns),
      bit: fc.nat(15 * 8),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ log, index, column, bit }) => {
        // Twice is as it was.
        const flip = `update "AuditEvent" e set "${column}" = set_bit(e."${column}", ${bit}, 1 - get_bit(e."${column}", ${bit})) from "LogLeaf" l
          where l."log" = '${log}' and l."index" = ${index} and e."xid" = l."xid" and e."id" = l."eventId"`;
        await clone.asOwner(flip);
        const { faults } = await clone.fsck();
        await clone.asOwner(flip);
        expect(faults).toMatchObject([{ code: 'event', log, index }]);
      }),
      { numRuns: 25 },
    );
    expect((await clone.fsck()).worst).toBeNull();
    await clone.drop();
  });

  it('finds a log whole while it grows', async () => {
    const clone = await cloneWorld(world);
    let growing = true;
    const growth = clone.grow(60, 3).then(() => {
      growing = false;
    });
    let checks = 0;
    for (; growing; checks++) expect((await clone.fsck()).faults).toEqual([]);
    await growth;
    expect(checks).toBeGreaterThan(1);
    await clone.drop();
  });

  it('goes on as it is told, and ends when it is told', async () => {
    const keys = [parseVkey(primitives, logVkey(world.keyring.context))!];
    const client = await openChecker(world.db.url.checker);
    const seen: unknown[] = [];
    await fsck(client, { keys, log: US, progress: (state) => void seen.push(state) });
    expect(seen).toEqual([{ log: US, done: 30, total: 30 }]);
    const stop = () => Promise.reject(new Error('enough'));
    await expect(fsck(client, { keys, progress: stop })).rejects.toThrow('enough');
    await client.end();
  });
});

describe('the role that checks', () => {
  it('reads what logs are made of and nothing else, and writes nothing', async () => {
    const { checker } = world.db.url;
    for (const sql of [
      'select * from "AuditValue"',
      'select * from "User"',
      'select * from "Project"',
      'delete from "AuditEvent"',
      'update "LogTile" set "width" = 1',
      'insert into "LogCursor" default values',
      `select cordon.sequencer_state()`,
    ])
      await expect(query(checker, sql), sql).rejects.toThrow(/permission denied/);
    expect(await query(checker, 'select count(*) from "AuditEvent"')).toEqual([{ count: '90' }]);
  });

  it('can be taken on by the owner of the database', async () => {
    const client = await openChecker(world.db.url.installer, { become: true });
    expect((await client.query('select current_user as me')).rows).toEqual([{ me: 'cordon_checker' }]);
    await client.end();
  });
});
