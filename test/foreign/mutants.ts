/**
 * What somebody could do to a pack who rewrites its manifest to fit, and what every verifier has to answer. One list for all verifiers: ours
 * and the foreign ones.
 */
import { canonicalJson, encodeBase64, fromUtf8, toHex, toUtf8 } from '@/lib/kernel/encoding';
import { formatVkey, parseNote } from '@/lib/kernel/log';
import { type Filter, type Manifest, type PackFaultCode, parseManifest } from '@/lib/kernel/pack';
import { primitives } from '@/lib/primitives';
import {
  checkpointOf,
  type Files,
  FORGER,
  ORIGIN,
  operatorProof,
  packOf,
  recordLine,
  stubLine,
  type World,
  worldOf,
} from './world';

export const SIZE = 40;
export const FILTER: Filter = { outcome: ['refused'] };
/** The range of the genuine pack. Its checkpoint is of all. */
export const RANGE = { from: 3, to: 33 };
export const world: World = worldOf(SIZE);
export const genuine = (): Promise<Files> => packOf(world, { ...RANGE, filter: FILTER, consistency: [2, 36] });

type Change = Partial<Omit<Manifest, 'files'>>;

/** The pack with some files replaced (null: taken out) and a manifest that fits them. */
export function remade(files: Files, replaced: Record<string, Uint8Array | string | null>, change: Change = {}): Files {
  const changed = new Map(files);
  for (const [name, content] of Object.entries(replaced)) {
    if (content === null) changed.delete(name);
    else changed.set(name, typeof content === 'string' ? toUtf8(content)! : content);
  }
  const entries = [...changed].filter(([name]) => name !== 'manifest.json');
  const manifest = {
    ...parseManifest(files.get('manifest.json')!),
    ...change,
    files: Object.fromEntries(
      entries.map(([name, bytes]) => [name, { bytes: bytes.length, sha256: toHex(primitives.sha256(bytes)) }]),
    ),
  };
  return changed.set('manifest.json', toUtf8(canonicalJson(manifest))!);
}

export const textIn = (files: Files, name: string): string => fromUtf8(files.get(name)!)!;
export const linesIn = (files: Files, name: string): string[] => textIn(files, name).split('\n').slice(0, -1);
export const indexOf = (line: string): number => (JSON.parse(line) as { index: number }).index;
const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
const byIndex = (lines: readonly string[]) => [...lines].sort((a, b) => indexOf(a) - indexOf(b));

/** Rewrites both files of lines; `count` of the manifest follows. */
export function relined(files: Files, events: readonly string[], stubs: readonly string[]): Files {
  const counts = { events: events.length, stubs: stubs.length };
  return remade(files, { 'events.ndjson': joined(events), 'stubs.ndjson': joined(stubs) }, { counts });
}

function edited(files: Files, name: 'events' | 'stubs', edit: (lines: string[]) => string[]): Files {
  const [events, stubs] = [linesIn(files, 'events.ndjson'), linesIn(files, 'stubs.ndjson')];
  return name === 'events' ? relined(files, edit(events), stubs) : relined(files, events, edit(stubs));
}

export function flipped(files: Files, name: string, bit: number): Files {
  const bytes = files.get(name)!.slice();
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  return remade(files, { [name]: bytes });
}

export interface Mutant {
  name: string;
  code: PackFaultCode;
  index?: number;
  make(files: Files): Files | Promise<Files>;
}

/** The README before the vkeys, all else as it is. */
const orderOf = (name: string): number => (name === 'README.txt' ? 1 : name === 'vkeys' ? 2 : 0);

/** Index 10 matches the filter; 11 and 12 do not. */
const [MATCH, NO_MATCH] = [10, 11];
const isAt = (index: number) => (line: string) => indexOf(line) === index;
const isNotAt = (index: number) => (line: string) => indexOf(line) !== index;

export const MUTANTS: Mutant[] = [
  {
    name: 'an event is left out',
    code: 'missing',
    index: MATCH,
    make: (files) => edited(files, 'events', (lines) => lines.filter(isNotAt(MATCH))),
  },
  {
    name: 'a stub is left out',
    code: 'missing',
    index: NO_MATCH,
    make: (files) => edited(files, 'stubs', (lines) => lines.filter(isNotAt(NO_MATCH))),
  },
  {
    name: 'two events change places',
    code: 'missing',
    index: MATCH,
    make: (files) =>
      edited(files, 'events', (lines) => {
        const i = lines.findIndex(isAt(MATCH));
        return [...lines.slice(0, i), lines[i + 1]!, lines[i]!, ...lines.slice(i + 2)];
      }),
  },
  {
    name: 'an event stands twice',
    code: 'misplaced',
    index: MATCH,
    make: (files) =>
      edited(files, 'events', (lines) => lines.flatMap((line) => (isAt(MATCH)(line) ? [line, line] : [line]))),
  },
  {
    name: 'an event stands beside its own stub',
    code: 'misplaced',
    index: MATCH,
    make: (files) =>
      edited(files, 'stubs', (lines) => byIndex([...lines, stubLine(world.events[MATCH]!, MATCH, ['outcome'])])),
  },
  {
    name: 'a false event stands beside the true stub',
    code: 'misplaced',
    index: NO_MATCH,
    make: (files) =>
      edited(files, 'events', (lines) => byIndex([...lines, recordLine(world.events[MATCH]!, NO_MATCH)])),
  },
  {
    name: 'an event from beyond the range is added',
    code: 'misplaced',
    index: RANGE.to + 1,
    make: (files) =>
      edited(files, 'events', (lines) => [...lines, recordLine(world.events[RANGE.to + 1]!, RANGE.to + 1)]),
  },
  {
    name: 'an event says something else',
    code: 'event',
    index: MATCH,
    make: (files) =>
      edited(files, 'events', (lines) =>
        lines.map((line) => (isAt(MATCH)(line) ? line.replace('"ses_10"', '"ses_11"') : line)),
      ),
  },
  {
    name: 'an event has another salt',
    code: 'event',
    index: MATCH,
    make: (files) =>
      edited(files, 'events', (lines) =>
        lines.map((line) =>
          isAt(MATCH)(line)
            ? line.replace(/"actId":\["[^"]*"/, `"actId":["${encodeBase64(new Uint8Array(16))}"`)
            : line,
        ),
      ),
  },
  {
    name: 'an event is one of another tenant',
    code: 'event',
    index: MATCH,
    make: (files) =>
      edited(files, 'events', (lines) =>
        lines.map((line) => (isAt(MATCH)(line) ? recordLine(world.events[MATCH + 3]!, MATCH) : line)),
      ),
  },
  {
    name: 'an event is hidden behind its stub',
    code: 'filter',
    index: MATCH,
    make: (files) =>
      relined(
        files,
        linesIn(files, 'events.ndjson').filter(isNotAt(MATCH)),
        byIndex([...linesIn(files, 'stubs.ndjson'), stubLine(world.events[MATCH]!, MATCH, ['outcome'])]),
      ),
  },
  {
    name: 'an event is hidden behind a stub of another',
    code: 'event',
    index: MATCH,
    make: (files) =>
      relined(
        files,
        linesIn(files, 'events.ndjson').filter(isNotAt(MATCH)),
        byIndex([...linesIn(files, 'stubs.ndjson'), stubLine(world.events[NO_MATCH]!, MATCH, ['outcome'])]),
      ),
  },
  {
    name: 'an event is shown that does not match',
    code: 'filter',
    index: NO_MATCH,
    make: (files) =>
      relined(
        files,
        byIndex([...linesIn(files, 'events.ndjson'), recordLine(world.events[NO_MATCH]!, NO_MATCH)]),
        linesIn(files, 'stubs.ndjson').filter(isNotAt(NO_MATCH)),
      ),
  },
  {
    name: 'an event keeps a header field back',
    code: 'opening',
    index: MATCH,
    make: (files) =>
      edited(files, 'events', (lines) =>
        lines.map((line) => (isAt(MATCH)(line) ? stubLine(world.events[MATCH]!, MATCH, ['outcome', 'about']) : line)),
      ),
  },
  {
    name: 'a stub opens too little',
    code: 'opening',
    index: NO_MATCH,
    make: (files) =>
      edited(files, 'stubs', (lines) =>
        lines.map((line) => (isAt(NO_MATCH)(line) ? stubLine(world.events[NO_MATCH]!, NO_MATCH, []) : line)),
      ),
  },
  {
    name: 'a stub opens another field than it must',
    code: 'opening',
    index: NO_MATCH,
    make: (files) =>
      edited(files, 'stubs', (lines) =>
        lines.map((line) => (isAt(NO_MATCH)(line) ? stubLine(world.events[NO_MATCH]!, NO_MATCH, ['at']) : line)),
      ),
  },
  {
    name: 'a stub tells more than it must',
    code: 'opening',
    index: NO_MATCH,
    make: (files) =>
      edited(files, 'stubs', (lines) =>
        lines.map((line) =>
          isAt(NO_MATCH)(line) ? stubLine(world.events[NO_MATCH]!, NO_MATCH, ['outcome', 'actor']) : line,
        ),
      ),
  },
  {
    name: 'a line is not canonical',
    code: 'malformed',
    make: (files) =>
      edited(files, 'events', (lines) => lines.map((line) => (isAt(MATCH)(line) ? line.replace(',', ', ') : line))),
  },
  {
    name: 'a line is not JSON',
    code: 'malformed',
    make: (files) =>
      edited(files, 'stubs', (lines) => lines.map((line) => (isAt(NO_MATCH)(line) ? line.slice(1) : line))),
  },
  {
    name: 'the counts are wrong',
    code: 'count',
    make: (files) => {
      const { counts } = parseManifest(files.get('manifest.json')!);
      return remade(files, {}, { counts: { events: counts.events - 1, stubs: counts.stubs + 1 } });
    },
  },
  {
    name: 'one of the counts is wrong',
    code: 'count',
    make: (files) => {
      const { counts } = parseManifest(files.get('manifest.json')!);
      return remade(files, {}, { counts: { ...counts, stubs: counts.stubs + 1 } });
    },
  },
  {
    name: 'the manifest has stubs open more than the filter needs',
    code: 'malformed',
    make: (files) => remade(files, {}, { opened: ['outcome', 'actor'] }),
  },
  {
    name: 'the filter is a wider one',
    code: 'opening',
    index: RANGE.from,
    make: (files) => remade(files, {}, { filter: {}, opened: [] }),
  },
  { name: 'a leaf has another bit', code: 'root', make: (files) => flipped(files, 'leaves.bin', 8 * 32 * 5 + 3) },
  {
    name: 'a hash beside the range is another',
    code: 'root',
    make: (files) => {
      const text = textIn(files, 'range.json');
      const first = /"([^"]{44})"/.exec(text)![1]!;
      return remade(files, { 'range.json': text.replace(first, encodeBase64(new Uint8Array(32))) });
    },
  },
  {
    name: 'a hash beside the range is left out',
    code: 'root',
    make: (files) => remade(files, { 'range.json': textIn(files, 'range.json').replace(/"[^"]{44}",?/, '') }),
  },
  {
    name: 'a hash beside the range is added',
    code: 'root',
    make: (files) =>
      remade(files, {
        'range.json': textIn(files, 'range.json').replace(']}', `,"${encodeBase64(new Uint8Array(32))}"]}`),
      }),
  },
  {
    name: 'the tail of the range is cut off',
    code: 'root',
    make: (files) => {
      const to = RANGE.to - 4;
      const cut = (name: string) => linesIn(files, name).filter((line) => indexOf(line) < to);
      const lines = relined(files, cut('events.ndjson'), cut('stubs.ndjson'));
      const leaves = files.get('leaves.bin')!.slice(0, (to - RANGE.from) * 32);
      return remade(lines, { 'leaves.bin': leaves }, { range: { from: RANGE.from, to } });
    },
  },
  {
    name: 'leaves are cut off',
    code: 'malformed',
    make: (files) => remade(files, { 'leaves.bin': files.get('leaves.bin')!.slice(0, -32) }),
  },
  {
    name: "the checkpoint is another tenant's",
    code: 'signature',
    make: async (files) => remade(files, { checkpoint: await checkpointOf(world.other) }),
  },
  {
    name: "the whole claim is another tenant's",
    code: 'root',
    make: async (files) => {
      const root = encodeBase64(world.other.rootAt(SIZE));
      const claim = { origin: world.other.origin, checkpoint: { size: SIZE, root } };
      return remade(files, { checkpoint: await checkpointOf(world.other) }, claim);
    },
  },
  {
    name: 'the checkpoint is an older one',
    code: 'signature',
    make: async (files) => remade(files, { checkpoint: await checkpointOf(world.log, SIZE - 1) }),
  },
  {
    name: 'the checkpoint is an older one, and the manifest says so',
    code: 'root',
    make: async (files) => {
      const size = SIZE - 1;
      const checkpoint = { size, root: encodeBase64(world.log.rootAt(size)) };
      return remade(files, { checkpoint: await checkpointOf(world.log, size) }, { checkpoint });
    },
  },
  {
    name: 'the checkpoint is older than the range',
    code: 'malformed',
    make: async (files) => {
      const size = RANGE.to - 1;
      const checkpoint = { size, root: encodeBase64(world.log.rootAt(size)) };
      return remade(files, { checkpoint: await checkpointOf(world.log, size) }, { checkpoint });
    },
  },
  {
    name: 'another key signed, and stands in the pack',
    code: 'signature',
    make: async (files) => {
      const checkpoint = await checkpointOf(world.log, SIZE, FORGER);
      return remade(files, { checkpoint, vkeys: `${formatVkey(FORGER.key)}\n` });
    },
  },
  {
    name: 'the signed text was altered',
    code: 'signature',
    make: (files) => {
      const root = encodeBase64(world.log.rootAt(SIZE - 1));
      const { text } = parseNote(files.get('checkpoint')!)!;
      const forged = `${ORIGIN}\n${SIZE - 1}\n${root}\n`;
      const checkpoint = textIn(files, 'checkpoint').replace(text, forged);
      return remade(files, { checkpoint }, { checkpoint: { size: SIZE - 1, root } });
    },
  },
  {
    name: 'the signature is cut off',
    code: 'signature',
    make: (files) => remade(files, { checkpoint: textIn(files, 'checkpoint').replace(/\u2014.*/s, '') }),
  },
  {
    name: 'a shape is missing',
    code: 'schema',
    index: 4,
    make: (files) => remade(files, { 'schemas.json': '{}' }),
  },
  {
    name: 'a shape is another',
    code: 'schema',
    make: (files) => remade(files, { 'schemas.json': textIn(files, 'schemas.json').replace('"factor"', '"factory"') }),
  },
  {
    name: 'the operator log holds another checkpoint there',
    code: 'operator',
    make: (files) => {
      const proof = textIn(files, 'operator/proof.tlog-proof').replace('index 2', 'index 3');
      return remade(files, { 'operator/proof.tlog-proof': proof });
    },
  },
  {
    name: "the proof is from another log than the operator's",
    code: 'operator',
    make: async (files) => {
      const note = textIn(files, 'checkpoint');
      const proof = await operatorProof(note, note, [], 'console.example/audit/org_9');
      return remade(files, { 'operator/proof.tlog-proof': proof });
    },
  },
  {
    name: 'the proof is of an older checkpoint',
    code: 'operator',
    make: async (files) => {
      const proof = await operatorProof(await checkpointOf(world.log, SIZE - 1), textIn(files, 'checkpoint'), []);
      return remade(files, { 'operator/proof.tlog-proof': proof });
    },
  },
  {
    name: "the proof is of another tenant's checkpoint",
    code: 'operator',
    make: async (files) => {
      const proof = await operatorProof(await checkpointOf(world.other), textIn(files, 'checkpoint'), []);
      return remade(files, { 'operator/proof.tlog-proof': proof });
    },
  },
  {
    name: 'two files change places',
    code: 'malformed',
    make: (files) => new Map([...files].toSorted(([a], [b]) => orderOf(a) - orderOf(b))),
  },
  {
    name: 'a file was changed alone',
    code: 'file_hash',
    make: (files) => new Map(files).set('README.txt', toUtf8('Trust it.')!),
  },
  {
    name: 'a byte of the events was changed alone',
    code: 'file_hash',
    make: (files) => new Map(files).set('events.ndjson', flipped(files, 'events.ndjson', 4711).get('events.ndjson')!),
  },
  {
    name: 'a listed file is not there',
    code: 'file_hash',
    make: (files) => new Map([...files].filter(([name]) => name !== 'README.txt')),
  },
  {
    name: 'a file is there that is not listed',
    code: 'file_hash',
    make: (files) => new Map(files).set('verify.html', toUtf8('<p>Verified!')!),
  },
  {
    name: 'a file is missing from manifest and pack',
    code: 'file_hash',
    make: (files) => remade(files, { 'schemas.json': null }),
  },
  {
    name: 'the manifest has a member more',
    code: 'malformed',
    make: (files) => remade(files, {}, { verified: true } as Change),
  },
  {
    name: 'the manifest is of a later version',
    code: 'malformed',
    make: (files) => remade(files, {}, { version: 2 } as unknown as Change),
  },
  {
    name: 'the pack calls itself unproven',
    code: 'unproven',
    make: (files) => remade(files, {}, { provable: false }),
  },
];
