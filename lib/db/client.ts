import { createCaslExtension } from '@casl/prisma/runtime';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from './generated/client';
import { preparedName } from './prepared';

/** Columns the console's role may write but not read, and staff's alone; a query that asks for one is refused by PostgreSQL. */
const OMIT = {
  user: { passwordHash: true, passwordChangedAt: true },
  session: { secretHash: true },
  invitation: { secretHash: true },
  apiKey: { secretHash: true },
  totpFactor: { sealed: true, lastStep: true },
  recoveryCode: { hash: true },
  edge: {
    joinHash: true,
    joinExpiresAt: true,
    relay: true,
    certificate: true,
    certificateExpiresAt: true,
    bootId: true,
    activeHash: true,
    refusal: true,
    report: true,
  },
} as const;

export interface PoolOptions {
  /** Connections of this process at most. */
  max?: number;
  name: string;
}

/**
 * Connections speak UTC: the driver adapter drops the offset of a timestamptz and reads it as UTC.
 * A transaction left open is ended by the server, so that no stuck request holds the policy head or the audit horizon.
 */
export function openPool(connectionString: string, { max = 10, name }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    application_name: name,
    options: '-c TimeZone=UTC -c idle_in_transaction_session_timeout=20000 -c statement_timeout=20000',
  });
  // An idle connection that breaks must not end the process; the next query opens another.
  pool.on('error', () => {});
  return pool;
}

/** The console's client. Secrets are left out of every answer, and an empty `OR` inside `AND` stays a refusal. */
export function openClient(pool: pg.Pool) {
  const client = new PrismaClient({ adapter: new PrismaPg(pool, { statementNameGenerator }), omit: OMIT });
  return client.$extends(createCaslExtension()) as unknown as typeof client;
}

/** The adapter hands a missing name on to the driver, which then prepares nothing. */
const statementNameGenerator = ({ sql }: { sql: string }) => preparedName(sql) as string;

type InTransaction<C> = Omit<C, '$connect' | '$disconnect' | '$on' | '$use' | '$extends' | '$transaction'>;
export type ConsolePrisma = InTransaction<ReturnType<typeof openClient>>;
