import type pg from 'pg';
import { append } from '@/lib/audit';
import { onConnection } from '@/lib/db/control';
import { fingerprint, formatPublicKey, parsePublicKey } from '@/lib/kernel/ssh';
import type { Keyring } from '@/lib/keyring';
import type { Log } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { inTransaction } from '../store';

/** Milliseconds between two certificates of one host; it asks when half of a day is over. */
const EVERY = 10_000;

/** SSH certificates for production hosts, in the name that their own certificate proves. */
export class HostCertificates {
  readonly #db: pg.Pool;
  readonly #keyring: Pick<Keyring, 'call'>;
  readonly #log: Log;
  readonly #issued = new Map<string, number>();

  constructor(db: pg.Pool, keyring: Pick<Keyring, 'call'>, log: Log) {
    this.#db = db;
    this.#keyring = keyring;
    this.#log = log;
  }

  /** The line of a certificate for `host:<name>`. Null when it is too soon, the key is none, or the keyring does not answer: the host asks again. */
  async issue(id: string, name: string, line: string): Promise<string | null> {
    const now = performance.now();
    const key = parsePublicKey(line);
    if (!key || now - (this.#issued.get(id) ?? Number.NEGATIVE_INFINITY) < EVERY) return null;
    this.#issued.set(id, now);
    const ask = { hosts: [name], publicKey: formatPublicKey(key.publicKey) };
    try {
      return await inTransaction(this.#db, async (client) => {
        const { certificate, serial } = await this.#keyring.call('ssh.hostCertificate', ask);
        await append(onConnection(client), {
          schema: 'access-peer.certified@1',
          outcome: 'success',
          actor: { kind: 'system', id },
          object: { type: 'access-peer', id },
          fields: { key: fingerprint(primitives, key.publicKey), serial },
        });
        return certificate;
      });
    } catch (error) {
      this.#log.warn('access.no_host_certificate', { name: id, error });
      return null;
    }
  }
}
