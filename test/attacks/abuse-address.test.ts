import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { THROTTLE } from '@/lib/identity/abuse/limits';
import { type RunningConsole, startConsole } from '../support/console';
import { openWorld, type World } from './identity-world';

vi.mock('next/headers', async () => (await import('./identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('./identity-world')).nextNavigation);

/**
 * Somebody with one address and many guesses. Failures are counted by where they come from, so they claim to come from somewhere else each time:
 * in the header the console reads, in every other header that is used for this anywhere, and in a list in front of the entry a proxy adds.
 * The console runs as in production; a proxy of the operator's at 127.0.0.9 is declared, and writes X-Real-IP.
 */
const PROXY = '127.0.0.9';
const SELF = '127.0.0.1';

let world: World;
let console_: RunningConsole;
let csrf: { token: string; cookie: string };
beforeAll(async () => {
  world = await openWorld();
  console_ = await startConsole({ env: { CORDON_ADDRESS_HEADER: 'x-real-ip', CORDON_CONSOLE_PROXIES: PROXY } });
  const { body, cookies } = await ask(SELF, 'GET', '/api/auth/csrf');
  csrf = { token: JSON.parse(body).csrfToken, cookie: cookies.map((line) => line.split(';', 1)[0]).join('; ') };
}, 600_000);
beforeEach(() => world.calm());
afterAll(async () => {
  await console_?.stop();
  await world?.stop();
});

function ask(from: string, method: string, path: string, headers: Record<string, string> = {}, body?: string) {
  const { host, port } = new URL(console_.origin.customer);
  return new Promise<{ status: number; body: string; cookies: string[] }>((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method, path, localAddress: from, agent: false as const };
    const sent = httpRequest(
      { ...options, headers: { host, origin: console_.origin.customer, ...headers } },
      (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, body: text, cookies: response.headers['set-cookie'] ?? [] }),
        );
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}

const guess = async (n: number, from: string, claims: Record<string, string>) => {
  const form = {
    csrfToken: csrf.token,
    email: `person${n}@acme.example`,
    password: 'Password1234 everywhere',
    json: 'true',
  };
  const headers = { cookie: csrf.cookie, 'content-type': 'application/x-www-form-urlencoded', ...claims };
  const { status } = await ask(
    from,
    'POST',
    '/api/auth/callback/credentials',
    headers,
    new URLSearchParams(form).toString(),
  );
  expect(status).toBe(401);
};

const addresses = () =>
  world.sql(
    `select "failures", "blockedUntil" > now() as paused from "Throttle" where "key" like 'address:%' order by "failures"`,
  );

describe('an attacker who lies about where they are', () => {
  it('is counted as one, whatever they write into whichever header', async () => {
    const claim = (n: number) => `198.51.${n}.7`;
    for (let n = 0; n <= THROTTLE.free.address; n++) {
      await guess(n, SELF, {
        'x-real-ip': claim(n),
        'x-forwarded-for': `${claim(n)}, ${claim(n + 100)}`,
        forwarded: `for=${claim(n)}`,
        'x-client-ip': claim(n),
        'cf-connecting-ip': claim(n),
        'true-client-ip': claim(n),
      });
    }
    expect(await addresses()).toEqual([{ failures: THROTTLE.free.address + 1, paused: true }]);
  });

  it('cannot hang failures on somebody else’s address', async () => {
    for (let n = 0; n <= THROTTLE.free.address; n++) await guess(n, SELF, { 'x-real-ip': '203.0.113.9' });
    await world.hold();
    const { status } = await ask(
      PROXY,
      'POST',
      '/api/auth/callback/credentials',
      {
        cookie: csrf.cookie,
        'content-type': 'application/x-www-form-urlencoded',
        'x-real-ip': '203.0.113.9',
      },
      new URLSearchParams({
        csrfToken: csrf.token,
        email: world.owner.email,
        password: world.owner.password,
        json: 'true',
      }).toString(),
    );
    expect(status).toBe(200);
  });

  it('is counted by what the declared proxy wrote last, not by what they put before it', async () => {
    for (let n = 0; n < 4; n++) await guess(n, PROXY, { 'x-real-ip': `198.51.${n}.7, 203.0.113.77` });
    expect(await addresses()).toEqual([{ failures: 4, paused: false }]);
    await guess(5, PROXY, { 'x-real-ip': '203.0.113.78' });
    expect(await addresses()).toHaveLength(2);
  });
});
