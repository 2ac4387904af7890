import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningConsole, startConsole } from '../support/console';
import { freePort } from '../support/database';
import { type Received, type Sent, send } from '../support/http';
import { ROOT } from '../support/imports';
import { selfSigned } from '../support/tls';
import { act, api, get, getPage, paramsFor } from './ask';
import { actions, pages, pathOf, routes } from './doors';
import { argumentsOf } from './fields';
import { type Expected, headerFaults, nonceOf } from './headers';
import { type Cast, openCast, type Visitor } from './strangers';
import { openWalk, type WalkWorld } from './world';

/** The headers of every answer: of every door, to those it is for and to those it is not, of files and of every kind of refusal. */
let world: WalkWorld;
let cast: Cast;
let plain: RunningConsole;
const folder = mkdtempSync(join(tmpdir(), 'cordon-headers-'));

beforeAll(async () => {
  world = await openWalk({ tls: await selfSigned(folder) });
  cast = await openCast(world);
  plain = await startConsole();
}, 300_000);
afterAll(async () => {
  await plain?.stop();
  await world?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const https: Pick<Expected, 'secure'> = { secure: true };
const both = (): Visitor[] => [
  { name: 'nobody', realm: 'customer', cookie: null },
  { name: 'nobody', realm: 'staff', cookie: null },
  cast.member.owner,
  cast.member.auditor,
  cast.staff.administrator,
];
/** One line for an answer that lacks something. */
function faultsOf(where: string, answer: Received, expected: Expected): string[] {
  const faults = headerFaults(answer, expected);
  return faults.length === 0 ? [] : [`${where} (${answer.status}): ${faults.join('; ')}`];
}

describe('over TLS', () => {
  it('every page says what it must, to everybody, with a nonce never used before', async () => {
    const faults: string[] = [];
    const nonces: string[] = [];
    for (const page of pages) {
      for (const visitor of both()) {
        for (const way of ['document', 'leaf'] as const) {
          const answer = await getPage({ world, ...visitor }, page, paramsFor(world, page.segments, world.a), way);
          faults.push(...faultsOf(`${page.file} (${way}) ← ${visitor.name}`, answer, { ...https, kind: 'page' }));
          const nonce = nonceOf(answer.headers);
          if (nonce) nonces.push(nonce);
        }
      }
    }
    expect(faults).toEqual([]);
    expect(nonces.length).toBeGreaterThan(pages.length);
    expect(new Set(nonces).size).toBe(nonces.length);
  }, 600_000);

  it('every handler and every action says what it must', async () => {
    const faults: string[] = [];
    for (const { id, method, segments } of routes) {
      const path = pathOf(segments, paramsFor(world, segments, world.a));
      for (const visitor of both()) {
        const headers = {
          origin: world.console.origin[visitor.realm],
          authorization: `Bearer ${world.a.key}`,
          ...(visitor.cookie === null ? {} : { cookie: visitor.cookie }),
        };
        const answer = await api({ world, realm: visitor.realm }, method, path, {
          headers,
          body: method === 'GET' ? undefined : {},
        });
        const kind = answer.status === 200 && path.includes('/tile/') ? 'tile' : 'data';
        faults.push(...faultsOf(`${id} ← ${visitor.name}`, answer, { ...https, kind }));
      }
    }
    for (const action of actions()) {
      for (const visitor of both().slice(0, 2)) {
        const path = pathOf(action.pages[0] ?? [], paramsFor(world, action.pages[0] ?? [], world.a));
        const args = argumentsOf(action.name, { world, tenant: world.a });
        const answer = await act({ world, ...visitor }, action, path, args);
        faults.push(...faultsOf(`${action.id} ← ${visitor.name}`, answer, { ...https, kind: 'data' }));
      }
    }
    expect(faults).toEqual([]);
  }, 300_000);

  it('so do files, redirects and every kind of refusal', async () => {
    const { customer, staff } = world.console.origin;
    const page = await get({ world, realm: 'customer', cookie: null }, '/sign-in');
    const [file] = /\/_next\/static\/[^"]+\.js/.exec(page.body) ?? [''];
    const [style] = /\/_next\/static\/[^"]+\.css/.exec(page.body) ?? [''];
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const cases: [what: string, status: number, kind: Expected['kind'], sent: Sent][] = [
      ['a script', 200, 'file', { origin: customer, path: file }],
      ['a style', 200, 'file', { origin: customer, path: style }],
      ['a file that is not there', 404, 'data', { origin: customer, path: '/_next/static/none.js' }],
      ['the icon', 200, 'data', { origin: customer, path: '/icon.svg' }],
      ['an unknown host', 421, 'data', { origin: customer, path: '/', headers: { host: 'evil.example' } }],
      ['a file of an unknown host', 421, 'data', { origin: customer, path: file, headers: { host: 'evil.example' } }],
      ['the root of the staff origin', 307, 'data', { origin: staff, path: '/' }],
      ['a staff page on the customer origin', 404, 'data', { origin: customer, path: '/staff' }],
      ['no page', 404, 'page', { origin: customer, path: '/walk-a/none/none/none' }],
      ['no page of the REST API', 404, 'page', { origin: customer, path: '/api/v1/none' }],
      [
        'a form from elsewhere',
        403,
        'data',
        {
          origin: customer,
          method: 'POST',
          path: '/sign-in',
          headers: { ...form, origin: 'https://evil.example' },
          body: 'a=b',
        },
      ],
      [
        'a form from nowhere',
        403,
        'data',
        { origin: customer, method: 'POST', path: '/sign-in', headers: form, body: 'a=b' },
      ],
      [
        'an action nobody made',
        409,
        'data',
        {
          origin: customer,
          method: 'POST',
          path: '/sign-in',
          headers: { origin: customer, 'next-action': '7f'.padEnd(42, '0'), 'content-type': 'text/plain' },
          body: '[]',
        },
      ],
      [
        'a router state that is none',
        500,
        'data',
        { origin: customer, path: '/sign-in', headers: { rsc: '1', 'next-router-state-tree': '{' } },
      ],
      ['the image resizer', 404, 'page', { origin: customer, path: '/_next/image?url=%2Ficon.svg&w=64&q=75' }],
      ['no key', 401, 'data', { origin: customer, path: '/api/v1/project' }],
      ['a method nobody made', 405, 'data', { origin: customer, method: 'DELETE', path: '/api/v1/project' }],
    ];
    const faults: string[] = [];
    for (const [what, status, kind, sent] of cases) {
      const first = await send(sent);
      const again = first.status === 307 && /_rsc/.test(first.headers.location ?? '');
      const answer = again ? await send({ ...sent, path: first.headers.location! }) : first;
      if (answer.status !== status) faults.push(`${what}: ${answer.status} instead of ${status}`);
      faults.push(...faultsOf(what, answer, { ...https, kind }));
    }
    expect(faults).toEqual([]);
  });

  it('every cookie is pinned to its host, unreadable to scripts and kept from other sites', async () => {
    const from = { world, realm: 'customer', cookie: null } as const;
    const named = (name: string) => actions().find((action) => action.name === name)!;
    const signIn = argumentsOf(
      'signInAction',
      { world, tenant: world.a },
      {
        email: world.member.owner.email,
        password: world.password,
      },
    );
    const answers = {
      'signing in': await act(from, named('signInAction'), '/sign-in', signIn),
      'opening a link': await act(from, named('openLinkAction'), '/invite', [world.a.invitationSecret]),
      'the csrf token of next-auth': await get(from, '/api/auth/csrf'),
      'asking next-auth with an ended session': await get(
        { ...from, cookie: cast.strangers.customer[3]!.cookie },
        '/api/auth/session',
      ),
      'signing out': await act({ world, ...cast.member.developer }, named('signOutAction'), '/sign-out', [
        new FormData(),
      ]),
    };
    const names = new Set<string>();
    for (const [what, answer] of Object.entries(answers)) {
      expect(answer.setCookies.length, what).toBeGreaterThan(0);
      expect(faultsOf(what, answer, { ...https, kind: 'data' })).toEqual([]);
      for (const cookie of answer.setCookies) names.add(cookie.split('=')[0]!);
    }
    expect([...names].sort()).toEqual(
      ['callback', 'csrf', 'link', 'session'].map((what) => `__Host-cordon-${what}-customer`),
    );
  });
});

/** The policy with its nonce taken out. */
const shape = (answer: Received) =>
  (answer.headers['content-security-policy'] ?? '').replace(/'nonce-[^']+'/, "'nonce'");

describe('without TLS, on loopback', () => {
  it('says the same but for TLS', async () => {
    const answer = await send({ origin: plain.origin.customer, path: '/sign-in' });
    expect(headerFaults(answer, { secure: false, kind: 'page' })).toEqual([]);
    const secure = await send({ origin: world.console.origin.customer, path: '/sign-in' });
    expect(shape(secure)).toBe(`${shape(answer)}; upgrade-insecure-requests`);
  });

  it('says the same while developing', async () => {
    const { origin, stop } = await startDeveloping();
    try {
      const answer = await send({ origin, path: '/sign-in' });
      expect([answer.status, headerFaults(answer, { secure: false, kind: 'page' })]).toEqual([200, []]);
      expect(shape(answer)).toBe(shape(await send({ origin: plain.origin.customer, path: '/sign-in' })));
    } finally {
      await stop();
    }
  }, 120_000);
});

/** `next dev` on the environment of this test. */
async function startDeveloping(): Promise<{ origin: string; stop(): Promise<void> }> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const child: ChildProcess = spawn(
    process.execPath,
    [join(ROOT, 'node_modules/next/dist/bin/next'), 'dev', '--port', String(port), '--hostname', '127.0.0.1'],
    {
      cwd: ROOT,
      stdio: 'ignore',
      // Next runs the server in a process of its own.
      detached: true,
      env: {
        ...process.env,
        NODE_ENV: 'development',
        NODE_OPTIONS: '',
        NEXT_TELEMETRY_DISABLED: '1',
        CORDON_CONSOLE_ORIGIN: origin,
        CORDON_STAFF_ORIGIN: `http://staff.localhost:${port}`,
        CORDON_EDGE_ORIGINS: 'http://localhost:1',
      },
    },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const until = Date.now() + 90_000;
  while (Date.now() < until) {
    const answer = await send({ origin, path: '/icon.svg' }).catch(() => null);
    if (answer?.status === 200) break;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return {
    origin,
    async stop() {
      if (child.exitCode === null) process.kill(-child.pid!, 'SIGTERM');
      await ended;
    },
  };
}
