import type { VerifyEd25519 } from '../log';
import type { CertificateType } from './certificate';
import { type Certificate, parseCertificate } from './parse';

export type CertificateReason =
  | 'certificate_malformed'
  | 'certificate_type'
  | 'authority_unknown'
  | 'signature_invalid'
  | 'certificate_not_yet_valid'
  | 'certificate_expired'
  | 'principal_missing'
  | 'source_address_refused';

export type CertificateResult = { ok: true; certificate: Certificate } | { ok: false; reason: CertificateReason };

export interface CertificateUse {
  readonly type: CertificateType;
  /** Public keys of the authorities that count, 32 bytes each. */
  readonly authorities: readonly Uint8Array[];
  /** Must be among the certificate's principals, letter for letter. */
  readonly principal: string;
  /** Unix seconds. */
  readonly now: number;
  /** Whether the connection comes from one of these addresses or CIDR networks. Asked only when the certificate names some. */
  readonly comesFrom: (addresses: readonly string[]) => boolean;
}

/**
 * Whether hostile bytes are a certificate that counts here and now. The holder's own signature, which proves that the key is theirs, and
 * revocation are the caller's to check, and a forced command is the caller's to obey.
 */
export async function verifyCertificate(
  bytes: Uint8Array,
  use: CertificateUse,
  verify: VerifyEd25519,
): Promise<CertificateResult> {
  const certificate = parseCertificate(bytes);
  if (!certificate) return { ok: false, reason: 'certificate_malformed' };
  const { authority, toBeSigned, signature } = certificate;
  if (certificate.type !== use.type) return { ok: false, reason: 'certificate_type' };
  if (!use.authorities.some((known) => sameKey(known, authority))) return { ok: false, reason: 'authority_unknown' };
  if (!(await verify(authority, toBeSigned, signature))) return { ok: false, reason: 'signature_invalid' };
  // After the signature: nobody learns from a reason what a forged certificate would have met.
  const reason = misused(certificate, use);
  return reason ? { ok: false, reason } : { ok: true, certificate };
}

function misused(certificate: Certificate, { principal, now, comesFrom }: CertificateUse): CertificateReason | null {
  if (!(now >= certificate.validAfter)) return 'certificate_not_yet_valid';
  if (!(now < certificate.validBefore)) return 'certificate_expired';
  if (!certificate.principals.includes(principal)) return 'principal_missing';
  const { sourceAddresses } = certificate;
  if (sourceAddresses.length > 0 && !comesFrom(sourceAddresses)) return 'source_address_refused';
  return null;
}

/** Not in constant time: nothing here is secret. */
const sameKey = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);
