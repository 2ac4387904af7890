import { createHash, randomBytes } from 'node:crypto';

/** Crockford's base32: no I, L, O, U, so a code survives being written down and read aloud. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODES = 10;
/** 120 bits: from 112 on, OWASP ASVS 5.0 6.5.2 takes a fast hash; NIST SP 800-63B-4 asks for 64. */
const BYTES = 15;
const CHARACTERS = (BYTES * 8) / 5;

/** Ten codes of 120 random bits, twenty-four characters in groups of four, shown once. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: CODES }, () => {
    let bits = 0n;
    for (const byte of randomBytes(BYTES)) bits = (bits << 8n) | BigInt(byte);
    let text = '';
    for (let at = 0; at < CHARACTERS; at++) {
      text = ALPHABET[Number(bits & 31n)] + text;
      bits >>= 5n;
    }
    return text.match(/.{4}/g)!.join('-');
  });
}

/**
 * The one spelling of a code that is hashed: twenty-four characters, upper case, no separators, look-alikes folded.
 * Null when the text is no code at all.
 */
export function canonicalRecoveryCode(text: string): string | null {
  if (text.length > 64) return null;
  const folded = text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  return /^[0-9A-HJKMNP-TV-Z]{24}$/.test(folded) ? folded : null;
}

/** SHA-256 of the canonical code. 120 random bits cannot be searched, so a fast hash is enough. */
export const hashRecoveryCode = (canonical: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash('sha256').update(canonical, 'utf8').digest());

/** What the database keeps of codes that `newRecoveryCodes` made. */
export const hashesOf = (codes: readonly string[]) =>
  codes.map((code) => hashRecoveryCode(canonicalRecoveryCode(code)!));
