import { createDecipheriv, createECDH, createPrivateKey, hkdfSync } from 'node:crypto';
import type { CertificateRef } from '@/lib/kernel/bundle/resources';
import {
  type Box,
  parseRegionCertificate,
  parseRegionKey,
  REGION_KEY_BYTES,
  regionCertificateContext,
  regionKeyContext,
  regionKeyInfo,
  regionKeySalt,
} from '@/lib/kernel/bundle/sealing';
import type { Region } from '@/lib/kernel/region';

/**
 * Opens what the keyring sealed for this region: first the region's key (sealed to this edge's own key), with it the App
 * certificates of the projects fenced here. Values stay in memory and are named in no log line and no error.
 */
const CERTIFICATE_BYTES = 32;
const MAX_CACHED = 20_000;

export class Secrets {
  readonly #region: Region;
  readonly #opened = new Map<string, Uint8Array>();
  #key: Uint8Array | null = null;

  constructor(region: Region) {
    this.#region = region;
  }

  /** Takes a region key sealed to the edge's private key (PEM, P-256). False when it cannot be opened; the former key then stays. */
  adopt(sealed: string, privateKeyPem: string): boolean {
    const key = openRegionKey(sealed, privateKeyPem, this.#region);
    if (key === null) return false;
    this.#key = key;
    this.#opened.clear();
    return true;
  }

  /** The 32 ASCII hex characters of an App certificate, or null when this edge cannot open it. */
  certificate(ref: CertificateRef, appId: string): Uint8Array | null {
    const known = this.#opened.get(ref.sealed);
    if (known) return known;
    const parsed = this.#key && parseRegionCertificate(ref.sealed);
    if (!this.#key || !parsed || parsed.region !== this.#region) return null;
    const value = openBox(this.#key, parsed.box, regionCertificateContext(this.#region, appId, ref.id));
    if (value?.length !== CERTIFICATE_BYTES) return null;
    if (this.#opened.size >= MAX_CACHED) this.#opened.clear();
    this.#opened.set(ref.sealed, value);
    return value;
  }

  /** Forgets opened values, so that a certificate that left the policy leaves the memory too. */
  forget(): void {
    this.#opened.clear();
  }
}

function openRegionKey(sealed: string, privateKeyPem: string, region: Region): Uint8Array | null {
  const parsed = parseRegionKey(sealed);
  if (!parsed || parsed.region !== region) return null;
  const jwk = createPrivateKey(privateKeyPem).export({ format: 'jwk' });
  const ecdh = createECDH('prime256v1');
  try {
    ecdh.setPrivateKey(Buffer.from(jwk.d!, 'base64url'));
    const shared = ecdh.computeSecret(parsed.ephemeral);
    const salt = regionKeySalt(parsed.ephemeral, ecdh.getPublicKey());
    const key = new Uint8Array(hkdfSync('sha256', shared, salt, regionKeyInfo(region), 32));
    const opened = openBox(key, parsed.box, regionKeyContext(region));
    return opened?.length === REGION_KEY_BYTES ? opened : null;
  } catch {
    // A point that is not on the curve.
    return null;
  }
}

function openBox(key: Uint8Array, box: Box, context: string): Uint8Array | null {
  const decipher = createDecipheriv('aes-256-gcm', key, box.nonce, { authTagLength: 16 });
  decipher.setAAD(Buffer.from(context, 'utf8'));
  decipher.setAuthTag(box.tag);
  try {
    return new Uint8Array(Buffer.concat([decipher.update(box.ciphertext), decipher.final()]));
  } catch {
    return null;
  }
}
