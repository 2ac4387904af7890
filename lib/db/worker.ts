import pg from 'pg';
import type { LeadingConnection, WorkerTold } from '@/lib/platform';

/** Says whose locks these are: `cord` in ASCII. */
const LOCK = 0x636f_7264;

/** A connection of a worker's own role, on which it can become the one that leads. */
export interface WorkerConnection extends LeadingConnection {
  client: pg.Client;
}

/** Who leads hears of `channel`. `lock`: four letters that say what the lock is for. `channel` is a name of our own. `options` as on the command line of the server. */
export async function openWorker(
  {
    databaseUrl,
    name,
    lock,
    channel,
    options = '',
  }: Record<'databaseUrl' | 'name' | 'lock' | 'channel', string> & {
    options?: string;
  },
  on: WorkerTold,
): Promise<WorkerConnection> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: name,
    options: `-c TimeZone=UTC -c statement_timeout=20000 -c idle_in_transaction_session_timeout=20000 ${options}`,
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', on.lost);
  client.on('end', on.lost);
  client.on('notification', on.waiting);
  await client.connect();
  return {
    client,
    async lead() {
      const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1, $2) as got', [
        LOCK,
        Buffer.from(lock, 'ascii').readInt32BE(),
      ]);
      if (rows[0]?.got) await client.query(`listen ${channel}`);
      return rows[0]?.got ?? false;
    },
    close: () => client.end().catch(() => undefined),
  };
}
