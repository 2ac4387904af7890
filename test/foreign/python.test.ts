/** The verifier in Python accepts what ours writes, and answers every mutant with the same code and index. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Filter, PackFaultCode } from '@/lib/kernel/pack';
import { archived, scratch } from './disk';
import { genuine, MUTANTS, SIZE, world } from './mutants';
import { has } from './skip';
import { checkpointOf, type Files, logOf, ORIGIN, packOf, VKEY, WITNESSES } from './world';

const SCRIPT = fileURLToPath(new URL('./verify_pack.py', import.meta.url));
const here = has('python3', ['--version'], 'evidence packs by the verifier in Python');
const write = scratch();

interface Answer {
  ok: boolean;
  code?: PackFaultCode;
  index?: number | null;
  events?: number;
  keysFrom?: string;
}

/** One process for many packs. */
async function verified(packs: Files[], ...options: string[]): Promise<Answer[]> {
  const paths: string[] = [];
  for (const [i, files] of packs.entries()) paths.push(write(`${i}.tar.gz`, await archived(files)));
  const vkey = write('vkey', `${VKEY}\n`);
  const { stdout, stderr } = spawnSync('python3', [SCRIPT, '--vkey', vkey, ...options, ...paths], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}

describe.skipIf(!here)('the verifier in Python', () => {
  it('accepts genuine packs', async () => {
    const filters: Filter[] = [
      {},
      { at: { from: '2026-11-22T00:00:05.000Z', to: '2026-11-22T00:00:20.000Z' } },
      { schema: ['project.', 'sign-in@'], projectId: [null, 'prj_1'] },
      { outcome: ['refused'], actor: ['act_0', 'act_1'], actorKind: ['system'] },
    ];
    const packs = await Promise.all([
      genuine(),
      ...filters.map((filter) => packOf(world, { filter })),
      ...[0, 1, 2, 3, 7, 8, 9].map((size) => packOf(world, { size, from: Math.min(size, 3) })),
      packOf(world, { from: 5, to: 6, size: 39, operator: false }),
      packOf(world, { witnesses: WITNESSES, operatorWitnesses: WITNESSES }),
    ]);
    for (const answer of await verified(packs)) expect(answer).toMatchObject({ ok: true, keysFrom: 'auditor' });
  });

  it('answers every mutant as ours does', async () => {
    const good = await genuine();
    const mutants = await Promise.all(MUTANTS.map(({ make }) => make(good)));
    const answers = await verified(mutants);
    const said = answers.map(({ code, index }, i) => [MUTANTS[i]!.name, code, MUTANTS[i]!.index && index]);
    expect(said).toEqual(MUTANTS.map(({ name, code, index }) => [name, code, index]));
  });

  it.each([2, 20, 36, SIZE])('knows the log from when it had %i entries', async (size) => {
    const head = write('head', await checkpointOf(world.log, size));
    expect(await verified([await genuine()], '--known-head', head)).toMatchObject([{ ok: true }]);
    const forked = logOf(ORIGIN, [world.log.leaves[1]!, ...world.log.leaves.slice(1)]);
    const other = write('other', await checkpointOf(forked, size));
    expect(await verified([await genuine()], '--known-head', other)).toMatchObject([{ code: 'diverged' }]);
  });

  it('sees that a pack is old, or of another log', async () => {
    const head = write('head', await checkpointOf(world.log));
    expect(await verified([await packOf(world, { size: 30 })], '--known-head', head)).toMatchObject([
      { code: 'older' },
    ]);
    const asked = await verified([await genuine()], '--origin', 'console.example/audit/org_2');
    expect(asked).toMatchObject([{ code: 'signature' }]);
  });
});
