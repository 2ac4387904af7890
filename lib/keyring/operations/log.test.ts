import { createPublicKey, verify } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  consistencyProof,
  Frontier,
  leafHash,
  openCheckpoint,
  parseVkey,
  rootOfTiles,
  type SubtreeReader,
} from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { openContext } from '../open';
import type { Input, Output } from '../protocol';
import { ORIGINS, openTestKeyring, type TestKeyring } from '../test-support';
import { run } from './index';

let keyring: TestKeyring;
beforeEach(async () => {
  keyring = await openTestKeyring();
});
afterEach(() => keyring.close());

type Asked = Input<'log.sign'>['logs'][number];
type Answer = Output<'log.sign'>['logs'][number];
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** Trees whose i-th entry is `<name> <i>`; another name is another history. */
function reader(name: string): SubtreeReader {
  return (level, index) => {
    const frontier = new Frontier(primitives);
    for (let i = index * 2 ** level; i < (index + 1) * 2 ** level; i++)
      frontier.append(leafHash(primitives, Buffer.from(`${name} ${i}`)));
    return frontier.root();
  };
}
const tree = (size: number, from = 0, history = 'a', log = 'org_1'): Asked => ({
  log,
  size,
  root: base64(rootOfTiles(primitives, size, reader(history))),
  from,
  proof: consistencyProof(primitives, from, size, reader(history)).map(base64),
});
const sign = async (...logs: Asked[]): Promise<Answer[]> => (await run(keyring.context, 'log.sign', { logs })).logs;
const refused = (code: string, signed: number) => [{ outcome: 'refused', code, signed }];

async function expectSigned(answer: Answer | undefined, asked: Asked) {
  const [vkey] = (await run(keyring.context, 'trust.describe', {})).logKeys ?? [];
  const key = parseVkey(primitives, vkey ?? '')!;
  const note = answer?.outcome === 'signed' ? answer.note : '';
  const opened = await openCheckpoint(
    primitives,
    note,
    { origin: `localhost:3000/audit/${asked.log}`, keys: [key] },
    (publicKey, message, signature) => {
      const x = Buffer.from(publicKey).toString('base64url');
      return verify(
        null,
        message,
        createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
        signature,
      );
    },
  );
  expect(opened).toMatchObject({ ok: true, checkpoint: { size: asked.size, extensions: [] } });
  expect(opened.ok && base64(opened.checkpoint.root)).toBe(asked.root);
  expect(key.name).toBe('localhost:3000/audit');
}

describe('log.sign', () => {
  it('signs checkpoints that the published vkey verifies, many logs at once', async () => {
    const asked = [tree(1), tree(7, 0, 'b', 'provider'), tree(300, 0, 'c', 'operator')];
    const answers = await sign(...asked);
    for (const [i, each] of asked.entries()) await expectSigned(answers[i], each);
  });

  it('goes on from what it signed last, and signs the same again', async () => {
    for (const [from, size] of [
      [0, 3],
      [3, 8],
      [8, 8],
      [8, 300],
    ] as const) {
      const asked = tree(size, from);
      await expectSigned((await sign(asked))[0], asked);
    }
    const again = tree(300, 0);
    expect(await sign(again)).toEqual(await sign(tree(300, 8)));
  });

  it('refuses another history, whatever proof comes with it', async () => {
    await sign(tree(5));
    expect(await sign(tree(5, 0, 'b'))).toEqual(refused('log.fork', 5));
    expect(await sign(tree(9, 5, 'b'))).toEqual(refused('log.fork', 5));
    const honest = tree(9, 5);
    for (const proof of [[], honest.proof.slice(1), [...honest.proof, honest.root], [...honest.proof].reverse()])
      expect(await sign({ ...honest, proof })).toEqual(refused('log.fork', 5));
    await expectSigned((await sign(honest))[0], honest);
  });

  it('refuses to go backwards, and to go on from elsewhere', async () => {
    await sign(tree(5));
    expect(await sign(tree(4))).toEqual(refused('log.backwards', 5));
    expect(await sign(tree(9, 4))).toEqual(refused('log.from', 5));
    expect(await sign(tree(9))).toEqual(refused('log.from', 5));
    expect(await sign(tree(9, 7, 'a', 'org_2'))).toEqual(refused('log.from', 0));
  });

  it('signs the rest when one is refused', async () => {
    await sign(tree(5));
    const good = tree(2, 0, 'x', 'org_2');
    const [bad, fine] = await sign(tree(5, 0, 'b'), good);
    expect([bad]).toEqual(refused('log.fork', 5));
    await expectSigned(fine, good);
  });

  it('lets one of two histories win that come at the same moment', async () => {
    const answers = await Promise.all([sign(tree(5, 0, 'a')), sign(tree(5, 0, 'b'))]);
    expect(answers.flat().filter(({ outcome }) => outcome === 'signed')).toHaveLength(1);
  });

  it('takes no origin but its own, and no name that could be a second line', async () => {
    for (const log of ['', 'org_', 'org_1\nother', 'other.example/audit/org_1', 'org_é', 'Provider'])
      await expect(run(keyring.context, 'log.sign', { logs: [{ ...tree(1), log }] })).rejects.toMatchObject({
        code: 'request.invalid',
      });
    await expect(
      run(keyring.context, 'log.sign', { logs: Array.from({ length: 257 }, () => tree(1)) }),
    ).rejects.toMatchObject({ code: 'request.invalid' });
  });
});

describe('the memory of what was signed', () => {
  const reopen = async () => {
    await keyring.context.logs.close();
    keyring.context = await openContext(keyring.home, () => keyring.clock.now, ORIGINS);
  };

  it('survives a restart, on disk before the signature leaves', async () => {
    await sign(tree(5), tree(3, 0, 'b', 'org_2'));
    await reopen();
    expect(await sign(tree(4))).toEqual(refused('log.backwards', 5));
    expect(await sign(tree(9, 3, 'x', 'org_2'))).toEqual(refused('log.fork', 3));
  });

  it('refuses to open when damaged, and when keys are missing beside it', async () => {
    await sign(tree(5));
    const path = join(keyring.home, 'logs.log');
    const whole = await readFile(path, 'utf8');
    await writeFile(path, `rubbish\n${whole}`);
    await expect(openContext(keyring.home, Date.now, ORIGINS)).rejects.toThrow('logs.log is damaged at line 1');
    await writeFile(path, whole);
    const keys = join(keyring.home, 'keys.json');
    const { logKey: _, ...rest } = JSON.parse(await readFile(keys, 'utf8'));
    await writeFile(keys, JSON.stringify(rest));
    await expect(openContext(keyring.home, Date.now, ORIGINS)).rejects.toThrow('keys.json is damaged');
    await rm(keys);
    await expect(openContext(keyring.home, Date.now, ORIGINS)).rejects.toThrow('keys.json is missing');
  });

  it('begins with a key of its own in a home from before there were logs', async () => {
    const keys = join(keyring.home, 'keys.json');
    const { logKey: _, ...rest } = JSON.parse(await readFile(keys, 'utf8'));
    await writeFile(keys, JSON.stringify(rest));
    await rm(join(keyring.home, 'logs.log'));
    const { policyKeys, logKeys } = await run(keyring.context, 'trust.describe', {});
    await reopen();
    const made = await run(keyring.context, 'trust.describe', {});
    expect(made.policyKeys).toEqual(policyKeys);
    expect(made.logKeys).not.toEqual(logKeys);
    await reopen();
    expect(await run(keyring.context, 'trust.describe', {})).toEqual(made);
  });
});
