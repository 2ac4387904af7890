import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import { has } from '@/test/foreign/skip';
import { age } from '@/test/support/age';
import { encrypted } from './encrypted';

async function* pieces(...chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

const key = async () => {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
};

describe.skipIf(!has('age', ['--version'], 'that a foreign program opens our encrypted files'))(
  'a file, with Debian’s age',
  () => {
    it.each([0, 1, 65_535, 65_536, 65_537, 300_000])(
      'opens for each of two keys, and for no other: %i bytes',
      async (size) => {
        const [ada, grace, eve] = [await key(), await key(), await key()];
        const plain = Buffer.alloc(size, 'cordon');
        const half = Math.floor(size / 2);
        const file = await bytesOf(
          encrypted([ada.recipient, grace.recipient], pieces(plain.subarray(0, half), plain.subarray(half))),
        );
        expect(age.open(file, ada.identity)?.equals(plain)).toBe(true);
        expect(age.open(file, grace.identity)?.equals(plain)).toBe(true);
        expect(age.open(file, eve.identity)).toBeNull();
        file[file.length - 1]! ^= 1;
        expect(age.open(file, ada.identity)).toBeNull();
      },
    );
  },
);

it('is what it was without recipients', async () => {
  expect((await bytesOf(encrypted([], pieces(Buffer.from('plain'))))).toString()).toBe('plain');
});

it('says why it ended as whatever it is made of does', async () => {
  const fault = new Error('the log is not what it was');
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(200_000);
    throw fault;
  }
  await expect(bytesOf(encrypted([(await key()).recipient], failing()))).rejects.toBe(fault);
});
