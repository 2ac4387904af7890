import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { chmod, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { COSIGNATURE, formatVkey, type NoteKey, noteKey, type Signer } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { WitnessError } from './errors';

/** A witness's key, for `cosignature/v1`, and its text for others. */
export interface WitnessKey extends Signer {
  readonly vkey: string;
}

const FILE = 'witness.json';

/** What is stored: the name is part of the key's id, so both stay together. */
interface StoredKey {
  name: string;
  /** PKCS #8, PEM. */
  secret: string;
}

/** Makes folder (0700) and key (0600). Throws `WitnessError`, also when the folder has a key: a witness never changes its key unasked. */
export async function createWitnessKey(directory: string, name: string): Promise<WitnessKey> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const made = keyOf(name, privateKey);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  const stored: StoredKey = { name, secret: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() };
  const file = await open(join(directory, FILE), 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? new WitnessError(`${directory} has the key of a witness already`) : error;
  });
  try {
    await file.writeFile(`${JSON.stringify(stored, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return made;
}

/** Throws `WitnessError` when there is none, or when others could read it. */
export async function readWitnessKey(directory: string): Promise<WitnessKey> {
  const path = join(directory, FILE);
  const file = await open(path, 'r').catch(() => {
    throw new WitnessError(`${path} cannot be opened: make a key with \`cordon witness init\``);
  });
  try {
    if (((await file.stat()).mode & 0o077) !== 0) throw new WitnessError(`${path} is open to others: chmod 600 it`);
  } finally {
    await file.close();
  }
  try {
    const { name, secret } = JSON.parse(await readFile(path, 'utf8')) as StoredKey;
    return keyOf(name, createPrivateKey(secret));
  } catch (error) {
    // What it holds is a secret: nothing of it may be repeated.
    throw error instanceof WitnessError ? error : new WitnessError(`${path} is not the key of a witness`);
  }
}

function keyOf(name: string, secret: KeyObject): WitnessKey {
  const raw = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32);
  const key: NoteKey | null = noteKey(primitives, name, COSIGNATURE, new Uint8Array(raw));
  if (!key) throw new WitnessError('a name is up to 255 characters without spaces and plus, such as example.org/w1');
  return { key, vkey: formatVkey(key), sign: (message) => sign(null, message, secret) };
}
