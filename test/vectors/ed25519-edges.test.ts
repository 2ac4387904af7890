/** The edges of Ed25519, on which libraries differ: Node's and the one for browsers have to answer alike, and keys of small order are none. */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromHex } from '@/lib/kernel/encoding';
import { ED25519, noteKey } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { verifyEd25519 as byNode } from '@/lib/primitives/ed25519';
import { verifyEd25519 } from '@/lib/primitives/ed25519-portable';
import { cases } from './ed25519-edges.json';

const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const isKey = (publicKey: Uint8Array) => noteKey(primitives, 'log', ED25519, publicKey) !== null;
const verifiers = [byNode, verifyEd25519];

function littleEndian(number: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((number >> BigInt(8 * i)) & 255n));
}

it.each(cases)('$says', ({ message, publicKey, signature, key, valid }) => {
  const [bytes, text, signed] = [publicKey, message, signature].map((hex) => fromHex(hex)!);
  expect(verifiers.map((verify) => verify(bytes!, text!, signed!))).toEqual([valid, valid]);
  expect(isKey(bytes!)).toBe(key);
});

it('has no key that is not reduced', () => {
  const p = 2n ** 255n - 19n;
  for (let y = p - 1n; y < 2n ** 255n; y++) {
    for (const x of [0n, 1n]) expect(isKey(littleEndian(y | (x << 255n)))).toBe(false);
  }
  for (const y of [2n, 3n, p - 2n, p - 256n, p - 2n ** 200n]) expect(isKey(littleEndian(y))).toBe(true);
});

it('holds what Node signs, and nothing near it', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array({ maxLength: 80 }),
      fc.nat(8 * 64 - 1),
      (seed, message, bit) => {
        const secret = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
        const publicKey = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32);
        const signature = new Uint8Array(sign(null, message, secret));
        const s = signature.subarray(32).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
        const longer = Uint8Array.from([...signature.subarray(0, 32), ...littleEndian(s + L)]);
        const flipped = signature.slice();
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        const answers = [signature, flipped, longer].map((each) => verifyEd25519(publicKey, message, each));
        expect([isKey(publicKey), ...answers]).toEqual([true, true, false, false]);
      },
    ),
    { numRuns: 20 },
  );
});

it('leaves the key as it is, also in a buffer of Node', () => {
  const publicKey = Buffer.alloc(32, 0xfe);
  expect(noteKey(primitives, 'log', ED25519, publicKey)).not.toBeNull();
  expect(publicKey).toEqual(Buffer.alloc(32, 0xfe));
});

it('takes no point for what is none', () => {
  const [{ message, signature }] = cases as [(typeof cases)[0]];
  // y = 2 is on no point.
  const none = littleEndian(2n);
  expect(verifiers.map((verify) => verify(none, fromHex(message)!, fromHex(signature)!))).toEqual([false, false]);
});
