import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSync } from 'otplib';
import pg from 'pg';
import { openSetupLink } from '@/lib/db/install';
import { storeSecrets } from '@/lib/db/roles';
import { Clients } from '@/lib/keyring/clients';
import { openContext } from '@/lib/keyring/open';
import { createKeyringServer } from '@/lib/keyring/server';
import { listen } from '@/lib/keyring/socket';
import { startCluster } from '../support/database';

/**
 * A console with nobody else in it: real PostgreSQL, a real keyring on a unix socket whose clock belongs to the test, and
 * requests whose headers and cookies the test writes. People come in the way they do in life: the set-up link, then
 * invitations.
 */
export const CONSOLE = 'http://localhost:3000';
export const STAFF = 'http://staff.localhost:3000';

/** What the mocked `next/headers` shows; a test sets the host, cookies appear as the code sets them. */
export const request = { headers: new Headers(), jar: new Map<string, string>() };

export const nextHeaders = {
  headers: async () => request.headers,
  cookies: async () => ({
    get: (name: string) => (request.jar.has(name) ? { name, value: request.jar.get(name)! } : undefined),
    getAll: () => [...request.jar].map(([name, value]) => ({ name, value })),
    set: (name: string, value: string, options: { maxAge?: number }) => {
      if (options.maxAge === 0) request.jar.delete(name);
      else request.jar.set(name, value);
    },
  }),
};

/** What the mocked `next/navigation` does: the answer a page would give, as an error a test can read. */
export const nextNavigation = {
  redirect: (to: string) => {
    throw new Error(`redirect ${to}`);
  },
  notFound: () => {
    throw new Error('not found');
  },
};

export function visit(origin: string): void {
  request.headers = new Headers({ host: new URL(origin).host, 'x-forwarded-for': '203.0.113.9', 'user-agent': 'test' });
}

export interface Person {
  readonly email: string;
  readonly password: string;
  readonly realm: 'customer' | 'staff';
  /** Base32 secret of the authenticator. */
  readonly key: string;
  readonly recoveryCodes: string[];
  /** Session with both factors from the enrolment. */
  readonly secret: string;
}

export interface World {
  identity: typeof import('@/lib/identity');
  organisations: typeof import('@/lib/organisations');
  administrator: Person;
  owner: Person;
  organisationId: string;
  /** A code never used before. The keyring's clock is set to when it is good. */
  code(person: { key: string }): string;
  /** Password accepted, second factor still to give. */
  halfway(person: Person, address?: string): Promise<string>;
  join(link: string, realm: 'customer' | 'staff', email: string): Promise<Person>;
  /** A developer of the organisation nobody has seen before. */
  newcomer(): Promise<Person>;
  sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Forgets every counter of failures, so that one test does not block the next. */
  calm(): Promise<void>;
  /** Makes every pause that has begun last ten minutes, so that a slow machine does not outlast it. */
  hold(): Promise<void>;
  stop(): Promise<void>;
}

const FROM = { address: '203.0.113.9', userAgent: 'test' };
const PASSWORD = 'gate mural lantern seven';

export async function openWorld(): Promise<World> {
  const cluster = await startCluster();
  const database = await cluster.database();
  const home = mkdtempSync(join(tmpdir(), 'cordon-key-'));
  const clock = { at: Date.now() };
  const context = await openContext(join(home, 'keys'), () => clock.at);
  const token = randomBytes(32).toString('base64url');
  const clients = new Clients({ console: createHash('sha256').update(token).digest('hex') });
  const server = createKeyringServer(context, clients, () => {});
  const socket = join(home, 'k.sock');
  await listen(server, socket);

  const installer = new pg.Client(database.url.installer);
  await installer.connect();
  await storeSecrets(installer, Buffer.from(context.keys.proofKey).toString('hex'));
  const sql = async (text: string, values: unknown[] = []) => (await installer.query(text, values)).rows;

  Object.assign(process.env, {
    DATABASE_URL: database.url.console,
    CORDON_KEYRING_SOCKET: socket,
    CORDON_KEYRING_TOKEN: token,
    CORDON_CONSOLE_SECRET: randomBytes(32).toString('base64url'),
    CORDON_CONSOLE_ORIGIN: CONSOLE,
    CORDON_STAFF_ORIGIN: STAFF,
  });
  const identity = await import('@/lib/identity');
  const organisations = await import('@/lib/organisations');
  const { closeDatabase } = await import('@/lib/db');

  // The database takes proofs that are up to 120 s old: each person's clock starts in the past and moves a step per code.
  const last = new Map<string, number>();
  const code = ({ key }: { key: string }) => {
    clock.at = Math.max((last.get(key) ?? 0) + 30_000, Date.now() - 110_000);
    if (clock.at > Date.now() + 25_000) throw new Error('this person has used up the codes a test can have');
    last.set(key, clock.at);
    return generateSync({ secret: key, epoch: Math.floor(clock.at / 1000) });
  };

  async function enrol(secret: string, rest: Pick<Person, 'email' | 'realm'>): Promise<Person> {
    const { key } = await identity.beginEnrolment(secret);
    const done = await identity.confirmEnrolment(secret, code({ key }), FROM.address);
    return { ...rest, password: PASSWORD, key, recoveryCodes: done.recoveryCodes, secret: done.secret };
  }

  async function joinBy(link: string, realm: 'customer' | 'staff', email: string): Promise<Person> {
    const secret = new URL(link).hash.slice(1);
    const started = await identity.acceptInvitation(realm, secret, { name: 'Test person', password: PASSWORD }, FROM);
    return enrol(started.secret, { email, realm });
  }

  const link = (await openSetupLink(database.url.installer))!;
  const email = 'administrator@provider.example';
  const first = await identity.claimSetup(link, { email, name: 'Administrator', password: PASSWORD }, FROM);
  const administrator = await enrol(first.secret, { email, realm: 'staff' });
  const made = await organisations.createOrganisation(
    administrator.secret,
    { name: 'Acme', slug: 'acme', ownerEmail: 'owner@acme.example' },
    new Date(),
  );
  const owner = await joinBy(made.invitation.link, 'customer', 'owner@acme.example');

  return {
    identity,
    organisations,
    administrator,
    owner,
    organisationId: made.id,
    code,
    sql,
    join: joinBy,
    async newcomer() {
      const email = `developer-${randomBytes(4).toString('hex')}@acme.example`;
      const { link } = await organisations.inviteMember(
        owner.secret,
        made.id,
        { email, role: 'developer' },
        new Date(),
      );
      return joinBy(link, 'customer', email);
    },
    async halfway(person, address = FROM.address) {
      const { realm, email, password } = person;
      return (await identity.signInWithPassword({ realm, email, password, address, userAgent: 'test' })).secret;
    },
    calm: async () => {
      await sql('delete from "Throttle"');
    },
    hold: async () => {
      await sql(
        `update "Throttle" set "blockedUntil" = "blockedUntil" + interval '10 minutes' where "blockedUntil" > "windowStart"`,
      );
    },
    async stop() {
      await closeDatabase();
      await installer.end();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await context.positions.close();
      await cluster.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
