import { createCipheriv, createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import {
  type Box,
  formatBox,
  formatRegionCertificate,
  formatRegionKey,
  parseBox,
  REGION_KEY_BYTES,
  regionCertificateContext,
  regionKeyContext,
  regionKeyInfo,
  regionKeySalt,
} from '@/lib/kernel/bundle/sealing';
import type { Region } from '@/lib/kernel/region';
import { Refusal } from './refusal';
import type { SymmetricKey } from './store';

/**
 * Sealed strings at rest: `v1.<key id>.<base64url(nonce 12 | ciphertext | tag 16)>`, AES-256-GCM with a random nonce and, as
 * AAD, a typed text naming the row. A ciphertext copied to another row therefore does not open.
 *
 * Random 96-bit nonces are safe for 2^32 seals under one key (NIST SP 800-38D section 8.3); an installation makes far fewer.
 */
export const certificateContext = (of: { certificateId: string; projectId: string; appId: string }): string =>
  context('certificate', of.certificateId, of.projectId, of.appId);

export const totpContext = (of: { userId: string; factorId: string }): string =>
  context('totp', of.userId, of.factorId);

export const streamContext = ({ streamId }: { streamId: string }): string => context('stream', streamId);

/** Joins fields with `|`. A field that contains the separator could imitate its neighbours, so it is refused. */
export function context(...fields: readonly string[]): string {
  for (const field of fields) if (!/^[\x20-\x7b\x7d\x7e]*$/.test(field)) throw new Refusal('request.invalid');
  return fields.join('|');
}

export function seal(key: SymmetricKey, plaintext: Uint8Array, boundTo: string): string {
  return `v1.${key.id}.${formatBox(encrypt(key.key, plaintext, boundTo))}`;
}

/** Opens what `seal` made for the same context. Throws `sealed.unreadable` for everything else, for whatever reason. */
export function unseal(keys: readonly SymmetricKey[], sealed: string, boundTo: string): Buffer {
  const [version, keyId, body, ...rest] = sealed.split('.');
  const key = keys.find(({ id }) => id === keyId);
  const box = version === 'v1' && body !== undefined && rest.length === 0 ? parseBox(body) : null;
  if (!key || !box) throw new Refusal('sealed.unreadable');
  return decrypt(key.key, box, boundTo);
}

export const sealForRegion = (
  key: Buffer,
  region: Region,
  appId: string,
  certificateId: string,
  certificate: Uint8Array,
): string =>
  formatRegionCertificate(region, encrypt(key, certificate, regionCertificateContext(region, appId, certificateId)));

/** Seals a region's key to the public key of one edge (ECIES; layout in lib/kernel/bundle/sealing). */
export function sealRegionKey(regionKey: Buffer, region: Region, recipient: Buffer): string {
  const ecdh = createECDH('prime256v1');
  const ephemeral = ecdh.generateKeys();
  const secret = ecdh.computeSecret(recipient);
  const key = Buffer.from(
    hkdfSync('sha256', secret, regionKeySalt(ephemeral, recipient), regionKeyInfo(region), REGION_KEY_BYTES),
  );
  return formatRegionKey(region, ephemeral, encrypt(key, regionKey, regionKeyContext(region)));
}

/** Opens `nonce 12 | ciphertext | tag 16`; null when it does not open for this place. */
export function decryptBytes(key: Buffer, box: Buffer, boundTo: string): Buffer | null {
  if (box.length < 28) return null;
  const parts = { nonce: box.subarray(0, 12), ciphertext: box.subarray(12, -16), tag: box.subarray(-16) };
  try {
    return decrypt(key, parts, boundTo);
  } catch {
    return null;
  }
}

function encrypt(key: Buffer, plaintext: Uint8Array, aad: string): Box {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(aad));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { nonce, ciphertext, tag: cipher.getAuthTag() };
}

function decrypt(key: Buffer, box: Box, aad: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, box.nonce, { authTagLength: 16 });
  decipher.setAAD(Buffer.from(aad));
  decipher.setAuthTag(box.tag);
  try {
    return Buffer.concat([decipher.update(box.ciphertext), decipher.final()]);
  } catch {
    throw new Refusal('sealed.unreadable');
  }
}
