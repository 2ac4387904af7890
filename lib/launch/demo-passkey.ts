import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';

/**
 * An authenticator in software: one ES256 passkey that answers as a browser with a security key would (W3C Web Authentication level 3,
 * sections 6.1, 6.5 and 5.8.1). The demo loader signs in with it, and tests do; what it signs is real, its key is in memory only.
 */
export interface SoftPasskeyChoices {
  /** False: backup eligible and backed up, as a synced passkey is. */
  deviceBound?: boolean;
  /** False: answers without having asked for PIN or biometric. */
  userVerified?: boolean;
  /** True: in a frame of another site. */
  crossOrigin?: boolean;
  /** Signatures so far; `null` never counts, as synced passkeys do. */
  counter?: number | null;
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const BACKUP_ELIGIBLE = 0x08;
const BACKED_UP = 0x10;
const ATTESTED_CREDENTIAL = 0x40;
/** All zeros: says nothing about its make. */
const AAGUID = Buffer.alloc(16);

export class SoftPasskey {
  readonly credentialId = randomBytes(32).toString('base64url');
  private readonly privateKey: KeyObject;
  /** COSE_Key (RFC 9052 section 7). */
  private readonly publicKey: Buffer;
  private userHandle = '';

  /** Choices may be changed between two answers. */
  constructor(readonly choices: SoftPasskeyChoices = {}) {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.privateKey = pair.privateKey;
    const { x = '', y = '' } = pair.publicKey.export({ format: 'jwk' });
    // {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}
    this.publicKey = Buffer.concat([
      Buffer.from('a5010203262001', 'hex'),
      Buffer.from('215820', 'hex'),
      Buffer.from(x, 'base64url'),
      Buffer.from('225820', 'hex'),
      Buffer.from(y, 'base64url'),
    ]);
  }

  /** Answers `navigator.credentials.create()` on a page of `origin`. */
  register(options: PublicKeyCredentialCreationOptionsJSON, origin: string): RegistrationResponseJSON {
    this.userHandle = options.user.id;
    const id = Buffer.from(this.credentialId, 'base64url');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const attested = Buffer.concat([AAGUID, length, id, this.publicKey]);
    const data = this.authenticatorData(options.rp.id ?? new URL(origin).hostname, attested);
    return {
      ...this.common(),
      response: {
        clientDataJSON: this.clientData('webauthn.create', options.challenge, origin).toString('base64url'),
        attestationObject: attestationObject(data).toString('base64url'),
        transports: ['internal'],
      },
    };
  }

  /** Answers `navigator.credentials.get()` on a page of `origin`. */
  authenticate(options: PublicKeyCredentialRequestOptionsJSON, origin: string): AuthenticationResponseJSON {
    const data = this.authenticatorData(options.rpId ?? new URL(origin).hostname);
    const client = this.clientData('webauthn.get', options.challenge, origin);
    const signed = Buffer.concat([data, createHash('sha256').update(client).digest()]);
    return {
      ...this.common(),
      response: {
        clientDataJSON: client.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: sign('sha256', signed, this.privateKey).toString('base64url'),
        userHandle: this.userHandle,
      },
    };
  }

  private common() {
    return { id: this.credentialId, rawId: this.credentialId, type: 'public-key', clientExtensionResults: {} } as const;
  }

  private clientData(type: string, challenge: string, origin: string): Buffer {
    const { crossOrigin = false } = this.choices;
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin }));
  }

  private authenticatorData(rpId: string, attested?: Buffer): Buffer {
    const { deviceBound = true, userVerified = true, counter = 0 } = this.choices;
    if (counter !== null) this.choices.counter = counter + 1;
    const fixed = Buffer.alloc(37);
    createHash('sha256').update(rpId).digest().copy(fixed);
    fixed[32] =
      USER_PRESENT |
      (userVerified ? USER_VERIFIED : 0) |
      (deviceBound ? 0 : BACKUP_ELIGIBLE | BACKED_UP) |
      (attested ? ATTESTED_CREDENTIAL : 0);
    fixed.writeUInt32BE(counter === null ? 0 : counter + 1, 33);
    return attested ? Buffer.concat([fixed, attested]) : fixed;
  }
}

/** CBOR of `{fmt: "none", attStmt: {}, authData}` (RFC 8949). */
function attestationObject(data: Buffer): Buffer {
  const length = Buffer.of(0x59, data.length >> 8, data.length & 0xff);
  return Buffer.concat([
    Buffer.of(0xa3),
    ...[text('fmt'), text('none'), text('attStmt'), Buffer.of(0xa0), text('authData')],
    length,
    data,
  ]);
}

const text = (value: string): Buffer => Buffer.concat([Buffer.of(0x60 | value.length), Buffer.from(value)]);
