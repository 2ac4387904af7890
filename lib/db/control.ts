/**
 * Control's door to the database, under its own role: it reads all policy, writes signed frames, edges and what they report,
 * and sees no person, key or session.
 */
import type pg from 'pg';
import { openControlClient, openPool } from './client';
import { type ControlTx, inTransaction } from './tx';

export { type ControlTx, onConnection } from './tx';

export interface ControlDatabase {
  readonly prisma: ReturnType<typeof openControlClient>;
  /** One transaction; refuses to nest. */
  transaction<R>(fn: (tx: ControlTx) => Promise<R>): Promise<R>;
  /**
   * Calls `onNotice` for every notification, and once with an empty payload after each (re)connection, because what was
   * sent meanwhile is lost: read the table then. Reconnects until stopped.
   */
  listen(channel: 'policy', onNotice: (payload: string) => void): Promise<() => Promise<void>>;
  /**
   * Tries to become the one holder of an advisory lock, on a connection of its own; null when another process holds it.
   * `lost` resolves when the connection breaks: the lock is gone then.
   */
  lead(lock: bigint): Promise<{ release(): Promise<void>; lost: Promise<void> } | null>;
  close(): Promise<void>;
}

export function openControlDatabase(connectionString: string): ControlDatabase {
  const pool = openPool(connectionString, { name: 'cordon-control' });
  const client = openControlClient(pool);
  return {
    prisma: client,
    transaction: <R>(fn: (tx: ControlTx) => Promise<R>) => inTransaction<ControlTx['prisma'], ControlTx, R>(client, fn),
    listen: (channel, onNotice) => listen(pool, channel, onNotice),
    async lead(lock) {
      const connection = await pool.connect();
      const { rows } = await connection.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [
        lock.toString(),
      ]);
      if (!rows[0]?.got) {
        connection.release();
        return null;
      }
      const lost = new Promise<void>((resolve) =>
        connection.once('error', () => resolve()).once('end', () => resolve()),
      );
      return { lost, release: async () => connection.release(true) };
    },
    async close() {
      await client.$disconnect();
      await pool.end();
    },
  };
}

async function listen(
  pool: pg.Pool,
  channel: string,
  onNotice: (payload: string) => void,
): Promise<() => Promise<void>> {
  let stopped = false;
  let current: pg.PoolClient | undefined;
  let timer: NodeJS.Timeout | undefined;

  const connect = async (): Promise<void> => {
    const connection = await pool.connect();
    if (stopped) return connection.release(true);
    current = connection;
    connection.on('notification', (notice) => onNotice(notice.payload ?? ''));
    connection.once('error', () => {
      connection.release(true);
      current = undefined;
      retry();
    });
    await connection.query(`listen ${channel}`);
    onNotice('');
  };
  const retry = () => {
    if (stopped) return;
    timer = setTimeout(() => connect().catch(retry), 250);
  };

  await connect();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    current?.release(true);
  };
}
