import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Received, type Sent, send } from '../support/http';
import { act } from '../walk/ask';
import { type ActionDoor, actions, pathOf } from '../walk/doors';
import { argumentsOf } from '../walk/fields';
import { type Cast, openCast } from '../walk/strangers';
import { changed, everyRow } from '../walk/unchanged';
import { openWalk, type WalkWorld } from '../walk/world';

/**
 * The attacker owns a page somewhere on the web, and the owner of an organisation, signed in to the console in another tab, opens it. The
 * page can make the owner's browser send requests that carry the owner's cookie, but it can neither read the answers nor choose the Origin
 * header. It tries to have the console do something.
 */
let world: WalkWorld;
let cast: Cast;
let rename: ActionDoor;
let settings: string;
let rows: Record<string, string>;

beforeAll(async () => {
  world = await openWalk();
  cast = await openCast(world);
  rename = actions().find(({ name }) => name === 'renameProjectAction')!;
  settings = pathOf(rename.pages[0]!, { org: world.a.slug, project: world.a.projectId });
}, 300_000);
beforeEach(async () => {
  rows = await everyRow(world);
});
afterAll(() => world?.stop());

const EVIL = 'https://evil.example';
const own = () => world.console.origin.customer;
const post = (path: string, headers: Sent['headers'], body: string): Promise<Received> =>
  send({
    origin: own(),
    method: 'POST',
    path,
    headers: { cookie: cast.member.owner.cookie, ...headers },
    body,
  });
const unchanged = async () => expect(changed(rows, await everyRow(world))).toEqual([]);

/** A form as a browser sends it without scripts: fields of the action and of React's own. */
function multipart(fields: Record<string, string>): { type: string; body: string } {
  const boundary = '----walk';
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return { type: `multipart/form-data; boundary=${boundary}`, body: `${parts.join('')}--${boundary}--\r\n` };
}

const fields = () => ({ organisationId: world.a.organisationId, projectId: world.a.projectId, name: 'Stolen' });

describe('a page of somebody else that sends a form', () => {
  /** What a browser says about where such a request comes from: all of it, or as little as a browser may. */
  const FOREIGN: Record<string, Sent['headers']> = {
    'from another site': { origin: EVIL, 'sec-fetch-site': 'cross-site' },
    'from another site, by a browser that says little': { origin: EVIL },
    'from a sandboxed frame': { origin: 'null', 'sec-fetch-site': 'cross-site' },
    'from another port of the same host': { origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' },
    'from the staff origin': { origin: 'STAFF', 'sec-fetch-site': 'same-site' },
    'from an origin that begins like ours': { origin: 'OWN.evil.example' },
    'without saying where from': {},
    'after a redirect through another site': { 'sec-fetch-site': 'cross-site' },
    'with ours as the referrer only': { referer: 'OWN/', 'sec-fetch-site': 'cross-site' },
  };
  const filled = (headers: Sent['headers'] = {}): Sent['headers'] =>
    Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        String(value).replace('OWN', own()).replace('STAFF', world.console.origin.staff),
      ]),
    );

  it.each(Object.keys(FOREIGN))('%s, is refused before anything reads the form', async (where) => {
    const headers = filled(FOREIGN[where]);
    const form = multipart({ [`$ACTION_ID_${rename.actionId}`]: '', ...fields() });
    const forms: [type: string, body: string][] = [
      [form.type, form.body],
      ['application/x-www-form-urlencoded', new URLSearchParams(fields()).toString()],
      // What a form can send that looks like JSON.
      ['text/plain', JSON.stringify(fields())],
    ];
    for (const path of [settings, '/sign-out', '/account', '/api/auth/signout', '/api/auth/callback/credentials'])
      for (const [type, body] of forms) {
        const answer = await post(path, { 'content-type': type, ...headers }, body);
        expect([path, type, answer.status, answer.setCookies]).toEqual([path, type, 403, []]);
      }
    await unchanged();
  });

  it('cannot have a server action run, whatever it names as its origin', async () => {
    const from = { world, ...cast.member.owner };
    const args = argumentsOf(rename.name, { world, tenant: world.a });
    for (const headers of Object.values(FOREIGN)) {
      const said = { origin: null, 'sec-fetch-site': null, ...filled(headers) };
      expect((await act(from, rename, settings, args, said)).status).toBe(403);
    }
    // Next compares Origin with X-Forwarded-Host, which a form cannot set, but a badly set up front could pass on.
    const forwarded = { origin: EVIL, 'sec-fetch-site': null, 'x-forwarded-host': 'evil.example' };
    expect((await act(from, rename, settings, args, forwarded)).status).toBe(403);
    await unchanged();
    // The same from the page itself is done: it was the origin that was refused.
    expect((await act(from, rename, settings, args)).answered).toMatchObject({ ok: true });
  });

  it('cannot use the REST API with the owner’s cookie: it takes keys, and answers no preflight', async () => {
    const body = JSON.stringify({ name: 'Stolen' });
    for (const type of ['text/plain', 'application/json']) {
      const headers = { cookie: cast.member.owner.cookie, 'content-type': type, origin: EVIL };
      const answer = await send({ origin: own(), method: 'PATCH', path: '/api/v1/project', headers, body });
      expect([answer.status, JSON.parse(answer.body).code]).toEqual([401, 'authz.not_signed_in']);
    }
    const preflight = await send({
      origin: own(),
      method: 'OPTIONS',
      path: '/api/v1/project',
      headers: {
        origin: EVIL,
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'authorization',
      },
    });
    expect(Object.keys(preflight.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    // A form cannot send JSON by that name; with a key, another name is refused as well.
    const key = { authorization: `Bearer ${world.a.key}` };
    const plain = await send({
      origin: own(),
      method: 'PATCH',
      path: '/api/v1/project',
      headers: { ...key, 'content-type': 'text/plain' },
      body,
    });
    expect([plain.status, JSON.parse(plain.body).code]).toEqual([415, 'request.media_type']);
    await unchanged();
  });

  // A request that changes something must not be a GET, which a link or an image sends.
  it('finds nothing that changes by being looked at', async () => {
    const cookie = cast.member.owner.cookie;
    for (const path of [
      '/sign-out',
      '/api/auth/signout',
      '/api/auth/signin',
      '/api/auth/callback/credentials',
      settings,
    ])
      for (const query of ['', `?name=Stolen&projectId=${world.a.projectId}`])
        await send({ origin: own(), path: path + query, headers: { cookie, 'sec-fetch-site': 'cross-site' } });
    await unchanged();
  });
});

describe('somebody who writes requests to actions by hand', () => {
  // A member of nothing, with the pages of the console, in which the ids of actions stand. They try ids of actions of other pages, and guess.
  it('reaches no action from a page that does not have it: nothing is carried over', async () => {
    const from = { world, ...cast.member.owner };
    const args = argumentsOf(rename.name, { world, tenant: world.a });
    for (const path of ['/sign-in', '/account', `/${world.a.slug}/members`]) {
      expect((await act(from, rename, path, args)).answered?.ok).toBeUndefined();
    }
    // Next marks what it carries over itself; a mark from outside is refused.
    expect((await act(from, rename, settings, args, { 'x-action-forwarded': '1' })).status).toBe(403);
    await unchanged();
  });

  it('guesses no action: ids that are none are told so, and nothing runs', async () => {
    const from = { world, ...cast.member.owner };
    const { actionId } = rename;
    const flipped = `${actionId.slice(0, -1)}${actionId.endsWith('0') ? '1' : '0'}`;
    const wrong = [
      flipped,
      actionId.toUpperCase(),
      `${actionId}00`,
      '__proto__',
      'constructor',
      '../server',
      '',
      '0'.repeat(42),
    ];
    for (const id of wrong) {
      const answer = await act(from, { actionId: id }, settings, argumentsOf(rename.name, { world, tenant: world.a }));
      expect([id, [400, 404, 405, 409].includes(answer.status) || answer.answered === null]).toEqual([id, true]);
    }
    for (const name of [`$ACTION_ID_${flipped}`, '$ACTION_ID___proto__', '$ACTION_REF_1', '$ACTION_KEY']) {
      const form = multipart({ [name]: '', '$ACTION_1:0': '{"id":"constructor","bound":"$@1"}', ...fields() });
      const answer = await post(settings, { 'content-type': form.type, origin: own() }, form.body);
      expect([name, answer.status < 500]).toEqual([name, true]);
    }
    await unchanged();
  });

  // The same form without scripts: React then sends the action's id inside the form. The guard stands inside the action, so it is asked here too.
  it('is asked who they are by forms without scripts as well', async () => {
    const form = multipart({ [`$ACTION_ID_${rename.actionId}`]: '', ...fields() });
    const answer = await send({
      origin: own(),
      method: 'POST',
      path: settings,
      headers: { 'content-type': form.type, origin: own() },
      body: form.body,
    });
    expect(answer.status === 200 ? answer.body : '').not.toContain(world.a.words.Project);
    await unchanged();
  });

  // React's way of writing arguments can name other things than values: references to functions, to files, to rows that never come.
  it('sends arguments that name what they should not, and gets nowhere', async () => {
    const bodies = [
      '["$F0"]',
      '["$h0"]',
      '["$Q0","$W1"]',
      '["$@1"]',
      `[${'"$1",'.repeat(1000)}"$1"]`,
      '{"__proto__":{"ok":true}}',
      '["$T"]',
      '[]',
    ];
    for (const body of bodies) {
      const headers = {
        'content-type': 'text/plain;charset=UTF-8',
        'next-action': rename.actionId,
        accept: 'text/x-component',
        origin: own(),
      };
      const answer = await post(settings, headers, body);
      expect([body.slice(0, 20), /"ok":true/.test(answer.body)]).toEqual([body.slice(0, 20), false]);
    }
    await unchanged();
    expect((await send({ origin: own(), path: '/sign-in' })).status).toBe(200);
  });
});
