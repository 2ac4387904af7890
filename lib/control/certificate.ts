import { createSign, generateKeyPairSync } from 'node:crypto';
import { csr, csrInfo } from '@/lib/kernel/bundle/csr';
import type { Keyring } from '@/lib/keyring';

/** Control's own TLS identity: a fresh P-256 key in memory and a certificate of the edge CA for it. Never on disk. */
export interface ServerIdentity {
  /** PEM, PKCS#8. */
  key: string;
  /** PEM: the certificate and the edge CA, so that an enrolling edge can judge the chain by its pin. */
  chain: string;
  /** PEM. */
  authority: string;
  policyKeys: { keyId: string; publicKey: string }[];
  /** Unix milliseconds. */
  expiresAt: number;
}

/** @throws KeyringError */
export async function obtainIdentity(keyring: Keyring, hosts: string[]): Promise<ServerIdentity> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const info = csrInfo('control', publicKey.export({ type: 'spki', format: 'der' }));
  const request = Buffer.from(csr(info, createSign('sha256').update(info).sign(privateKey))).toString('base64');
  const [{ certificate, expiresAt }, { edgeCa, policyKeys }] = await Promise.all([
    keyring.call('control.certificate', { csr: request, hosts }),
    keyring.call('trust.describe', {}),
  ]);
  const end = certificate.endsWith('\n') ? '' : '\n';
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    chain: `${certificate}${end}${edgeCa}`,
    authority: edgeCa,
    policyKeys,
    expiresAt,
  };
}
