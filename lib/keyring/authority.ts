import { type KeyObject, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { isRegion, type Region } from '@/lib/kernel/region';
import { Refusal } from './refusal';
import { loadX509 } from './x509';

/**
 * The edge certificate authority: P-256, self-signed, no path below it. It says one thing, "this key is that edge in that
 * region" (or "is control"), for a day.
 */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MILLISECONDS = 86_400_000;
const AUTHORITY_DAYS = 3650;
/** Clocks of other machines may be behind ours. */
const BACKDATE_MILLISECONDS = 60_000;

export interface Authority {
  privateKey: KeyObject;
  /** PEM. */
  certificate: string;
}

export async function createAuthority(now: Date): Promise<{ key: string; certificate: string }> {
  const x509 = await loadX509();
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name: 'CN=Cordon edge authority',
      notBefore: new Date(now.getTime() - BACKDATE_MILLISECONDS),
      notAfter: new Date(now.getTime() + AUTHORITY_DAYS * DAY_MILLISECONDS),
      signingAlgorithm: ALGORITHM,
      keys: keys as CryptoKeyPair,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as CryptoKey, false, webcrypto as Crypto),
      ],
    },
    webcrypto as Crypto,
  );
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return { key, certificate: certificate.toString('pem') };
}

export interface Issue {
  /** SPIFFE ID (URI SAN): who the holder is. Peers must check this, never the host names alone. */
  identity: string;
  commonName: string;
  hosts: readonly string[];
  client: boolean;
  /** Default: yes. */
  server?: boolean;
}

/**
 * Issues a 24 h certificate for the key in a PKCS#10 request (RFC 2986, PEM or base64 DER). Nothing else of the request is
 * used: not its subject, not its extensions. Throws `csr.refused`.
 */
export async function issue(
  authority: Authority,
  csr: string,
  request: Issue,
  now: Date,
): Promise<{ certificate: string; expiresAt: number }> {
  const x509 = await loadX509();
  const publicKey = await provenKey(csr);
  const signingKey = await webcrypto.subtle.importKey(
    'pkcs8',
    authority.privateKey.export({ format: 'der', type: 'pkcs8' }),
    ALGORITHM,
    false,
    ['sign'],
  );
  const issuer = new x509.X509Certificate(authority.certificate);
  // X.509 times are whole seconds.
  const notAfter = new Date(Math.floor((now.getTime() + DAY_MILLISECONDS) / 1000) * 1000);
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(),
      subject: [{ CN: [request.commonName] }],
      issuer: issuer.subject,
      notBefore: new Date(now.getTime() - BACKDATE_MILLISECONDS),
      notAfter,
      publicKey,
      signingKey: signingKey as CryptoKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        // keyAgreement because the region key is sealed to this key (ECDH).
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyAgreement, true),
        new x509.ExtendedKeyUsageExtension([
          ...(request.server === false ? [] : [x509.ExtendedKeyUsage.serverAuth]),
          ...(request.client ? [x509.ExtendedKeyUsage.clientAuth] : []),
        ]),
        new x509.SubjectAlternativeNameExtension([
          { type: 'url', value: request.identity },
          ...request.hosts.map((host) => ({ type: isIP(host) ? ('ip' as const) : ('dns' as const), value: host })),
        ]),
        await x509.AuthorityKeyIdentifierExtension.create(issuer, false, webcrypto as Crypto),
      ],
    },
    webcrypto as Crypto,
  );
  return { certificate: certificate.toString('pem'), expiresAt: notAfter.getTime() };
}

/** The request's public key, after its own signature proved that the sender holds the private one. */
async function provenKey(csr: string): Promise<CryptoKey> {
  const x509 = await loadX509();
  try {
    const request = new x509.Pkcs10CertificateRequest(csr);
    const key = await request.publicKey.export(ALGORITHM, ['verify'], webcrypto as Crypto);
    if (await request.verify(webcrypto as Crypto)) return key;
  } catch {
    // Malformed DER, another key type or curve: refused below like a bad signature.
  }
  throw new Refusal('csr.refused');
}

/**
 * The public key (uncompressed point, 65 bytes) of an edge certificate this authority issued for `region` and that is valid
 * at `now`. Throws `certificate.refused` for anything else, without saying which check failed.
 */
export function edgePublicKey(authority: Authority, text: string, region: Region, now: Date): Buffer {
  const certificate = readCertificate(text);
  const issuer = new X509Certificate(authority.certificate);
  const names = (certificate.subjectAltName ?? '').split(', ').filter((name) => name.startsWith('URI:'));
  const [, foundRegion] =
    /^URI:spiffe:\/\/cordon\/region\/([A-Z]{2})\/edge\/[a-z0-9-]{1,63}$/.exec(
      names.length === 1 ? (names[0] ?? '') : '',
    ) ?? [];
  const jwk = certificate.publicKey.asymmetricKeyType === 'ec' ? certificate.publicKey.export({ format: 'jwk' }) : {};
  const accepted =
    !certificate.ca &&
    certificate.checkIssued(issuer) &&
    certificate.verify(issuer.publicKey) &&
    Date.parse(certificate.validFrom) <= now.getTime() &&
    now.getTime() < Date.parse(certificate.validTo) &&
    isRegion(foundRegion) &&
    foundRegion === region &&
    jwk.crv === 'P-256';
  if (!accepted) throw new Refusal('certificate.refused');
  return Buffer.concat([Buffer.of(4), Buffer.from(jwk.x ?? '', 'base64url'), Buffer.from(jwk.y ?? '', 'base64url')]);
}

function readCertificate(text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw new Refusal('certificate.refused');
  }
}

/** 127 random bits, positive (RFC 5280 section 4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}
