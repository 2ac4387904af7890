import { createHmac, hash } from 'node:crypto';

const BLOCK = 64;
const DIGEST = 32;
const MAX_FAST_MESSAGE = 512;

const inner = new Uint8Array(BLOCK + MAX_FAST_MESSAGE).fill(0x36, 0, BLOCK);
const outer = new Uint8Array(BLOCK + DIGEST).fill(0x5c, 0, BLOCK);
/** `inner` cut to each length of message; making a view costs as much as a fifth of the hash. */
const cuts = Array.from({ length: MAX_FAST_MESSAGE + 1 }, (_, length) => inner.subarray(0, BLOCK + length));

/**
 * HMAC-SHA256 (RFC 2104). For the short keys and messages of tokens two one-shot hashes cost less than half of what a
 * streaming HMAC object does; everything else takes the streaming way. The scratch buffers are safe to share because
 * nothing here can be interrupted; between calls they hold the bare pads, so no key stays behind.
 */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  if (key.length > BLOCK || message.length > MAX_FAST_MESSAGE) {
    return createHmac('sha256', key).update(message).digest();
  }
  for (let i = 0; i < key.length; i++) {
    const byte = key[i]!;
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  }
  for (let i = 0; i < message.length; i++) inner[BLOCK + i] = message[i]!;
  copyDigest(cuts[message.length]!, outer, BLOCK);
  const digest = new Uint8Array(DIGEST);
  copyDigest(outer, digest, 0);
  for (let i = 0; i < key.length; i++) {
    inner[i] = 0x36;
    outer[i] = 0x5c;
  }
  return digest;
}

export function sha256(message: Uint8Array): Uint8Array {
  const digest = new Uint8Array(DIGEST);
  copyDigest(message, digest, 0);
  return digest;
}

/** 'binary' (the old name of latin1) keeps every byte and is far cheaper to get out of the binding than a buffer. */
function copyDigest(message: Uint8Array, into: Uint8Array, at: number): void {
  const text = hash('sha256', message, 'binary');
  for (let i = 0; i < DIGEST; i++) into[at + i] = text.charCodeAt(i);
}
