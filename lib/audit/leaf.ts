import { createHash } from 'node:crypto';
import { canonicalJson, decodeBase64, encodeBase64, toHex } from '@/lib/kernel/encoding';
import {
  commitFields,
  EARLY_FIELDS,
  entryOfCommitments,
  type Field,
  HEADER_FIELDS,
  personIn,
  SALT_BYTES,
  textCommitment,
} from '@/lib/kernel/log';
import type { Primitives } from '@/lib/kernel/primitives';
import { type EventSchema, shapeOf } from './events';

/**
 * What of an event the transparency log commits to. The fields, their commitments and the entry are those of lib/kernel/log; here an event
 * is turned into them, by the writer and by whoever checks a row against its entry.
 */
export interface Header {
  id: string;
  organisationId: string | null;
  at: string;
  actId: string;
  schema: EventSchema;
  /** Hex SHA-256 of the event's shape. */
  schemaDigest: string;
  outcome: Outcome;
  actorKind: ActorKind;
  actor: string;
  objectType: string;
  objectId: string;
  projectId: string | null;
  /** The plain fields. */
  details: Record<string, unknown>;
}

export type Outcome = 'success' | 'refused' | 'failed';
export type ActorKind = 'member' | 'staff' | 'api-key' | 'edge' | 'system' | 'anonymous';

type Hash = Pick<Primitives, 'sha256'>;

/** Domain separation: no hash made for one purpose can be presented as another. */
const SALTS_TAG = 'cordon/audit/salts/v1\n';
export const SEED_BYTES = 16;

const digests = new Map<EventSchema, string>();

export function schemaDigest(schema: EventSchema, { sha256 }: Hash): string {
  let digest = digests.get(schema);
  if (digest === undefined) {
    digest = toHex(sha256(utf8(canonicalJson(shapeOf(schema)))));
    digests.set(schema, digest);
  }
  return digest;
}

/** Bytes of a field's value: its canonical JSON (RFC 8785). */
export const valueBytes = (value: unknown): Uint8Array => utf8(canonicalJson(value));

/** In the order of canonical JSON. */
const MEMBERS = [
  'actId',
  'actor',
  'actorKind',
  'at',
  'details',
  'id',
  'objectId',
  'objectType',
  'organisationId',
  'outcome',
  'projectId',
  'schema',
  'schemaDigest',
] as const satisfies readonly (keyof Header)[];

/** Each member of a header in canonical JSON: written once, it stands in the header's bytes and in a field. */
type Texts = Record<(typeof MEMBERS)[number], string>;

function textsOf(header: Header): Texts {
  const texts = {} as Texts;
  for (const name of MEMBERS) texts[name] = canonicalJson(header[name]);
  return texts;
}

const headerOf = (texts: Texts): Uint8Array => utf8(`{${MEMBERS.map((name) => `"${name}":${texts[name]}`).join(',')}}`);

/** The header as fields of the log, in their order. `personal`: names of the personal fields, sorted. */
export const headerFields = (header: Header, personal: readonly string[], seed: Uint8Array): Field[] =>
  fieldsOf(textsOf(header), personal, seed);

const fieldsOf = (texts: Texts, personal: readonly string[], seed: Uint8Array): Field[] =>
  eachField(texts, personal, seed, (name, salt, text) => ({ name, salt, value: utf8(text) }));

/** Makes something of each field of the header, of its name, its salt and the text of its value. */
function eachField<T>(
  texts: Texts,
  personal: readonly string[],
  seed: Uint8Array,
  make: (name: string, salt: Uint8Array, text: string) => T,
): T[] {
  const salts = saltsOf(seed);
  const { organisationId, schemaDigest: digest } = texts;
  const about = `{"organisationId":${organisationId},"personal":${canonicalJson(personal)},"schemaDigest":${digest}}`;
  return HEADER_FIELDS.map((name, i) =>
    make(name, salts.subarray(i * SALT_BYTES, (i + 1) * SALT_BYTES), name === 'about' ? about : texts[name]),
  );
}

const LONG = { outputLength: HEADER_FIELDS.length * SALT_BYTES };
const SALTS = createHash('shake256', LONG).update(SALTS_TAG);

/** SHAKE256 of the seed: one salt per field of the header. The seed never leaves; a salt leaves with the field it opens. */
const saltsOf = (seed: Uint8Array): Uint8Array => SALTS.copy(LONG).update(seed).digest();

export interface Leaf {
  /** The header's canonical JSON, as it is stored. */
  header: Uint8Array;
  /** Of the personal fields: name to base64. */
  commitments: Record<string, string>;
  entry: Uint8Array;
}

/** `personal` sorted by name. Throws RangeError when the event is too large to be exported. */
export function leafOf(header: Header, personal: readonly Field[], seed: Uint8Array, hash: Hash): Leaf {
  const names = personal.map(({ name }) => name);
  const texts = textsOf(header);
  const { commitments, entry } = commitFields(hash, [...fieldsOf(texts, names, seed), ...personal]);
  const own = commitments.slice(HEADER_FIELDS.length);
  return {
    header: headerOf(texts),
    commitments: Object.fromEntries(names.map((name, i) => [name, encodeBase64(own[i]!)])),
    entry,
  };
}

/** What the entry of a row has to be. `header` as stored: its exact bytes. Throws when the row is of no shape an event has. */
export function entryOfRow(
  row: { header: Uint8Array; commitments: Record<string, string>; seed: Uint8Array },
  hash: Hash,
): Uint8Array {
  const { header, commitments, seed } = row;
  if (isEarly(seed)) {
    const values = [header, valueBytes(commitments)];
    const salt = (i: number) => seed.subarray(i * SALT_BYTES, (i + 1) * SALT_BYTES);
    return commitFields(
      hash,
      EARLY_FIELDS.map((name, i) => ({ name, salt: salt(i), value: values[i]! })),
    ).entry;
  }
  const names = Object.keys(commitments).sort();
  const parsed = JSON.parse(Buffer.from(header).toString('utf8')) as Header;
  const hashes = [
    ...eachField(textsOf(parsed), names, seed, (name, salt, text) => textCommitment(hash, name, salt, text)),
    ...names.map((name) => decodeBase64(commitments[name]!) ?? EMPTY),
  ];
  return entryOfCommitments(hash, hashes);
}

/** Written before there was a log: two fields alone, and the seed is their salts. */
export const isEarly = (seed: Uint8Array): boolean => seed.length === 2 * SALT_BYTES;

const EMPTY = new Uint8Array(0);

/**
 * The name an actor has in one organisation's log. The same person has another in the next, and it cannot be turned back
 * without the person's id, which is erased with the person. Machines keep their id.
 */
export function pseudonym(kind: ActorKind, id: string, organisationId: string | null, { sha256 }: Hash): string {
  if (kind !== 'member' && kind !== 'staff') return id;
  return personIn({ sha256 }, organisationId ?? 'provider', id);
}

/** Canonical JSON and ids hold no lone surrogates, which is all that Buffer would change. */
const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');
