import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { Region } from '@/lib/kernel/region';
import { certificateRequest, fetchAuthority, makeFolder, post, readIfThere, replaceFile } from '@/lib/uplink';

/**
 * Who this edge is: its P-256 key, the certificate control had issued for it, the edge CA (pinned by fingerprint at
 * enrolment) and the policy keys it trusts. One file, mode 0600. The key stays for the life of the enrolment, so a region
 * key on disk can always be opened; policy keys are taken once, at enrolment, and never again from control.
 */
export interface Identity {
  name: string;
  region: Region;
  /** PKCS#8 PEM. */
  key: string;
  /** PEM. */
  certificate: string;
  /** PEM of the edge CA, which also issued control's certificate. */
  authority: string;
  policyKeys: { keyId: string; publicKey: string }[];
}

export interface EnrolOptions {
  name: string;
  region: Region;
  home: string;
  url: string;
  relay: string;
  controlUrl: string;
  joinToken?: string | undefined;
  controlFingerprint?: string | undefined;
}

const FILE = 'identity.json';

export async function loadIdentity(options: EnrolOptions): Promise<Identity | null> {
  const bytes = await readIfThere(join(options.home, FILE));
  if (bytes === null) return null;
  const identity = JSON.parse(bytes.toString('utf8')) as Identity;
  if (identity.name !== options.name || identity.region !== options.region)
    throw new Error(
      `CORDON_EDGE_HOME belongs to edge ${identity.name} in ${identity.region}; use another folder for another edge`,
    );
  return identity;
}

/** Redeems the join token. @throws ControlError when control refuses or cannot be reached. */
export async function enrol(options: EnrolOptions): Promise<Identity> {
  const { joinToken, controlFingerprint } = options;
  if (!joinToken) throw new Error('CORDON_EDGE_JOIN_TOKEN is required at the first start');
  if (!controlFingerprint) throw new Error('CORDON_CONTROL_FINGERPRINT is required at the first start');
  const authority = await fetchAuthority(options.controlUrl, controlFingerprint);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const answer = (await post(`${options.controlUrl}/enroll`, {
    authority,
    body: {
      token: joinToken,
      csr: certificateRequest(options.name, key, spki),
      url: options.url,
      relay: options.relay,
    },
  })) as { certificate: string; region: string; policyKeys: Identity['policyKeys'] };
  if (answer.region !== options.region)
    throw new Error(`the join token is for region ${answer.region}, CORDON_EDGE_REGION says ${options.region}`);
  const { name, region } = options;
  const identity = { name, region, key, certificate: answer.certificate, authority, policyKeys: answer.policyKeys };
  checkCertificate(identity);
  await makeFolder(options.home);
  await save(options.home, identity);
  return identity;
}

/** Asks for a new certificate for the same key. Works with an expired certificate too, as long as the edge is not banned. */
export async function renew(options: EnrolOptions, identity: Identity): Promise<Identity> {
  const spki = new X509Certificate(identity.certificate).publicKey.export({ type: 'spki', format: 'der' });
  const answer = (await post(`${options.controlUrl}/renew`, {
    authority: identity.authority,
    client: identity,
    body: { csr: certificateRequest(identity.name, identity.key, spki) },
  })) as { certificate: string };
  const renewed = { ...identity, certificate: answer.certificate };
  checkCertificate(renewed);
  await save(options.home, renewed);
  return renewed;
}

/** Unix milliseconds at which half of the certificate's life is over. */
export function renewAt(identity: Identity): number {
  const { validFrom, validTo } = new X509Certificate(identity.certificate);
  return (Date.parse(validFrom) + Date.parse(validTo)) / 2;
}

async function save(home: string, identity: Identity): Promise<void> {
  await replaceFile(join(home, FILE), JSON.stringify(identity));
}

function checkCertificate(identity: Identity): void {
  const certificate = new X509Certificate(identity.certificate);
  const authority = new X509Certificate(identity.authority);
  const expected = `URI:spiffe://cordon/region/${identity.region}/edge/${identity.name}`;
  const names = (certificate.subjectAltName ?? '').split(', ');
  if (!certificate.verify(authority.publicKey) || !names.includes(expected))
    throw new Error('control sent a certificate of another name or authority');
}
