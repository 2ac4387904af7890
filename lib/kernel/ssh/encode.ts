import { areTerms, type CertificateTerms } from './certificate';
import { MAX_CERTIFICATE_BYTES } from './limits';
import { keyBlob, signatureBlob } from './public-key';
import { concat, string, u32, u64 } from './wire';

export const CERTIFICATE_TYPE = 'ssh-ed25519-cert-v01@openssh.com';
/** As they stand in a certificate. */
export const TYPES = { user: 1, host: 2 } as const;
export const FORCE_COMMAND = 'force-command';
export const SOURCE_ADDRESS = 'source-address';

/** Puts the authority's signature (Ed25519, 64 bytes) on what it signed. Throws RangeError when it cannot be one. */
export const withSignature = (toBeSigned: Uint8Array, signature: Uint8Array): Uint8Array =>
  concat(toBeSigned, string(signatureBlob(signature)));

/**
 * The bytes an authority signs: the certificate up to its signature. `authority` is its public key, 32 bytes. Throws RangeError
 * `ssh.terms` for terms outside the limits, which would not parse again.
 */
export function toBeSigned(terms: CertificateTerms, authority: Uint8Array): Uint8Array {
  if (!areTerms(terms)) throw new RangeError('ssh.terms');
  const bytes = concat(
    string(CERTIFICATE_TYPE),
    string(terms.nonce),
    string(terms.publicKey),
    u64(terms.serial),
    u32(TYPES[terms.type]),
    string(terms.keyId),
    string(concat(...terms.principals.map(string))),
    u64(BigInt(terms.validAfter)),
    u64(BigInt(terms.validBefore)),
    string(criticalOptions(terms)),
    string(concat(...terms.extensions.map((name) => option(name, EMPTY)))),
    string(EMPTY),
    string(keyBlob(authority)),
  );
  if (bytes.length > MAX_CERTIFICATE_BYTES - SIGNATURE_FIELD_BYTES) throw new RangeError('ssh.terms');
  return bytes;
}

/** In lexical order. The value of an option is a string inside the string of its data. */
const criticalOptions = ({ forceCommand, sourceAddresses }: CertificateTerms): Uint8Array =>
  concat(
    forceCommand === null ? EMPTY : option(FORCE_COMMAND, string(forceCommand)),
    sourceAddresses.length === 0 ? EMPTY : option(SOURCE_ADDRESS, string(sourceAddresses.join(','))),
  );

const option = (name: string, data: Uint8Array): Uint8Array => concat(string(name), string(data));

const EMPTY = new Uint8Array(0);
/** Its length, and two strings of 11 and 64 bytes. */
const SIGNATURE_FIELD_BYTES = 87;
