/** The Merkle code of Sigstore's own verifier accepts our proofs of inclusion and rejects all that is false about them. */
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { type Claim, falseClaims, noteParts, trueClaims } from './claims';

/** Of @sigstore/verify 3.1.1, inside the package: its door takes whole Sigstore bundles only. */
interface Merkle {
  verifyMerkleInclusion(
    entry: { canonicalizedBody: Buffer; inclusionProof: { logIndex: string; hashes: Buffer[] } },
    checkpoint: { logSize: bigint; logHash: Buffer },
  ): void;
}
interface Checkpoints {
  LogCheckpoint: { fromString(note: string): { origin: string; logSize: bigint; logHash: Buffer } };
}

const require = createRequire(import.meta.url);
const here = isInstalled();

function isInstalled(): boolean {
  try {
    require.resolve('@sigstore/verify/package.json');
    return true;
  } catch {
    process.stderr.write('\n*** SKIPPED: @sigstore/verify is not installed. NOT CHECKED: proofs by Sigstore. ***\n\n');
    return false;
  }
}

function isIncluded({ note, entry, index, inclusion }: Claim): boolean {
  const { verifyMerkleInclusion } = require('@sigstore/verify/dist/tlog/merkle') as Merkle;
  const { LogCheckpoint } = require('@sigstore/verify/dist/tlog/checkpoint') as Checkpoints;
  const proof = { logIndex: String(index), hashes: inclusion.map((hash) => Buffer.from(hash)) };
  const checkpoint = LogCheckpoint.fromString(noteParts(note).text);
  try {
    verifyMerkleInclusion({ canonicalizedBody: Buffer.from(entry), inclusionProof: proof }, checkpoint);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'TLOG_INCLUSION_PROOF_ERROR' });
    return false;
  }
}

describe.skipIf(!here)('Sigstore', () => {
  it('accepts what is true', async () => {
    for (const claim of await trueClaims()) expect(isIncluded(claim)).toBe(true);
  });

  it('rejects what is false', async () => {
    const claims = await falseClaims(['inclusion']);
    expect(claims.length).toBeGreaterThan(8);
    for (const { name, claim } of claims) expect([name, isIncluded(claim)]).toEqual([name, false]);
  });
});
