/**
 * Where two honest verifiers could differ: what is allowed although it looks odd (no code), and what is refused although it looks harmless. Most
 * of it only the log's own writer could make. One list for all verifiers.
 */
import { canonicalJson, encodeBase64, fromUtf8, toHex, toUtf8 } from '@/lib/kernel/encoding';
import { checkpointText, type Signer } from '@/lib/kernel/log';
import type { PackFaultCode } from '@/lib/kernel/pack';
import { primitives } from '@/lib/primitives';
import { FILTER, genuine, linesIn, RANGE, relined, remade, SIZE, textIn, world } from './mutants';
import {
  type Files,
  LOG_KEY,
  ORIGIN,
  operatorProof,
  packOf,
  SHAPES,
  signerOf,
  stubLine,
  type World,
  worldOn,
  worldWith,
} from './world';

export interface Edge {
  name: string;
  /** Null: the pack holds. */
  code: PackFaultCode | null;
  index?: number;
  make(): Files | Promise<Files>;
}

/** A name that its own key and another share, with the same key id. */
const seed = (n: number) => signerOf(LOG_KEY.key.name, Uint8Array.of(n >> 8, n));
export const COLLIDING: readonly [Signer, Signer] = [seed(42_239), seed(64_096)];

const PROOF = 'operator/proof.tlog-proof';
const options = { ...RANGE, filter: FILTER };
const shapeDigest = (shape: unknown) => toHex(primitives.sha256(toUtf8(canonicalJson(shape))!));

/** A note as nobody's library would write it. */
export async function noteBy({ key, sign }: Signer, text: string): Promise<string> {
  const id = [24, 16, 8, 0].map((bits) => key.id >>> bits);
  return `${text}\n\u2014 ${key.name} ${encodeBase64(Uint8Array.from([...id, ...(await sign(toUtf8(text)!))]))}\n`;
}

async function withNote(change: (text: string) => string, after = (note: string) => note): Promise<Files> {
  const text = checkpointText({ origin: ORIGIN, size: SIZE, root: world.log.rootAt(SIZE), extensions: [] });
  const files = await packOf(world, { ...options, operator: false });
  return remade(files, { checkpoint: after(await noteBy(LOG_KEY, change(text))) });
}

const written = async (change: Parameters<typeof remade>[1]) => remade(await genuine(), change);
const edited = async (name: string, edit: (text: string) => string) => {
  const files = await genuine();
  return remade(files, { [name]: edit(textIn(files, name)) });
};
const said = async (change: Parameters<typeof remade>[2]) => remade(await genuine(), {}, change);

function withShape(lists: number): Promise<Files> {
  const shape = { deep: [] as unknown, schema: 'unused@1' };
  for (let i = 1; i < lists; i++) shape.deep = [shape.deep];
  const shapes = [...SHAPES, shape].map((each) => [shapeDigest(each), canonicalJson(each)]).sort();
  return written({ 'schemas.json': `{${shapes.map(([digest, json]) => `"${digest}":${json}`).join(',')}}` });
}

/** Event 11, which does not match, with a personal field that has the name of the early events' header and says that it does. */
function withFalseHeader(): World {
  const { fields, header } = world.events[11]!;
  const about = { ...(header.about as object), personal: ['header'] };
  const json = (value: unknown) => toUtf8(canonicalJson(value))!;
  const changed = fields
    .slice(0, 12)
    .map((field) => (field.name === 'about' ? { ...field, value: json(about) } : field));
  const value = json({ ...header, outcome: 'refused' });
  return worldOn(world, 11, {
    fields: [...changed, { name: 'header', salt: new Uint8Array(16), value }],
    header: { ...header, about, header: null, outcome: 'refused' },
  });
}

/** Event 7 with two personal fields, which it lists the other way round. */
function withFalseOrder(): World {
  const { fields, header } = world.events[7]!;
  const json = (value: unknown) => toUtf8(canonicalJson(value))!;
  const list = json({ ...(header.about as object), personal: ['more', 'email'] });
  const changed = fields.map((field) => (field.name === 'about' ? { ...field, value: list } : field));
  const more = { name: 'more', salt: new Uint8Array(16), value: json('more') };
  return worldOn(world, 7, { fields: [...changed, more], header });
}

const about = (index: number, change: object) => ({
  about: { ...(world.events[index]!.header.about as object), ...change },
});

export const EDGES: Edge[] = [
  // The archive and its files
  {
    name: 'a file that no pack has',
    code: 'malformed',
    make: async () => new Map(await genuine()).set('z.txt', toUtf8('z')!),
  },
  { name: 'a file that no pack has is listed', code: 'malformed', make: () => written({ 'z.txt': 'z' }) },
  { name: 'a file for people is not UTF-8', code: null, make: () => written({ 'README.txt': Uint8Array.of(0xff) }) },
  { name: 'a proof of consistency with no entries', code: 'malformed', make: () => written({ 'consistency/0': '' }) },
  {
    name: 'a proof that nobody asks for is none',
    code: 'malformed',
    make: () => written({ 'consistency/36': 'none\n' }),
  },
  {
    name: 'a proof that nobody asks for is too long',
    code: 'malformed',
    make: () => written({ 'consistency/36': `${encodeBase64(new Uint8Array(32))}\n`.repeat(55) }),
  },
  { name: 'a proof that nobody asks for is false', code: null, make: () => written({ 'consistency/36': '' }) },
  { name: 'keys that are not read are no keys', code: null, make: () => written({ vkeys: 'none' }) },
  // Text, times, JSON
  { name: 'a line separator in the manifest', code: null, make: () => said({ software: 'a\u2028b' }) },
  { name: 'a control character above ASCII', code: 'malformed', make: () => said({ software: 'a\u0085b' }) },
  { name: 'a day that no calendar has', code: null, make: () => said({ createdAt: '2026-02-31T00:00:00.000Z' }) },
  { name: 'the year 0', code: null, make: () => said({ createdAt: '0000-01-01T00:00:00.000Z' }) },
  { name: 'a month that no year has', code: 'malformed', make: () => said({ createdAt: '2026-13-01T00:00:00.000Z' }) },
  { name: 'a leap second', code: 'malformed', make: () => said({ createdAt: '2026-06-30T23:59:60.000Z' }) },
  { name: 'JSON of 64 levels', code: null, make: () => withShape(62) },
  { name: 'JSON of 65 levels', code: 'malformed', make: () => withShape(63) },
  {
    name: 'shapes with a space',
    code: 'malformed',
    make: () => edited('schemas.json', (text) => text.replace(':', ': ')),
  },
  // The checkpoint
  {
    name: 'a checkpoint that is not UTF-8',
    code: 'signature',
    make: () => written({ checkpoint: Uint8Array.of(0xff) }),
  },
  {
    name: 'a mark before the checkpoint',
    code: 'signature',
    make: () => edited('checkpoint', (text) => `\ufeff${text}`),
  },
  {
    name: 'a mark before the origin, signed',
    code: 'signature',
    make: async () => remade(await withNote((text) => `\ufeff${text}`), {}, { origin: `\ufeff${ORIGIN}` }),
  },
  {
    name: 'a control character above ASCII, signed',
    code: null,
    make: () => withNote((text) => `${text}\u007f\u0085\n`),
  },
  { name: 'a tabulator, signed', code: 'signature', make: () => withNote((text) => `${text}a\tb\n`) },
  {
    name: 'a second line of the same key, which fails',
    code: 'signature',
    make: () =>
      withNote(
        (text) => text,
        (note) => `${note}${note.slice(note.indexOf('\u2014')).replace(/.{6}=\n/, 'AAAAAA=\n')}`,
      ),
  },
  {
    name: 'a short line of an unknown key',
    code: null,
    make: () =>
      withNote(
        (text) => text,
        (note) => `${note}\u2014 w AAAAAAA=\n`,
      ),
  },
  {
    name: 'a line with no signature',
    code: 'signature',
    make: () =>
      withNote(
        (text) => text,
        (note) => `${note}\u2014 w AAAAAA==\n`,
      ),
  },
  // The operator log
  { name: 'a mark before the proof', code: 'operator', make: () => edited(PROOF, (text) => `\ufeff${text}`) },
  { name: 'a proof that is not UTF-8', code: 'operator', make: () => written({ [PROOF]: Uint8Array.of(0xff) }) },
  {
    name: 'a proof with empty extra data',
    code: 'operator',
    make: () => edited(PROOF, (text) => text.replace('\n', '\nextra \n')),
  },
  {
    name: 'a log whose name has one part',
    code: 'operator',
    make: async () => {
      const files = await packOf({ ...world, log: { ...world.log, origin: 'console' } }, options);
      const note = fromUtf8(files.get('checkpoint')!)!;
      return remade(files, { [PROOF]: await operatorProof(note, note, [], 'operator') });
    },
  },
  // The range
  ...[0, 5, SIZE].map((at) => ({
    name: `no entries at ${at}`,
    code: null,
    make: () => packOf(world, { from: at, to: at }),
  })),
  // Lines
  {
    name: 'a field that the filter cannot be asked of, in a stub of a pack that proves nothing',
    code: 'filter',
    index: 11,
    make: () => packOf(worldWith(world, 11, { outcome: 7 }), { ...options, provable: false }),
  },
  {
    name: 'such a field beside one that misses its condition',
    code: 'filter',
    index: 11,
    make: () => packOf(worldWith(world, 11, { outcome: 7 }), { ...options, filter: { ...FILTER, actor: ['act_9'] } }),
  },
  {
    name: 'a header that is no object, with a condition',
    code: 'filter',
    index: 13,
    make: () => packOf(worldWith(world, 13, { header: 'none' }), options),
  },
  {
    name: 'a header that is no object, without one',
    code: 'schema',
    index: 13,
    make: () => packOf(worldWith(world, 13, { header: 'none' }), RANGE),
  },
  {
    name: 'commitments that are no object',
    code: null,
    make: () => packOf(worldWith(world, 13, { commitments: 7 }), options),
  },
  {
    name: 'a personal field that poses as header',
    code: 'filter',
    index: 11,
    make: () => packOf(withFalseHeader(), options),
  },
  {
    name: 'no digest of a shape',
    code: 'schema',
    index: 10,
    make: () => packOf(worldWith(world, 10, { about: { personal: ['email'] } }), options),
  },
  {
    name: 'a wrong list of personal fields, none of them opened',
    code: 'malformed',
    make: () => packOf(worldWith(world, 7, about(7, { personal: [] })), options),
  },
  {
    name: 'personal fields in another order, none of them opened',
    code: 'malformed',
    make: () => packOf(withFalseOrder(), options),
  },
  {
    name: 'a line with no place, and the next index in both files',
    code: 'missing',
    index: 10,
    make: async () => {
      const files = await packOf(world, RANGE);
      const events = linesIn(files, 'events.ndjson').filter((line) => !line.includes('"index":10,'));
      return relined(files, events, [stubLine(world.events[11]!, 11, [])]);
    },
  },
];
