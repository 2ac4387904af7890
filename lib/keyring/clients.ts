import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Client } from './protocol';
import { Refusal } from './refusal';

/**
 * Who is asking: each client has its own 256-bit token, of which this process knows only SHA-256. And how fast: a bucket per
 * client, so that one that runs wild is slowed before it starves the others.
 */
const hashes = z.partialRecord(
  z.enum(['console', 'control', 'installer', 'gateway']),
  z.string().regex(/^[0-9a-f]{64}$/),
);
const BUCKET_SIZE = 2000;
const REFILL_PER_SECOND = 1000;

export class Clients {
  private readonly known: { client: Client; hash: Buffer }[];
  private readonly buckets = new Map<Client, { left: number; at: number }>();

  /** `document` is `{"<client>": "<hex SHA-256 of its token>"}`. */
  constructor(document: unknown) {
    const parsed = hashes.safeParse(document);
    if (!parsed.success || Object.keys(parsed.data).length === 0)
      throw new Error('keyring: CORDON_KEYRING_CLIENTS must hold {client: hex SHA-256 of its token}');
    this.known = Object.entries(parsed.data).map(([client, hash]) => ({
      client: client as Client,
      hash: Buffer.from(hash, 'hex'),
    }));
  }

  /** The client of an `Authorization` header. Compares with every known hash, whatever matches. Throws `request.unauthenticated`. */
  identify(authorization: string | undefined): Client {
    const token = /^Bearer ([\x21-\x7e]{16,256})$/.exec(authorization ?? '')?.[1] ?? '';
    const presented = createHash('sha256').update(token).digest();
    const found = this.known.filter(({ hash }) => timingSafeEqual(hash, presented));
    const client = found[0]?.client;
    if (token === '' || client === undefined) throw new Refusal('request.unauthenticated');
    return client;
  }

  /** Takes one from the client's bucket. Throws `request.busy` when it is empty. `now` in Unix ms. */
  admit(client: Client, now: number): void {
    const bucket = this.buckets.get(client) ?? { left: BUCKET_SIZE, at: now };
    const left = Math.min(BUCKET_SIZE, bucket.left + (Math.max(0, now - bucket.at) / 1000) * REFILL_PER_SECOND);
    this.buckets.set(client, { left: left < 1 ? left : left - 1, at: now });
    if (left < 1) throw new Refusal('request.busy');
  }
}
