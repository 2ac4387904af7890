/** Archives: made, read back, read by somebody else's tar, and refused in every other form. */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toUtf8 } from '@/lib/kernel/encoding';
import { genuine } from '@/test/foreign/mutants';
import { type Files, membersOf } from '@/test/foreign/world';
import { MAX_FILE_BYTES } from './limits';
import { readTar, tarHeader, writeTar } from './tar';

async function written(files: Files): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeTar(membersOf(files))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.slice(at, at + length);
}

async function readBack(archive: Uint8Array, pieces = 1000): Promise<Files> {
  const files: Files = new Map();
  for await (const { name, bytes, data } of readTar(inPieces(archive, pieces))) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of data) chunks.push(chunk);
    files.set(name, new Uint8Array(Buffer.concat(chunks)));
    expect(files.get(name)!.length).toBe(bytes);
  }
  return files;
}

const small: Files = new Map([
  ['a', new Uint8Array(0)],
  ['b/c', new Uint8Array(512).fill(1)],
  ['d', new Uint8Array(513).fill(2)],
]);

describe('an archive', () => {
  it('comes back from pieces of any length', async () => {
    const archive = await written(small);
    for (const pieces of [1, 7, 511, 512, 513, 100_000]) expect(await readBack(archive, pieces)).toEqual(small);
  });

  it('is read by tar', async () => {
    const files = await genuine();
    const listed = execFileSync('tar', ['--list', '--verbose', '--numeric-owner', '--utc', '--file', '-'], {
      input: await written(files),
      encoding: 'utf8',
    });
    const lines = listed.trimEnd().split('\n');
    expect(lines.map((line) => line.split(/\s+/).at(-1))).toEqual([...files.keys()]);
    for (const line of lines) expect(line).toMatch(/^-rw-r--r-- 0\/0 +\d+ 1970-01-01 00:00 /);
  });

  it('may have files that are not read to their end', async () => {
    const names: string[] = [];
    for await (const { name, data } of readTar(inPieces(await written(small), 100))) {
      names.push(name);
      for await (const _ of data) break;
    }
    expect(names).toEqual(['a', 'b/c', 'd']);
  });

  it('closes what it reads from when its reader stops', async () => {
    const archive = await written(small);
    let closed = false;
    async function* watched() {
      try {
        yield* inPieces(archive, 512);
      } finally {
        closed = true;
      }
    }
    for await (const _ of readTar(watched())) break;
    expect(closed).toBe(true);
  });
});

describe('an archive is refused', () => {
  it('wherever it is cut off', async () => {
    const archive = await written(small);
    for (let length = 0; length < archive.length; length += 64) {
      await expect(readBack(archive.subarray(0, length))).rejects.toMatchObject({ code: 'malformed' });
    }
  });

  it('with anything after it', async () => {
    const archive = Buffer.concat([await written(small), Buffer.alloc(1)]);
    await expect(readBack(archive)).rejects.toMatchObject({ code: 'malformed' });
  });

  it('with any bit of a header, of the padding or of the end changed', async () => {
    const archive = await written(new Map([['name', toUtf8('x')!]]));
    await fc.assert(
      fc.asyncProperty(fc.nat(8 * archive.length - 1), async (bit) => {
        fc.pre(bit >> 3 !== 512);
        const changed = Buffer.from(archive);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        await expect(readBack(changed)).rejects.toMatchObject({ code: 'malformed' });
      }),
      { numRuns: 400 },
    );
  });

  it.each([
    ['as GNU makes it', ['--format=gnu']],
    ['as POSIX makes it, with extended headers', ['--format=posix']],
    ['with a folder in it', ['--format=ustar', '--mtime=@0']],
  ])('%s', async (_, options) => {
    const foreign = execFileSync('tar', ['--create', ...options, '--file', '-', '--directory', __dirname, '.']);
    await expect(readBack(foreign)).rejects.toMatchObject({ code: 'malformed' });
  });
});

describe('a header', () => {
  it.each([
    ['', 0],
    ['a b', 0],
    ['ä', 0],
    ['x'.repeat(101), 0],
    ['a', -1],
    ['a', 0.5],
    ['a', MAX_FILE_BYTES + 1],
  ])('is not made for %j of %d bytes', (name, bytes) => {
    expect(() => tarHeader(name, bytes)).toThrow(RangeError);
  });

  it('is not followed by another number of bytes than it says', async () => {
    const [member] = membersOf(new Map([['a', new Uint8Array(2)]]));
    const wrong = async () => {
      for await (const _ of writeTar([{ ...member!, bytes: 3 }]));
    };
    await expect(wrong()).rejects.toThrow('pack.tar_member');
  });
});
