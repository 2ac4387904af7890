/** What only the installer does, with its own connection: set-up links and edges that may join. No running process holds this right. */
import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';

async function asOwner<T>(url: string, fn: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, options: '-c TimeZone=UTC' });
  await client.connect();
  try {
    await client.query('set role cordon_owner');
    return await fn(client);
  } finally {
    await client.end();
  }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest();

/**
 * A new secret for the set-up link (to stand in the URL's fragment), replacing earlier links nobody used. Null when the provider
 * has an administrator, unless `recover` says that this one was lost.
 */
export function openSetupLink(url: string, { ttlSeconds = 86_400, recover = false } = {}): Promise<string | null> {
  return asOwner(url, async (client) => {
    const { rows } = await client.query<{ has: boolean }>('select cordon.has_administrator() as has');
    if (rows[0]!.has && !recover) return null;
    const secret = randomBytes(32).toString('base64url');
    await client.query('delete from cordon.setup where claimed_at is null');
    await client.query(
      'insert into cordon.setup (link_hash, expires_at) values ($1, now() + make_interval(secs => $2))',
      [sha256(secret), ttlSeconds],
    );
    return secret;
  });
}

export interface ExpectedEdge {
  name: string;
  region: string;
  url: string;
  /** host:port of the listener for other edges. */
  relay: string;
}

/** Lets an edge of this name join within the time; returns its join token, of which only a hash is stored. */
export function expectEdge(url: string, edge: ExpectedEdge, ttlSeconds = 600): Promise<string> {
  return asOwner(url, async (client) => {
    const token = randomBytes(32).toString('base64url');
    await client.query('select cordon.expect_edge($1, $2, $3, $4, $5, $6)', [
      edge.name,
      edge.region,
      edge.url,
      edge.relay,
      sha256(token),
      ttlSeconds,
    ]);
    return token;
  });
}

/** Lets a gateway or a production host join within the time (`id`: `gateway:<name>` or `host:<name>`); returns its join token. */
export function expectPeer(url: string, id: string, ttlSeconds = 600): Promise<string> {
  return asOwner(url, async (client) => {
    const token = randomBytes(32).toString('base64url');
    await client.query('select cordon.expect_peer($1, $2, $3)', [id, sha256(token), ttlSeconds]);
    return token;
  });
}
