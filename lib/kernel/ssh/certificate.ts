import {
  KEY_BYTES,
  MAX_COMMAND,
  MAX_EXTENSIONS,
  MAX_NONCE_BYTES,
  MAX_PRINCIPALS,
  MAX_SERIAL,
  MAX_SOURCE_ADDRESSES,
  MIN_NONCE_BYTES,
} from './limits';
import { isKey } from './public-key';

export type CertificateType = 'user' | 'host';

/** What a certificate says, without who says it. */
export interface CertificateTerms {
  readonly type: CertificateType;
  /** Random bytes of the authority's, 16 to 64. */
  readonly nonce: Uint8Array;
  /** The key that is certified: Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** u64. Zero means to OpenSSH that the authority does not count, and is refused here: it could not be revoked. */
  readonly serial: bigint;
  /** For people and logs: 1 to 256 characters of printable ASCII without `"` and `\`, so that it has one reading in sshd's log. */
  readonly keyId: string;
  /** Accounts, or what sshd is told of them (user), or host names and addresses (host). Never empty, which would mean everybody. */
  readonly principals: readonly string[];
  /** Unix seconds; valid from here … */
  readonly validAfter: number;
  /** … until before here. Never for ever. */
  readonly validBefore: number;
  /** Only this command runs, whatever was asked for. Users only. */
  readonly forceCommand: string | null;
  /** Addresses or CIDR networks a connection may come from; empty for any. Users only. */
  readonly sourceAddresses: readonly string[];
  /** What is permitted beyond a command, for example `permit-pty`; in lexical order, without values. Users only. */
  readonly extensions: readonly string[];
}

/** A terminal, and nothing else: no forwarding of ports, agent or X11, and no ~/.ssh/rc. */
export const DEFAULT_EXTENSIONS: readonly string[] = ['permit-pty'];

const KEY_ID = /^[\x20\x21\x23-\x5b\x5d-\x7e]{1,256}$/;
/** No wildcards, which ssh follows in the names of hosts, and no commas. */
const PRINCIPAL = /^[A-Za-z0-9_:][A-Za-z0-9._:@=+-]{0,254}$/;
/** Printable ASCII, so that logs and approvers see what runs. */
const COMMAND = /^[\x20-\x7e]+$/;
/** In form only; sshd refuses the whole certificate when it is no address. */
const ADDRESS = /^[0-9A-Fa-f][0-9A-Fa-f.:]{1,44}(?:\/[0-9]{1,3})?$|^::(?:[0-9A-Fa-f.:]{0,43})(?:\/[0-9]{1,3})?$/;
const EXTENSION = /^[a-z0-9][A-Za-z0-9@._-]{0,63}$/;

/** Whether these terms are within the limits; what is not can be neither encoded nor parsed. */
export function areTerms(terms: CertificateTerms): boolean {
  const { type, nonce, publicKey, serial, keyId, principals, validAfter, validBefore } = terms;
  return (
    nonce.length >= MIN_NONCE_BYTES &&
    nonce.length <= MAX_NONCE_BYTES &&
    publicKey.length === KEY_BYTES &&
    isKey(publicKey) &&
    serial > 0n &&
    serial <= MAX_SERIAL &&
    KEY_ID.test(keyId) &&
    principals.length > 0 &&
    principals.length <= MAX_PRINCIPALS &&
    principals.every((principal) => PRINCIPAL.test(principal)) &&
    new Set(principals).size === principals.length &&
    Number.isSafeInteger(validAfter) &&
    Number.isSafeInteger(validBefore) &&
    validAfter >= 0 &&
    validAfter < validBefore &&
    (type === 'user' ? areUserOptions(terms) : hasNoOptions(terms))
  );
}

const areUserOptions = ({ forceCommand, sourceAddresses, extensions }: CertificateTerms): boolean =>
  (forceCommand === null || (forceCommand.length <= MAX_COMMAND && COMMAND.test(forceCommand))) &&
  sourceAddresses.length <= MAX_SOURCE_ADDRESSES &&
  sourceAddresses.every((address) => ADDRESS.test(address)) &&
  extensions.length <= MAX_EXTENSIONS &&
  extensions.every((name, i) => EXTENSION.test(name) && (i === 0 || extensions[i - 1]! < name));

/** OpenSSH defines none for hosts. */
const hasNoOptions = ({ forceCommand, sourceAddresses, extensions }: CertificateTerms): boolean =>
  forceCommand === null && sourceAddresses.length === 0 && extensions.length === 0;
