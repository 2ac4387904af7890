import { canonicalJson, encodeBase64, toHex, toUtf8 } from '@/lib/kernel/encoding';
import type { Primitives } from '@/lib/kernel/primitives';
import { type EventSchema, shapeOf } from './events';

/**
 * What of an event is later signed: the canonical header and one commitment per personal field. Both are built here and nowhere
 * else, from values only, so that a verifier can build them again.
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
const FIELD_TAG = 'cordon/audit/field/v1\n';
const ACTOR_TAG = 'cordon/audit/actor/v1\n';
/** Bytes. Fixed, so that salt and value cannot be shifted against each other. */
export const SALT_LENGTH = 32;

export const schemaDigest = (schema: EventSchema, { sha256 }: Hash): string =>
  toHex(sha256(utf8(canonicalJson(shapeOf(schema)))));

/** RFC 8785. */
export const headerBytes = (header: Header): Uint8Array => utf8(canonicalJson(header));

/** Bytes of a field's value: its canonical JSON. */
export const valueBytes = (value: unknown): Uint8Array => utf8(canonicalJson(value));

/** Base64 of SHA-256(tag | length of name (u32, big-endian) | name | salt | value). */
export function commitment(name: string, salt: Uint8Array, value: Uint8Array, { sha256 }: Hash): string {
  if (salt.length !== SALT_LENGTH) throw new RangeError(`a salt has ${SALT_LENGTH} bytes`);
  const nameBytes = utf8(name);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, nameBytes.length);
  return encodeBase64(sha256(concat([utf8(FIELD_TAG), length, nameBytes, salt, value])));
}

/**
 * The name an actor has in one organisation's log. The same person has another in the next, and it cannot be turned back
 * without the person's id, which is erased with the person. Machines keep their id.
 */
export function pseudonym(kind: ActorKind, id: string, organisationId: string | null, { sha256 }: Hash): string {
  if (kind !== 'member' && kind !== 'staff') return id;
  return `act_${toHex(sha256(utf8(`${ACTOR_TAG}${organisationId ?? 'provider'}\n${id}`))).slice(0, 32)}`;
}

function utf8(text: string): Uint8Array {
  const bytes = toUtf8(text);
  if (!bytes) throw new TypeError('the text holds a lone surrogate');
  return bytes;
}

function concat(parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
