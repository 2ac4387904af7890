import { areTerms, type CertificateTerms } from './certificate';
import { CERTIFICATE_TYPE, FORCE_COMMAND, SOURCE_ADDRESS, TYPES } from './encode';
import { MAX_CERTIFICATE_BYTES, MAX_EXTENSIONS, MAX_PRINCIPALS } from './limits';
import { formatLine, parseKeyBlob, parseLine, parseSignatureBlob } from './public-key';
import { WireReader } from './wire';

/** A certificate that was read. That it parses says nothing about who signed it: see `verify.ts`. */
export interface Certificate extends CertificateTerms {
  /** The public key it says it was signed with, 32 bytes. */
  readonly authority: Uint8Array;
  /** What was signed. */
  readonly toBeSigned: Uint8Array;
  /** Ed25519, 64 bytes. */
  readonly signature: Uint8Array;
}

/**
 * Reads hostile bytes. Null unless they are a certificate of one Ed25519 key by another, within the limits, written in the one way that
 * `toBeSigned` writes: options in lexical order and each once, critical ones all known, extensions without values, at least one principal,
 * nothing reserved, nothing after the signature.
 */
export function parseCertificate(bytes: Uint8Array): Certificate | null {
  if (bytes.length > MAX_CERTIFICATE_BYTES) return null;
  const reader = new WireReader(bytes);
  const algorithm = reader.text();
  const [nonce, publicKey] = [reader.string(), reader.string()];
  const serial = reader.u64();
  const type = reader.u32();
  const keyId = reader.text();
  const principals = readPrincipals(reader.string());
  const [validAfter, validBefore] = [reader.u64(), reader.u64()];
  const critical = readOptions(reader.string());
  const extensions = readOptions(reader.string());
  const reserved = reader.string();
  const authority = parseKeyBlob(reader.string());
  const signedTo = reader.position;
  const signature = parseSignatureBlob(reader.string());
  if (!reader.done || algorithm !== CERTIFICATE_TYPE || (type !== TYPES.user && type !== TYPES.host)) return null;
  if (!principals || !critical || !extensions || reserved.length > 0 || !authority || !signature) return null;
  const options = readCritical(critical);
  if (!options || ![...extensions.values()].every((data) => data.length === 0)) return null;
  const certificate: Certificate = {
    type: type === TYPES.user ? 'user' : 'host',
    nonce,
    publicKey,
    serial,
    keyId,
    principals,
    // Beyond what a number counts exactly it is no safe integer, and refused.
    validAfter: Number(validAfter),
    validBefore: Number(validBefore),
    ...options,
    extensions: [...extensions.keys()],
    authority,
    toBeSigned: bytes.subarray(0, signedTo),
    signature,
  };
  return areTerms(certificate) ? certificate : null;
}

/** `ssh-ed25519-cert-v01@openssh.com AAAA…`, as a `-cert.pub` file has it. Throws RangeError for a comment that would not parse again. */
export const formatCertificate = (certificate: Uint8Array, comment = ''): string =>
  formatLine(CERTIFICATE_TYPE, certificate, comment);

/** Reads a hostile line, without the newline that may end it in a file. */
export function parseCertificateLine(line: string): Certificate | null {
  const parsed = parseLine(CERTIFICATE_TYPE, line);
  return parsed && parseCertificate(parsed.blob);
}

function readPrincipals(bytes: Uint8Array): string[] | null {
  const reader = new WireReader(bytes);
  const principals: string[] = [];
  while (!reader.done) {
    principals.push(reader.text());
    if (reader.failed || principals.length > MAX_PRINCIPALS) return null;
  }
  return principals;
}

/** Names and data, in strictly rising order of names. */
function readOptions(bytes: Uint8Array): Map<string, Uint8Array> | null {
  const reader = new WireReader(bytes);
  const options = new Map<string, Uint8Array>();
  let last = '';
  while (!reader.done) {
    const name = reader.text();
    options.set(name, reader.string());
    if (reader.failed || name <= last || options.size > MAX_EXTENSIONS) return null;
    last = name;
  }
  return options;
}

/** A critical option that is not known must refuse the certificate (PROTOCOL.certkeys). */
function readCritical(
  options: ReadonlyMap<string, Uint8Array>,
): Pick<CertificateTerms, 'forceCommand' | 'sourceAddresses'> | null {
  let forceCommand: string | null = null;
  let sourceAddresses: string[] = [];
  for (const [name, data] of options) {
    const reader = new WireReader(data);
    const value = reader.text();
    if (!reader.done || value === '') return null;
    if (name === FORCE_COMMAND) forceCommand = value;
    else if (name === SOURCE_ADDRESS) sourceAddresses = value.split(',');
    else return null;
  }
  return { forceCommand, sourceAddresses };
}
