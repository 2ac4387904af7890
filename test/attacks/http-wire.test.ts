import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../support/http';
import { personalValues } from '../support/personal';
import { act, api, get } from '../walk/ask';
import { actions } from '../walk/doors';
import { argumentsOf } from '../walk/fields';
import { type Cast, openCast } from '../walk/strangers';
import { openWalk, type WalkWorld } from '../walk/world';

let world: WalkWorld;
let cast: Cast;
const own = () => world.console.origin.customer;

beforeAll(async () => {
  world = await openWalk();
  cast = await openCast(world);
}, 300_000);
afterAll(() => world?.stop());

/**
 * The attacker tries passwords, or holds a stolen key, from one machine that reaches the console directly. So that the counter of their
 * address does not fill, and so that the log names somebody else, they write addresses of their choice into every header that servers in
 * front are known to use.
 */
describe('somebody who writes their own address', () => {
  const NAMES = [
    'x-forwarded-for',
    'x-real-ip',
    'forwarded',
    'cf-connecting-ip',
    'cf-connecting-ipv6',
    'true-client-ip',
    'x-client-ip',
    'x-cluster-client-ip',
    'fastly-client-ip',
    'x-original-forwarded-for',
    'x-remote-addr',
    'x-vercel-forwarded-for',
    'via',
  ];
  const claims = (n: number): Record<string, string | string[]> => {
    const address = `198.51.100.${n}`;
    const values: Record<string, string | string[]> = Object.fromEntries(
      NAMES.map((name) => [name, name === 'forwarded' ? `for=${address};proto=https` : address]),
    );
    // Several lines and several entries: some servers take the first, some the last.
    values['x-forwarded-for'] = [`${address}, 127.0.0.1`, `${address}, ${address}`];
    return values;
  };
  const signIn = (n: number, email: string) => {
    const action = actions().find(({ name }) => name === 'signInAction')!;
    const args = argumentsOf('signInAction', { world, tenant: world.a }, { email, password: 'not the password' });
    return act({ world, realm: 'customer', cookie: null }, action, '/sign-in', args, claims(n));
  };

  it('is counted under the address of the connection, whatever they write', async () => {
    await world.sql('delete from "Throttle"');
    const keys = () => world.sql<{ key: string }>('select "key" from "Throttle" order by 1');
    await signIn(1, 'walk-nobody@example.com');
    const first = await keys();
    expect(first.length).toBeGreaterThan(0);
    for (let n = 2; n < 6; n++) await signIn(n, 'walk-nobody@example.com');
    expect(await keys()).toEqual(first);
    await world.sql('delete from "Throttle"');
  });

  it('is written down under the address of the connection: in the log, in sessions, in the acts of a key', async () => {
    const fresh = await world.base.key(world.a.projectId, ['project:write']);
    const body = { name: world.a.words.Project };
    await api({ world }, 'PATCH', '/api/v1/project', {
      headers: { ...claims(7), authorization: `Bearer ${fresh.key}` },
      body,
    });
    const action = actions().find(({ name }) => name === 'signInAction')!;
    const right = { email: world.member.developer.email, password: world.password };
    await act(
      { world, realm: 'customer', cookie: null },
      action,
      '/sign-in',
      argumentsOf('signInAction', { world, tenant: world.a }, right),
      claims(8),
    );
    const everywhere = await world.sql<{ t: string }>(
      `select 'header' as t from "AuditEvent" where position(convert_to('198.51.100', 'UTF8') in "header") > 0
       union all select 'session' from "Session" where "addressPrefix" like '%198.51.100%'`,
    );
    expect(everywhere).toEqual([]);
    const logged = await personalValues(world.sql);
    expect(logged.filter(({ name }) => name === 'actor.addressPrefix').length).toBeGreaterThan(0);
    expect(JSON.stringify(logged)).not.toContain('198.51.100');
    const [session] = await world.sql<{ addressPrefix: string }>(
      'select "addressPrefix" from "Session" where "userId" = $1 order by "createdAt" desc limit 1',
      [world.member.developer.userId],
    );
    expect(session?.addressPrefix).toBe('127.0.0.0/24');
  });
});

/** Bytes as they are, on a connection of their own; gives what came back until the console closed it or was silent for a second. */
function raw(text: string): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(Number(new URL(own()).port), '127.0.0.1', () => socket.write(text, 'latin1'));
    // An answer may take its time; what comes after it comes at once.
    socket.setTimeout(10_000, () => socket.destroy());
    socket.once('data', () => socket.setTimeout(1_000));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(received));
  });
}
const answersIn = (received: string): string[] => received.match(/^HTTP\/1\.1 \d{3}/gm) ?? [];

/**
 * The attacker shares a front with other people, and the front reuses its connections to the console. They write a request whose end the
 * front and the console would find in different places, so that the rest is read as the beginning of the next person's request.
 */
describe('a request inside a request', () => {
  const host = () => new URL(own()).host;
  const HIDDEN = 'GET /api/auth/csrf HTTP/1.1\r\nHost: HOST\r\n\r\n';
  const SMUGGLED: Record<string, string> = {
    'both a length and chunks': `POST /sign-in HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${HIDDEN}`,
    'chunks and a length': `POST /sign-in HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\nContent-Length: 60\r\n\r\n0\r\n\r\n${HIDDEN}`,
    'two lengths': `POST /sign-in HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\nContent-Length: 60\r\n\r\n${HIDDEN}`,
    'one length twice': `POST /sign-in HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n${HIDDEN}`,
    'a list of lengths': `POST /sign-in HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0, 60\r\n\r\n${HIDDEN}`,
    'a length with a sign': `POST /sign-in HTTP/1.1\r\nHost: HOST\r\nContent-Length: +0\r\n\r\n${HIDDEN}`,
    'an encoding nobody knows': `POST /sign-in HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${HIDDEN}`,
    'chunks that are not last': `POST /sign-in HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${HIDDEN}`,
    'an encoding with a blank before the colon': `POST /sign-in HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${HIDDEN}`,
    'an encoding on a folded line': `POST /sign-in HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n${HIDDEN}`,
    'a header with a bare carriage return': `POST /sign-in HTTP/1.1\r\nHost: HOST\r\nX: a\rContent-Length: 0\r\n\r\n${HIDDEN}`,
    'a header with a null': `POST /sign-in HTTP/1.1\r\nHost: HOST\r\nX: a\0b\r\n\r\n${HIDDEN}`,
    'a chunk with a size that is none': `POST /sign-in HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n${HIDDEN}`,
    'a chunk larger than any number': `POST /sign-in HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n${HIDDEN}`,
    'a line break inside the target': `GET /sign-in\r\nX: y HTTP/1.1\r\nHost: HOST\r\n\r\n${HIDDEN}`,
  };

  it.each(Object.keys(SMUGGLED))('with %s is refused, and the rest is not read', async (what) => {
    const received = await raw(SMUGGLED[what]!.replaceAll('HOST', host()));
    expect(answersIn(received).length, received).toBeLessThanOrEqual(1);
    expect(received).not.toContain('csrfToken');
    expect(received === '' || /^HTTP\/1\.1 400/.test(received), received.slice(0, 200)).toBe(true);
  });

  it('with a body nobody asked for stays the body of its own request', async () => {
    const body = HIDDEN.replaceAll('HOST', host());
    for (const path of ['/sign-in', '/api/v1/openapi.json', '/none', '/_next/static/none.js']) {
      const received = await raw(
        `GET ${path} HTTP/1.1\r\nHost: ${host()}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
      expect([path, answersIn(received).length]).toEqual([path, 1]);
      expect(received).not.toContain('csrfToken');
    }
    // The same request on its own is answered: it was the place it stood in.
    expect(await raw(body)).toContain('csrfToken');
  });
});

/** The attacker sends more than anybody needs, to use up memory, to be cut off at a place of their choice, or to see an error's text. */
describe('somebody who sends too much', () => {
  const quiet = async () => {
    const answer = await send({ origin: own(), path: '/sign-in' });
    expect(answer.status).toBe(200);
  };

  it('is refused long headers and long addresses before they are read further', async () => {
    for (const headers of [
      { cookie: `cordon-session-customer=${'a'.repeat(20_000)}` },
      { 'x-long': 'a'.repeat(20_000) },
      Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`x-${n}`, 'a'.repeat(50)])),
    ])
      expect((await send({ origin: own(), path: '/sign-in', headers })).status).toBe(431);
    expect((await send({ origin: own(), path: `/${'a'.repeat(20_000)}` })).status).toBe(431);
    await quiet();
  });

  it('is nobody with a cookie too long, cut into pieces, repeated or broken', async () => {
    const [name = '', value = ''] = (cast.member.owner.cookie ?? '').split('=');
    const cookies = [
      `${name}=${value}${'a'.repeat(8_000)}`,
      `${name}=${'a'.repeat(5_000)}`,
      `${name}.0=${value.slice(0, 50)}; ${name}.1=${value.slice(50)}`,
      `${name}=; ${name}=`,
      `${name}=${value.slice(0, -3)}`,
      `${name}=${value.toUpperCase()}`,
      `${name}="`,
      `${name}=%00%ff`,
      `${name}=null`,
      `${name}={"sid":"${'a'.repeat(43)}"}`,
      Array.from({ length: 300 }, (_, n) => `c${n}=${n}`).join('; '),
    ];
    for (const cookie of cookies) {
      const answer = await get({ world, realm: 'customer', cookie }, '/account');
      expect([cookie.slice(0, 60), answer.status, answer.to?.startsWith('/sign-in')]).toEqual([
        cookie.slice(0, 60),
        307,
        true,
      ]);
    }
    await quiet();
  });

  it('is refused a body that no form and no operation needs', async () => {
    const huge = 'a'.repeat(2_000_000);
    const action = actions().find(({ name }) => name === 'signInAction')!;
    const posted = await act({ world, realm: 'customer', cookie: null }, action, '/sign-in', [{}, huge]).catch(
      () => null,
    );
    // Refused in words, or cut off while it was still being sent.
    if (posted) expect([413, 500]).toContain(posted.status);
    const inspected = await api({ world }, 'POST', '/api/v1/tokens/inspect', {
      headers: { authorization: `Bearer ${world.a.key}` },
      body: { token: huge, channel: 'room', account: 'ada' },
    });
    expect([inspected.status, JSON.parse(inspected.body).code]).toEqual([413, 'request.too_large']);
    await quiet();
  });

  it('learns nothing from what goes wrong', async () => {
    const answers = [
      await send({ origin: own(), path: '/sign-in', headers: { rsc: '1', 'next-router-state-tree': '{' } }),
      await send({ origin: own(), path: '/%' }),
      await api({ world }, 'POST', '/api/v1/tokens', {
        headers: { authorization: `Bearer ${world.a.key}` },
        body: '{',
      }),
      await get({ world, ...cast.member.owner }, `/${world.a.slug}/projects/${'x'.repeat(3_000)}`),
      await get({ world, ...cast.member.owner }, `/${world.a.slug}/projects/%00`),
      await get({ world, ...cast.member.owner }, `/${world.a.slug}/audit?cursor=%00&cursor=x`),
    ];
    for (const { body, status } of answers) {
      expect(body).not.toMatch(/node_modules|at [\w.]+ \(|prisma|postgres|SELECT |\/work\/|\/app\//i);
      expect(status).toBeGreaterThanOrEqual(200);
    }
    await quiet();
  });
});
