import { createHmac, hash } from 'node:crypto';

const BLOCK = 64;
const DIGEST = 32;
const MAX_FAST_MESSAGE = 4096;

const inner = new Uint8Array(BLOCK + MAX_FAST_MESSAGE).fill(0x36, 0, BLOCK);
const outer = new Uint8Array(BLOCK + DIGEST).fill(0x5c, 0, BLOCK);

/**
 * HMAC-SHA256 (RFC 2104). For the short keys and messages of tokens two one-shot hashes cost half of what a streaming
 * HMAC object does; everything else takes the streaming way. The scratch buffers are safe to share because nothing here
 * can be interrupted; they hold the bare pads between calls, so key and message do not stay behind.
 */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  if (key.length > BLOCK || message.length > MAX_FAST_MESSAGE) {
    return createHmac('sha256', key).update(message).digest();
  }
  for (let i = 0; i < key.length; i++) {
    inner[i] = key[i]! ^ 0x36;
    outer[i] = key[i]! ^ 0x5c;
  }
  inner.set(message, BLOCK);
  copyDigest(inner.subarray(0, BLOCK + message.length), outer, BLOCK);
  const digest = new Uint8Array(DIGEST);
  copyDigest(outer, digest, 0);

  for (let i = 0; i < key.length; i++) {
    inner[i] = 0x36;
    outer[i] = 0x5c;
  }
  inner.fill(0, BLOCK, BLOCK + message.length);
  outer.fill(0, BLOCK);
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
