import { utf8 } from './bytes';
import { parseCheckpointText } from './checkpoint';
import type { NoteSignature, Signer } from './note';

/** Timestamped Ed25519 cosignatures of checkpoints (C2SP tlog-cosignature, `cosignature/v1`). */
const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;

/** Reads what follows the key id: a u64 (big-endian, Unix seconds) and an Ed25519 signature. A time beyond 2^53 - 1 is refused by `cosignedMessage`. */
export function readCosignature(bytes: Uint8Array): { time: number; signature: Uint8Array } | null {
  if (bytes.length !== TIME_BYTES + SIGNATURE_BYTES) return null;
  let time = 0;
  for (let i = 0; i < TIME_BYTES; i++) time = time * 256 + bytes[i]!;
  return { time, signature: bytes.subarray(TIME_BYTES) };
}

/** What a cosigner signs; null when the text is not a checkpoint's or the time is none. */
export function cosignedMessage(text: string, time: number): Uint8Array | null {
  if (!Number.isSafeInteger(time) || time < 0 || !parseCheckpointText(text)) return null;
  return utf8(`cosignature/v1\ntime ${time}\n${text}`);
}

/** A cosigner's signature of a checkpoint's text at `time` (Unix seconds), to add to the note. Throws RangeError when the text is no checkpoint. */
export async function cosign(text: string, { key, sign }: Signer, time: number): Promise<NoteSignature> {
  const message = cosignedMessage(text, time);
  if (!message) throw new RangeError('checkpoint.malformed');
  const signature = new Uint8Array(TIME_BYTES + SIGNATURE_BYTES);
  for (let i = TIME_BYTES - 1, rest = time; i >= 0; i--, rest = Math.floor(rest / 256)) signature[i] = rest % 256;
  signature.set(await sign(message), TIME_BYTES);
  return { name: key.name, id: key.id, signature };
}
