import pg from 'pg';
import type { TestDatabase } from './database';

/** SQL nobody noticed: statements as the console's role, in a transaction that is rolled back, optionally after entering a context. */
export async function hostile<T>(
  db: TestDatabase,
  enter: readonly [sql: string, values: unknown[]] | null,
  fn: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: db.url.console, options: '-c TimeZone=UTC' });
  await client.connect();
  try {
    await client.query('begin');
    if (enter) await client.query(...enter);
    return await fn(client);
  } finally {
    await client.query('rollback');
    await client.end();
  }
}

/** Code of the refusal, or the SQLSTATE, or `nothing` for no rows, or `done`. What it did is undone. */
export async function sqlOutcome(client: pg.Client, sql: string, values: unknown[] = []): Promise<string> {
  await client.query('savepoint s');
  try {
    const { rowCount } = await client.query(sql, values);
    return rowCount === 0 ? 'nothing' : 'done';
  } catch (error) {
    const { code, message } = error as pg.DatabaseError;
    return code === 'CD001' ? message : code!;
  } finally {
    await client.query('rollback to savepoint s');
  }
}

/** PostgreSQL: insufficient_privilege, also for what a row policy does not let in. */
export const DENIED = '42501';
