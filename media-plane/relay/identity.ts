import type { PeerCertificate } from 'node:tls';
import { isRegion, type Region } from '@/lib/kernel/region';

/** This edge's certificate (24 h, renewed by the policy door) with its key and the edge CA, all PEM. */
export interface EdgeIdentity {
  cert: string;
  key: string;
  ca: string;
}

/** Who a certificate of the edge CA says it is: SAN `spiffe://cordon/region/<region>/edge/<name>`. */
export interface EdgePeer {
  name: string;
  region: Region;
}

/** Null unless the certificate carries exactly one SPIFFE URI, and that one names an edge. */
export function edgePeerOf(certificate: Pick<PeerCertificate, 'subjectaltname'>): EdgePeer | null {
  const uris = (certificate.subjectaltname ?? '')
    .split(/,\s*/)
    .filter((entry) => entry.startsWith('URI:'))
    .map((entry) => entry.slice(4));
  const match = /^spiffe:\/\/cordon\/region\/([A-Z]{2})\/edge\/([a-z0-9][a-z0-9-]{0,62})$/.exec(uris[0] ?? '');
  if (uris.length !== 1 || !match) return null;
  const [, region, name = ''] = match;
  return isRegion(region) ? { name, region } : null;
}
