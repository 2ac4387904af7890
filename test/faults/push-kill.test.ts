import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Bundle } from '@/media-plane/policy/bundle';
import { Disk } from '@/media-plane/policy/disk';
import { loadIdentity } from '@/media-plane/policy/identity';
import { readKeys } from '@/media-plane/policy/verify';
import { APP, startCluster, startWorld, until, type World } from '../plane/push-world';

let cluster: Awaited<ReturnType<typeof startCluster>>;
let world: World;
beforeAll(async () => {
  cluster = await startCluster();
  world = await startWorld(cluster);
});
afterAll(async () => {
  await world?.stop();
  await cluster?.stop();
});

it('an edge killed at any moment under a storm of changes holds everything it acknowledged', async () => {
  const control = await world.control();
  await world.change((await world.project(APP, ['EU'])).drafts);
  const { log: _, ...options } = await world.joined('eu-1', 'EU', control.port);
  const acked = async () =>
    Number(
      (await world.sql.query(`select max(seq) as seq from "EdgeAck" where "edgeName" = 'eu-1' and stage = 'applied'`))
        .rows[0].seq,
    );

  let storming = true;
  const storm = (async () => {
    for (let i = 1; storming; i++) await world.change([{ kind: 'staleness', id: APP, joinSeconds: i }]);
  })();
  let child: ChildProcess | undefined;
  try {
    for (let round = 0; round < 5; round++) {
      const before = await acked();
      child = fork(fileURLToPath(new URL('push-edge.ts', import.meta.url)), {
        execArgv: ['--import', 'tsx'],
        env: { ...process.env, EDGE_OPTIONS: JSON.stringify(options) },
      });
      await until('the edge acknowledges changes', async () => (await acked()) > before + 3 + round, 30);
      const gone = new Promise((resolve) => child!.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      await until('control noticed', () => control.edges === 0);
      const promised = await acked();

      const identity = await loadIdentity({ ...options, joinToken: undefined });
      const { disk, stored } = await Disk.open(options.home);
      const bundle = new Bundle(
        'EU',
        () => readKeys(identity!.policyKeys),
        disk,
        () => undefined,
      );
      await bundle.load(stored);
      await disk.close();
      expect(bundle.state.position?.seq).toBeGreaterThanOrEqual(promised);
      // Every change was of the one setting, but for that of control that names the edge.
      const versions = [...bundle.state.index.resources()].map(({ version }) => version);
      expect(Math.max(...versions)).toBe(bundle.state.position!.seq);
      expect(bundle.state.index.app(APP)?.staleness?.version).toBeGreaterThanOrEqual(promised - 1);
    }
  } finally {
    storming = false;
    child?.kill('SIGKILL');
    await storm;
  }
});
