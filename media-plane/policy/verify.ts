import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { deltaHash, isHash, type SignedType, signatureInput, snapshotHash } from '@/lib/kernel/bundle/chain';
import { type Frame, parseJson } from '@/lib/kernel/bundle/frames';
import type { BeatPayload, DeltaPayload, Nack, Position, SnapshotPayload } from '@/lib/kernel/bundle/messages';
import { checkKeys, checkResources } from '@/lib/kernel/bundle/resources-schema';
import type { Region } from '@/lib/kernel/region';
import { primitives } from '@/lib/primitives';
import type { Ratchet } from './disk';

/**
 * What must hold before a signed frame changes anything, in this order: signature, scope (this region), place in the chain,
 * schema, limits. The same functions check what the disk returns. Pure but for the crypto; a refusal is a value.
 */
export interface Refused {
  ok: false;
  code: Nack['code'];
  detail: string;
}
export type Verdict<T> = { ok: true; value: T } | Refused;

/** Trusted policy keys by key id. */
export type Keys = ReadonlyMap<string, KeyObject>;

/** Longest lease a beat may grant, in milliseconds: a leaked key must not buy a year of silence. */
const MAX_LEASE = 10 * 60_000;
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** @throws when a key is not 32 bytes of base64. */
export function readKeys(keys: readonly { keyId: string; publicKey: string }[]): Keys {
  return new Map(
    keys.map(({ keyId, publicKey }) => [
      keyId,
      createPublicKey({
        key: Buffer.concat([ED25519_SPKI, Buffer.from(publicKey, 'base64')]),
        format: 'der',
        type: 'spki',
      }),
    ]),
  );
}

const refused = (code: Nack['code'], detail: string): Refused => ({ ok: false, code, detail });

function signed(frame: Frame, type: SignedType, region: Region, keys: Keys): boolean {
  const { signatures } = frame.header;
  if (!Array.isArray(signatures) || signatures.length > 8) return false;
  const input = signatureInput(type, region, frame.payload);
  return signatures.some((signature: unknown) => {
    const { keyId, value } = (signature ?? {}) as { keyId?: unknown; value?: unknown };
    if (typeof keyId !== 'string' || typeof value !== 'string') return false;
    const key = keys.get(keyId);
    const bytes = Buffer.from(value, 'base64');
    return key !== undefined && bytes.length === 64 && verify(null, input, key, bytes);
  });
}

/** Signature, then JSON, then region: nothing unsigned is parsed. */
function open<T extends { region: Region; epoch: number; seq: number }>(
  frame: Frame,
  type: SignedType,
  region: Region,
  keys: Keys,
): Verdict<T> {
  if (!signed(frame, type, region, keys)) return refused('signature', 'no valid signature of a trusted key');
  const payload = parseJson(frame.payload) as T | null | undefined;
  if (payload === null || typeof payload !== 'object') return refused('schema', 'payload: an object');
  if (payload.region !== region) return refused('scope', 'made for another region');
  if (!isCount(payload.epoch) || !isCount(payload.seq))
    return refused('schema', 'payload.epoch, payload.seq: integers');
  return { ok: true, value: payload };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** A snapshot must not lie below the ratchet. A higher epoch needs the root key's word, which no frame carries: it is refused. */
export function verifySnapshot(
  frame: Frame,
  region: Region,
  keys: Keys,
  ratchet: Ratchet | null,
): Verdict<{ payload: SnapshotPayload; position: Position }> {
  const opened = open<SnapshotPayload>(frame, 'Snapshot', region, keys);
  if (!opened.ok) return opened;
  const payload = opened.value;
  if (ratchet && (payload.epoch !== ratchet.epoch || payload.seq < ratchet.seq))
    return refused('replay', `below or beside ${ratchet.epoch}.${ratchet.seq}`);
  const resources = checkResources(payload.resources, 'resources');
  if (!resources.ok) return refused('schema', `${resources.path}: ${resources.detail}`);
  const position = { epoch: payload.epoch, seq: payload.seq, hash: snapshotHash(primitives, frame.payload) };
  return { ok: true, value: { payload, position } };
}

/** A delta must continue exactly the position held. */
export function verifyDelta(
  frame: Frame,
  region: Region,
  keys: Keys,
  held: Position | null,
): Verdict<{ payload: DeltaPayload; position: Position }> {
  const opened = open<DeltaPayload>(frame, 'Delta', region, keys);
  if (!opened.ok) return opened;
  const payload = opened.value;
  if (held && payload.epoch === held.epoch && payload.seq <= held.seq)
    return refused('replay', `at or below ${held.epoch}.${held.seq}`);
  const continues =
    held !== null &&
    payload.epoch === held.epoch &&
    payload.baseSeq === held.seq &&
    payload.baseHash === held.hash &&
    isHash(payload.baseHash);
  if (!continues) return refused('base_mismatch', 'does not continue the position held');
  const put = checkResources(payload.put, 'put');
  if (!put.ok) return refused('schema', `${put.path}: ${put.detail}`);
  const del = checkKeys(payload.del, 'del');
  if (!del.ok) return refused('schema', `${del.path}: ${del.detail}`);
  // A dry run is announced in the header, which no signature covers: only enforcement is accepted.
  if (frame.header.mode !== 'enforce') return refused('schema', 'mode: enforce');
  const hash = deltaHash(primitives, payload.baseHash, frame.payload);
  return { ok: true, value: { payload, position: { epoch: payload.epoch, seq: payload.seq, hash } } };
}

export function verifyBeat(frame: Frame, region: Region, keys: Keys): Verdict<BeatPayload> {
  const opened = open<BeatPayload>(frame, 'Beat', region, keys);
  if (!opened.ok) return opened;
  const { hash, issued, expires } = opened.value;
  if (!isHash(hash) || !isCount(issued) || !isCount(expires)) return refused('schema', 'hash, issued, expires');
  if (expires <= issued || expires - issued > MAX_LEASE) return refused('limits', 'lease of at most 10 minutes');
  return opened;
}
