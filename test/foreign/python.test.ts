/** The verifier in Python accepts what ours writes, and answers every mutant, edge and policy with the same code and index. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { formatVkey } from '@/lib/kernel/log';
import type { Filter, PackFaultCode } from '@/lib/kernel/pack';
import { archived, scratch, unpacked } from './disk';
import { COLLIDING, EDGES, noteBy } from './edges';
import { genuine, MUTANTS, remade, SIZE, textIn, world } from './mutants';
import { cosignedPack, latePack, POLICIES } from './policies';
import { has } from './skip';
import { checkpointOf, type Files, FORGER, logOf, ORIGIN, packOf, VKEY, WITNESSES } from './world';

const SCRIPT = fileURLToPath(new URL('./verify_pack.py', import.meta.url));
const VECTORS = fileURLToPath(new URL('../vectors/ed25519-edges.json', import.meta.url));
const here = has('python3', ['--version'], 'evidence packs by the verifier in Python');
const write = scratch();

interface Answer {
  ok: boolean;
  code?: PackFaultCode | 'usage';
  index?: number | null;
  keysFrom?: string;
}

/** One process for many packs. */
function judged(paths: readonly string[], ...options: string[]): { answers: Answer[]; warnings: string } {
  const { stdout, stderr } = spawnSync('python3', [SCRIPT, ...options, ...paths], { encoding: 'utf8' });
  const lines = stdout.trimEnd().split('\n');
  return { answers: lines.map((line) => JSON.parse(line) as Answer), warnings: stderr };
}

async function verified(packs: readonly Files[], ...options: string[]): Promise<Answer[]> {
  const paths: string[] = [];
  for (const [i, files] of packs.entries()) paths.push(write(`${i}.tar.gz`, await archived(files)));
  const { answers, warnings } = judged(paths, '--vkey', write('vkey', `${VKEY}\n`), ...options);
  expect(warnings).toBe('');
  return answers;
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

  it('answers every mutant and every edge as ours does', async () => {
    const good = await genuine();
    const cases = [...MUTANTS, ...EDGES];
    const answers = await verified(await Promise.all(cases.map(({ make }) => make(good))));
    const said = answers.map(({ code, index }, i) => [cases[i]!.name, code ?? null, cases[i]!.index && index]);
    expect(said).toEqual(cases.map(({ name, code, index }) => [name, code, index]));
  });

  it('takes the tar with gzip and without, and the folder', async () => {
    const files = await genuine();
    const gzip = Buffer.from(await archived(files));
    const tar = gunzipSync(gzip);
    const good = [write('a.tar', tar), unpacked(write, 'folder', files), write('b', gzipSync(tar, { level: 0 }))];
    const damaged = [
      Buffer.concat([gzipSync(tar.subarray(0, 1024)), gzipSync(tar.subarray(1024))]),
      Buffer.concat([gzip, gzipSync('')]),
      Buffer.concat([gzip, Buffer.alloc(512)]),
      gzip.subarray(0, -1),
      tar.subarray(0, -512),
      Buffer.concat([tar, Buffer.alloc(512)]),
    ].map((bytes, i) => write(`damaged-${i}`, bytes));
    const strange = unpacked(write, 'strange', new Map(files).set('more/file', new Uint8Array(1)));
    const { answers } = judged([...good, ...damaged, strange], '--vkey', write('vkey', VKEY));
    expect(answers.map(({ code }) => code ?? 'ok')).toEqual([
      ...good.map(() => 'ok'),
      ...damaged.map(() => 'malformed'),
      'malformed',
    ]);
  });

  it("says loudly that it took the pack's own keys", async () => {
    const good = await genuine();
    const forged = remade(good, {
      checkpoint: await checkpointOf(world.log, SIZE, FORGER),
      vkeys: `${formatVkey(FORGER.key)}\n`,
      'operator/proof.tlog-proof': null,
    });
    const packs = [
      good,
      forged,
      remade(good, { vkeys: '' }),
      remade(good, { vkeys: `${VKEY}\n${formatVkey(WITNESSES[0]!.key)}\n` }),
      remade(good, { vkeys: VKEY }),
      remade(good, { vkeys: `\ufeff${VKEY}\n` }),
    ];
    const paths: string[] = [];
    for (const [i, files] of packs.entries()) paths.push(write(`own-${i}`, await archived(files)));
    const { answers, warnings } = judged(paths);
    expect(answers.map(({ code, keysFrom }) => code ?? keysFrom)).toEqual([
      'pack',
      'pack',
      'signature',
      'pack',
      'malformed',
      'malformed',
    ]);
    expect(warnings.match(/FORGES/g)).toHaveLength(3);
  });

  it('lets no key stand in for another of the same name and id', async () => {
    const [text] = textIn(await genuine(), 'checkpoint').split('\n\n');
    const pack = remade(await genuine(), {
      checkpoint: await noteBy(COLLIDING[0], `${text}\n`),
      'operator/proof.tlog-proof': null,
    });
    const path = write('colliding', await archived(pack));
    const [one, two] = COLLIDING.map(({ key }) => formatVkey(key));
    expect(judged([path], '--vkey', write('one', one!)).answers).toMatchObject([{ ok: true }]);
    expect(judged([path], '--vkey', write('both', `${one}\n${two}`)).answers).toMatchObject([{ code: 'signature' }]);
  });

  it('reads policies as ours does', async () => {
    const path = write('cosigned', await archived(await cosignedPack(world)));
    const vkey = write('vkey', VKEY);
    for (const { name, text, code } of POLICIES) {
      const [answer] = judged([path], '--vkey', vkey, '--witness-policy', write('policy', text)).answers;
      expect([name, answer!.code ?? null]).toEqual([name, code]);
    }
    const latin = write('latin', Buffer.from('# \u00fc\nquorum none\n', 'latin1'));
    expect(judged([path], '--vkey', vkey, '--witness-policy', latin).answers).toMatchObject([{ code: 'usage' }]);
    const late = write('late', await archived(await latePack(world)));
    const quorum = write('policy', POLICIES.find(({ name }) => name === 'a quorum')!.text);
    expect(judged([late], '--vkey', vkey).answers).toMatchObject([{ ok: true }]);
    expect(judged([late], '--vkey', vkey, '--witness-policy', quorum).answers).toMatchObject([{ code: 'signature' }]);
    const log = write('policy', `log ${VKEY}\nquorum none\n`);
    expect(judged([path], '--witness-policy', log).answers).toMatchObject([{ ok: true, keysFrom: 'auditor' }]);
  });

  it('holds the same signatures for true', () => {
    const code =
      'import json, sys, verify_pack as v\n' +
      'for c in json.load(sys.stdin)["cases"]:\n' +
      ' p, m, s = (bytes.fromhex(c[k]) for k in ("publicKey", "message", "signature"))\n' +
      ' print(json.dumps([v.is_public_key(p), v.ed25519_verify(p, m, s)]))';
    const env = { ...process.env, PYTHONPATH: dirname(SCRIPT), PYTHONDONTWRITEBYTECODE: '1' };
    const input = readFileSync(VECTORS, 'utf8');
    const { stdout } = spawnSync('python3', ['-c', code], { env, input, encoding: 'utf8' });
    const { cases } = JSON.parse(input) as { cases: { key: boolean; valid: boolean }[] };
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(cases.map(({ key, valid }) => [key, valid]));
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
