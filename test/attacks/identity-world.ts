import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSync } from 'otplib';
import pg from 'pg';
import { openSetupLink } from '@/lib/db/install';
import { storeSecrets } from '@/lib/db/roles';
import type { PasskeyRequest } from '@/lib/identity';
import type { Signed } from '@/lib/identity/schemas';
import { Clients } from '@/lib/keyring/clients';
import { openContext } from '@/lib/keyring/open';
import { run } from '@/lib/keyring/operations';
import type { Input, Operation, Output } from '@/lib/keyring/protocol';
import { createKeyringServer } from '@/lib/keyring/server';
import { listen } from '@/lib/keyring/socket';
import { SoftPasskey } from '@/lib/launch/demo-passkey';
import { type Ask, CordonError, newId } from '@/lib/platform';
import { startCluster } from '../support/database';

/**
 * A console with nobody else in it: real PostgreSQL, a real keyring on a unix socket whose clock belongs to the test, and
 * requests whose headers and cookies the test writes. People come in the way they do in life: the set-up link, then
 * invitations; staff with a passkey, customers with an authenticator unless the test says otherwise.
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

export type Realm = 'customer' | 'staff';
export const originOf = (realm: Realm) => (realm === 'staff' ? STAFF : CONSOLE);

export interface Person {
  readonly userId: string;
  readonly email: string;
  readonly password: string;
  readonly realm: Realm;
  /** Base32 secret of the authenticator; empty without one. */
  readonly key: string;
  /** Null without one; `passkeyId` is its row. */
  readonly passkey: SoftPasskey | null;
  readonly passkeyId: string;
  readonly recoveryCodes: string[];
  /** Session with both factors from the enrolment; of staff whose passkey waits, the one with the password. */
  readonly secret: string;
}

/** What the browser sends back, on a page of `origin`. */
export const answer = (passkey: SoftPasskey, asked: PasskeyRequest, origin: string): Signed => ({
  statement: asked.statement,
  mac: asked.mac,
  response: passkey.authenticate(asked.options, origin),
});

/** Code of the refusal, or `in`. */
export const outcome = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'in',
    (error: { code?: string }) => error.code ?? String(error),
  );

/** What an act asks to have confirmed. */
export async function askOf(act: Promise<unknown>): Promise<Ask> {
  const error = await act.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CordonError) || !error.ask) throw new Error(`nothing was asked: ${error}`);
  return error.ask;
}

export interface World {
  identity: typeof import('@/lib/identity');
  organisations: typeof import('@/lib/organisations');
  administrator: Person;
  owner: Person;
  organisationId: string;
  /** A project of it. */
  projectId: string;
  /** A code never used before. The keyring's clock is set to when it is good. */
  code(person: { key: string }): string;
  /** The keyring's clock is the machine's again. */
  live(): void;
  /** Signed in with the passkey alone. */
  withPasskey(person: Person): Promise<string>;
  /** Confirms an act with the passkey, or with a code where there is none. */
  confirm(person: Person, secret: string, ask: Ask): Promise<void>;
  /** Runs an act that asks for a step-up: refused, confirmed, run again. */
  stepped<R>(person: Person, secret: string, act: () => Promise<R>): Promise<R>;
  /** Adds a passkey to somebody who has another factor. */
  addPasskey(person: Person, passkey?: SoftPasskey): Promise<Person>;
  /** An operation of the keyring, past all of the console. */
  keyring<O extends Operation>(operation: O, input: Input<O>): Promise<Output<O>>;
  /** Password accepted, second factor still to give. */
  halfway(person: Person, address?: string): Promise<string>;
  /** The same so many times, one after another: attempts at one moment count against each other. */
  manyHalfway(person: Person, count: number): Promise<string[]>;
  /** Moves the keyring's clock on. */
  later(milliseconds: number): void;
  join(link: string, realm: Realm, email: string, factor?: Factor): Promise<Person>;
  /** A developer of the organisation nobody has seen before. */
  newcomer(factor?: Factor): Promise<Person>;
  /** An employee nobody has seen before, whose passkey waits to be endorsed. */
  employee(role: 'administrator' | 'security' | 'support' | 'auditor', factor?: Factor): Promise<Person>;
  /** The administrator endorses, and the employee signs in. */
  endorsed(person: Person): Promise<Person>;
  sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Forgets every counter of failures, so that one test does not block the next. */
  calm(): Promise<void>;
  /** Makes every pause that has begun last ten minutes, so that a slow machine does not outlast it. */
  hold(): Promise<void>;
  /** As `audit.erase` does, without its confirmation. */
  destroyKeysOf(subject: string): Promise<string[]>;
  stop(): Promise<void>;
}

export type Factor = 'totp' | 'passkey';
const FROM = { address: '203.0.113.9', userAgent: 'test' };
/** Everybody's. */
export const PASSWORD = 'gate mural lantern seven';

export async function openWorld(): Promise<World> {
  const cluster = await startCluster();
  const database = await cluster.database();
  const home = mkdtempSync(join(tmpdir(), 'cordon-key-'));
  const clock = { offset: 0 };
  const origins = { customer: CONSOLE, staff: STAFF };
  const context = await openContext(join(home, 'keys'), () => Date.now() + clock.offset, origins);
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
    const earliest = Math.ceil((Date.now() - 110_000) / 30_000) * 30_000;
    const at = Math.max((last.get(key) ?? 0) + 30_000, earliest);
    if (at > Date.now() + 25_000) throw new Error('this person has used up the codes a test can have');
    last.set(key, at);
    clock.offset = at - Date.now();
    return generateSync({ secret: key, epoch: Math.floor(at / 1000) });
  };
  const live = () => {
    clock.offset = 0;
  };

  async function enrol(
    secret: string,
    { email, realm }: Pick<Person, 'email' | 'realm'>,
    factor: Factor,
  ): Promise<Person> {
    const { userId } = (await identity.readSession(secret))!;
    const person: Person = {
      ...{ userId, email, realm, password: PASSWORD, secret },
      ...{ key: '', passkey: null, passkeyId: '', recoveryCodes: [] },
    };
    if (factor === 'passkey') return enrolPasskey(person);
    const { key } = await identity.beginEnrolment(secret);
    const done = await identity.confirmEnrolment(secret, code({ key }), FROM.address);
    return { ...person, key, ...done };
  }

  async function enrolPasskey(person: Person, passkey = new SoftPasskey()): Promise<Person> {
    live();
    const { options, ...asked } = await identity.beginPasskeyEnrolment(person.secret);
    const made = { ...asked, name: 'Key', response: passkey.register(options, originOf(person.realm)) };
    const confirm = () => identity.confirmPasskeyEnrolment(person.secret, made, FROM.address);
    const further = person.key !== '' && person.realm === 'customer';
    const done = further ? await stepped(person, person.secret, confirm) : await confirm();
    const codes = done.recoveryCodes.length > 0 ? { recoveryCodes: done.recoveryCodes } : {};
    return { ...person, passkey, passkeyId: asked.passkeyId, secret: done.secret ?? person.secret, ...codes };
  }

  async function confirm(person: Person, secret: string, ask: Ask): Promise<void> {
    if (!person.passkey) return identity.confirmStepUpWithCode(secret, ask, code(person), FROM.address);
    live();
    const { passkey } = await identity.beginStepUp(secret, ask);
    const signed = answer(person.passkey, passkey!, originOf(person.realm));
    await identity.confirmStepUpWithPasskey(secret, ask, signed, FROM.address);
  }

  async function stepped<R>(person: Person, secret: string, act: () => Promise<R>): Promise<R> {
    await confirm(person, secret, await askOf(act()));
    live();
    return act();
  }

  async function withPasskey({ realm, passkey }: Person): Promise<string> {
    live();
    const signed = answer(passkey!, await identity.beginPasskeySignIn(realm), originOf(realm));
    return (await identity.signInWithPasskey({ realm, signed, ...FROM })).secret;
  }

  async function joinBy(
    link: string,
    realm: Realm,
    email: string,
    factor: Factor = realm === 'staff' ? 'passkey' : 'totp',
  ): Promise<Person> {
    const secret = new URL(link).hash.slice(1);
    const started = await identity.acceptInvitation(realm, secret, { name: 'Test person', password: PASSWORD }, FROM);
    return enrol(started.secret, { email, realm }, factor);
  }

  async function halfway({ realm, email, password }: Person, address = FROM.address): Promise<string> {
    return (await identity.signInWithPassword({ realm, email, password, address, userAgent: 'test' })).secret;
  }

  const employees = await import('@/lib/employees');
  const somebodyAt = (domain: string) => `somebody-${randomBytes(4).toString('hex')}@${domain}`;

  const link = (await openSetupLink(database.url.installer))!;
  const email = 'administrator@provider.example';
  const first = await identity.claimSetup(link, { email, name: 'Administrator', password: PASSWORD }, FROM);
  await run(context, 'staff.welcome', { userId: null, ttlSeconds: 600 });
  const administrator = await enrol(first.secret, { email, realm: 'staff' }, 'passkey');
  const made = await organisations.createOrganisation(
    administrator.secret,
    { name: 'Acme', slug: 'acme', ownerEmail: 'owner@acme.example' },
    new Date(),
  );
  const owner = await joinBy(made.invitation.link, 'customer', 'owner@acme.example');

  const projectId = newId('prj');
  await sql(
    `insert into "Project" ("id", "organisationId", "name", "appId", "environment", "fence") values ($1, $2, 'Calls', md5($1), 'development', '{EU}')`,
    [projectId, made.id],
  );

  const world: World = {
    identity,
    organisations,
    administrator,
    owner,
    organisationId: made.id,
    projectId,
    code,
    live,
    withPasskey,
    confirm,
    stepped,
    addPasskey: (person, passkey) => enrolPasskey(person, passkey),
    keyring: (operation, input) => run(context, operation, input),
    sql,
    join: joinBy,
    async employee(role, factor) {
      const email = somebodyAt('provider.example');
      const { link } = await employees.inviteEmployee(administrator.secret, { email, role }, new Date());
      return joinBy(link, 'staff', email, factor);
    },
    async endorsed(person) {
      await stepped(administrator, administrator.secret, () =>
        employees.endorsePasskey(administrator.secret, person.passkeyId),
      );
      return { ...person, secret: await withPasskey(person) };
    },
    async newcomer(factor) {
      const email = somebodyAt('acme.example');
      const { link } = await organisations.inviteMember(
        world.owner.secret,
        made.id,
        { email, role: 'developer' },
        new Date(),
      );
      return joinBy(link, 'customer', email, factor);
    },
    halfway,
    async manyHalfway(person, count) {
      const secrets: string[] = [];
      while (secrets.length < count) secrets.push(await halfway(person));
      return secrets;
    },
    later: (milliseconds) => {
      clock.offset += milliseconds;
    },
    calm: async () => {
      for (const table of ['Throttle', 'SignInAttempt', 'AbuseFinding']) await sql(`delete from "${table}"`);
    },
    hold: async () => {
      await sql(
        `update "Throttle" set "blockedUntil" = "blockedUntil" + interval '10 minutes' where "blockedUntil" > "windowStart"`,
      );
    },
    destroyKeysOf: (subject) => context.subjects.destroy(subject),
    async stop() {
      await closeDatabase();
      await installer.end();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await context.positions.close();
      await context.credentials.close();
      await context.subjects.close();
      await context.logs.close();
      await cluster.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
  return world;
}
