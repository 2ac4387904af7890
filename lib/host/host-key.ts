import { formatPublicKey, parseCertificateLine, parsePublicKey } from '@/lib/kernel/ssh';
import { readIfThere, replaceFile } from '@/lib/uplink';

/**
 * This host's SSH key and its certificate of the host authority, by which gateways know it. Its authority is not judged here: a wrong certificate
 * lets nobody in, it only keeps gateways out.
 */
export interface HostKey {
  /** The key to have certified (an OpenSSH line); null while there is a certificate that is not half over. */
  due(): Promise<string | null>;
  /** Puts a certificate beside the key and has sshd take it. Answers why not, or null. */
  take(line: string): Promise<CertificateRefusal | null>;
}

export type CertificateRefusal = 'certificate.malformed' | 'certificate.other';

export interface HostKeyOptions {
  /** Of the private key, which is not read. Its public key is in `<file>.pub`, and the certificate goes to `<file>-cert.pub`. */
  file: string;
  /** That the certificate must be for. */
  name: string;
  reload: () => Promise<void>;
  /** Unix milliseconds. */
  now?: () => number;
}

export const certificateFile = (file: string): string => `${file}-cert.pub`;

/** `due` throws when there is no Ed25519 key, both when sshd could not be told; `due` tells it again. */
export function openHostKey({ file, name, reload, now = Date.now }: HostKeyOptions): HostKey {
  const ownKey = async (): Promise<string> => {
    const key = parsePublicKey((await textOf(`${file}.pub`)) ?? '');
    if (!key) throw new Error(`no Ed25519 key in ${file}.pub`);
    return formatPublicKey(key.publicKey);
  };
  let isTold = true;
  const tell = async (): Promise<void> => {
    isTold = false;
    await reload();
    isTold = true;
  };
  return {
    async due() {
      if (!isTold) await tell();
      const key = await ownKey();
      const held = parseCertificateLine((await textOf(certificateFile(file))) ?? '');
      if (!held || formatPublicKey(held.publicKey) !== key) return key;
      const half = (held.validAfter + held.validBefore) / 2;
      return held.validAfter <= now() / 1000 && now() / 1000 < half ? null : key;
    },
    async take(line) {
      const certificate = parseCertificateLine(line);
      if (!certificate) return 'certificate.malformed';
      const isOurs =
        certificate.type === 'host' &&
        certificate.principals.includes(name) &&
        formatPublicKey(certificate.publicKey) === (await ownKey());
      if (!isOurs) return 'certificate.other';
      await replaceFile(certificateFile(file), `${line}\n`);
      await tell();
      return null;
    },
  };
}

const textOf = async (path: string): Promise<string | null> =>
  (await readIfThere(path))?.toString('utf8').trimEnd() ?? null;
