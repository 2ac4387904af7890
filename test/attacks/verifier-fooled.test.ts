/**
 * The attack: somebody hands an auditor a file and wants the verifier in the auditor's browser to say that it is complete and unaltered, or to
 * say nothing at all. They write the whole file. They sign with a key of their own and enclose it. They enclose a verifier of their own that
 * always agrees. They put a file in twice, so that one is hashed and the other read. They let a few kilobytes unpack to more than any machine
 * holds, in front of the pack's end and behind it, or make one line that never ends. They write code where a value is expected, and characters
 * that turn the rest of a line round.
 *
 * What holds: green needs a key that did not come with the file. Nothing enclosed is run. Everything is read in the order and within the limits
 * of lib/kernel/pack, and unpacking stops where reading stops. (That foreign text stays text is shown in a browser: test/journeys.)
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { formatVkey } from '@/lib/kernel/log';
import { tarHeader, writeTar } from '@/lib/kernel/pack';
import { judge } from '@/lib/verifier/page/judge';
import { headlineOf } from '@/lib/verifier/page/ui/report';
import type { Verdict } from '@/lib/verifier/page/verdict';
import { archived } from '../foreign/disk';
import { genuine, linesIn, relined, remade, SIZE, world } from '../foreign/mutants';
import { checkpointOf, type Files, FORGER, membersOf, VKEY } from '../foreign/world';

const MIB = 1 << 20;
const zeros = (mebibytes: number) => Array.from({ length: mebibytes }, () => new Uint8Array(MIB));
const ask = (bytes: Uint8Array, vkeys = VKEY) =>
  judge({ file: new Blob([bytes as BlobPart]), vkeys, origin: '', head: '', policy: '' });
const toneOf = (verdict: Verdict) => (verdict.kind === 'unusable' ? 'none' : headlineOf(verdict).tone);

/** Bytes that came out of gzip, and the most that went in at once: browsers unpack all of that before anybody can stop them. */
let unpacked = 0;
let largest = 0;
beforeEach(() => {
  unpacked = largest = 0;
  const Native = DecompressionStream;
  vi.stubGlobal(
    'DecompressionStream',
    class {
      readonly writable: WritableStream;
      readonly readable: ReadableStream;
      constructor(format: 'gzip') {
        const native = new Native(format);
        const writer = native.writable.getWriter();
        this.writable = new WritableStream<BufferSource>({
          write(chunk) {
            largest = Math.max(largest, chunk.byteLength);
            return writer.write(chunk);
          },
          close: () => writer.close(),
          abort: (reason) => writer.abort(reason),
        });
        const counting = new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, out) {
            unpacked += chunk.length;
            out.enqueue(chunk);
          },
        });
        this.readable = native.readable.pipeThrough(counting as never);
      }
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

let good: Files;
let pack: Uint8Array;
beforeAll(async () => {
  good = await genuine();
  pack = await archived(good);
});

async function tarOf(members: ReturnType<typeof membersOf>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeTar(members)) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
}

it('the genuine pack is green, or all of this says nothing', async () => {
  expect(toneOf(await ask(pack))).toBe('success');
});

describe('a key of their own', () => {
  const forged = async () => {
    const checkpoint = await checkpointOf(world.log, SIZE, FORGER);
    return archived(
      remade(good, { checkpoint, vkeys: `${formatVkey(FORGER.key)}\n`, 'operator/proof.tlog-proof': null }),
    );
  };

  it('is refused when the auditor has the log’s', async () => {
    expect(await ask(await forged())).toMatchObject({ ok: false, code: 'signature', step: 'checkpoint' });
  });

  it('is never green when the auditor has none', async () => {
    const verdict = await ask(await forged(), '');
    expect(verdict).toMatchObject({ ok: true, keysFrom: 'pack' });
    expect(toneOf(verdict)).toBe('notice');
    expect(toneOf(await ask(pack, ''))).toBe('notice');
  });
});

describe('what they enclose', () => {
  it('is not run: a verifier that came along is a file like any other', async () => {
    const lying = remade(good, { 'verify.html': '<!doctype html><h1>Complete, in order and unaltered</h1>' });
    expect(toneOf(await ask(await archived(lying)))).toBe('success');
    const both = relined(lying, linesIn(lying, 'events.ndjson').slice(1), linesIn(lying, 'stubs.ndjson'));
    expect(await ask(await archived(both))).toMatchObject({ ok: false, code: 'missing', index: 4 });
  });

  it.each(['manifest.json', 'events.ndjson', 'leaves.bin', 'verify.html'])(
    'is there once: %s twice is refused',
    async (name) => {
      const files = remade(good, { 'verify.html': '<p>' });
      const members = membersOf(files);
      const at = members.findIndex((member) => member.name === name);
      expect(await ask(await tarOf(members.toSpliced(at, 0, members[at]!)))).toMatchObject({ ok: false });
    },
  );

  it('has the names of a pack and no other', async () => {
    const members = membersOf(good);
    const more = { ...members.at(-1)!, name: 'verified' };
    expect(await ask(await tarOf([...members, more]))).toMatchObject({ ok: false, code: 'malformed' });
  });
});

describe('what unpacks without end', () => {
  it('ends at the limit of the manifest', async () => {
    const bomb = gzipSync(Buffer.concat([tarHeader('manifest.json', 96 * MIB), ...zeros(96)]));
    expect(bomb.length).toBeLessThan(MIB / 2);
    expect(await ask(bomb)).toMatchObject({ ok: false, code: 'malformed', file: 'manifest.json' });
    expect(largest).toBeGreaterThan(0);
    expect(largest).toBeLessThanOrEqual(16_384);
    expect(unpacked).toBeLessThan(48 * MIB);
  });

  it('ends where a file is longer than the manifest says', async () => {
    const members = membersOf(good);
    const at = members.findIndex(({ name }) => name === 'events.ndjson');
    const long = { name: 'events.ndjson', bytes: 96 * MIB, read: () => each(zeros(96)) };
    expect(await ask(await tarOf(members.with(at, long)))).toMatchObject({ ok: false, code: 'file_hash' });
    expect(unpacked).toBeLessThan(48 * MIB);
  });

  it('ends behind the end of the pack', async () => {
    const bomb = gzipSync(Buffer.concat([gunzipSync(pack), ...zeros(96)]));
    expect(await ask(bomb)).toMatchObject({ ok: false, code: 'malformed' });
    expect(unpacked).toBeLessThan(48 * MIB);
  });

  it('ends in a line that does not, before the line is whole', async () => {
    const line = Buffer.alloc(8 * MIB, 'x');
    const files = remade(good, { 'events.ndjson': line });
    expect(await ask(await archived(files))).toMatchObject({ ok: false, code: 'malformed', file: 'events.ndjson' });
  });
});

async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}
