import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Output } from '@/lib/keyring/protocol';
import { type KeyringProcess, spawnKeyring, stopKeyring, temporaryHome } from '@/lib/keyring/test-support';

/**
 * The attack: somebody runs code inside control and wants a revocation undone without a trace. He asks the keyring to sign the
 * policy from before it again, as a snapshot or as a fork from an old position; he lets beats say that the old policy is
 * fresh, so that edges held back from the new one go on trusting it; and because the keyring might only remember in memory, he
 * kills it first.
 */
let home: string;
let keyring: KeyringProcess;
const region = 'EU';
const revocation = {
  kind: 'revocation',
  id: 'rev_1',
  version: 6,
  appId: 'ab'.repeat(16),
  subject: { type: 'project' },
  issuedBefore: 1,
};
let old: Output<'policy.sign'>;
let revoked: Output<'policy.sign'>;

beforeAll(async () => {
  home = await temporaryHome();
  keyring = await spawnKeyring(home);
  await keyring.ready;
  const control = keyring.client('control');
  old = await control.call('policy.sign', { type: 'Snapshot', region, epoch: 1, seq: 5, resources: [] });
  const base = { epoch: 1, seq: 5, hash: old.hash };
  revoked = await control.call('policy.sign', {
    type: 'Delta',
    region,
    base,
    epoch: 1,
    seq: 6,
    put: [revocation],
    del: [],
  });
  keyring.child.kill('SIGKILL');
  await keyring.exited;
  keyring = await spawnKeyring(home);
  await keyring.ready;
});
afterAll(async () => {
  await stopKeyring(keyring);
  await rm(home, { recursive: true });
});

const sign = (input: Parameters<ReturnType<KeyringProcess['client']>['call']>[1]) =>
  keyring.client('control').call('policy.sign', input as never);

describe('with the token of control, after killing the keyring', () => {
  it('the policy from before the revocation is not signed again', async () => {
    await expect(sign({ type: 'Snapshot', region, epoch: 1, seq: 5, resources: [] })).rejects.toMatchObject({
      code: 'keyring.refused:policy.backwards',
    });
  });

  it('no beat says that it is fresh', async () => {
    const now = Date.now();
    const beat = (seq: number, hash: string) =>
      sign({ type: 'Beat', region, position: { epoch: 1, seq, hash }, issued: now, expires: now + 30_000 });
    await expect(beat(5, old.hash)).rejects.toMatchObject({ code: 'keyring.refused:policy.not_head' });
    await expect(beat(6, old.hash)).rejects.toMatchObject({ code: 'keyring.refused:policy.not_head' });
    await expect(beat(6, revoked.hash)).resolves.toBeDefined();
  });

  it('no chain goes on from a position that was never signed, and the sequence is not run away with', async () => {
    const delta = (seq: number, hash: string, to: number) =>
      sign({
        type: 'Delta',
        region,
        base: { epoch: 1, seq, hash },
        epoch: 1,
        seq: to,
        put: [],
        del: ['revocation/rev_1'],
      });
    await expect(delta(4, 'ab'.repeat(32), 7)).rejects.toMatchObject({ code: 'keyring.refused:policy.base_unknown' });
    await expect(delta(6, revoked.hash, Number.MAX_SAFE_INTEGER)).rejects.toMatchObject({
      code: 'keyring.refused:policy.jump',
    });
    await expect(sign({ type: 'Snapshot', region, epoch: 9, seq: 1, resources: [] })).rejects.toMatchObject({
      code: 'keyring.refused:policy.jump',
    });
  });
});
