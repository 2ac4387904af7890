import { X509Certificate } from 'node:crypto';
import { isRegion, type Region } from '@/lib/kernel/region';

/**
 * Who is at the other end of a TLS connection. TLS has proven that the peer holds the key; here the certificate itself is
 * judged: issued by the edge CA, exactly one URI name of an edge in a region, valid now.
 */
export interface Peer {
  name: string;
  region: Region;
  /** PEM. */
  certificate: string;
  /** Unix milliseconds. */
  expiresAt: number;
}

const EDGE = /^URI:spiffe:\/\/cordon\/region\/([A-Z]{2})\/edge\/([a-z0-9-]{1,63})$/;

/** Null for anybody who is not an edge of this CA. An expired certificate is named as such: it may be renewed, not used. */
export function identifyPeer(der: Buffer | undefined, authority: X509Certificate, now: number): Peer | null {
  if (!der) return null;
  const certificate = new X509Certificate(der);
  if (certificate.ca || !certificate.checkIssued(authority) || !certificate.verify(authority.publicKey)) return null;
  const uris = (certificate.subjectAltName ?? '').split(', ').filter((name) => name.startsWith('URI:'));
  const [, region, name] = EDGE.exec(uris.length === 1 ? uris[0]! : '') ?? [];
  if (!isRegion(region) || name === undefined || Date.parse(certificate.validFrom) > now) return null;
  return { name, region, certificate: certificate.toString(), expiresAt: Date.parse(certificate.validTo) };
}

/** Whether two certificates (PEM) are for the same key. */
export function sameKey(a: string, b: string): boolean {
  const spki = (pem: string) => new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
  return spki(a).equals(spki(b));
}
