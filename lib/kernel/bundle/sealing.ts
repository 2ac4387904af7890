import { isRegion, type Region } from '../region';

/**
 * How secrets travel to an edge: the string layouts and the texts they are bound to. Pure layout, no cryptography: the
 * keyring seals, an edge opens, both with AES-256-GCM (NIST SP 800-38D: 12-byte nonce, 16-byte tag), both with these bytes.
 *
 * Region-sealed certificate: `r1.<region>.<base64url(nonce 12 | ciphertext | tag 16)>`
 *   key = the region key (32 bytes), AAD = `region-certificate|<region>|<appId>|<certificateId>`,
 *   plaintext = the certificate's 32 ASCII hex characters.
 *
 * Region key for one edge: `e1.<region>.<base64url(ephemeral public key 65 | nonce 12 | ciphertext 32 | tag 16)>`
 *   z = ECDH(P-256, ephemeral key, the key in the edge's certificate), the 32-byte x coordinate;
 *   key = HKDF-SHA256(secret z, salt = ephemeral public key | edge public key, info = `cordon region key 1|<region>`, 32 bytes);
 *   AAD = `region-key|<region>`, plaintext = the region key (32 bytes). Public keys are uncompressed points (65 bytes, 0x04 first).
 */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const POINT_BYTES = 65;
export const REGION_KEY_BYTES = 32;

/** An AES-256-GCM box. The order in sealed strings is the order of the fields. */
export interface Box {
  nonce: Uint8Array;
  ciphertext: Uint8Array;
  tag: Uint8Array;
}

/** AAD of a certificate sealed under a region's key: moving it to another region, project or certificate makes it unreadable. */
export const regionCertificateContext = (region: Region, appId: string, certificateId: string): string =>
  `region-certificate|${region}|${appId}|${certificateId}`;

/** AAD of a region key sealed to one edge. */
export const regionKeyContext = (region: Region): string => `region-key|${region}`;

/** HKDF `info` of a region key sealed to one edge. */
export const regionKeyInfo = (region: Region): string => `cordon region key 1|${region}`;

/** HKDF salt of a region key sealed to one edge; binds the derived key to both public keys. */
export const regionKeySalt = (ephemeral: Uint8Array, recipient: Uint8Array): Uint8Array => join(ephemeral, recipient);

export const formatRegionCertificate = (region: Region, box: Box): string => `r1.${region}.${formatBox(box)}`;

/** Reads a region-sealed certificate; null when it is not one. At most 512 characters are looked at. */
export function parseRegionCertificate(text: string): { region: Region; box: Box } | null {
  const part = split(text, 'r1', 512);
  const box = part && toBox(part.bytes);
  return part && box ? { region: part.region, box } : null;
}

export const formatRegionKey = (region: Region, ephemeral: Uint8Array, box: Box): string =>
  `e1.${region}.${toBase64Url(join(ephemeral, box.nonce, box.ciphertext, box.tag))}`;

/** Reads a region key sealed to an edge; null when it is not one. The ephemeral key is not checked to be on the curve: ECDH does. */
export function parseRegionKey(text: string): { region: Region; ephemeral: Uint8Array; box: Box } | null {
  const part = split(text, 'e1', 512);
  if (part?.bytes.length !== POINT_BYTES + NONCE_BYTES + REGION_KEY_BYTES + TAG_BYTES || part.bytes[0] !== 4)
    return null;
  const box = toBox(part.bytes.subarray(POINT_BYTES));
  return box && { region: part.region, ephemeral: part.bytes.subarray(0, POINT_BYTES), box };
}

/** `base64url(nonce | ciphertext | tag)`. */
export const formatBox = (box: Box): string => toBase64Url(join(box.nonce, box.ciphertext, box.tag));

/** The inverse of `formatBox`; null when the text is not base64url or too short to hold nonce, tag and one byte. */
export function parseBox(text: string): Box | null {
  const bytes = fromBase64Url(text);
  return bytes && toBox(bytes);
}

function toBox(bytes: Uint8Array): Box | null {
  if (bytes.length <= NONCE_BYTES + TAG_BYTES) return null;
  return {
    nonce: bytes.subarray(0, NONCE_BYTES),
    ciphertext: bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES),
    tag: bytes.subarray(bytes.length - TAG_BYTES),
  };
}

function split(text: string, version: 'r1' | 'e1', maxLength: number): { region: Region; bytes: Uint8Array } | null {
  if (text.length > maxLength) return null;
  const [found, region, body, ...rest] = text.split('.');
  if (found !== version || !isRegion(region) || body === undefined || rest.length > 0) return null;
  const bytes = fromBase64Url(body);
  return bytes && { region, bytes };
}

function join(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** RFC 4648 section 5, without padding. */
function toBase64Url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64Url(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9_-]+$/.test(text) || text.length % 4 === 1) return null;
  const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
  // One text per value: stray bits in the last character would give a second spelling of the same bytes.
  return toBase64Url(bytes) === text ? bytes : null;
}
