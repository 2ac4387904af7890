import 'server-only';
import { z } from 'zod';
import { defineConfig } from '@/lib/platform';
import { openClient, openPool } from './client';
import { databaseErrors } from './errors';
import type { MemberRole, Realm, StaffRole } from './generated/enums';
import { inTransaction, type Tx } from './tx';

/** Who a transaction acts for, as the database decided when it was entered. */
export interface Member {
  kind: 'member';
  userId: string;
  sessionId: string;
  organisationId: string;
  role: MemberRole;
  /** Of auditors; row policies hold to it. */
  scope?: AuditScope;
}
/** What an auditor may see, and until when. */
export interface AuditScope {
  readonly until: Date;
  /** Ids; null: all of them. */
  readonly projects: readonly string[] | null;
  /** Events from ≤ at < before; null: without an end on that side. */
  readonly from: Date | null;
  readonly before: Date | null;
}
export interface Staff {
  kind: 'staff';
  userId: string;
  sessionId: string;
  role: StaffRole;
}
export interface Person {
  kind: 'person';
  userId: string;
  sessionId: string;
  realm: Realm;
}
export interface KeyHolder {
  kind: 'api-key';
  apiKeyId: string;
  organisationId: string;
  projectId: string;
  scopes: readonly string[];
}

const config = defineConfig(z.object({ DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }) }));

// Survives module reloads in development, where every reload would otherwise leave a pool behind.
const shared = globalThis as {
  cordonDatabase?: { client: ReturnType<typeof openClient>; pool: ReturnType<typeof openPool> };
};

function client() {
  if (!shared.cordonDatabase) {
    const pool = openPool(config().DATABASE_URL, { name: 'cordon-console' });
    shared.cordonDatabase = { client: openClient(pool), pool };
  }
  return shared.cordonDatabase.client;
}

/** Ends the process's connections. For clean exits and tests. */
export async function closeDatabase(): Promise<void> {
  const database = shared.cordonDatabase;
  shared.cordonDatabase = undefined;
  await database?.client.$disconnect();
  await database?.pool.end();
}

const transaction = <R>(fn: (tx: Tx) => Promise<R>) => inTransaction(client(), fn);

/**
 * One transaction as a member of an organisation. The database checks the session secret (raised with a second factor, live)
 * and the membership, and shows only that organisation's rows from then on. Three round trips beside `fn`'s own, four for auditors.
 * Throws `session.invalid`, or `organisation.not_found` when there is no membership.
 */
export function asMember<R>(
  secret: string,
  organisationId: string,
  fn: (tx: Tx, who: Member) => Promise<R>,
): Promise<R> {
  return transaction(async (tx) => {
    const [row] = await tx.prisma.$queryRaw<{ user_id: string; session_id: string; role: MemberRole }[]>`
      select * from cordon.enter_organisation(${secret}, ${organisationId})`;
    return fn(tx, {
      kind: 'member',
      userId: row!.user_id,
      sessionId: row!.session_id,
      organisationId,
      role: row!.role,
      ...(row!.role === 'auditor' ? { scope: await auditScope(tx) } : {}),
    });
  });
}

async function auditScope(tx: Tx): Promise<AuditScope> {
  const [row] = await tx.prisma.$queryRaw<
    { until: Date; projects: string[] | null; since: Date | null; before: Date | null }[]
  >`select * from cordon.audit_scope()`;
  // It ended between the two questions.
  if (!row) throw databaseErrors('organisation.not_found');
  return { until: row.until, projects: row.projects, from: row.since, before: row.before };
}

/** One transaction as a member of staff: staff tables, the list of organisations, the fleet; no customer's project data. Throws `session.invalid`. */
export function asStaff<R>(secret: string, fn: (tx: Tx, who: Staff) => Promise<R>): Promise<R> {
  return transaction(async (tx) => {
    const [row] = await tx.prisma.$queryRaw<{ user_id: string; session_id: string; staff_role: StaffRole }[]>`
      select * from cordon.enter_staff(${secret})`;
    return fn(tx, { kind: 'staff', userId: row!.user_id, sessionId: row!.session_id, role: row!.staff_role });
  });
}

/** One transaction as a signed-in person outside any organisation: own profile, sessions, factors and memberships. Throws `session.invalid`. */
export function asPerson<R>(secret: string, fn: (tx: Tx, who: Person) => Promise<R>): Promise<R> {
  return transaction(async (tx) => {
    const [row] = await tx.prisma.$queryRaw<{ user_id: string; session_id: string; realm: Realm }[]>`
      select * from cordon.enter_person(${secret})`;
    return fn(tx, { kind: 'person', userId: row!.user_id, sessionId: row!.session_id, realm: row!.realm });
  });
}

/** One transaction as the holder of an API key: the key's project only. Throws `key.invalid`. */
export function asApiKey<R>(key: string, fn: (tx: Tx, who: KeyHolder) => Promise<R>): Promise<R> {
  return transaction(async (tx) => {
    const [row] = await tx.prisma.$queryRaw<
      { api_key_id: string; organisation_id: string; project_id: string; scopes: string[] }[]
    >`select * from cordon.enter_api_key(${key})`;
    return fn(tx, {
      kind: 'api-key',
      apiKeyId: row!.api_key_id,
      organisationId: row!.organisation_id,
      projectId: row!.project_id,
      scopes: row!.scopes,
    });
  });
}

/** One transaction of nobody: no tenant row is visible; only the functions for signing in, invitations and set-up answer. */
export function withoutTenant<R>(fn: (tx: Tx) => Promise<R>): Promise<R> {
  return transaction(fn);
}
