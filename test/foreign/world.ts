/** A small installation made of fixed bytes: two logs, the operator's, keys and witnesses. Packs, proofs and mutants are cut from it. */
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { canonicalJson, encodeBase64, toHex, toUtf8 } from '@/lib/kernel/encoding';
import {
  COSIGNATURE,
  checkpointText,
  commitFields,
  consistencyProof,
  cosign,
  EARLY_FIELDS,
  ED25519,
  emptyRoot,
  type Field,
  formatNote,
  formatProofFile,
  formatVkey,
  HEADER_FIELDS,
  inclusionProof,
  leafHash,
  type NoteKey,
  nodeHash,
  noteKey,
  openingLine,
  openingOf,
  parseNote,
  rangeProof,
  type Signer,
  type SubtreeReader,
  signNote,
} from '@/lib/kernel/log';
import {
  buildPack,
  type Filter,
  matcherOf,
  openedFor,
  type PackInput,
  type PackSource,
  type TarMember,
  type VerifyingHost,
} from '@/lib/kernel/pack';
import { primitives } from '@/lib/primitives';
import { verifyJwk } from '@/lib/primitives/jwk';

const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

export const host: VerifyingHost = {
  sha256: primitives.sha256,
  hasher() {
    const hash = createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), digest: () => new Uint8Array(hash.digest()) };
  },
  verifyEd25519: (publicKey, message, signature) =>
    verify(null, message, { key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' }, signature),
  verifyJwk,
};

/** The seed is repeated to 32 bytes. */
export function signerOf(name: string, seed: number | Uint8Array, algorithm: NoteKey['algorithm'] = ED25519): Signer {
  const der = Buffer.concat([PKCS8, Buffer.alloc(32, seed)]);
  const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const raw = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32);
  const key = noteKey(primitives, name, algorithm, new Uint8Array(raw))!;
  return { key, sign: (message) => new Uint8Array(sign(null, message, secret)) };
}

export const LOG_KEY = signerOf('console.example/audit', 1);
export const FORGER = signerOf('console.example/audit', 2);
export const WITNESSES = [3, 4, 5].map((seed) => signerOf(`witness.example/w${seed}`, seed, COSIGNATURE));
export const VKEY = formatVkey(LOG_KEY.key);
export const ORIGIN = 'console.example/audit/org_1';
export const OTHER_ORIGIN = 'console.example/audit/org_2';
export const OPERATOR_ORIGIN = 'console.example/audit/operator';
export const NOON = 1_795_348_800;

/** The shapes of the events, as the registry has them. */
export const SHAPES = [
  { schema: 'project.changed@1', plain: ['version'], personal: ['note'] },
  { schema: 'sign-in.refused@1', plain: ['reason'], personal: ['email'] },
  { schema: 'sign-in@1', plain: ['factor'], personal: ['email'] },
];
export const digestOf = (shape: unknown): string => toHex(primitives.sha256(toUtf8(canonicalJson(shape))!));

export interface WorldEvent {
  fields: Field[];
  /** Header fields by name, wherever the event keeps them. */
  header: Record<string, unknown>;
}

export const saltOf = (n: number, i: number): Uint8Array =>
  primitives.sha256(Uint8Array.of(n >> 16, n >> 8, n, i)).slice(0, 16);
export const jsonBytes = (json: unknown): Uint8Array => toUtf8(canonicalJson(json))!;

/** Event n of a log. Every seventh was written before there was a log, and every third is refused. */
export function eventOf(organisationId: string, n: number): WorldEvent {
  const shape = SHAPES[n % SHAPES.length]!;
  const at = new Date(Date.UTC(2026, 10, 22, 0, 0, 0, n * 1000)).toISOString();
  const plain = {
    at,
    schema: shape.schema,
    outcome: n % 3 === 1 ? 'refused' : 'success',
    actorKind: n % 5 === 0 ? 'system' : 'member',
    actor: `act_${n % 5}`,
    objectType: 'Session',
    objectId: `ses_${n}`,
    projectId: n % 4 === 0 ? null : `prj_${n % 4}`,
    actId: `act-${Math.floor(n / 2)}`,
    id: `evt-${organisationId}-${n}`,
    details: { n, said: 'größer \u2028 than "ever"' },
  };
  const digest = digestOf(shape);
  if (n % 7 === 6) {
    const header = { ...plain, organisationId, schemaDigest: digest };
    const commitments = { email: encodeBase64(new Uint8Array(32).fill(n)) };
    const values = [header, commitments];
    return {
      header,
      fields: EARLY_FIELDS.map((name, i) => ({ name, salt: saltOf(n, i), value: jsonBytes(values[i]) })),
    };
  }
  const personal = [...shape.personal];
  const header: Record<string, unknown> = { ...plain, about: { organisationId, personal, schemaDigest: digest } };
  const named: [string, unknown][] = [
    ...HEADER_FIELDS.map((name): [string, unknown] => [name, header[name]]),
    ...personal.map((name): [string, unknown] => [name, `person-${n}@example.com`]),
  ];
  return { header, fields: named.map(([name, json], i) => ({ name, salt: saltOf(n, i), value: jsonBytes(json) })) };
}

/** The record of an event: all of the header, and every second time the personal fields. */
export const recordLine = (event: WorldEvent, index: number): string =>
  line(event, index, (name) => name in event.header || event.fields.length === 2 || index % 2 === 0);
const wholeRecordLine = (event: WorldEvent, index: number): string => line(event, index, () => true);

export function stubLine(event: WorldEvent, index: number, opened: readonly string[]): string {
  const early = event.fields.length === 2;
  return line(event, index, (name) => (early ? name === 'header' && opened.length > 0 : opened.includes(name)));
}

function line({ fields }: WorldEvent, index: number, isOpen: (name: string) => boolean): string {
  const { commitments } = commitFields(primitives, fields);
  const states = fields.map((field, i) => (isOpen(field.name) ? field : { commitment: commitments[i]! }));
  return openingLine(openingOf(primitives, index, states));
}

export interface WorldLog {
  origin: string;
  leaves: Uint8Array[];
  read: SubtreeReader;
  rootAt(size: number): Uint8Array;
}

export function logOf(origin: string, leaves: Uint8Array[]): WorldLog {
  const known = new Map<string, Uint8Array>();
  const read: SubtreeReader = (level, index) => {
    if (level === 0) return leaves[index]!;
    const key = `${level}/${index}`;
    const hash = known.get(key) ?? nodeHash(primitives, read(level - 1, 2 * index), read(level - 1, 2 * index + 1));
    known.set(key, hash);
    return hash;
  };
  const rootAt = (size: number) => {
    let root: Uint8Array | null = null;
    for (let level = 0, rest = size; rest > 0; level++, rest = Math.floor(rest / 2)) {
      if (rest % 2 === 0) continue;
      const left = read(level, rest - 1);
      root = root ? nodeHash(primitives, left, root) : left;
    }
    return root ?? emptyRoot(primitives);
  };
  return { origin, leaves, read, rootAt };
}

export const checkpointOf = (log: WorldLog, size = log.leaves.length, signer = LOG_KEY): Promise<string> =>
  signNote(checkpointText({ origin: log.origin, size, root: log.rootAt(size), extensions: [] }), [signer]);

export async function cosigned(note: string, witnesses: readonly Signer[]): Promise<string> {
  const { text, signatures } = parseNote(note)!;
  const more = await Promise.all(witnesses.map((witness) => cosign(text, witness, NOON)));
  return formatNote({ text, signatures: [...signatures, ...more] });
}

/** The log with one event that says something else, as only its writer could have it. */
export function worldWith(world: World, index: number, change: Record<string, unknown>): World {
  const { fields, header } = world.events[index]!;
  const changed = fields.map((field) =>
    field.name in change ? { ...field, value: jsonBytes(change[field.name]) } : field,
  );
  return worldOn(world, index, { fields: changed, header: { ...header, ...change } });
}

/** The log with another event at an index. */
export function worldOn(world: World, index: number, event: WorldEvent): World {
  const events = world.events.with(index, event);
  const leaves = events.map((event) => leafHash(primitives, entryOf(event)));
  return { ...world, events, log: logOf(ORIGIN, leaves) };
}

const entryOf = ({ fields }: WorldEvent): Uint8Array => commitFields(primitives, fields).entry;

export interface World {
  events: WorldEvent[];
  log: WorldLog;
  other: WorldLog;
}

export function worldOf(size: number): World {
  const make = (organisation: string) => Array.from({ length: size }, (_, n) => eventOf(organisation, n));
  const leavesOf = (events: WorldEvent[]) => events.map((event) => leafHash(primitives, entryOf(event)));
  const events = make('org_1');
  return { events, log: logOf(ORIGIN, leavesOf(events)), other: logOf(OTHER_ORIGIN, leavesOf(make('org_2'))) };
}

export interface PackOptions {
  from?: number;
  to?: number;
  /** Of the checkpoint. */
  size?: number;
  filter?: Filter;
  provable?: boolean;
  /** Witnesses of the checkpoint, after it stood in the operator log. */
  witnesses?: readonly Signer[];
  operatorWitnesses?: readonly Signer[];
  operator?: boolean;
  consistency?: readonly number[];
  /** Whether records open all personal fields, and not those of every second event only. */
  whole?: boolean;
  /** Of events that are none of the made-up ones. */
  schemas?: PackInput['schemas'];
}

async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

/** A genuine pack. */
export async function packOf(world: World, options: PackOptions = {}): Promise<Files> {
  const { events, log } = world;
  const { size = events.length, from = 0, to = size, filter = {}, provable = true } = options;
  const matches = matcherOf(filter);
  const opened = openedFor(filter);
  const records: string[] = [];
  const stubs: string[] = [];
  for (let i = from; i < to; i++) {
    const event = events[i]!;
    if (matches((name) => event.header[name]))
      records.push(options.whole ? wholeRecordLine(event, i) : recordLine(event, i));
    else stubs.push(stubLine(event, i, opened));
  }
  const bare = await checkpointOf(log, size);
  const checkpoint = await cosigned(bare, options.witnesses ?? []);
  const input: PackInput = {
    checkpoint,
    range: { from, to },
    proof: rangeProof(primitives, [from, to], size, log.read),
    leaves: each(log.leaves.slice(from, to)),
    events: each(records),
    stubs: each(stubs),
    filter,
    provable,
    schemas: options.schemas ?? SHAPES,
    vkeys: [VKEY],
    consistency: new Map(
      (options.consistency ?? []).map((older) => [older, consistencyProof(primitives, older, size, log.read)]),
    ),
    createdAt: '2026-11-22T12:00:00.000Z',
    software: 'cordon test',
    ...(options.operator === false
      ? {}
      : { operatorProof: await operatorProof(bare, checkpoint, options.operatorWitnesses ?? []) }),
  };
  const files: Files = new Map();
  const members = await buildPack(host, input, spoolOf(files));
  return new Map(members.map(({ name }) => [name, files.get(name)!]));
}

/** The checkpoint as the third of five entries of the operator log. */
export async function operatorProof(
  bare: string,
  note: string,
  witnesses: readonly Signer[],
  origin = OPERATOR_ORIGIN,
): Promise<string> {
  const entries = [jsonBytes('a'), jsonBytes('b'), toUtf8(bare)!, jsonBytes('d'), jsonBytes('e')];
  const operator = logOf(
    origin,
    entries.map((entry) => leafHash(primitives, entry)),
  );
  return formatProofFile({
    index: 2,
    hashes: inclusionProof(primitives, 2, entries.length, operator.read),
    extra: bare === note ? null : toUtf8(bare),
    checkpoint: await cosigned(await checkpointOf(operator), witnesses),
  });
}

/** A pack in memory: name to bytes, in the order of the files. */
export type Files = Map<string, Uint8Array>;

export const spoolOf = (files: Files) => ({
  async write(name: string, data: AsyncIterable<Uint8Array>) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of data) chunks.push(chunk);
    files.set(name, new Uint8Array(Buffer.concat(chunks)));
  },
  read: (name: string) => each([files.get(name)!]),
});

export const sourceOf = (files: Files): PackSource => ({
  async *files() {
    for (const [name, bytes] of files) yield { name, bytes: bytes.length, data: each([bytes]) };
  },
});

export const membersOf = (files: Files): TarMember[] =>
  Array.from(files, ([name, bytes]) => ({ name, bytes: bytes.length, read: () => each([bytes]) }));
