import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2, { type ParsedKey } from 'ssh2';
import { formatPublicKey, parseCertificate } from '@/lib/kernel/ssh';
import type { Log } from '@/lib/platform';
import { newSessionKey } from './host';
import type { GatewayKeyring } from './keyring';
import { certifiedKey } from './ssh2-certificates';

/** Milliseconds until a renewal that failed is tried again. */
const AGAIN = 10_000;

export interface HostKey {
  /** With its newest certificate. */
  current(): ParsedKey;
  stop(): void;
}

/**
 * The key employees' clients know this gateway by. It stays in the gateway's home; the host authority certifies it anew before a certificate is
 * half over, so that no client ever has to trust it on first use.
 */
export async function openHostKey(home: string, keyring: GatewayKeyring, log: Log): Promise<HostKey> {
  const path = join(home, 'ssh-host-key');
  if (!existsSync(path)) {
    writeFileSync(`${path}.new`, newSessionKey().file, { mode: 0o600, flush: true });
    renameSync(`${path}.new`, path);
  }
  chmodSync(path, 0o600);
  const file = readFileSync(path, 'utf8');
  const line = publicLine(file);
  let timer: NodeJS.Timeout | undefined;
  let current: ParsedKey;
  const certify = async (): Promise<void> => {
    const bytes = await keyring.hostCertificate(line);
    const certificate = parseCertificate(bytes);
    if (certificate?.type !== 'host' || formatPublicKey(certificate.publicKey) !== line)
      throw new Error('the keyring certified another key');
    current = certifiedKey(file, bytes);
    timer = setTimeout(renew, ((certificate.validBefore - certificate.validAfter) / 2) * 1000);
  };
  const renew = (): void => {
    certify().catch((error: unknown) => {
      log.warn('host-key.not_renewed', { error });
      timer = setTimeout(renew, AGAIN);
    });
  };
  await certify();
  return { current: () => current, stop: () => clearTimeout(timer) };
}

function publicLine(file: string): string {
  const key = ssh2.utils.parseKey(file);
  if (key instanceof Error) throw key;
  // `string "ssh-ed25519" | string key`
  return formatPublicKey(Uint8Array.from(key.getPublicSSH().subarray(-32)));
}
