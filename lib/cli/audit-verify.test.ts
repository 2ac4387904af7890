/** `cordon audit verify` on archives and folders on disk: what it says, and the exit code of each failure. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toUtf8 } from '@/lib/kernel/encoding';
import { formatProofFile, formatVkey, inclusionProof } from '@/lib/kernel/log';
import { PACK_FAULTS, type VerifyingHost, verifyPack, writeTar } from '@/lib/kernel/pack';
import { primitives } from '@/lib/primitives';
import { genuine, MUTANTS, remade, SIZE, world } from '@/test/foreign/mutants';
import {
  checkpointOf,
  cosigned,
  type Files,
  logOf,
  membersOf,
  ORIGIN,
  packOf,
  recordLine,
  VKEY,
  WITNESSES,
} from '@/test/foreign/world';
import { bundled } from '@/test/support/bundled';
import { auditVerify, FAULT_EXITS } from './audit-verify';
import { startJudges } from './audit-verify-judges';
import { host, openPack } from './audit-verify-source';
import { UsageError } from './command';

const folder = mkdtempSync(join(tmpdir(), 'cordon-pack-'));
const pathOf = (name: string) => join(folder, name);
const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(pathOf(name), content);
  return pathOf(name);
};
let good: Files;
let pack: string;
let vkey: string;

async function archived(name: string, files: Files): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeTar(membersOf(files))) chunks.push(chunk);
  return write(`${name}.cordon-pack.tar.gz`, gzipSync(Buffer.concat(chunks)));
}

function unpacked(name: string, files: Files): string {
  for (const [file, bytes] of files) {
    mkdirSync(dirname(join(pathOf(name), file)), { recursive: true });
    writeFileSync(join(pathOf(name), file), bytes);
  }
  return pathOf(name);
}

const altered = (bytes: Buffer, at: number): Buffer => Buffer.from(bytes.with(at, bytes[at]! ^ 0x80));

/** The gzip file with extra field, name, comment and a sum of all that in its header. */
function withHeader(gzip: Buffer): Buffer {
  const more = Buffer.from('\x03\x00abcname\0comment\0', 'latin1');
  const header = Buffer.concat([gzip.subarray(0, 3), Buffer.of(2 + 4 + 8 + 16), gzip.subarray(4, 10), more]);
  const sum = Buffer.alloc(2);
  sum.writeUInt16LE(crc32(header) & 0xffff);
  return Buffer.concat([header, sum, gzip.subarray(10)]);
}

async function run(...args: string[]) {
  const lines: string[] = [];
  const exit = await auditVerify.run(args, { line: (text = '') => void lines.push(text), error: () => {} });
  return { exit, text: lines.join('\n') };
}
async function json(...args: string[]) {
  const { exit, text } = await run(...args, '--json');
  return { exit, ...(JSON.parse(text) as Record<string, unknown>) };
}

beforeAll(async () => {
  good = await genuine();
  pack = await archived('good', good);
  vkey = write('vkey', `# from the console's trust page\n\n${VKEY}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a genuine pack', () => {
  it('is said to be complete, and what of it is proven', async () => {
    const { exit, text } = await run(pack, '--vkey', vkey);
    expect(exit).toBe(0);
    expect(text).toMatch(/^OK {2}complete, in order and unaltered$/m);
    expect(text).toMatch(/^ {2}log {8}"console\.example\/audit\/org_1"$/m);
    expect(text).toMatch(/^ {2}entries {4}from 3 up to, not including, 33, of 40 in the log$/m);
    expect(text).toMatch(/^ {2}filter {5}\{"outcome":\["refused"\]\}$/m);
    expect(text).toMatch(/^ {2}events {5}10 match and are here; 20 others are shown not to match$/m);
    expect(text).toMatch(/given by you$/m);
    expect(text).toMatch(/no checkpoint of your own/);
    expect(text).not.toMatch(/NOT INDEPENDENT/);
  });

  it('warns loudly when the key is its own', async () => {
    const { exit, text } = await run(pack);
    expect(exit).toBe(0);
    expect(text).toMatch(/NOT INDEPENDENT/);
    expect(text).toMatch(/THE PACK'S OWN$/m);
  });

  it('may be unpacked', async () => {
    expect(await json(unpacked('good', good), '--vkey', vkey)).toMatchObject({ exit: 0, ok: true, events: 10 });
  });

  it('goes on from a checkpoint kept from before', async () => {
    const head = write('head', await checkpointOf(world.log, 20));
    const result = await json(pack, '--vkey', vkey, '--known-head', head);
    expect(result).toMatchObject({ exit: 0, knownHead: { size: 20, grown: true } });
  });

  it('meets a policy of witnesses, whose file may name the log', async () => {
    const [a, b] = WITNESSES.map(({ key }) => formatVkey(key));
    const policy = write('policy', `log ${VKEY}\nwitness a ${a}\nwitness b ${b}\ngroup both all a b\nquorum both\n`);
    const seen = await archived('seen', await packOf(world, { witnesses: WITNESSES }));
    expect(await json(seen, '--witness-policy', policy)).toMatchObject({
      exit: 0,
      keysFrom: 'auditor',
      witnessed: 'checkpoint',
    });
    expect(await json(pack, '--witness-policy', policy)).toMatchObject({ exit: 23, code: 'unwitnessed' });
  });
});

describe('a failure', () => {
  it.each(MUTANTS)('has the exit code of its kind: $name', async ({ make, code, index = null }) => {
    const files = await make(good);
    expect(await json(await archived('mutant', files), '--vkey', vkey)).toMatchObject({
      ok: false,
      exit: FAULT_EXITS[code],
      code,
      ...(index !== null && { index }),
      says: PACK_FAULTS[code],
    });
  });

  it('names index, file and line', async () => {
    const { make } = MUTANTS.find(({ name }) => name === 'an event says something else')!;
    const { exit, text } = await run(await archived('mutant', await make(good)), '--vkey', vkey);
    expect(exit).toBe(14);
    expect(text).toMatch(/^FAILED {2}event at index 10: a line is not the event that the log holds/);
    expect(text).toMatch(/^ {2}where {3}"events\.ndjson", line 3$/m);
  });

  it.each([
    ['another history', () => checkpointOf(logOf(ORIGIN, [...world.log.leaves].reverse()), 20), 21],
    ['a newer head', () => checkpointOf(logOf(ORIGIN, [...world.log.leaves, new Uint8Array(32)]), SIZE + 1), 22],
    ['a head of another log', () => checkpointOf(world.other, 20), 12],
  ])('comes of knowing %s', async (_, head, exit) => {
    const file = write('known', await head());
    expect(await json(pack, '--vkey', vkey, '--known-head', file)).toMatchObject({ ok: false, exit });
  });

  it('comes of asking for another log', async () => {
    const result = await json(pack, '--vkey', vkey, '--origin', 'console.example/audit/org_2');
    expect(result).toMatchObject({ exit: 12, code: 'signature' });
  });

  it('is told of damaged and foreign archives', async () => {
    const bytes = gzipSync(Buffer.alloc(5000, 7));
    const damaged = [bytes, bytes.subarray(0, 20), Buffer.from('hello'), Buffer.alloc(0), gzipSync(Buffer.alloc(0))];
    for (const content of damaged) {
      expect(await json(write('damaged.tar.gz', content), '--vkey', vkey)).toMatchObject({ exit: 10 });
    }
  });

  it('is told of a gzip file that is not one member alone', async () => {
    const gzip = readFileSync(await archived('one', good));
    const tar = gunzipSync(gzip);
    const alone = [
      tar,
      gzipSync(tar, { level: 0 }),
      // A header with an extra field, a name, a comment and its own sum, as other programs write it.
      withHeader(gzip),
    ];
    for (const content of alone) {
      expect(await json(write('alone.tar.gz', content), '--vkey', vkey)).toMatchObject({ exit: 0 });
    }
    const other = [
      Buffer.concat([gzipSync(tar.subarray(0, 1024)), gzipSync(tar.subarray(1024))]),
      Buffer.concat([gzip, gzipSync('')]),
      Buffer.concat([gzipSync(''), gzip]),
      Buffer.concat([gzip, Buffer.alloc(1)]),
      gzip.subarray(0, -1),
      altered(gzip, gzip.length - 1),
      altered(gzip, gzip.length - 8),
      altered(gzip, 2),
      altered(gzip, 3),
      altered(withHeader(gzip), 14),
    ];
    for (const [i, content] of other.entries()) {
      const { exit } = await json(write('other.tar.gz', content), '--vkey', vkey);
      expect([i, exit]).toEqual([i, 10]);
    }
  });

  it('is told of folders with more or other things in them', async () => {
    const path = unpacked('more', good);
    writeFileSync(join(path, 'notes.txt'), 'checked, all fine');
    expect(await json(path, '--vkey', vkey)).toMatchObject({ exit: 10, file: 'notes.txt' });
    rmSync(join(path, 'notes.txt'));
    for (const [folder, exit] of [
      ['operator', 0],
      ['more', 10],
      ['consistency/more', 10],
    ] as const) {
      mkdirSync(join(path, folder), { recursive: true });
      expect(await json(path, '--vkey', vkey)).toMatchObject({ exit });
      if (exit !== 0) rmSync(join(path, folder), { recursive: true });
    }
    rmSync(join(path, 'events.ndjson'));
    symlinkSync('/dev/zero', join(path, 'events.ndjson'));
    expect(await json(path, '--vkey', vkey)).toMatchObject({ exit: 10 });
    mkdirSync(pathOf('empty'));
    expect(await json(pathOf('empty'), '--vkey', vkey)).toMatchObject({ exit: 10 });
  });

  it('has an exit code of its own for every kind', () => {
    const exits = Object.values(FAULT_EXITS);
    expect(new Set(exits).size).toBe(exits.length);
    expect(Math.min(...exits)).toBe(10);
  });

  it('shows no control characters of hostile text', async () => {
    const evil = '\u202eevil\u2066';
    const { text } = await run(await archived('evil', remade(good, {}, { software: evil })), '--vkey', vkey);
    expect(text).toContain('?evil?');
    expect(text).not.toContain(evil);
  });
});

describe('threads', () => {
  it('find what one processor finds', async () => {
    const threaded: VerifyingHost = { ...host, lineJudges: (rules) => startJudges(rules, 1) };
    for (const files of [good, await MUTANTS.find(({ code }) => code === 'filter')!.make(good)]) {
      const source = openPack(await archived('threaded', files));
      expect(await verifyPack(threaded, source)).toEqual(await verifyPack({ ...host, lineJudges: () => null }, source));
    }
  });

  it('that end leave no verdict', async () => {
    const schemas = new Map<string, string>();
    const judges = startJudges({ filter: {}, opened: [], provable: true, schemas }, 1);
    const judged = judges.judge('events.ndjson', toUtf8('{}')!);
    await Promise.all([expect(judged).rejects.toThrow('ended'), judges.close()]);
    await expect(judges.judge('events.ndjson', toUtf8('{}')!)).rejects.toThrow('ended');
  });
});

describe('a proof file', () => {
  const proofOf = async (index: number, record: string, witnesses = WITNESSES) =>
    formatProofFile({
      index,
      hashes: inclusionProof(primitives, index, SIZE, world.log.read),
      extra: toUtf8(record),
      checkpoint: await cosigned(await checkpointOf(world.log), witnesses),
    });

  it('shows one event to be in the log', async () => {
    const file = write('one.tlog-proof', await proofOf(9, recordLine(world.events[9]!, 9)));
    const result = await json(file, '--vkey', vkey);
    expect(result).toMatchObject({ exit: 0, origin: ORIGIN, index: 9, size: SIZE, fields: { objectId: 'ses_9' } });
    const { text } = await run(file, '--vkey', vkey);
    expect(text).toMatch(/^OK {2}the log holds this event$/m);
    expect(text).toMatch(/^ {2}objectId {3}"ses_9"$/m);
  });

  it('fails by the same codes', async () => {
    const record = recordLine(world.events[9]!, 9);
    const [right, other] = [await proofOf(9, record), await proofOf(9, record.replace('ses_9', 'ses_8'))];
    const moved = await proofOf(9, recordLine(world.events[9]!, 8));
    const cases: [string, number][] = [
      [other, 14],
      [moved, 14],
      [right.replace(/^index 9$/m, 'index 8'), 14],
      [right.replace(/^extra .*\n/m, ''), 10],
      [right.replace('org_1', 'org_2'), 12],
      [right.replace('\n\n', '\n'), 10],
    ];
    for (const [text, exit] of cases) {
      expect(await json(write('false.tlog-proof', text), '--vkey', vkey)).toMatchObject({ ok: false, exit });
    }
    const file = write('right.tlog-proof', right);
    expect(await json(file, '--vkey', vkey, '--origin', 'console.example/audit/org_2')).toMatchObject({ exit: 12 });
  });

  it('may have to be witnessed', async () => {
    const policy = write('one', `witness a ${formatVkey(WITNESSES[0]!.key)}\nquorum a\n`);
    const record = recordLine(world.events[9]!, 9);
    const seen = write('seen.tlog-proof', await proofOf(9, record));
    const unseen = write('unseen.tlog-proof', await proofOf(9, record, WITNESSES.slice(1)));
    expect(await json(seen, '--vkey', vkey, '--witness-policy', policy)).toMatchObject({ exit: 0 });
    expect(await json(unseen, '--vkey', vkey, '--witness-policy', policy)).toMatchObject({ exit: 23 });
  });

  it('needs a key', async () => {
    const file = write('keyless.tlog-proof', await proofOf(9, recordLine(world.events[9]!, 9)));
    await expect(run(file)).rejects.toThrow(UsageError);
  });
});

describe('usage', () => {
  it('is asked for what is not understood', async () => {
    const bad = write('bad', 'not a key\n');
    const witnessOnly = write('witness', `${formatVkey(WITNESSES[0]!.key)}\n`);
    const cases = [
      [],
      [pack, pack],
      [pathOf('absent')],
      [pack, '--vkey', pathOf('absent')],
      [pack, '--vkey', bad],
      [pack, '--vkey', witnessOnly],
      [pack, '--witness-policy', bad],
      [pack, '--witness-policy', write('latin', Buffer.from('# \u00fc\nquorum none\n', 'latin1'))],
      [pack, '--known-head', pathOf('absent')],
      [pack, '--fast'],
    ];
    for (const args of cases) await expect(run(...args)).rejects.toThrow(UsageError);
  });

  it('gives the process its exit code', async () => {
    const mutant = await archived('mutant', await MUTANTS[0]!.make(good));
    const main = await bundled('lib/cli/main.ts');
    const exits = [[pack], [mutant], [pathOf('absent')]].map((args) => {
      return spawnSync(process.execPath, [main, 'audit', 'verify', ...args, '--vkey', vkey]).status;
    });
    expect(exits).toEqual([0, 15, 2]);
  });
});
