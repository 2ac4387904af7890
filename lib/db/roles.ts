import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import type pg from 'pg';

export interface RolePasswords {
  console: string;
  control: string;
  /** Of the role that mails notices; without one nobody can log in as it, and nothing is mailed. */
  mailer?: string;
  /** Of the role that gives events their places in the transparency logs; without one nobody can log in as it, and nothing is sequenced. */
  sequencer?: string;
  /** Of the role that writes exports of audit logs; without one nobody can log in as it, and nothing is exported. */
  exporter?: string;
  /** Of the role that sends streams of audit logs; without one nobody can log in as it, and nothing is sent. */
  streamer?: string;
  /** Of the role that reads the stored logs to check them; without one nobody can log in as it, and control checks nothing. */
  checker?: string;
}

/** As long as the console's own connections allow (client.ts). */
const IDLE_IN_TRANSACTION = '20s';

/**
 * What PostgreSQL stores for a SCRAM-SHA-256 password (RFC 5803 form), made here so that the password itself never appears in a
 * statement, a log or a statistics view.
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16), iterations = 4096): string {
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, 32, 'sha256');
  const key = (name: string) => createHmac('sha256', salted).update(name).digest();
  const stored = createHash('sha256').update(key('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${key('Server Key').toString('base64')}`;
}

/**
 * Makes the roles and the schema, again and again with the same result. Needs a superuser, or a role with CREATEROLE that owns
 * the database (PostgreSQL 16 or later). The login roles get the passwords given, so that they can be changed by running it again.
 */
export async function prepareRoles(client: pg.Client, passwords: RolePasswords): Promise<void> {
  const { rows } = await client.query<{ database: string; version: number }>(
    "select current_database() as database, current_setting('server_version_num')::int as version",
  );
  if (rows[0]!.version < 160_000) throw new Error('PostgreSQL 16 or later is needed.');
  const database = client.escapeIdentifier(rows[0]!.database);
  const role = async (name: string, attributes: string) => {
    const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [name]);
    await client.query(`${rowCount ? 'alter' : 'create'} role ${name} ${attributes}`);
  };
  const login = (password: string) => `login noinherit password ${client.escapeLiteral(scramVerifier(password))}`;
  await role('cordon_owner', 'nologin');
  await role('cordon_definer', 'nologin');
  await role('cordon_console', login(passwords.console));
  await role('cordon_control', login(passwords.control));
  await role('cordon_mailer', passwords.mailer ? login(passwords.mailer) : 'nologin noinherit');
  await role('cordon_sequencer', passwords.sequencer ? login(passwords.sequencer) : 'nologin noinherit');
  await role('cordon_exporter', passwords.exporter ? login(passwords.exporter) : 'nologin noinherit');
  await role('cordon_streamer', passwords.streamer ? login(passwords.streamer) : 'nologin noinherit');
  await role('cordon_checker', passwords.checker ? login(passwords.checker) : 'nologin noinherit');
  // The sequencer waits for every transaction that may still write an event: one left open would hold up all logs.
  for (const writer of ['console', 'control', 'mailer', 'sequencer', 'exporter', 'streamer', 'checker'])
    await client.query(
      `alter role cordon_${writer} set idle_in_transaction_session_timeout = '${IDLE_IN_TRANSACTION}'`,
    );
  await client.query(`
    grant cordon_owner, cordon_definer, cordon_checker to current_user with inherit false, set true;
    revoke all on database ${database} from public;
    grant connect on database ${database} to cordon_console, cordon_control, cordon_mailer, cordon_sequencer, cordon_exporter, cordon_streamer, cordon_checker;
    create schema if not exists cordon authorization cordon_owner;
    revoke all on schema public from public;
    grant usage, create on schema public to cordon_owner;
    grant usage on schema public to cordon_definer, cordon_console, cordon_control, cordon_sequencer, cordon_exporter, cordon_streamer, cordon_checker;
  `);
}

/** The two padded key blocks of HMAC-SHA256 (RFC 2104), so that the database needs no crypto extension. */
function pads(key: Buffer): { inner: Buffer; outer: Buffer } {
  const block = Buffer.alloc(64);
  (key.length > 64 ? createHash('sha256').update(key).digest() : key).copy(block);
  return { inner: Buffer.from(block.map((b) => b ^ 0x36)), outer: Buffer.from(block.map((b) => b ^ 0x5c)) };
}

/** The key of context MACs, made once and known to nobody outside the database; and the key of the keyring's proofs (hex). */
export async function storeSecrets(client: pg.Client, proofKey: string | undefined): Promise<void> {
  const put = async (name: string, key: Buffer, onConflict: string) => {
    const { inner, outer } = pads(key);
    await client.query(
      `insert into cordon.secret (name, inner_pad, outer_pad) values ($1, $2, $3) on conflict (name) ${onConflict}`,
      [name, inner, outer],
    );
  };
  await client.query('set role cordon_owner');
  await put('context', randomBytes(64), 'do nothing');
  if (proofKey !== undefined) {
    await put(
      'proof',
      Buffer.from(proofKey, 'hex'),
      'do update set inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad',
    );
  }
  await client.query('reset role');
}
