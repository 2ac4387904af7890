import { generateKeyPairSync, randomBytes } from 'node:crypto';
import ssh2 from 'ssh2';
import { formatPrivateKey, formatPublicKey, verifyCertificate } from '@/lib/kernel/ssh';
import { verifyEd25519 } from '@/lib/primitives/ed25519';
import { GatewayRefusal } from './errors';
import { connectCertified, socketOf } from './ssh2-certificates';

/** Milliseconds to reach a host and be let in; sshd runs a command of the host's agent on the way. */
const READY_MILLISECONDS = 10_000;

/** An Ed25519 key that lives in memory for one session. */
export interface SessionKey {
  /** OpenSSH line. */
  line: string;
  /** OpenSSH private key file. */
  file: string;
}

export function newSessionKey(): SessionKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { d, x } = privateKey.export({ format: 'jwk' });
  const [seed, publicKey] = [d, x].map((part) => Uint8Array.from(Buffer.from(part!, 'base64url')));
  return {
    line: formatPublicKey(publicKey!),
    file: formatPrivateKey(seed!, publicKey!, randomBytes(4).readUInt32BE()),
  };
}

export interface Dial {
  /** The name its certificate must have. */
  name: string;
  address: string;
  port: number;
  account: string;
  key: SessionKey;
  certificate: Uint8Array;
  /** Host authorities, 32 bytes each. */
  authorities: readonly Uint8Array[];
  /** Unix seconds. */
  now(): number;
}

/**
 * A connection to a production host, opened with the session's certificate. A host without a certificate of the host authority for its name is
 * not spoken to: nothing is ever trusted on first use.
 */
export function dialHost(dial: Dial): Promise<ssh2.Client> {
  const { name, address, port, account, key, certificate, authorities } = dial;
  const client = new ssh2.Client();
  let reason = 'host.unreachable' as GatewayRefusal['code'];
  return new Promise((resolve, reject) => {
    client.once('ready', () => {
      client.on('error', () => undefined);
      resolve(client);
    });
    client.once('error', (error: Error & { level?: string }) => {
      if (error.level === 'client-authentication') reason = 'host.refused';
      if (error.level === 'handshake' && reason === 'host.unreachable') reason = 'host.untrusted';
      client.on('error', () => undefined);
      socketOf(client)?.destroy();
      reject(new GatewayRefusal(reason, { cause: error }));
    });
    client.once('close', () => reject(new GatewayRefusal(reason)));
    connectCertified(client, {
      config: {
        host: address,
        port,
        username: account,
        readyTimeout: READY_MILLISECONDS,
        keepaliveInterval: 10_000,
        keepaliveCountMax: 3,
        ident: 'Cordon',
        algorithms: { compress: ['none'] },
      },
      keyFile: key.file,
      certificate,
      trusts: async (shown) => {
        const use = { type: 'host', authorities, principal: name, now: dial.now(), comesFrom: () => false } as const;
        const result = await verifyCertificate(shown, use, verifyEd25519);
        if (!result.ok) reason = 'host.untrusted';
        return result.ok;
      },
    });
  });
}
