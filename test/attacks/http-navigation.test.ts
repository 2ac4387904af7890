import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../support/http';
import { act, get, getPage, paramsOf } from '../walk/ask';
import { actions, pages, pathOf } from '../walk/doors';
import { headerFaults } from '../walk/headers';
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
 * The attacker sends somebody a link to the real console whose query says where to go after signing in: to a copy of the console that says
 * "that did not work, your password please". The person looks at the address, sees the console's own, signs in, and is sent on.
 */
describe('a link that leads on to another site', () => {
  const EVIL = [
    'https://evil.example',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\/evil.example',
    '/\\/evil.example',
    '\\\\evil.example',
    '/%5cevil.example',
    '/%2fevil.example',
    '/%09/evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    ' //evil.example',
    'https:evil.example',
    'https:/evil.example',
    'HTTPS://evil.example',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,evil',
    'OWN.evil.example',
    'OWN@evil.example',
    'OWN:80@evil.example/',
    '/..//evil.example',
    '/./\\evil.example',
    '/;@evil.example',
    '.evil.example',
    '@evil.example',
    'STAFF/staff',
    '//',
    '/ok\r\nLocation: https://evil.example',
  ];
  const wishes = () => EVIL.map((wish) => wish.replace('OWN', own()).replace('STAFF', world.console.origin.staff));
  /** Where a browser would be sent: every address in the answer that it follows by itself or at a click. */
  const leads = (answer: Awaited<ReturnType<typeof get>>): string[] => [
    ...(answer.to === null ? [] : [answer.to]),
    ...[...answer.body.matchAll(/<(?:a|form|meta|base|iframe)\b[^>]*?\s(?:href|action|content)="([^"]*)"/g)]
      .map(([, value]) => value!.replaceAll('&amp;', '&').replace(/^\d+;\s*url=/i, ''))
      // What React writes where a form waits for its script; the policy of scripts would not run it.
      .filter((value) => /^[/\\]|:/.test(value) && !value.startsWith('javascript:throw new Error(')),
    ...(/"url":"([^"]*)"/.exec(answer.body)?.slice(1) ?? []),
  ];
  const stays = (wish: string, answer: Awaited<ReturnType<typeof get>>) => {
    for (const lead of leads(answer)) expect([wish, new URL(lead, own()).origin]).toEqual([wish, own()]);
    expect([wish, answer.headers.location?.includes('\n') ?? false]).toEqual([wish, false]);
  };

  it('stays on the console: pages before, within and after signing in', async () => {
    const visitors = [cast.strangers.customer[1]!.cookie, cast.member.owner.cookie];
    const places = pages.filter(({ segments }) => segments[0] === '(auth)').map(({ segments }) => pathOf(segments, {}));
    expect(places.length).toBeGreaterThan(6);
    for (const wish of wishes())
      for (const path of places)
        for (const cookie of visitors)
          stays(
            wish,
            await get({ world, realm: 'customer', cookie }, `${path}?callbackUrl=${encodeURIComponent(wish)}`),
          );
  }, 300_000);

  it('stays on the console: the form that signs in', async () => {
    const action = actions().find(({ name }) => name === 'signInAction')!;
    for (const wish of wishes()) {
      const form = new FormData();
      for (const [name, value] of Object.entries({
        email: world.member.owner.email,
        password: world.password,
        callbackUrl: wish,
      }))
        form.set(name, value);
      const answer = await act({ world, realm: 'customer', cookie: null }, action, '/sign-in', [{}, form]);
      expect(answer.to).toMatch(/^\/(second-factor|enrol)(\?|$)/);
      stays(wish, answer);
      const carried = new URL(answer.to!, own()).searchParams.get('callbackUrl');
      if (carried !== null) expect([wish, new URL(carried, own()).origin]).toEqual([wish, own()]);
    }
  }, 120_000);

  it('stays on the console: next-auth, asked directly, with the wish in the query, the form or a planted cookie', async () => {
    const from = { world, realm: 'customer', cookie: cast.member.developer.cookie } as const;
    const csrf = await get(from, '/api/auth/csrf');
    const token = JSON.parse(csrf.body).csrfToken as string;
    const jar = csrf.setCookies.map((cookie) => cookie.split(';')[0]!);
    for (const wish of wishes()) {
      const query = `callbackUrl=${encodeURIComponent(wish)}`;
      for (const path of [
        'signin',
        'signout',
        'error',
        'verify-request',
        'callback/credentials',
        'session',
        'signin/credentials',
      ])
        stays(wish, await get(from, `/api/auth/${path}?${query}`));
      const planted = `cordon-callback-customer=${encodeURIComponent(wish)}`;
      const posted = await send({
        origin: own(),
        method: 'POST',
        path: `/api/auth/callback/credentials?${query}`,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          origin: own(),
          cookie: [...jar.filter((each) => !each.startsWith('cordon-callback')), planted].join('; '),
        },
        body: new URLSearchParams({
          csrfToken: token,
          callbackUrl: wish,
          json: 'true',
          email: 'a@b.example',
          password: 'x',
        }).toString(),
      });
      stays(wish, { ...posted, to: posted.headers.location ?? null, answered: null });
    }
  }, 300_000);
});

/**
 * The attacker can have a victim's request, or one of a shared cache, arrive with a Host header of their choice, or stands behind the same
 * front as the console. They hope for a link, a redirect or a cookie made for their own name, or for staff pages under the customers' name.
 */
describe('a request for another host', () => {
  const WRONG: Record<string, Record<string, string | string[]>> = {
    'a name of the attacker': { host: 'evil.example' },
    'the name with another port': { host: 'localhost:1' },
    'the name with a dot behind it': { host: 'HOST.' },
    'a name that begins like ours': { host: 'HOST.evil.example' },
    'a name with user information': { host: 'HOST@evil.example' },
    'a name with a space': { host: 'HOST evil.example' },
    'an address': { host: '127.0.0.1' },
    'two names in one header': { host: 'HOST, evil.example' },
    'two headers, ours first': { host: ['HOST', 'evil.example'] },
    'two headers, ours last': { host: ['evil.example', 'HOST'] },
    'an empty name': { host: '' },
  };
  const filled = (headers: Record<string, string | string[]>, host: string) =>
    Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.map((each) => each.replace('HOST', host)) : value.replace('HOST', host),
      ]),
    );

  it.each(Object.keys(WRONG))('%s, is told that it came to the wrong place', async (what) => {
    const host = new URL(own()).host;
    for (const path of ['/sign-in', '/api/auth/csrf', `/${world.a.slug}`, '/staff', '/api/v1/project']) {
      const headers = { ...filled(WRONG[what]!, host), cookie: cast.member.owner.cookie };
      const answer = await send({ origin: own(), path, headers });
      expect([path, [400, 421].includes(answer.status), answer.setCookies]).toEqual([path, true, []]);
      expect(answer.headers.location).toBeUndefined();
      expect(answer.body).not.toContain('evil');
    }
  });

  it('changes nothing by headers that a front would set', async () => {
    const from = { world, realm: 'customer', cookie: null } as const;
    const claims = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-port': '81',
      'x-forwarded-server': 'evil.example',
      'x-host': 'evil.example',
      'x-original-host': 'evil.example',
      'x-original-url': '/staff',
      'x-rewrite-url': '/staff',
      'x-invoke-path': '/staff',
      'x-matched-path': '/staff',
      'x-middleware-rewrite': '/staff',
      'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy',
      'x-middleware-next': '1',
      'x-nextjs-data': '1',
      'next-url': '/staff',
      forwarded: 'host=evil.example;proto=https',
    };
    for (const path of ['/sign-in', '/api/auth/csrf', '/api/auth/signin', `/${world.a.slug}`]) {
      const plain = await get(from, path);
      const answer = await get(from, path, claims);
      expect([path, answer.status, answer.to]).toEqual([path, plain.status, plain.to]);
      expect(JSON.stringify([answer.headers, answer.setCookies, answer.body])).not.toContain('evil.example');
    }
    // Nor is the proxy passed by: the staff pages stay where they are, and headers are set.
    const staff = await get({ world, realm: 'customer', cookie: cast.staff.administrator.cookie }, '/staff', claims);
    expect(staff.status).toBe(404);
    expect(staff.headers['content-security-policy']).toBeDefined();
  });

  // A request may name its host in its first line as well (RFC 9112, 3.2.2), and a front may go by the one while the console goes by the other.
  it('is refused when its first line names a host, or none can be read from it', async () => {
    const targets = [
      'http://evil.example/sign-in',
      `${world.console.origin.staff}/staff`,
      `${own()}/sign-in`,
      '*',
      '/%',
      '/%ff',
    ];
    for (const path of targets) {
      const answer = await send({ origin: own(), path, headers: { cookie: cast.staff.administrator.cookie } });
      expect([path, answer.status, answer.headers.location, answer.body.includes('evil')]).toEqual([
        path,
        400,
        undefined,
        false,
      ]);
      expect(headerFaults(answer, { secure: false, kind: 'data' })).toEqual([]);
    }
  });

  it('is never sent to a host that its path reads like', async () => {
    for (const path of [
      '//evil.example',
      '//evil.example/..',
      '///evil.example//',
      '/\\evil.example/',
      '/%5cevil.example/',
      '/.//evil.example/',
    ]) {
      const answer = await send({ origin: own(), path });
      const to = answer.headers.location;
      if (to !== undefined) expect([path, new URL(to, own()).origin]).toEqual([path, own()]);
      expect([path, headerFaults(answer, { secure: false, kind: 'data' })]).toEqual([path, []]);
    }
  });
});

/**
 * The attacker sits at the same machine after the owner has signed out, or asks the same cache the owner's requests went through, and
 * hopes that a private page was kept there.
 */
describe('a cache between the owner and somebody else', () => {
  const signedIn = () =>
    pages.filter(({ segments }) => segments[0] === '(customer)' || segments[0] === 'account').map((page) => page);

  it('may keep no private page, in whatever way it was asked', async () => {
    for (const page of signedIn()) {
      for (const way of ['document', 'leaf', 'metadata'] as const) {
        const answer = await getPage({ world, ...cast.member.owner }, page, paramsOf(world.a), way);
        expect([page.file, way, answer.status]).toEqual([page.file, way, 200]);
        expect(answer.headers['cache-control']).toMatch(/\bno-store\b/);
        expect(answer.headers['x-nextjs-cache']).toBeUndefined();
        // Nothing to compare with: a kept answer cannot be confirmed to be still good.
        expect([answer.headers.etag, answer.headers['last-modified'], answer.headers.expires]).toEqual([
          undefined,
          undefined,
          undefined,
        ]);
        expect(answer.headers.vary).toMatch(/rsc/i);
      }
    }
  }, 120_000);

  it('is never told that what it holds is still good', async () => {
    const path = `/${world.a.slug}`;
    const answer = await get({ world, ...cast.member.owner }, path, {
      'if-none-match': '*',
      'if-modified-since': new Date(Date.now() + 60_000).toUTCString(),
    });
    expect(answer.status).toBe(200);
  });

  // Deceiving a cache that goes by the look of an address: the owner is sent to a private page under a name like that of a file.
  it('is shown no private page under the name of a file', async () => {
    const path = `/${world.a.slug}`;
    const names = [
      '/style.css',
      '/logo.png',
      ';a.css',
      '%2fstyle.css',
      '%00.css',
      '/..%2f..%2f_next/static/a.css',
      '.css',
      '/%2e%2e/a.js',
      '?a.css',
      '#a.css',
    ];
    for (const name of names) {
      for (const base of [path, '/account', `${path}/projects/${world.a.projectId}`]) {
        const answer = await send({ origin: own(), path: base + name, headers: { cookie: cast.member.owner.cookie } });
        const isPrivate = Object.values(world.a.words).some((word) => answer.body.includes(word));
        if (isPrivate)
          expect([base + name, answer.headers['cache-control']]).toEqual([base + name, 'private, no-store']);
        expect([base + name, /public/.test(answer.headers['cache-control'] ?? '')]).toEqual([base + name, false]);
      }
    }
  });

  it('gives each person their own answer under one address, and nothing once they are out', async () => {
    const ask = (cookie: string | null) => get({ world, realm: 'customer', cookie }, '/account');
    const [owner, stranger, nobody] = [
      await ask(cast.member.owner.cookie),
      await ask(cast.stranger.cookie),
      await ask(null),
    ];
    expect(owner.body).toContain(world.member.owner.email);
    expect(stranger.body).toContain(world.stranger.email);
    expect(stranger.body).not.toContain(world.member.owner.email);
    expect(nobody.to).toMatch(/^\/sign-in/);
    expect(nobody.body).not.toContain('@example.com');
  });

  it('keeps files only, whose names change with what is in them', async () => {
    const { body } = await get({ world, realm: 'customer', cookie: null }, '/sign-in');
    const files = [...new Set(body.match(/\/_next\/static\/[^"\\]+\.(?:js|css|woff2)/g) ?? [])];
    expect(files.length).toBeGreaterThan(3);
    for (const path of files) {
      const answer = await send({ origin: own(), path });
      expect([path, answer.status, answer.headers['cache-control']]).toEqual([
        path,
        200,
        'public, max-age=31536000, immutable',
      ]);
      expect(answer.setCookies).toEqual([]);
    }
  });
});
