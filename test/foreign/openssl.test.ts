/** OpenSSL, which knows nothing of logs, verifies the signature of a checkpoint over its text. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { claimOf, falseClaims, noteParts } from './claims';
import { scratch } from './disk';
import { has } from './skip';
import { checkpointOf, FORGER, LOG_KEY, type World, worldOf } from './world';

const here = has('openssl', ['version'], 'signatures of checkpoints by OpenSSL');
const write = scratch();
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

function isSigned(note: string, publicKey = LOG_KEY.key.publicKey): boolean {
  const { text, signature } = noteParts(note);
  const key = write('key.der', Buffer.concat([SPKI, publicKey]));
  const options = ['-verify', '-pubin', '-keyform', 'DER', '-inkey', key, '-rawin'];
  const files = ['-in', write('text', text), '-sigfile', write('signature', signature)];
  const { status, stdout } = spawnSync('openssl', ['pkeyutl', ...options, ...files], { encoding: 'utf8' });
  return status === 0 && stdout.includes('Signature Verified Successfully');
}

describe.skipIf(!here)('OpenSSL', () => {
  it('accepts what the log signed', async () => {
    const world: World = worldOf(3);
    for (const note of [(await claimOf(12)).note, await checkpointOf(world.log, 0), await checkpointOf(world.other)]) {
      expect(isSigned(note)).toBe(true);
    }
  });

  it('rejects a text or signature that was altered', async () => {
    const claims = await falseClaims(['signature']);
    expect(claims.length).toBeGreaterThan(4);
    for (const { name, claim } of claims) expect([name, isSigned(claim.note)]).toEqual([name, false]);
  });

  it("rejects another key's signature", async () => {
    const { note } = await claimOf(12);
    expect(isSigned(note, FORGER.key.publicKey)).toBe(false);
    expect(isSigned(await checkpointOf(worldOf(3).log, 3, FORGER))).toBe(false);
  });
});
