import { randomBytes, sign } from 'node:crypto';
import { type CertificateTerms, formatCertificate, formatPublicKey, toBeSigned, withSignature } from '@/lib/kernel/ssh';
import type { Keys } from './store';

/**
 * The three authorities of OpenSSH certificates. They sign exactly what they are told: the operations that call them check what entitles
 * somebody to it. An authority signs certificates of its own type only, so that none can stand in for another.
 */
export type SshCa = 'gateway' | 'production' | 'host';

/** What a certificate says, but for its type and nonce. Times in Unix seconds. */
export type UserCertificate = Omit<CertificateTerms, 'type' | 'nonce'>;
export type HostCertificate = Pick<
  CertificateTerms,
  'publicKey' | 'serial' | 'keyId' | 'principals' | 'validAfter' | 'validBefore'
>;

/** What the authorities sign with. */
type SshKeys = Pick<Keys, 'sshKeys'>;

/** The line of a `-cert.pub` file. Throws RangeError `ssh.terms` for what no certificate may say (`areTerms` of lib/kernel/ssh). */
export const signUserCertificate = (keys: SshKeys, ca: 'gateway' | 'production', says: UserCertificate): string =>
  certify(keys, ca, { ...says, type: 'user', nonce: randomBytes(NONCE_BYTES) });

/** As `signUserCertificate`, by the host authority: the holder of the key is these hosts. */
export const signHostCertificate = (keys: SshKeys, says: HostCertificate): string =>
  certify(keys, 'host', {
    ...says,
    type: 'host',
    nonce: randomBytes(NONCE_BYTES),
    forceCommand: null,
    sourceAddresses: [],
    extensions: [],
  });

/** 63 random bits, never zero: for certificates whose serial is no number of a record. */
export function randomSerial(): bigint {
  const serial = randomBytes(8).readBigUInt64BE() >> 1n;
  return serial === 0n ? randomSerial() : serial;
}

/** The authorities' public keys as lines. The comment is for people who read a file of them. */
export function sshCas({ sshKeys }: SshKeys): Record<SshCa, string> {
  const line = (ca: SshCa) => formatPublicKey(sshKeys[ca].publicKey, `cordon-${ca}-ca`);
  return { gateway: line('gateway'), production: line('production'), host: line('host') };
}

/** ssh-keygen takes as many. */
const NONCE_BYTES = 32;

function certify({ sshKeys }: SshKeys, ca: SshCa, terms: CertificateTerms): string {
  const { publicKey, privateKey } = sshKeys[ca];
  const signed = toBeSigned(terms, publicKey);
  return formatCertificate(withSignature(signed, sign(null, signed, privateKey)));
}
