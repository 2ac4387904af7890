import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { ACCESS_PATHS, type AccessRole } from './access-sync';
import { fetchAuthority, post } from './control-http';
import { makeFolder, readIfThere, replaceFile } from './files';
import { certificateRequest } from './request';

/** Who this process is to control: its P-256 key, and the certificate that control had issued for it. One file, mode 0600. */
export interface AccessIdentity {
  name: string;
  /** PKCS#8 PEM. */
  key: string;
  /** PEM. */
  certificate: string;
  /** PEM of the authority that also issued control's certificate, pinned by fingerprint at enrolment. */
  authority: string;
}

export interface AccessEnrolment {
  role: AccessRole;
  name: string;
  home: string;
  controlUrl: string;
  /** Both are needed at the first start only. */
  joinToken: string | null;
  /** SHA-256 of the authority's certificate, hexadecimal. */
  controlFingerprint: string | null;
}

const FILE = 'identity.json';

export async function loadAccessIdentity({ home, name }: AccessEnrolment): Promise<AccessIdentity | null> {
  const bytes = await readIfThere(join(home, FILE));
  if (bytes === null) return null;
  const identity = JSON.parse(bytes.toString('utf8')) as AccessIdentity;
  if (identity.name !== name) throw new Error(`${home} belongs to ${identity.name}`);
  return identity;
}

/** Redeems the join token. Throws `ControlError` when control refuses or cannot be reached. */
export async function enrolAccess(options: AccessEnrolment): Promise<AccessIdentity> {
  const { name, controlUrl, joinToken, controlFingerprint } = options;
  const authority = await fetchAuthority(controlUrl, controlFingerprint ?? '');
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const csr = certificateRequest(name, key, publicKey.export({ type: 'spki', format: 'der' }));
  const answer = await post(`${controlUrl}${ACCESS_PATHS.enrol}`, { authority, body: { token: joinToken, csr } });
  return await keep(options, { name, key, certificate: certificateOf(answer), authority });
}

/** A new certificate for the same key; with an expired one too. */
export async function renewAccess(options: AccessEnrolment, identity: AccessIdentity): Promise<AccessIdentity> {
  const spki = new X509Certificate(identity.certificate).publicKey.export({ type: 'spki', format: 'der' });
  const body = { csr: certificateRequest(identity.name, identity.key, spki) };
  const { authority } = identity;
  const answer = await post(`${options.controlUrl}${ACCESS_PATHS.renew}`, { authority, client: identity, body });
  return await keep(options, { ...identity, certificate: certificateOf(answer) });
}

/** Unix milliseconds at which half of the certificate's life is over. */
export function renewAccessAt({ certificate }: AccessIdentity): number {
  const { validFrom, validTo } = new X509Certificate(certificate);
  return (Date.parse(validFrom) + Date.parse(validTo)) / 2;
}

const certificateOf = (answer: unknown): string => String((answer as { certificate?: unknown }).certificate);

async function keep({ home, role }: AccessEnrolment, identity: AccessIdentity): Promise<AccessIdentity> {
  const certificate = new X509Certificate(identity.certificate);
  const names = (certificate.subjectAltName ?? '').split(', ');
  const issued = certificate.verify(new X509Certificate(identity.authority).publicKey);
  if (!issued || !names.includes(`URI:spiffe://cordon/${role}/${identity.name}`))
    throw new Error('control sent a certificate of another name or authority');
  await makeFolder(home);
  await replaceFile(join(home, FILE), JSON.stringify(identity));
  return identity;
}
