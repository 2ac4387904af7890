import { parseCertificateLine, parsePublicKey } from '@/lib/kernel/ssh';
import { type Keyring, KeyringError } from '@/lib/keyring';
import { GatewayRefusal } from './errors';

/** What the gateway asks of the keyring; it has no key of an authority itself. */
export interface GatewayKeyring {
  /** Public keys of the authorities, 32 bytes each. */
  authorities(): Promise<{ gateway: Uint8Array[]; host: Uint8Array[] }>;
  /** Certifies this gateway's own host key, an OpenSSH line. */
  hostCertificate(publicKey: string): Promise<Uint8Array>;
  /** Uses up the opening of a session. Refused unless it was confirmed by passkey and its grant is active. */
  productionCertificate(ask: {
    session: string;
    publicKey: string;
    sourceAddress: string;
    ticket: string | null;
  }): Promise<Production>;
  /** Where grants stand; unknown ones are left out. At most 200. */
  describe(grants: string[]): Promise<Standing[]>;
}

export interface Production {
  certificate: Uint8Array;
  grant: string;
  /** `host:<name>` */
  target: string;
  account: string;
  principal: string;
  /** Nothing else runs; null for a shell. */
  command: string | null;
  /** Whether files may be copied. */
  files: boolean;
  /** Unix seconds. */
  deadline: number;
  serial: string;
  keyId: string;
}

export interface Standing {
  id: string;
  state: string;
  /** Unix seconds. */
  deadline: number | null;
  why: string | null;
}

/** Milliseconds for which the authorities are taken as they were: they change with years. */
const REMEMBER = 30_000;

/** The keyring by its socket. `names`: what employees' clients call this gateway. */
export function askKeyring(keyring: Pick<Keyring, 'call'>, names: readonly string[]): GatewayKeyring {
  let known: { at: number; authorities: { gateway: Uint8Array[]; host: Uint8Array[] } } | null = null;
  return {
    async authorities() {
      if (known && performance.now() - known.at < REMEMBER) return known.authorities;
      const { sshCas } = await keyring.call('trust.describe', {});
      const keys = [sshCas?.gateway, sshCas?.host].map((line) => parsePublicKey(line ?? '')?.publicKey);
      const [gateway, host] = keys;
      if (!gateway || !host) throw new Error('the keyring tells of no authorities');
      known = { at: performance.now(), authorities: { gateway: [gateway], host: [host] } };
      return known.authorities;
    },
    async hostCertificate(publicKey) {
      const { certificate } = await keyring.call('ssh.hostCertificate', { publicKey, hosts: [...names] });
      return bytesOf(certificate);
    },
    async productionCertificate(ask) {
      try {
        const answer = await keyring.call('ssh.productionCertificate', ask);
        return { ...answer, certificate: bytesOf(answer.certificate) };
      } catch (error) {
        const refused = error instanceof KeyringError && error.refusal !== null && !FAULTS.has(error.refusal);
        throw new GatewayRefusal(refused ? 'gateway.not_open' : 'gateway.keyring_silent', { cause: error });
      }
    },
    describe: async (requests) => (await keyring.call('grant.describe', { requests })).requests,
  };
}

/** Refusals that say nothing about the session. */
const FAULTS: ReadonlySet<string> = new Set([
  'internal',
  'request.busy',
  'request.unauthenticated',
  'request.forbidden',
]);

function bytesOf(line: string): Uint8Array {
  const certificate = parseCertificateLine(line);
  if (!certificate) throw new Error('the keyring answered with no certificate');
  return Uint8Array.from(Buffer.from(line.split(' ')[1]!, 'base64'));
}
