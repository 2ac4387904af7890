import { createHash, createHmac } from 'node:crypto';
import pg from 'pg';
import { newId } from '@/lib/platform';
import type { TestDatabase } from './database';

/** Rows for tests that need somebody: written as the installer, past row policies. Names are made up from the id. */
export const sha256 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(createHash('sha256').update(text).digest());

const pools = new Map<string, pg.Pool>();

/** Connections that were used lately: to begin one costs both sides as much as dozens of short queries. */
function poolOf(url: string): pg.Pool {
  const known = pools.get(url);
  if (known) return known;
  const pool = new pg.Pool({
    connectionString: url,
    options: '-c TimeZone=UTC',
    max: 50,
    idleTimeoutMillis: 2_000,
    allowExitOnIdle: true,
  });
  // Its database is gone, or the server.
  pool.on('error', () => undefined);
  pools.set(url, pool);
  return pool;
}

/** Nobody may be connected to a database while it is copied. */
export async function closeIdle(url: string): Promise<void> {
  const pool = pools.get(url);
  pools.delete(url);
  await pool?.end();
}

/** In a session that knows nothing of the queries before. */
export async function query<T extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: unknown[] = [],
): Promise<T[]> {
  const client = await poolOf(url).connect();
  // A connection that is lost fails the query under way, which tells it.
  const lost = () => undefined;
  client.on('error', lost);
  try {
    return (await client.query<T>(sql, values)).rows;
  } finally {
    // Fails where a transaction was left open, or the connection was lost: then nobody uses it again.
    const clean = await client.query('discard all').then(
      () => true,
      () => false,
    );
    client.off('error', lost);
    client.release(!clean);
  }
}

export interface PersonRow {
  id: string;
  email: string;
}

export async function addPerson(
  db: TestDatabase,
  realm: 'customer' | 'staff',
  staffRole: string | null = null,
): Promise<PersonRow> {
  const id = newId('usr');
  const email = `${id}@example.com`;
  await query(
    db.url.installer,
    `insert into "User" ("id", "realm", "email", "name", "passwordHash", "staffRole") values ($1, $2::"Realm", $3, $4, 'no password', $5::"StaffRole")`,
    [id, realm, email, `Person ${id.slice(-4)}`, staffRole],
  );
  return { id, email };
}

export async function addOrganisation(db: TestDatabase, owner: PersonRow, role = 'owner'): Promise<string> {
  const id = newId('org');
  await query(db.url.installer, 'insert into "Organisation" ("id", "name", "slug") values ($1, $1, $1)', [id]);
  await addMember(db, id, owner, role);
  return id;
}

export async function addMember(
  db: TestDatabase,
  organisationId: string,
  person: PersonRow,
  role: string,
): Promise<string> {
  const id = newId('mem');
  await query(
    db.url.installer,
    'insert into "Membership" ("id", "organisationId", "userId", "role") values ($1, $2, $3, $4::"MemberRole")',
    [id, organisationId, person.id, role],
  );
  return id;
}

export type RaisedBy = 'totp' | 'passkey' | 'recovery';

/** A session with both factors, as each realm needs it for work, or with the password only; returns its secret. */
export async function addSession(
  db: TestDatabase,
  person: PersonRow,
  aal: 1 | 2 = 2,
  raisedBy?: RaisedBy,
): Promise<{ id: string; secret: string }> {
  const id = newId('ses');
  const secret = `secret-of-${id}`;
  await query(
    db.url.installer,
    `insert into "Session" ("id", "secretHash", "userId", "realm", "aal", "raisedBy", "expiresAt", "addressPrefix", "userAgent")
     select $1, $2, u."id", u."realm", $4::int, case when $4::int = 1 then '' else coalesce($5, case u."realm" when 'staff' then 'passkey' else 'totp' end) end,
       now() + interval '8 hours', '192.0.2.0/24', 'test' from "User" u where u."id" = $3`,
    [id, sha256(secret), person.id, aal, raisedBy ?? null],
  );
  return { id, secret };
}

/** A confirmed second factor. */
export async function addFactor(db: TestDatabase, person: PersonRow): Promise<string> {
  const id = newId('fac');
  await query(
    db.url.installer,
    `insert into "TotpFactor" ("id", "userId", "sealed", "confirmedAt") values ($1, $2, 'sealed', now())`,
    [id, person.id],
  );
  return id;
}

/** A passkey nobody holds: rows only. */
export async function addPasskey(
  db: TestDatabase,
  person: PersonRow,
  state: 'pending' | 'active' = 'active',
): Promise<{ id: string; credentialId: string }> {
  const id = newId('psk');
  const credentialId = `credential-of-${id}`;
  await query(
    db.url.installer,
    `insert into "Passkey" ("id", "userId", "realm", "credentialId", "publicKey", "name", "deviceBound", "transports", "aaguid", "state")
     select $1, u."id", u."realm", $2, 'public', 'Key', true, '{usb}', '', $4 from "User" u where u."id" = $3`,
    [id, credentialId, person.id, state],
  );
  return { id, credentialId };
}

/** What the keyring would give for a verified code. */
export function proofOf(db: TestDatabase, parts: (string | number)[]): string {
  return createHmac('sha256', Buffer.from(db.proofKey, 'hex')).update(parts.join('|')).digest('hex');
}

export interface ProjectRow {
  id: string;
  appId: string;
  certificateId: string;
}

export async function addProject(db: TestDatabase, organisationId: string): Promise<ProjectRow> {
  const id = newId('prj');
  const certificateId = newId('crt');
  const appId = createHash('md5').update(id).digest('hex');
  await query(
    db.url.installer,
    `insert into "Project" ("id", "organisationId", "name", "appId", "environment", "fence") values ($1, $2, $1, $3, 'development', '{EU}')`,
    [id, organisationId, appId],
  );
  await query(
    db.url.installer,
    `insert into "Certificate" ("id", "organisationId", "projectId", "slot", "sealed", "fingerprint") values ($1, $2, $3, 'primary', 'sealed', 'c1:0000')`,
    [certificateId, organisationId, id],
  );
  return { id, appId, certificateId };
}

export async function addApiKey(
  db: TestDatabase,
  organisationId: string,
  projectId: string,
  scopes: string[],
): Promise<{ id: string; key: string }> {
  const id = newId('key');
  const key = `ck_${id}`;
  await query(
    db.url.installer,
    `insert into "ApiKey" ("id", "organisationId", "projectId", "name", "prefix", "secretHash", "scopes", "createdById") values ($1, $2, $3, 'key', $1, $4, $5, 'nobody')`,
    [id, organisationId, projectId, sha256(key), scopes],
  );
  return { id, key };
}
