/** Our own verifiers on the claims that the foreign ones get, so that all are asked the same. */
import { expect, it } from 'vitest';
import {
  leafHash,
  openCheckpoint,
  parseCheckpointText,
  parseVkey,
  verifyConsistency,
  verifyInclusion,
} from '@/lib/kernel/log';
import { type Claim, falseClaims, noteParts, type Part, trueClaims } from './claims';
import { host } from './world';

async function judged({ vkey, origin, note, entry, index, inclusion, older, consistency }: Claim) {
  const opened = await openCheckpoint(host, note, { origin, keys: [parseVkey(host, vkey)!] }, host.verifyEd25519);
  const now = parseCheckpointText(noteParts(note).text)!;
  const verdict: Record<Part, boolean> = {
    signature: opened.ok,
    name: opened.ok,
    inclusion: verifyInclusion(host, { ...now, leaf: leafHash(host, entry), index }, inclusion),
    consistency: verifyConsistency(host, older, now, consistency),
  };
  return verdict;
}

it('accepts what is true', async () => {
  const good = { signature: true, name: true, inclusion: true, consistency: true };
  for (const claim of await trueClaims()) expect(await judged(claim)).toEqual(good);
});

it('rejects what is false', async () => {
  for (const { name, part, claim } of await falseClaims(['signature', 'name', 'inclusion', 'consistency'])) {
    expect([name, (await judged(claim))[part]]).toEqual([name, false]);
  }
});
