/** Packs of a small log: what a genuine one shows, what each forgery is called, and that no single row or bit can be taken away. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, encodeBase64, toUtf8 } from '@/lib/kernel/encoding';
import { formatVkey } from '@/lib/kernel/log';
import {
  FILTER,
  flipped,
  genuine,
  indexOf,
  linesIn,
  MUTANTS,
  RANGE,
  relined,
  remade,
  SIZE,
  world,
} from '@/test/foreign/mutants';
import {
  checkpointOf,
  cosigned,
  type Files,
  FORGER,
  host,
  LOG_KEY,
  logOf,
  ORIGIN,
  packOf,
  sourceOf,
  WITNESSES,
  worldOf,
  worldWith,
} from '@/test/foreign/world';
import {
  type Asked,
  type Filter,
  lineJudge,
  PACK_FAULTS,
  type PackResult,
  type PackSource,
  parsePolicy,
  type VerifyingHost,
  verifyPack,
} from './index';

const KEYS = { keys: [LOG_KEY.key] };
const verify = (files: Files, asked: Asked = KEYS): Promise<PackResult> => verifyPack(host, sourceOf(files), asked);
const codeOf = (result: PackResult) => (result.ok ? 'ok' : result.code);
const bytes = (text: string): Uint8Array => toUtf8(text)!;

describe('a genuine pack', () => {
  it('shows what it proves and who says so', async () => {
    const result = await verify(await genuine());
    expect(result).toMatchObject({
      ok: true,
      report: {
        manifest: { origin: ORIGIN, range: RANGE, checkpoint: { size: SIZE }, filter: FILTER, opened: ['outcome'] },
        events: 10,
        stubs: 20,
        times: { first: '2026-11-22T00:00:04.000Z', last: '2026-11-22T00:00:31.000Z' },
        keysFrom: 'auditor',
        knownHead: null,
        operator: { index: 2 },
        witnessed: null,
      },
    });
  });

  it('is believed on its own keys only with a word about it', async () => {
    expect(await verify(await genuine(), {})).toMatchObject({ ok: true, report: { keysFrom: 'pack' } });
  });

  it('says so when it has no proof from the operator log', async () => {
    const result = await verify(await packOf(world, { operator: false }));
    expect(result).toMatchObject({ ok: true, report: { operator: null } });
  });

  const filters: Filter[] = [
    {},
    { at: { from: '2026-11-22T00:00:05.000Z', to: '2026-11-22T00:00:20.000Z' } },
    { at: { to: '2026-11-22T00:00:20.000Z' } },
    { schema: ['sign-in.', 'sign-in@'] },
    { schema: ['sign-in@1'], outcome: ['refused', 'success'] },
    { projectId: [null, 'prj_1'], actor: ['act_0', 'act_1'] },
    { actorKind: ['system'], objectType: ['Session'] },
    { objectId: ['ses_4'] },
    { actId: ['act-3', 'act-4'] },
    { actId: ['none'] },
  ];
  it.each(filters)('may have the filter %j', async (filter) => {
    expect(codeOf(await verify(await packOf(world, { filter })))).toBe('ok');
  });

  it('may be of any range of any size', async () => {
    for (const size of [0, 1, 2, 3, 7, 8, 9]) {
      for (let from = 0; from <= size; from++) {
        for (let to = from; to <= size; to++) {
          const result = await verify(await packOf(world, { from, to, size, filter: FILTER }));
          expect([size, from, to, codeOf(result)]).toEqual([size, from, to, 'ok']);
        }
      }
    }
  });
});

/** Judges lines by the side, each piece after more turns of the loop than the one that comes after it. */
const aside: VerifyingHost = {
  ...host,
  lineJudges(rules) {
    const judge = lineJudge(host, rules);
    let turns = 12;
    return {
      width: 3,
      async judge(file, piece) {
        const judged = judge(file, piece);
        turns = (turns + 8) % 12;
        for (let turn = turns; turn > 0; turn--) await new Promise((done) => setImmediate(done));
        return judged;
      },
      close: async () => undefined,
    };
  },
};

/** The same files in small chunks; the second reading of the events fails after some of them, where that is asked for. */
function inChunks(files: Files, unplugged = Number.POSITIVE_INFINITY): PackSource {
  let readings = 0;
  async function* chunks(data: AsyncIterable<Uint8Array>, most: number) {
    for await (const bytes of data) {
      for (let at = 0; at < bytes.length; at += 1500) {
        if (at / 1500 >= most) throw new Error('unplugged');
        yield bytes.slice(at, at + 1500);
      }
    }
  }
  return {
    async *files() {
      for await (const file of sourceOf(files).files()) {
        const again = file.name === 'events.ndjson' && readings++ > 0;
        yield { ...file, data: chunks(file.data, again ? unplugged : Number.POSITIVE_INFINITY) };
      }
    },
  };
}

describe('lines that are judged by the side', () => {
  it.each([{ name: 'nothing is wrong', make: (files: Files) => files }, ...MUTANTS])(
    'say the same when $name',
    async ({ make }) => {
      const files = await make(await genuine());
      expect(await verifyPack(aside, inChunks(files), KEYS)).toEqual(await verifyPack(host, inChunks(files), KEYS));
    },
  );

  it('say the same of a file that cannot be read to its end, or is wrong before that', async () => {
    const files = await genuine();
    const [first, ...others] = linesIn(files, 'events.ndjson');
    const wrong = relined(files, [first!.replace('"ses_', '"set_'), ...others], linesIn(files, 'stubs.ndjson'));
    for (const most of [0, 1, 2]) {
      await expect(verifyPack(aside, inChunks(files, most), KEYS)).rejects.toThrow('unplugged');
    }
    expect(codeOf(await verifyPack(aside, inChunks(wrong, 2), KEYS))).toBe('event');
  });
});

describe('a pack is refused when', () => {
  it.each(MUTANTS)('$name', async ({ make, code, index }) => {
    const result = await verify(await make(await genuine()));
    expect(result).toMatchObject({ ok: false, code, ...(index === undefined ? {} : { index }) });
  });

  it.each(['events', 'stubs'] as const)('any one of the %s is taken out, and says which', async (name) => {
    const files = await genuine();
    for (const line of linesIn(files, `${name}.ndjson`)) {
      const less = (of: string) => linesIn(files, `${of}.ndjson`).filter((other) => other !== line);
      const result = await verify(relined(files, less('events'), less('stubs')));
      expect(result).toMatchObject({ code: 'missing', index: indexOf(line) });
    }
  });

  it('any two lines of a file change places, at the first of them', async () => {
    const files = await genuine();
    const events = linesIn(files, 'events.ndjson');
    const places = fc.uniqueArray(fc.nat(events.length - 1), { minLength: 2, maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(places, async ([a, b]) => {
        const swapped = [...events];
        [swapped[a!], swapped[b!]] = [events[b!]!, events[a!]!];
        const result = await verify(relined(files, swapped, linesIn(files, 'stubs.ndjson')));
        expect(result).toMatchObject({ code: 'missing', index: indexOf(events[Math.min(a!, b!)]!) });
      }),
      { numRuns: 30 },
    );
  });

  it('any bit of any file is another, and the manifest is not', async () => {
    const files = await genuine();
    const place = fc
      .constantFrom(...files.keys())
      .chain((name) => fc.tuple(fc.constant(name), fc.nat(8 * files.get(name)!.length - 1)));
    await fc.assert(
      fc.asyncProperty(place, async ([name, bit]) => {
        const changed = files.get(name)!.slice();
        changed[bit >> 3]! ^= 1 << (bit & 7);
        const result = await verify(new Map(files).set(name, changed));
        // What nothing signs and the log does not bear out can be changed in the manifest itself.
        const claims = name === 'manifest.json' && result.ok;
        if (claims) expect(saidOf(changed)).not.toEqual(saidOf(files.get(name)!));
        else expect(codeOf(result)).not.toBe('ok');
      }),
      { numRuns: 300 },
    );
  });

  it('any bit of what proves something is another, and the manifest fits it', async () => {
    const files = await genuine();
    const proving = ['leaves.bin', 'events.ndjson', 'stubs.ndjson', 'range.json', 'schemas.json'];
    const place = fc
      .constantFrom(...proving)
      .chain((name) => fc.tuple(fc.constant(name), fc.nat(8 * files.get(name)!.length - 1)));
    await fc.assert(
      fc.asyncProperty(place, async ([name, bit]) => {
        expect(codeOf(await verify(flipped(files, name, bit)))).not.toBe('ok');
      }),
      { numRuns: 300 },
    );
  });

  it('the fields that a stub opens are not exactly the opened ones, whatever the filter', async () => {
    const files = await packOf(world, { filter: { actor: ['act_1'], at: { from: '2026-11-22T00:00:05.000Z' } } });
    expect(codeOf(await verify(files))).toBe('ok');
    const narrower = await packOf(world, { filter: { actor: ['act_1'] } });
    const mixed = remade(files, { 'stubs.ndjson': narrower.get('stubs.ndjson')! });
    expect(await verify(mixed)).toMatchObject({ code: 'opening' });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a value that the filter cannot be asked of', { outcome: 5 }, 'filter'],
    ['no value where there has to be one', { outcome: null }, 'filter'],
  ])('a stub opens %s', async (_, change, code) => {
    const odd = worldWith(world, 11, change);
    expect(await verify(await packOf(odd, { filter: FILTER }))).toMatchObject({ code, index: 11 });
    expect(codeOf(await verify(await packOf(odd, { from: 12, filter: FILTER })))).toBe('ok');
  });

  it('an event names the shape of another schema', async () => {
    const about = { ...(world.events[10]!.header.about as object) };
    const other = (world.events[11]!.header.about as { schemaDigest: string }).schemaDigest;
    const odd = worldWith(world, 10, { about: { ...about, schemaDigest: other } });
    expect(await verify(await packOf(odd, { filter: FILTER }))).toMatchObject({ code: 'schema', index: 10 });
  });

  it('it is from another log than asked for', async () => {
    const result = await verify(await genuine(), { ...KEYS, origin: 'console.example/audit/org_2' });
    expect(codeOf(result)).toBe('signature');
  });

  it('it is unproven even if every line is right, and a stub hides a match', async () => {
    expect(codeOf(await verify(await packOf(world, { filter: FILTER, provable: false })))).toBe('unproven');
  });

  it('the medium answers otherwise when it is read again', async () => {
    const files = await packOf(world);
    const changed = (name: string) => new Map(files).set(name, flipped(files, name, 3).get(name)!);
    // A whole other history, in which every line fits its leaf.
    const another = await packOf(worldWith(world, 1, { actor: 'act_9' }));
    const cases: [Files, string][] = [
      [changed('leaves.bin'), 'event'],
      [another, 'root'],
    ];
    for (const [later, code] of cases) {
      let reads = 0;
      const shifty = { files: () => sourceOf(reads++ === 0 ? files : later).files() };
      expect(codeOf(await verifyPack(host, shifty, KEYS))).toBe(code);
    }
  });
});

/** What the manifest says that nothing proves. */
function saidOf(manifest: Uint8Array): unknown {
  const { createdAt, software } = JSON.parse(new TextDecoder().decode(manifest));
  return { createdAt, software };
}

describe('a known head', () => {
  const known = async (size: number) => bytes(await checkpointOf(world.log, size));

  it.each([
    ['before the range, with a proof', 2, { size: 2, grown: true }],
    ['where the range begins', RANGE.from, { size: RANGE.from, grown: true }],
    ['in the range, without a proof', 20, { size: 20, grown: true }],
    ['where the range ends', RANGE.to, { size: RANGE.to, grown: true }],
    ['after the range, with a proof', 36, { size: 36, grown: true }],
    ['of the same size', SIZE, { size: SIZE, grown: false }],
    ['of no entries', 0, { size: 0, grown: true }],
  ])('%s', async (_, size, knownHead) => {
    const result = await verify(await genuine(), { ...KEYS, knownHead: await known(size) });
    expect(result).toMatchObject({ ok: true, report: { knownHead } });
  });

  it('that the pack says nothing about is not taken on trust', async () => {
    expect(codeOf(await verify(await genuine(), { ...KEYS, knownHead: await known(38) }))).toBe('diverged');
  });

  it.each([2, RANGE.from, 20, 36, SIZE])('of another history of %i entries diverges', async (size) => {
    const leaves = [...world.log.leaves];
    leaves[1] = leaves[0]!;
    const knownHead = bytes(await checkpointOf(logOf(ORIGIN, leaves), size));
    expect(codeOf(await verify(await genuine(), { ...KEYS, knownHead }))).toBe('diverged');
  });

  it('that is newer shows the pack to be old', async () => {
    const old = await packOf(world, { size: 30 });
    expect(codeOf(await verify(old))).toBe('ok');
    expect(codeOf(await verify(old, { ...KEYS, knownHead: await known(31) }))).toBe('older');
  });

  it('convicts a pack that brings its own key', async () => {
    const checkpoint = await checkpointOf(world.log, SIZE, FORGER);
    const forged = remade(await packOf(world, { operator: false }), {
      checkpoint,
      vkeys: `${formatVkey(FORGER.key)}\n`,
    });
    expect(codeOf(await verify(forged, {}))).toBe('ok');
    expect(codeOf(await verify(forged, { knownHead: await known(20) }))).toBe('signature');
  });

  it('has to be signed, and of the same log', async () => {
    const foreign = bytes(await checkpointOf(world.other, 20));
    const unsigned = bytes((await checkpointOf(world.log, 20)).replace(/\u2014.*/s, ''));
    for (const knownHead of [foreign, unsigned, new Uint8Array(0)]) {
      expect(codeOf(await verify(await genuine(), { ...KEYS, knownHead }))).toBe('signature');
    }
  });
});

describe('witnesses', () => {
  const [w1, w2, w3] = WITNESSES.map(({ key }) => `witness ${key.name} ${formatVkey(key)}`);
  const [n1, n2, n3] = WITNESSES.map(({ key }) => key.name);
  const policyOf = (quorum: string) => {
    const policy = parsePolicy(host, `${w1}\n${w2}\n${w3}\n${quorum}\n`);
    if ('line' in policy) throw new Error(`line ${policy.line}`);
    return policy;
  };
  const two = policyOf(`group two 2 ${n1} ${n2} ${n3}\nquorum two`);
  const asked = (policy = two) => ({ ...KEYS, policy });

  it('are counted on the checkpoint', async () => {
    const result = await verify(await packOf(world, { witnesses: WITNESSES.slice(1) }), asked());
    expect(result).toMatchObject({ ok: true, report: { witnessed: 'checkpoint', operator: { index: 2 } } });
  });

  it('are counted on the operator log, which holds the checkpoint', async () => {
    const result = await verify(await packOf(world, { operatorWitnesses: WITNESSES.slice(1) }), asked());
    expect(result).toMatchObject({ ok: true, report: { witnessed: 'operator' } });
  });

  it('are not added up over both', async () => {
    const split = await packOf(world, { witnesses: [WITNESSES[0]!], operatorWitnesses: [WITNESSES[1]!] });
    expect(codeOf(await verify(split, asked()))).toBe('unwitnessed');
  });

  it('do not count twice, and not for another', async () => {
    const one = await packOf(world, { witnesses: [WITNESSES[0]!, WITNESSES[0]!], operator: false });
    expect(codeOf(await verify(one, asked()))).toBe('unwitnessed');
    expect(codeOf(await verify(one, asked(policyOf(`quorum ${n1}`))))).toBe('ok');
    expect(codeOf(await verify(one, asked(policyOf(`quorum ${n2}`))))).toBe('unwitnessed');
    expect(codeOf(await verify(one, asked(policyOf('quorum none'))))).toBe('ok');
  });

  it('spoil the checkpoint when what they are said to have signed is something else', async () => {
    const other = await cosigned(await checkpointOf(world.log, SIZE - 1), [WITNESSES[0]!]);
    const line = other.trimEnd().split('\n').at(-1);
    const checkpoint = `${await checkpointOf(world.log, SIZE)}${line}\n`;
    const files = remade(await packOf(world, { operator: false }), { checkpoint });
    expect(codeOf(await verify(files))).toBe('ok');
    expect(codeOf(await verify(files, asked(policyOf('quorum none'))))).toBe('signature');
  });
});

it('has words for every fault', () => {
  for (const words of Object.values(PACK_FAULTS)) expect(words).toMatch(/^[a-z].{20,}[^.]$/);
});

it('is the same pack whenever it is written', async () => {
  const again = await packOf(worldOf(SIZE), { ...RANGE, filter: FILTER, consistency: [2, 36] });
  expect(canonicalJson([...again].map(([name, file]) => [name, encodeBase64(file)]))).toBe(
    canonicalJson([...(await genuine())].map(([name, file]) => [name, encodeBase64(file)])),
  );
});
