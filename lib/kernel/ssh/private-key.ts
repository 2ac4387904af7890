import { encodeBase64, toUtf8 } from '../encoding';
import { KEY_BYTES } from './limits';
import { KEY_TYPE, keyBlob } from './public-key';
import { concat, string, u32 } from './wire';

/** OpenSSH's PROTOCOL.key: a private key without a passphrase, for programs that take no other form (ssh, sshd, npm's ssh2). */
const MAGIC = toUtf8('openssh-key-v1\0')!;
const NONE = 'none';
const BLOCK_BYTES = 8;
const LINE = 70;

/**
 * The text of a private key file. `seed` and `publicKey` have 32 bytes (RFC 8032); `check` is any u32, which readers compare with its copy
 * to see that decryption went well. Throws RangeError for other lengths.
 */
export function formatPrivateKey(seed: Uint8Array, publicKey: Uint8Array, check: number): string {
  if (seed.length !== KEY_BYTES) throw new RangeError('ssh.key');
  const blob = keyBlob(publicKey);
  const secret = concat(
    u32(check),
    u32(check),
    string(KEY_TYPE),
    string(publicKey),
    string(concat(seed, publicKey)),
    string(''),
  );
  const padding = Uint8Array.from({ length: -secret.length & (BLOCK_BYTES - 1) }, (_, i) => i + 1);
  const file = concat(
    MAGIC,
    string(NONE),
    string(NONE),
    string(''),
    u32(1),
    string(blob),
    string(concat(secret, padding)),
  );
  const lines = encodeBase64(file).match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}
