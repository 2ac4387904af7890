import { toUtf8 } from '../encoding';
import { HASH_BYTES } from './limits';

export const isHashBytes = (hash: Uint8Array): boolean => hash.length === HASH_BYTES;

/** Not in constant time: nothing here is secret. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** UTF-8 of text that this side made. Throws TypeError for a lone surrogate. */
export function utf8(text: string): Uint8Array {
  const bytes = toUtf8(text);
  if (!bytes) throw new TypeError('the text holds a lone surrogate');
  return bytes;
}
