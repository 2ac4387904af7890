import pg from 'pg';
import type { Queryable } from './store';

export type { Queryable };

/**
 * A connection of the role `cordon_checker`; `become` for somebody who may take that role on (the owner of the database). Rows are read by their
 * indices: logs only grow at their ends, where statistics are always behind.
 */
export async function openChecker(connectionString: string, { become = false } = {}): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString,
    application_name: 'cordon-checker',
    connectionTimeoutMillis: 10_000,
    options:
      '-c TimeZone=UTC -c statement_timeout=60000 -c default_transaction_read_only=on -c enable_seqscan=off -c enable_bitmapscan=off -c jit=off',
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    if (become) await client.query('set role cordon_checker');
  } catch (error) {
    await client.end();
    throw error;
  }
  return client;
}
