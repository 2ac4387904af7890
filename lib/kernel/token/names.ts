import { utf8Length } from '../encoding';

const MAX_CHANNEL_BYTES = 63;
const MAX_ACCOUNT_BYTES = 255;
const MAX_UID = 4_294_967_295;

const CHANNEL_CHARACTER = new Uint8Array(128);
for (const character of `abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 !#$%&()+-:;<=.>?@[]^_{}|~,`) {
  CHANNEL_CHARACTER[character.charCodeAt(0)] = 1;
}

/** The vendor's rule: 1 to 63 bytes of letters, digits, space and `!#$%&()+-:;<=.>?@[]^_{}|~,`. */
export function isChannelName(text: string): boolean {
  if (text.length < 1 || text.length > MAX_CHANNEL_BYTES) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127 || CHANNEL_CHARACTER[code] !== 1) return false;
  }
  return true;
}

/**
 * A name of one user: a uid in decimal or a string account of at most 255 bytes. `0` is refused because the vendor's uid 0
 * means "no name" (send none), `*` because it is the wildcard, control characters because names reach logs and screens.
 */
export function isAccount(text: string): boolean {
  if (text === '' || text === '0' || text.length > MAX_ACCOUNT_BYTES) return false;
  let ascii = true;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x2a || (code >= 0x7f && code <= 0x9f)) return false;
    if (code > 0x7f) ascii = false;
  }
  if (ascii) return true;
  const bytes = utf8Length(text);
  return bytes > 0 && bytes <= MAX_ACCOUNT_BYTES;
}

/** A uid from 1 to 2^32-1 in decimal without leading zeros. */
export function isUid(text: string): boolean {
  return /^[1-9][0-9]{0,9}$/.test(text) && Number(text) <= MAX_UID;
}
