import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { prepareRoles, type RolePasswords, storeSecrets } from './roles';

export interface MigrateOptions {
  /** Of a role that may create roles: the installer's, never a running process's. */
  url: string;
  passwords: RolePasswords;
  /** Hex, from the keyring (`database.proofKey`). Left as it is when absent. */
  proofKey?: string;
  /** Default: prisma/migrations below the working directory. */
  directory?: string;
}

/** Prisma's own lock number: its native `migrate deploy` and this runner exclude each other. */
const LOCK = 72707369;

/** Prisma's table, column for column, so that its tools can read the history. */
const HISTORY = `create table if not exists public._prisma_migrations (
  id varchar(36) primary key, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null, logs text,
  rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`;

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

function read(directory: string): Migration[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(directory, entry.name, 'migration.sql')))
    .map(({ name }) => {
      const sql = readFileSync(join(directory, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Brings a database up to date: roles, then every migration not applied yet, each in one transaction together with its line of
 * history, as `cordon_owner`. Refuses when an applied migration's text changed. Safe to run at every start and by several at once.
 * Returns the names applied now.
 */
export async function migrate({
  url,
  passwords,
  proofKey,
  directory = join(process.cwd(), 'prisma/migrations'),
}: MigrateOptions): Promise<string[]> {
  const migrations = read(directory);
  if (migrations.length === 0) throw new Error(`There are no migrations in ${directory}.`);
  const client = new pg.Client({
    connectionString: url,
    application_name: 'cordon-migrate',
    options: '-c TimeZone=UTC',
  });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await prepareRoles(client, passwords);
    await client.query(HISTORY);
    const { rows } = await client.query<{ migration_name: string; checksum: string }>(
      'select migration_name, checksum from public._prisma_migrations where finished_at is not null and rolled_back_at is null',
    );
    const applied = new Map(rows.map((row) => [row.migration_name, row.checksum]));
    const changed = migrations.filter(({ name, checksum }) => applied.has(name) && applied.get(name) !== checksum);
    if (changed.length > 0) {
      throw new Error(
        `Applied migrations were edited afterwards: ${changed.map(({ name }) => name).join(', ')}. Write a new migration instead.`,
      );
    }
    const pending = migrations.filter(({ name }) => !applied.has(name));
    for (const migration of pending) await apply(client, migration);
    await storeSecrets(client, proofKey);
    return pending.map(({ name }) => name);
  } finally {
    // Ending the connection gives the lock back.
    await client.end();
  }
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query('set local role cordon_owner');
    await client.query(sql);
    await client.query('reset role');
    await client.query(
      `insert into public._prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       values ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback');
    throw new Error(`Migration ${name} failed: ${(cause as Error).message}`, { cause });
  }
}
