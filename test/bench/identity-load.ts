import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, type OutgoingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { hash } from '@node-rs/argon2';
import { encode } from 'next-auth/jwt';
import pg from 'pg';
import { projectOf, readDemo } from '../support/demo';
import type { System } from '../support/system';

/** What the benchmark of identity does to a running Cordon: accounts, sign-ins by HTTP, and somebody who only wants to see a page. */
export interface Account {
  readonly email: string;
  readonly password: string;
}

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
  readonly milliseconds: number;
}

const secretsOf = (system: System) => JSON.parse(readFileSync(join(system.home, 'secrets.json'), 'utf8'));

async function asInstaller<R>(system: System, work: (client: pg.Client) => Promise<R>): Promise<R> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: system.ports.database,
    user: 'cordon_installer',
    password: secretsOf(system).database.owner,
    database: 'cordon',
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Accounts nobody uses yet, with passwords hashed as the console hashes them. */
export async function accountsFor(system: System, count: number): Promise<Account[]> {
  const password = 'gate mural lantern seven';
  const stored = await hash(password, { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 });
  const accounts = Array.from({ length: count }, (_, n) => ({ email: `crowd-${n}@bench.example`, password }));
  await asInstaller(system, async (client) => {
    for (const [n, { email }] of accounts.entries()) {
      await client.query(
        `insert into "User" ("id", "realm", "email", "name", "passwordHash") values ($1, 'customer', $2, 'Crowd', $3)`,
        [`usr_bench${n}`, email, stored],
      );
    }
  });
  return accounts;
}

/** Forgets all failures, so that the next are answered like the first; disables these accounts. */
export const calm = (system: System, { disable = [] }: { disable?: readonly Account[] } = {}): Promise<void> =>
  asInstaller(system, async (client) => {
    for (const table of ['Throttle', 'SignInAttempt', 'AbuseFinding']) await client.query(`delete from "${table}"`);
    if (disable.length === 0) return;
    await client.query(`update "User" set "status" = 'disabled' where "email" = any($1)`, [
      disable.map(({ email }) => email),
    ]);
  });

interface SignInClient {
  readonly origin: string;
  readonly cookie: string;
  readonly csrfToken: string;
}

/** A browser's first visit: the token every form must send back. */
export async function signInClient(origin: string): Promise<SignInClient> {
  const { headers, body } = await send(origin, '/api/auth/csrf');
  const cookie = [headers['set-cookie'] ?? []].flat().map((line) => line.split(';', 1)[0]);
  return { origin, cookie: cookie.join('; '), csrfToken: JSON.parse(body).csrfToken };
}

/** The first factor, as the sign-in route takes it. `from` is an address of the loopback network, which the console sees as the client's. */
export function signIn(client: SignInClient, account: Account, from = '127.0.0.1'): Promise<Answer> {
  const body = new URLSearchParams({ csrfToken: client.csrfToken, ...account, json: 'true' }).toString();
  const headers = { cookie: client.cookie, origin: client.origin, 'content-type': 'application/x-www-form-urlencoded' };
  return send(client.origin, '/api/auth/callback/credentials', { method: 'POST', headers, body, from });
}

export interface Bystander {
  /** Milliseconds until the n-th page was there. */
  visit(n: number): Promise<number>;
}

/** Somebody signed in to an organisation of the demo, on its pages in turn. */
export async function bystanderOf(system: System): Promise<Bystander> {
  const demo = readDemo(system.home);
  const project = projectOf(demo, 'Consult');
  const sid = randomBytes(32).toString('base64url');
  const slug = await asInstaller(system, async (client) => {
    const { rows } = await client.query(
      `insert into "Session" ("id", "secretHash", "userId", "realm", "aal", "raisedBy", "expiresAt", "addressPrefix", "userAgent")
       select 'ses_bench', $1, m."userId", 'customer', 2, 'totp', now() + interval '8 hours', '127.0.0.0/24', 'bench'
       from "Project" p join "Membership" m on m."organisationId" = p."organisationId" and m."role" = 'owner' where p."id" = $2 limit 1
       returning (select o."slug" from "Organisation" o join "Project" p on p."organisationId" = o."id" where p."id" = $2)`,
      [createHash('sha256').update(sid).digest(), project.id],
    );
    return String(rows[0].slug);
  });
  const salt = 'cordon session customer';
  const token = await encode({ token: { sid }, secret: secretsOf(system).console, maxAge: 28_800, salt });
  const headers = { cookie: `cordon-session-customer=${token}` };
  const pages = [`/${slug}`, `/${slug}/projects/${project.id}`, `/${slug}/projects/${project.id}/fence`, '/account'];
  return {
    async visit(n) {
      const page = pages[n % pages.length]!;
      const { status, milliseconds } = await send(system.console, page, { headers });
      if (status !== 200) throw new Error(`${page} was answered with ${status}`);
      return milliseconds;
    },
  };
}

const agent = new Agent({ keepAlive: true, maxSockets: 200 });

function send(
  origin: string,
  path: string,
  options: { method?: string; headers?: OutgoingHttpHeaders; body?: string; from?: string } = {},
): Promise<Answer> {
  const { method = 'GET', headers = {}, body, from = '127.0.0.1' } = options;
  const { port, host } = new URL(origin);
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const sent = request(
      { host: '127.0.0.1', port, path, method, localAddress: from, agent, headers: { host, ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: text,
            milliseconds: performance.now() - started,
          }),
        );
      },
    );
    sent.once('error', (error: NodeJS.ErrnoException) => {
      // A kept connection that the server closed at that moment: nothing was asked on it yet.
      if (sent.reusedSocket && error.code === 'ECONNRESET') resolve(send(origin, path, options));
      else reject(error);
    });
    sent.end(body);
  });
}
