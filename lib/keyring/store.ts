import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { chmod, mkdir, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { REGIONS, type Region } from '@/lib/kernel/region';
import { createAuthority } from './authority';
import { createOnce, replace } from './files';
import type { SshCa } from './ssh';

/**
 * Every private key of the installation, in one file (`keys.json`, 0600, directory 0700). One file, because one file can be
 * created atomically: a kill during the first start leaves no keys or all keys, never some.
 */
const key32 = z.base64().refine((text) => Buffer.from(text, 'base64').length === 32);
const symmetric = z.object({ id: z.string().regex(/^[a-z0-9]{1,16}$/), key: key32 });
const pkcs8 = z.base64();
const keyFile = z.strictObject({
  version: z.literal(1),
  /** Seal with the first, open with any. */
  certificateKeys: z.array(symmetric).min(1),
  totpKeys: z.array(symmetric).min(1),
  policyKeys: z.strictObject({ current: pkcs8, next: pkcs8 }),
  logKey: pkcs8,
  sheetKey: pkcs8,
  sshKeys: z.strictObject({ gateway: pkcs8, production: pkcs8, host: pkcs8 }),
  edgeAuthority: z.strictObject({ key: pkcs8, certificate: z.string() }),
  regionKeys: z.record(z.enum(REGIONS), key32),
  proofKey: key32,
  fingerprintKey: key32,
});
type KeyFile = z.infer<typeof keyFile>;

export interface SymmetricKey {
  id: string;
  key: Buffer;
}

export interface PolicyKey {
  /** Hex, first 16 characters of SHA-256 of the raw public key. */
  keyId: string;
  /** Raw Ed25519 public key, 32 bytes. */
  publicKey: Buffer;
  privateKey: KeyObject;
}

export interface Keys {
  certificateKeys: readonly SymmetricKey[];
  totpKeys: readonly SymmetricKey[];
  /** Signs policy. */
  policyKey: PolicyKey;
  /** Published so that edges trust it before it signs anything. */
  nextPolicyKey: PolicyKey;
  /** Signs checkpoints of the transparency logs. `publicKey` is raw Ed25519, 32 bytes. */
  logKey: Pick<PolicyKey, 'publicKey' | 'privateKey'>;
  /** Signs sheets: what production hosts hold of the grants. */
  sheetKey: PolicyKey;
  /** Authorities of OpenSSH certificates (ssh.ts). */
  sshKeys: Readonly<Record<SshCa, Pick<PolicyKey, 'publicKey' | 'privateKey'>>>;
  edgeAuthority: { privateKey: KeyObject; certificate: string };
  regionKeys: Readonly<Record<Region, Buffer>>;
  /** The database checks proofs with this one; the installer may read it. */
  proofKey: Buffer;
  fingerprintKey: Buffer;
}

/**
 * Reads the keys, or makes them on the first start. Signed positions or passkeys beside missing keys mean a loss, which is reported:
 * making new keys would silently orphan everything sealed under the old. Throws an error that names the file.
 */
export async function openKeys(home: string, now: Date): Promise<Keys> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  await chmod(home, 0o700);
  const path = join(home, 'keys.json');
  const names = await readdir(home);
  for (const name of names) if (name.startsWith('keys.json.') && name.endsWith('.tmp')) await unlink(join(home, name));
  if (!names.includes('keys.json')) {
    if (
      ['positions.log', 'credentials.log', 'subjects.log', 'logs.log', 'grants.log'].some((log) => names.includes(log))
    )
      throw new Error(`keyring: ${path} is missing although this keyring has worked before; restore it from backup`);
    await createOnce(path, JSON.stringify(await generate(now)));
  }
  await chmod(path, 0o600);
  const text = await readFile(path, 'utf8');
  return decode(await withLaterKeys(text, path, names), path);
}

/**
 * Homes made before there were logs, or certificates for SSH, get those keys now. Once a tree is signed, a missing key of logs is damage. New
 * authorities for SSH are trusted by no host and no gateway until they are told.
 */
async function withLaterKeys(text: string, path: string, names: readonly string[]): Promise<string> {
  const file = parseJson(text);
  if (typeof file !== 'object' || file === null) return text;
  const later = {
    ...('logKey' in file || names.includes('logs.log') ? {} : { logKey: signingKey() }),
    ...('sheetKey' in file ? {} : { sheetKey: signingKey() }),
    ...('sshKeys' in file ? {} : { sshKeys: sshKeys() }),
  };
  if (Object.keys(later).length === 0) return text;
  const whole = JSON.stringify({ ...file, ...later });
  await replace(path, whole);
  return whole;
}

const signingKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');

const sshKeys = (): KeyFile['sshKeys'] => ({ gateway: signingKey(), production: signingKey(), host: signingKey() });

async function generate(now: Date): Promise<KeyFile> {
  const secret = () => randomBytes(32).toString('base64');
  return {
    version: 1,
    certificateKeys: [{ id: 'c1', key: secret() }],
    totpKeys: [{ id: 't1', key: secret() }],
    policyKeys: { current: signingKey(), next: signingKey() },
    logKey: signingKey(),
    sheetKey: signingKey(),
    sshKeys: sshKeys(),
    edgeAuthority: await createAuthority(now),
    regionKeys: Object.fromEntries(REGIONS.map((region) => [region, secret()])) as KeyFile['regionKeys'],
    proofKey: secret(),
    fingerprintKey: secret(),
  };
}

function decode(text: string, path: string): Keys {
  const parsed = keyFile.safeParse(parseJson(text));
  // The zod error would quote values; say only which file.
  if (!parsed.success) throw new Error(`keyring: ${path} is damaged; restore it from backup`);
  const file = parsed.data;
  const bytes = (value: string) => Buffer.from(value, 'base64');
  const privateKey = (value: string) => createPrivateKey({ key: bytes(value), format: 'der', type: 'pkcs8' });
  return {
    certificateKeys: file.certificateKeys.map(({ id, key }) => ({ id, key: bytes(key) })),
    totpKeys: file.totpKeys.map(({ id, key }) => ({ id, key: bytes(key) })),
    policyKey: policyKey(privateKey(file.policyKeys.current)),
    nextPolicyKey: policyKey(privateKey(file.policyKeys.next)),
    logKey: policyKey(privateKey(file.logKey)),
    sheetKey: policyKey(privateKey(file.sheetKey)),
    sshKeys: {
      gateway: policyKey(privateKey(file.sshKeys.gateway)),
      production: policyKey(privateKey(file.sshKeys.production)),
      host: policyKey(privateKey(file.sshKeys.host)),
    },
    edgeAuthority: { privateKey: privateKey(file.edgeAuthority.key), certificate: file.edgeAuthority.certificate },
    regionKeys: Object.fromEntries(REGIONS.map((region) => [region, bytes(file.regionKeys[region])])) as Record<
      Region,
      Buffer
    >,
    proofKey: bytes(file.proofKey),
    fingerprintKey: bytes(file.fingerprintKey),
  };
}

function policyKey(privateKey: KeyObject): PolicyKey {
  const publicKey = Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '', 'base64url');
  return { keyId: createHash('sha256').update(publicKey).digest('hex').slice(0, 16), publicKey, privateKey };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
