import { type ChildProcess, spawn } from 'node:child_process';
import {
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  type KeyObject,
  randomBytes,
  webcrypto,
} from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Box, parseRegionKey, regionKeyContext, regionKeyInfo, regionKeySalt } from '@/lib/kernel/bundle/sealing';
import type { Context } from './context';
import { type Client, createKeyring, type Keyring } from './index';
import { closeContext, openContext } from './open';
import { loadX509 } from './x509';

/** What the keyring's tests share: a keyring in this process with a clock of its own, a real one on a real socket, an edge's side. */
export const temporaryHome = async (): Promise<string> => await mkdtemp(join(tmpdir(), 'cordon-keyring-'));

export const ORIGINS = { customer: 'http://localhost:3000', staff: 'http://staff.localhost:3000' };

export interface TestKeyring {
  context: Context;
  clock: { now: number };
  home: string;
  close(): Promise<void>;
}

/** Opens a keyring in this process. The clock starts on 2026-11-21 at noon (UTC), two seconds into a TOTP step. */
export async function openTestKeyring(): Promise<TestKeyring> {
  const home = await temporaryHome();
  const clock = { now: Date.UTC(2026, 10, 21, 12, 0, 2) };
  const context = await openContext(home, () => clock.now, ORIGINS);
  const keyring: TestKeyring = {
    context,
    clock,
    home,
    close: async () => {
      // A test may have opened it again.
      await closeContext(keyring.context);
      await rm(home, { recursive: true });
    },
  };
  return keyring;
}

export interface KeyringProcess {
  child: ChildProcess;
  socketPath: string;
  home: string;
  tokens: Record<Client, string>;
  /** Lines of its log so far. */
  lines: string[];
  client(who: Client): Keyring;
  ready: Promise<void>;
  exited: Promise<number | null>;
}

/** Starts a real keyring process in `home` (a temporary directory). */
export async function spawnKeyring(home: string): Promise<KeyringProcess> {
  const tokens = {
    console: randomBytes(32).toString('hex'),
    control: randomBytes(32).toString('hex'),
    installer: randomBytes(32).toString('hex'),
    gateway: randomBytes(32).toString('hex'),
  };
  const socketPath = join(home, 'keyring.sock');
  const clientsPath = join(home, 'clients.json');
  const hashes = Object.entries(tokens).map(([client, token]) => [
    client,
    createHash('sha256').update(token).digest('hex'),
  ]);
  await writeFile(clientsPath, JSON.stringify(Object.fromEntries(hashes)), { mode: 0o600 });
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('main.ts', import.meta.url))], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      CORDON_KEYRING_HOME: join(home, 'keys'),
      CORDON_KEYRING_SOCKET: socketPath,
      CORDON_KEYRING_CLIENTS: clientsPath,
      CORDON_CONSOLE_ORIGIN: ORIGINS.customer,
      CORDON_STAFF_ORIGIN: ORIGINS.staff,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const output = createInterface({ input: child.stdout });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const ready = new Promise<void>((resolve, reject) => {
    output.on('line', (line) => {
      lines.push(line);
      if (line.includes('"msg":"ready"')) resolve();
    });
    exited.then(() => reject(new Error(`the keyring ended: ${lines.at(-1) ?? 'no output'}`)));
  });
  ready.catch(() => {});
  const client = (who: keyof typeof tokens) => createKeyring({ socketPath, token: tokens[who] });
  return { child, socketPath, home, tokens, lines, client, ready, exited };
}

export async function stopKeyring(keyring: KeyringProcess): Promise<number | null> {
  keyring.child.kill('SIGTERM');
  return await keyring.exited;
}

/** A P-256 key and a PKCS#10 request for it, as an edge makes them. */
export async function createRequest(): Promise<{ csr: string; privateKey: KeyObject }> {
  const x509 = await loadX509();
  const keys = (await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair;
  const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' };
  const csr = await x509.Pkcs10CertificateRequestGenerator.create(
    { name: 'CN=ignored', keys, signingAlgorithm },
    webcrypto as Crypto,
  );
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return { csr: csr.toString('pem'), privateKey: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }) };
}

/** The edge's side of `edge.regionKey`. */
export function openRegionKey(text: string, privateKey: KeyObject): Buffer {
  const parsed = parseRegionKey(text);
  if (!parsed) throw new Error('not a region key');
  const { region, ephemeral, box } = parsed;
  const [x, y] = [ephemeral.subarray(1, 33), ephemeral.subarray(33)].map((part) =>
    Buffer.from(part).toString('base64url'),
  );
  const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  const own = createPublicKey(privateKey).export({ format: 'jwk' });
  const recipient = Buffer.concat([
    Buffer.of(4),
    Buffer.from(own.x ?? '', 'base64url'),
    Buffer.from(own.y ?? '', 'base64url'),
  ]);
  const secret = diffieHellman({ privateKey, publicKey });
  const key = Buffer.from(hkdfSync('sha256', secret, regionKeySalt(ephemeral, recipient), regionKeyInfo(region), 32));
  return openBox(key, box, regionKeyContext(region));
}

export function openBox(key: Uint8Array, box: Box, aad: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, box.nonce, { authTagLength: 16 });
  decipher.setAAD(Buffer.from(aad));
  decipher.setAuthTag(box.tag);
  return Buffer.concat([decipher.update(box.ciphertext), decipher.final()]);
}
