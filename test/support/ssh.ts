import { createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';
import {
  type CertificateTerms,
  DEFAULT_EXTENSIONS,
  formatPrivateKey,
  formatPublicKey,
  toBeSigned,
  withSignature,
} from '@/lib/kernel/ssh';

/** An Ed25519 key in every form that SSH programs want. */
export interface SshKey {
  /** 32 bytes. */
  publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
  /** `ssh-ed25519 AAAA…` */
  line: string;
  /** OpenSSH's private key file. */
  file: string;
}

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The same key for the same seed, or a random one. */
export function sshKey(seed: Uint8Array = randomBytes(32)): SshKey {
  const secret = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = Uint8Array.from(createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32));
  return {
    publicKey,
    sign: (message) => Uint8Array.from(sign(null, message, secret)),
    line: formatPublicKey(publicKey),
    file: formatPrivateKey(seed, publicKey, randomBytes(4).readUInt32BE()),
  };
}

/** What a user certificate of a test says where the test does not care: `app` may have a terminal for a minute from now. */
export function userTerms(over: Partial<CertificateTerms> & Pick<CertificateTerms, 'publicKey'>): CertificateTerms {
  const now = Math.floor(Date.now() / 1000);
  return {
    type: 'user',
    nonce: Uint8Array.from(randomBytes(32)),
    serial: randomBytes(8).readBigUInt64BE() | 1n,
    keyId: 'grant=g1;user=u1',
    principals: ['app'],
    validAfter: now - 60,
    validBefore: now + 60,
    forceCommand: null,
    sourceAddresses: [],
    extensions: DEFAULT_EXTENSIONS,
    ...over,
  };
}

/** As `userTerms`, for the key of a host. */
export const hostTerms = (over: Partial<CertificateTerms> & Pick<CertificateTerms, 'publicKey'>): CertificateTerms =>
  userTerms({ type: 'host', keyId: 'host', principals: ['127.0.0.1'], extensions: [], ...over });

/** A whole certificate, without the keyring. */
export function certify(authority: SshKey, terms: CertificateTerms): Uint8Array {
  const signed = toBeSigned(terms, authority.publicKey);
  return withSignature(signed, authority.sign(signed));
}
