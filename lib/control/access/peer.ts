import { X509Certificate } from 'node:crypto';

/** Who carries out access to production, at the other end of a TLS connection: as `Peer` is of an edge. */
export interface AccessPeer {
  /** `host:<name>` or `gateway:<name>`. */
  id: string;
  kind: 'host' | 'gateway';
  name: string;
  /** PEM. */
  certificate: string;
  /** Unix milliseconds. */
  expiresAt: number;
}

const PEER = /^URI:spiffe:\/\/cordon\/(host|gateway)\/([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)$/;

/** Null for anybody who is neither a host nor a gateway of this authority. An expired certificate is named as such: it may be renewed, not used. */
export function identifyAccessPeer(
  der: Buffer | undefined,
  authority: X509Certificate,
  now: number,
): AccessPeer | null {
  if (!der) return null;
  const certificate = new X509Certificate(der);
  if (certificate.ca || !certificate.checkIssued(authority) || !certificate.verify(authority.publicKey)) return null;
  const uris = (certificate.subjectAltName ?? '').split(', ').filter((name) => name.startsWith('URI:'));
  const [, kind, name] = PEER.exec(uris.length === 1 ? uris[0]! : '') ?? [];
  if (kind === undefined || name === undefined || Date.parse(certificate.validFrom) > now) return null;
  return {
    ...{ id: `${kind}:${name}`, kind: kind as AccessPeer['kind'], name },
    ...{ certificate: certificate.toString(), expiresAt: Date.parse(certificate.validTo) },
  };
}
