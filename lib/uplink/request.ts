import { createSign } from 'node:crypto';
import { csr, csrInfo } from '@/lib/kernel/bundle/csr';

/** PKCS#10 request in PEM for a P-256 key (PKCS#8 PEM; `spki` is its public part, DER). */
export function certificateRequest(name: string, key: string, spki: Uint8Array): string {
  const info = csrInfo(name, spki);
  const der = csr(info, createSign('sha256').update(info).sign(key));
  const body = Buffer.from(der)
    .toString('base64')
    .replace(/(.{64})(?=.)/g, '$1\n');
  return `-----BEGIN CERTIFICATE REQUEST-----\n${body}\n-----END CERTIFICATE REQUEST-----\n`;
}
