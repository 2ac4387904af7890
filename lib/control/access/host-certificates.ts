import type { Keyring } from '@/lib/keyring';
import type { Log } from '@/lib/platform';

/** Milliseconds between two certificates of one host; it asks when half of a day is over. */
const EVERY = 10_000;

/** SSH certificates for production hosts, in the name that their own certificate proves. */
export class HostCertificates {
  readonly #keyring: Pick<Keyring, 'call'>;
  readonly #log: Log;
  readonly #issued = new Map<string, number>();

  constructor(keyring: Pick<Keyring, 'call'>, log: Log) {
    this.#keyring = keyring;
    this.#log = log;
  }

  /** The line of a certificate. Null when it is too soon, the key is none, or the keyring does not answer: the host asks again. */
  async issue(host: string, publicKey: string): Promise<string | null> {
    const now = performance.now();
    if (now - (this.#issued.get(host) ?? Number.NEGATIVE_INFINITY) < EVERY) return null;
    this.#issued.set(host, now);
    try {
      return (await this.#keyring.call('ssh.hostCertificate', { hosts: [host], publicKey })).certificate;
    } catch (error) {
      this.#log.warn('access.no_host_certificate', { name: host, error });
      return null;
    }
  }
}
