import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { certificateRequest, fetchAuthority, makeFolder, post, readIfThere, replaceFile } from '@/lib/uplink';
import { ACCESS_PATHS } from './access-sync';

/** Who this gateway is to control: its P-256 key, and the certificate that control had issued for it. One file, mode 0600. */
export interface Identity {
  name: string;
  /** PKCS#8 PEM. */
  key: string;
  /** PEM. */
  certificate: string;
  /** PEM of the authority that also issued control's certificate, pinned by fingerprint at enrolment. */
  authority: string;
}

export interface EnrolOptions {
  name: string;
  home: string;
  controlUrl: string;
  joinToken: string | null;
  controlFingerprint: string | null;
}

const FILE = 'identity.json';

export async function loadIdentity({ home, name }: EnrolOptions): Promise<Identity | null> {
  const bytes = await readIfThere(join(home, FILE));
  if (bytes === null) return null;
  const identity = JSON.parse(bytes.toString('utf8')) as Identity;
  if (identity.name !== name) throw new Error(`CORDON_GATEWAY_HOME belongs to gateway ${identity.name}`);
  return identity;
}

/** Redeems the join token. Throws `ControlError` when control refuses or cannot be reached. */
export async function enrol(options: EnrolOptions): Promise<Identity> {
  const { name, home, controlUrl, joinToken, controlFingerprint } = options;
  const authority = await fetchAuthority(controlUrl, controlFingerprint ?? '');
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const csr = certificateRequest(name, key, publicKey.export({ type: 'spki', format: 'der' }));
  const body = { token: joinToken, csr };
  const answer = (await post(`${controlUrl}${ACCESS_PATHS.enrol}`, { authority, body })) as { certificate: string };
  await makeFolder(home);
  return await keep(home, { name, key, certificate: answer.certificate, authority });
}

/** A new certificate for the same key; with an expired one too. */
export async function renew({ home, controlUrl }: EnrolOptions, identity: Identity): Promise<Identity> {
  const spki = new X509Certificate(identity.certificate).publicKey.export({ type: 'spki', format: 'der' });
  const body = { csr: certificateRequest(identity.name, identity.key, spki) };
  const { authority } = identity;
  const answer = await post(`${controlUrl}${ACCESS_PATHS.renew}`, { authority, client: identity, body });
  return await keep(home, { ...identity, certificate: (answer as { certificate: string }).certificate });
}

/** Unix milliseconds at which half of the certificate's life is over. */
export function renewAt({ certificate }: Identity): number {
  const { validFrom, validTo } = new X509Certificate(certificate);
  return (Date.parse(validFrom) + Date.parse(validTo)) / 2;
}

async function keep(home: string, identity: Identity): Promise<Identity> {
  const certificate = new X509Certificate(identity.certificate);
  const names = (certificate.subjectAltName ?? '').split(', ');
  const issued = certificate.verify(new X509Certificate(identity.authority).publicKey);
  if (!issued || !names.includes(`URI:spiffe://cordon/gateway/${identity.name}`))
    throw new Error('control sent a certificate of another name or authority');
  await replaceFile(join(home, FILE), JSON.stringify(identity));
  return identity;
}
