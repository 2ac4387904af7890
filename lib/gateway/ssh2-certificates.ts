import type { Client, ConnectConfig, Connection, ParsedKey } from 'ssh2';
import ssh2 from 'ssh2';
import { CERTIFICATE_TYPE, KEY_TYPE, keyBlob, parseCertificate } from '@/lib/kernel/ssh';

/**
 * OpenSSH certificates for ssh2, which knows none: an employee's client is shown one by this gateway, and a production host one by its sshd, and
 * this gateway shows one to the host. Everything in Cordon that touches private members of ssh2 stands in this file; its version is pinned
 * exactly, and `ssh2-certificates.test.ts` is the contract. Where a member is not what it was, the handshake fails; none succeeds wrongly,
 * because the exchange hash covers the certificate and its signature is checked with the certified key.
 */
interface Kex {
  negotiated: { serverHostKey: string };
  sessionID: Buffer;
}

interface Offer {
  constructor: new (lists: Record<string, unknown>) => Offer;
  lists: Record<'kex' | 'serverHostKey', { array: string[] }> &
    Record<'cs' | 'sc', Record<'cipher' | 'mac' | 'compress' | 'lang', { array: string[] }>>;
}

interface Protocol {
  _kex: Kex;
  _offer: Offer;
  _hostKeys: Record<string, ParsedKey>;
  _authsQueue: string[];
  _packetRW: {
    write: { allocStart: number; alloc(length: number): Uint8Array; finalize(packet: Uint8Array): Uint8Array };
  };
  _cipher: { encrypt(packet: Uint8Array): void };
  authPK(user: string, key: ParsedKey, algorithm: unknown, sign?: Sign): void;
}
type Sign = (data: Buffer, done: (signature: Buffer) => void) => void;

const protocolOf = (of: Client | Connection): Protocol => (of as unknown as { _protocol: Protocol })._protocol;

/** The connection's TCP socket, to see how much waits to be sent and to end it at once. */
export const socketOf = (of: Client | Connection): import('node:net').Socket =>
  (of as unknown as { _sock: import('node:net').Socket })._sock;

/** The host key of a Server that shows a certificate and no plain key. `file` is the text of an OpenSSH private key. */
export function certifiedKey(file: string, certificate: Uint8Array): ParsedKey {
  const key = parsed(file);
  return Object.create(key, {
    type: { value: CERTIFICATE_TYPE },
    getPublicSSH: { value: () => Buffer.from(certificate) },
  }) as ParsedKey;
}

/** To be called first for each connection of a Server that was made with a `certifiedKey`; `key` is another one, or the same. */
export function signAsCertified(connection: Connection, key: ParsedKey): void {
  const protocol = protocolOf(connection);
  const sign = (data: Buffer) => {
    // The signature of a certified key is one of a plain key, and says so.
    protocol._kex.negotiated.serverHostKey = KEY_TYPE;
    return key.sign(data);
  };
  protocol._hostKeys = { [CERTIFICATE_TYPE]: Object.create(key, { sign: { value: sign } }) as ParsedKey };
}

export interface CertifiedConnect {
  /** Everything but how to authenticate and how to know the host. */
  config: ConnectConfig & { username: string };
  /** Text of an OpenSSH private key, Ed25519. */
  keyFile: string;
  certificate: Uint8Array;
  /** Whether this certificate of the host counts. Plain host keys are never asked about: none is accepted. */
  trusts(hostCertificate: Uint8Array): Promise<boolean>;
}

/** As `client.connect`, with one attempt to authenticate, by certificate, at a host that shows one. */
export function connectCertified(client: Client, options: CertifiedConnect): void {
  const { config, keyFile, certificate, trusts } = options;
  const { username } = config;
  const ways = [{ type: 'publickey' as const, username, key: keyFile }];
  client.connect({
    ...config,
    authHandler: (_left, _partial, next) => next(ways.shift() ?? (false as never)),
    hostVerifier: (key: Buffer, verify: (counts: boolean) => void) => {
      const shown = Uint8Array.from(key);
      const publicKey = parseCertificate(shown)?.publicKey;
      if (!publicKey) return verify(false);
      // At once: ssh2 checks the signature with the host's next packet. What it asked here it awaits before it sends another.
      readCertifiedKey(protocol._kex, key, publicKey);
      trusts(shown).then(verify, () => verify(false));
    },
  });
  const protocol = protocolOf(client);
  protocol._offer = withHostKeys(protocol._offer, [CERTIFICATE_TYPE]);
  protocol.authPK = (user, _key, _algorithm, sign) => authenticate(protocol, user, certificate, sign);
}

function withHostKeys({ constructor: Kexinit, lists }: Offer, serverHostKey: string[]): Offer {
  const arrays = ({ cipher, mac, compress, lang }: Offer['lists']['cs']) => ({
    cipher: cipher.array,
    mac: mac.array,
    compress: compress.array,
    lang: lang.array,
  });
  return new Kexinit({ kex: lists.kex.array, serverHostKey, cs: arrays(lists.cs), sc: arrays(lists.sc) });
}

/** ssh2 reads `_hostKey` for the exchange hash, which covers the certificate, and then for the key that signed it. */
function readCertifiedKey(kex: Kex, certificate: Buffer, publicKey: Uint8Array): void {
  const plain = Buffer.from(keyBlob(publicKey));
  let reads = 0;
  Object.defineProperty(kex, '_hostKey', {
    get: () => (reads++ === 0 ? certificate : plain),
    set: () => undefined,
  });
  kex.negotiated.serverHostKey = KEY_TYPE;
}

/** SSH_MSG_USERAUTH_REQUEST "publickey" (RFC 4252, 7): the algorithm names the certificate, the signature's own name is that of its key. */
function authenticate(protocol: Protocol, user: string, certificate: Uint8Array, sign: Sign | undefined): void {
  const head = [Uint8Array.of(50), text(user), text('ssh-connection'), text('publickey')];
  const key = [text(CERTIFICATE_TYPE), field(certificate)];
  const body = Buffer.concat([...head, Uint8Array.of(sign ? 1 : 0), ...key]);
  protocol._authsQueue.push('publickey');
  if (sign)
    sign(Buffer.concat([field(protocol._kex.sessionID), body]), (signature) =>
      send(protocol, Buffer.concat([body, field(Buffer.concat([text(KEY_TYPE), field(signature)]))])),
    );
  else send(protocol, body);
}

function send({ _packetRW: { write }, _cipher }: Protocol, payload: Uint8Array): void {
  const at = write.allocStart;
  const packet = write.alloc(payload.length);
  packet.set(payload, at);
  _cipher.encrypt(write.finalize(packet));
}

function field(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
const text = (value: string): Buffer => field(Buffer.from(value, 'utf8'));

function parsed(file: string): ParsedKey {
  const key = ssh2.utils.parseKey(file);
  if (key instanceof Error) throw key;
  return key;
}
