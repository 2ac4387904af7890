import { utf8 } from './bytes';
import { cosignedMessage, readCosignature } from './cosignature';
import { COSIGNATURE, type NoteKey, sameKey } from './keys';
import { type Note, type NoteSignature, parseNote } from './note';

/**
 * Ed25519 (RFC 8032), from the host. S is below the group's order, and the encoding of [S]B - [k]A is R byte for byte: without the cofactor, as
 * OpenSSL and Go do it. Libraries that multiply by the cofactor accept more.
 */
export type VerifyEd25519 = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean | Promise<boolean>;

export interface VerifiedSignature {
  readonly key: NoteKey;
  /** Unix seconds at which a cosigner saw the checkpoint; null for a plain signature. */
  readonly time: number | null;
}

export type NoteReason = 'note_malformed' | 'signature_invalid' | 'signature_missing';
export type NoteResult = { ok: true; note: Note; verified: VerifiedSignature[] } | { ok: false; reason: NoteReason };

const SIGNATURE_BYTES = 64;

/**
 * Whose signatures a note carries. Signatures of unknown keys are ignored; a known key's signature that fails refuses the whole note, and so
 * does a note without any known key's. Each key is reported once. Which of them are needed is the caller's policy.
 */
export async function verifyNote(
  source: Uint8Array | string,
  keys: readonly NoteKey[],
  verify: VerifyEd25519,
): Promise<NoteResult> {
  const note = parseNote(source);
  if (!note) return { ok: false, reason: 'note_malformed' };
  const verified: VerifiedSignature[] = [];
  for (const signature of note.signatures) {
    // Two known keys may share name and id by somebody's doing: then both must verify, so none can stand in for the other.
    for (const key of keys.filter(({ name, id }) => name === signature.name && id === signature.id)) {
      const time = await check(note, signature, key, verify);
      if (time === false) return { ok: false, reason: 'signature_invalid' };
      if (!verified.some((other) => sameKey(other.key, key))) verified.push({ key, time });
    }
  }
  return verified.length > 0 ? { ok: true, note, verified } : { ok: false, reason: 'signature_missing' };
}

/** False when invalid, otherwise the time. */
async function check(note: Note, { signature }: NoteSignature, key: NoteKey, verify: VerifyEd25519) {
  if (key.algorithm !== COSIGNATURE) {
    return signature.length === SIGNATURE_BYTES && (await verify(key.publicKey, utf8(note.text), signature))
      ? null
      : false;
  }
  const cosignature = readCosignature(signature);
  const message = cosignature && cosignedMessage(note.text, cosignature.time);
  return message && (await verify(key.publicKey, message, cosignature.signature)) ? cosignature.time : false;
}
