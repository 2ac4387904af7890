/** Roots and proofs against RFC 6962 section 2.1 written down as it reads there, over whole lists. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { primitives } from '@/lib/primitives';
import {
  consistencyProof,
  emptyRoot,
  Frontier,
  inclusionProof,
  leafHash,
  nodeHash,
  rangeProof,
  rootBeyond,
  type SubtreeReader,
  verifyConsistency,
  verifyInclusion,
} from './index';

const hash = primitives;
const MOST = 300;
const leaves = Array.from({ length: MOST }, (_, i) => leafHash(hash, Uint8Array.of(i >> 8, i)));

const roots = new Map<string, Uint8Array>();
/** MTH(D[from:to]). */
function mth(from: number, to: number): Uint8Array {
  if (to - from === 1) return leaves[from]!;
  const key = `${from}-${to}`;
  const known = roots.get(key);
  if (known) return known;
  const root = nodeHash(hash, mth(from, from + split(to - from)), mth(from + split(to - from), to));
  roots.set(key, root);
  return root;
}
const split = (n: number) => 2 ** (Math.ceil(Math.log2(n)) - 1);

/** PATH(m, D[from:to]). */
function path(m: number, from: number, to: number): Uint8Array[] {
  if (to - from === 1) return [];
  const k = split(to - from);
  return m < k ? [...path(m, from, from + k), mth(from + k, to)] : [...path(m - k, from + k, to), mth(from, from + k)];
}

/** SUBPROOF(m, D[from:to], b). */
function subproof(m: number, from: number, to: number, b: boolean): Uint8Array[] {
  const n = to - from;
  if (m === n) return b ? [] : [mth(from, to)];
  const k = split(n);
  return m <= k
    ? [...subproof(m, from, from + k, b), mth(from + k, to)]
    : [...subproof(m - k, from + k, to, false), mth(from, from + k)];
}

const read: SubtreeReader = (level, index) => mth(index * 2 ** level, (index + 1) * 2 ** level);
const flipped = (bytes: Uint8Array) => bytes.map((byte, i) => (i === 7 ? byte ^ 4 : byte));
const size = fc.integer({ min: 1, max: MOST });

describe('roots', () => {
  it('are those of the RFC at every size, and an empty tree has the hash of nothing', () => {
    const frontier = new Frontier(hash);
    expect(frontier.root()).toEqual(hash.sha256(new Uint8Array(0)));
    for (let n = 1; n <= MOST; n++) {
      frontier.append(leaves[n - 1]!);
      expect(frontier.root()).toEqual(mth(0, n));
      const again = Frontier.of(hash, frontier.state);
      expect([again?.size, again?.root()]).toEqual([n, mth(0, n)]);
    }
  });

  it('separate leaves from nodes, for entries on both sides of the scratch space', () => {
    for (const length of [0, 1, 55, 64, 65, 66, 1000]) {
      const entry = new Uint8Array(length).fill(9);
      expect(leafHash(hash, entry)).toEqual(hash.sha256(Uint8Array.of(0, ...entry)));
    }
    const [a, b] = [leaves[0]!, leaves[1]!];
    expect(nodeHash(hash, a, b)).toEqual(hash.sha256(Uint8Array.of(1, ...a, ...b)));
  });

  it('of complete subtrees are told once, by the leaf that completes them', () => {
    const frontier = new Frontier(hash);
    for (let n = 1; n <= MOST; n++) {
      const told: [number, Uint8Array][] = [];
      frontier.append(leaves[n - 1]!, (level, root) => told.push([level, root]));
      const expected: [number, Uint8Array][] = [];
      for (let level = 1; n % 2 ** level === 0; level++) expected.push([level, mth(n - 2 ** level, n)]);
      expect(told).toEqual(expected);
    }
  });

  it('are not taken up from a state that is none', () => {
    const two = [leaves[0]!, leaves[1]!];
    for (const state of [
      { size: 2, hashes: two },
      { size: 3, hashes: [leaves[0]!] },
      { size: -1, hashes: [] },
      { size: 1.5, hashes: two },
      { size: 2 ** 53, hashes: [leaves[0]!] },
      { size: 1, hashes: [new Uint8Array(31)] },
    ]) {
      expect(Frontier.of(hash, state)).toBeNull();
    }
  });

  it('end at 2^53 - 1 leaves', () => {
    const frontier = Frontier.of(hash, { size: Number.MAX_SAFE_INTEGER, hashes: new Array(53).fill(leaves[0]) })!;
    expect(() => frontier.append(leaves[1]!)).toThrow(RangeError);
  });
});

describe('inclusion', () => {
  it('is proved as the RFC says and verifies, for every leaf of every size', () => {
    for (let n = 1; n <= MOST; n++) {
      const root = mth(0, n);
      for (let index = 0; index < n; index += n <= 70 ? 1 : 13) {
        const proof = inclusionProof(hash, index, n, read);
        if (!same(proof, path(index, 0, n))) expect.fail(`proof of ${index} in ${n}`);
        const claim = { leaf: leaves[index]!, index, size: n, root };
        if (!verifyInclusion(hash, claim, proof)) expect.fail(`${index} in ${n}`);
        const others = [(index + 1) % n, (index + 5) % n].filter((other) => other !== index);
        for (const other of others) {
          if (verifyInclusion(hash, { ...claim, index: other }, proof)) expect.fail(`${index} as ${other} in ${n}`);
        }
      }
    }
  });

  it('is refused for anything else', () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), (n, i, j) => {
        const index = i % n;
        const proof = inclusionProof(hash, index, n, read);
        const claim = { leaf: leaves[index]!, index, size: n, root: mth(0, n) };
        const accepted = [
          verifyInclusion(hash, { ...claim, leaf: flipped(claim.leaf) }, proof),
          verifyInclusion(hash, { ...claim, root: flipped(claim.root) }, proof),
          verifyInclusion(hash, { ...claim, index: n }, proof),
          verifyInclusion(hash, { ...claim, index: -1 }, proof),
          verifyInclusion(hash, { ...claim, index: index + 0.5 }, proof),
          verifyInclusion(hash, { ...claim, size: Number.NaN }, proof),
          verifyInclusion(hash, claim, [...proof, leaves[0]!]),
          verifyInclusion(hash, claim, [...proof, new Uint8Array(0)]),
          verifyInclusion(hash, { ...claim, leaf: new Uint8Array(31) }, proof),
        ];
        if (proof.length > 0) {
          const at = j % proof.length;
          accepted.push(
            verifyInclusion(hash, claim, proof.slice(1)),
            verifyInclusion(hash, claim, proof.slice(0, -1)),
            verifyInclusion(hash, claim, proof.with(at, flipped(proof[at]!))),
            verifyInclusion(hash, claim, proof.with(at, proof[at]!.subarray(1))),
          );
        }
        expect(accepted).not.toContain(true);
      }),
      { numRuns: 300 },
    );
  });

  it('is refused when the path is that of a larger tree', () => {
    const root = mth(0, 2);
    expect(verifyInclusion(hash, { leaf: leaves[1]!, index: 0, size: 1, root }, [leaves[0]!])).toBe(false);
    expect(verifyInclusion(hash, { leaf: leaves[1]!, index: 1, size: 2, root }, [leaves[0]!])).toBe(true);
  });

  it('does no work for a proof longer than any', () => {
    let hashes = 0;
    const counting = {
      sha256: (message: Uint8Array) => {
        hashes++;
        return hash.sha256(message);
      },
    };
    const claim = { leaf: leaves[0]!, index: 2 ** 52, size: 2 ** 53 - 1, root: leaves[1]! };
    expect(verifyInclusion(counting, claim, new Array(100_000).fill(leaves[0]))).toBe(false);
    expect(hashes).toBe(0);
  });
});

describe('consistency', () => {
  it('is proved as the RFC says and verifies, between all sizes', () => {
    for (let n = 1; n <= MOST; n++) {
      for (let m = 1; m <= n; m += n <= 70 ? 1 : 11) {
        const proof = consistencyProof(hash, m, n, read);
        if (!same(proof, subproof(m, 0, n, true))) expect.fail(`proof of ${m} in ${n}`);
        const [older, newer] = [
          { size: m, root: mth(0, m) },
          { size: n, root: mth(0, n) },
        ];
        if (!verifyConsistency(hash, older, newer, proof)) expect.fail(`${m} in ${n}`);
        if (m < n && verifyConsistency(hash, { ...older, size: m + 1 }, newer, proof)) expect.fail(`${m} + 1 in ${n}`);
      }
    }
  });

  it('begins with nothing', () => {
    const newer = { size: 5, root: mth(0, 5) };
    expect(consistencyProof(hash, 0, 5, read)).toEqual([]);
    expect(verifyConsistency(hash, { size: 0, root: emptyRoot(hash) }, newer, [])).toBe(true);
    expect(verifyConsistency(hash, { size: 0, root: leaves[0]! }, newer, [])).toBe(false);
    expect(verifyConsistency(hash, { size: 0, root: emptyRoot(hash) }, newer, [leaves[0]!])).toBe(false);
  });

  it('is refused for a fork, a smaller tree, and proofs cut, filled up or changed', () => {
    fc.assert(
      fc.property(size, size, fc.nat(), (a, b, j) => {
        const [m, n] = [Math.min(a, b), Math.max(a, b)];
        const proof = consistencyProof(hash, m, n, read);
        const [older, newer] = [
          { size: m, root: mth(0, m) },
          { size: n, root: mth(0, n) },
        ];
        const accepted = [
          verifyConsistency(hash, { ...older, root: flipped(older.root) }, newer, proof),
          verifyConsistency(hash, older, { ...newer, root: flipped(newer.root) }, proof),
          verifyConsistency(hash, older, newer, [...proof, leaves[0]!]),
        ];
        if (m < n) {
          accepted.push(
            verifyConsistency(hash, newer, older, proof),
            verifyConsistency(hash, older, newer, []),
            verifyConsistency(hash, older, newer, proof.slice(1)),
            verifyConsistency(hash, older, newer, proof.slice(0, -1)),
            verifyConsistency(hash, older, newer, proof.with(j % proof.length, flipped(proof[j % proof.length]!))),
          );
        }
        expect(accepted).not.toContain(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('ranges', () => {
  const rootOf = (from: number, to: number, n: number, { left, right } = rangeProof(hash, [from, to], n, read)) => {
    const frontier = Frontier.of(hash, { size: from, hashes: left });
    return frontier && rootBeyond(hash, frontier.extend(leaves.slice(from, to)), n, right);
  };

  it('lead to the root for every range of every small size', () => {
    for (let n = 1; n <= 40; n++) {
      for (let from = 0; from <= n; from++) {
        for (let to = from; to <= n; to++) {
          const root = rootOf(from, to, n);
          if (!root || !same([root], [mth(0, n)])) expect.fail(`[${from}, ${to}) of ${n}`);
        }
      }
    }
  });

  it('are refused with a leaf left out, added or changed, and with hashes missing or over', () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), fc.nat(), (n, a, b, c) => {
        const [from, to] = [a % n, (a % n) + 1 + (b % (n - (a % n)))];
        const proof = rangeProof(hash, [from, to], n, read);
        const root = mth(0, n);
        expect(rootOf(from, to, n, proof)).toEqual(root);
        const withLeaves = (list: Uint8Array[]) =>
          rootBeyond(hash, Frontier.of(hash, { size: from, hashes: proof.left })!.extend(list), n, proof.right);
        const list = leaves.slice(from, to);
        const at = c % list.length;
        expect(withLeaves(list.toSpliced(at, 1))).not.toEqual(root);
        expect(withLeaves(list.toSpliced(at, 0, leaves[0]!))).not.toEqual(root);
        expect(withLeaves(list.with(at, flipped(list[at]!)))).not.toEqual(root);
        expect(rootOf(from, to, n, { ...proof, right: [...proof.right, leaves[0]!] })).toBeNull();
        expect(rootOf(from, to, n, { ...proof, left: [...proof.left, leaves[0]!] })).toBeNull();
        if (proof.right.length > 0) expect(rootOf(from, to, n, { ...proof, right: proof.right.slice(1) })).toBeNull();
      }),
      { numRuns: 300 },
    );
  });
});

describe('sizes beyond 32 bits', () => {
  /** A log whose entries are all the same has one root per level, so that any tree can be read. */
  const uniform: Uint8Array[] = [leaves[0]!];
  for (let level = 1; level <= 53; level++) uniform.push(nodeHash(hash, uniform[level - 1]!, uniform[level - 1]!));
  const any: SubtreeReader = (level) => uniform[level]!;
  const rootOf = (n: number) => {
    const hashes = [...n.toString(2)].flatMap((bit, i, bits) => (bit === '1' ? [uniform[bits.length - 1 - i]!] : []));
    return Frontier.of(hash, { size: n, hashes })!.root();
  };
  const large = fc.maxSafeNat().map((n) => n + (n === 0 ? 1 : 0));

  it('verify like the others', () => {
    fc.assert(
      fc.property(large, large, (a, b) => {
        const [m, n] = [Math.min(a, b), Math.max(a, b)];
        const [older, newer] = [
          { size: m, root: rootOf(m) },
          { size: n, root: rootOf(n) },
        ];
        expect(verifyConsistency(hash, older, newer, consistencyProof(hash, m, n, any))).toBe(true);
        const claim = { leaf: leaves[0]!, index: m - 1, size: n, root: newer.root };
        const proof = inclusionProof(hash, m - 1, n, any);
        expect(proof.length).toBeLessThanOrEqual(53);
        expect(verifyInclusion(hash, claim, proof)).toBe(true);
        expect(verifyInclusion(hash, claim, proof.slice(0, -1))).toBe(n === 1);
        const { left, right } = rangeProof(hash, [m - 1, m], n, any);
        const frontier = Frontier.of(hash, { size: m - 1, hashes: left })!.extend([leaves[0]!]);
        expect(rootBeyond(hash, frontier, n, right)).toEqual(newer.root);
      }),
      { numRuns: 200 },
    );
  });

  it('refuse to be proved outside the tree', () => {
    expect(() => inclusionProof(hash, 5, 5, read)).toThrow(RangeError);
    expect(() => inclusionProof(hash, 0, 2 ** 53, any)).toThrow(RangeError);
    expect(() => consistencyProof(hash, 6, 5, read)).toThrow(RangeError);
    expect(() => rangeProof(hash, [3, 2], 5, read)).toThrow(RangeError);
  });
});

/** Quicker than a matcher, for the loops. */
const same = (a: Uint8Array[], b: Uint8Array[]) => Buffer.concat(a).equals(Buffer.concat(b)) && a.length === b.length;
