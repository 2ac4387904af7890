import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSessionCookie } from '@/lib/identity/request/next-auth';
import { newSecret } from '@/lib/identity/sessions/secrets';
import { readSession } from '@/lib/identity/sessions/sessions';
import { send } from '../support/http';
import { type Answer, act, get, getPage, openness, paramsFor, paramsOf } from '../walk/ask';
import { actions, pages, pathOf, routes } from '../walk/doors';
import { argumentsOf } from '../walk/fields';
import { openWalk, type Someone, type WalkWorld } from '../walk/world';

let world: WalkWorld;
const own = () => world.console.origin.customer;

beforeAll(async () => {
  world = await openWalk();
}, 300_000);
afterAll(() => world?.stop());

const named = (name: string) => {
  const found = actions().find((action) => action.name === name);
  if (!found) throw new Error(`there is no action ${name}`);
  return found;
};
/** Does an action in a session of that person, confirming what it asks for. */
async function does(
  who: Someone,
  name: string,
  extra: Record<string, string>,
  session?: { id: string; secret: string },
) {
  const { id, secret } = session ?? (await world.session(who));
  const from = { world, realm: who.realm, cookie: await world.cookie(who.realm, secret) };
  const action = named(name);
  const path = pathOf(action.pages[0] ?? [], paramsFor(world, action.pages[0] ?? [], world.a));
  const once = () => act(from, action, path, argumentsOf(name, { world, tenant: world.a }, extra));
  let answer = await once();
  if (answer.answered?.ask) {
    await world.base.confirm({ userId: who.userId, sessionId: id }, answer.answered.ask);
    answer = await once();
  }
  return answer;
}

/** One door of each class, asked with that cookie. */
const DOORS: Record<string, (cookie: string) => Promise<Answer>> = {
  'a page': (cookie) => get({ world, realm: 'customer', cookie }, `/${world.a.slug}`),
  'a page without its layouts': (cookie) =>
    getPage(
      { world, realm: 'customer', cookie },
      pages.find(({ file }) => file.endsWith('[org]/(organisation)/page.tsx'))!,
      paramsOf(world.a),
      'leaf',
    ),
  'the account': (cookie) => get({ world, realm: 'customer', cookie }, '/account'),
  'a handler behind a page': (cookie) =>
    get(
      { world, realm: 'customer', cookie },
      pathOf(routes.find(({ id }) => id.includes('/status/'))!.segments, paramsOf(world.a)),
    ),
  'an action': (cookie) => {
    const action = named('inspectTokenAction');
    const path = pathOf(action.pages[0] ?? [], paramsFor(world, action.pages[0] ?? [], world.a));
    return act(
      { world, realm: 'customer', cookie },
      action,
      path,
      argumentsOf(action.name, { world, tenant: world.a }),
    );
  },
  'the session as next-auth tells it': async (cookie) => {
    const answer = await get({ world, realm: 'customer', cookie }, '/api/auth/session');
    // next-auth says nothing where others refuse.
    return answer.body === '{}' ? { ...answer, status: 401 } : answer;
  },
};
async function open(cookie: string): Promise<string[]> {
  const found: string[] = [];
  for (const [name, ask] of Object.entries(DOORS)) if (openness(await ask(cookie)) !== null) found.push(name);
  return found;
}

/**
 * A thief has copied the session cookie of a member: from the disk, a proxy's log, a borrowed machine. The member, or somebody who may,
 * ends the session in one of the ways there are. From the next request on the cookie must be worth nothing, at whatever door.
 */
describe('a copied cookie', () => {
  const member = async (role = 'developer') => {
    const [row] = await world.sql<{ userId: string }>(
      `insert into "User" ("id", "realm", "email", "name", "passwordHash") select 'usr_' || r, 'customer', r || '@example.com', 'Copied', "passwordHash"
       from "User", (select replace(gen_random_uuid()::text, '-', '') as r) x limit 1 returning "id" as "userId"`,
    );
    const who: Someone = { userId: row!.userId, realm: 'customer', email: `${row!.userId.slice(4)}@example.com` };
    const [membership] = await world.sql<{ id: string }>(
      `insert into "Membership" ("id", "organisationId", "userId", "role") values ('mem_' || $2, $1, $2, $3::"MemberRole") returning "id"`,
      [world.a.organisationId, who.userId, role],
    );
    return { who, membershipId: membership!.id };
  };

  const ENDINGS: Record<
    string,
    (who: Someone, stolen: { id: string; secret: string }, membershipId: string) => Promise<unknown>
  > = {
    'the member signs out': (who, stolen) => does(who, 'signOutAction', {}, stolen),
    'the member ends it from another machine': (who, stolen) => does(who, 'endSessionAction', { sessionId: stolen.id }),
    'the member ends all others': (who) => does(who, 'endOthersAction', {}),
    'the account is disabled': ({ userId }) =>
      world.sql(`update "User" set "status" = 'disabled' where "id" = $1`, [userId]),
    'it expires': (_who, { id }) => world.sql(`update "Session" set "expiresAt" = now() where "id" = $1`, [id]),
    'it is not used for an hour': (_who, { id }) =>
      world.sql(`update "Session" set "lastSeenAt" = now() - interval '61 minutes' where "id" = $1`, [id]),
  };

  it.each(Object.keys(ENDINGS))('is worth nothing once %s', async (how) => {
    const { who, membershipId } = await member();
    const stolen = await world.session(who);
    const cookie = await world.cookie('customer', stolen.secret);
    expect(await open(cookie)).toEqual(Object.keys(DOORS));
    await ENDINGS[how]!(who, stolen, membershipId);
    expect(await open(cookie)).toEqual([]);
    expect(await readSession(stolen.secret)).toBeNull();
  });

  it('reaches nothing of an organisation once its member was removed from it', async () => {
    const { who, membershipId } = await member();
    const { secret } = await world.session(who);
    const cookie = await world.cookie('customer', secret);
    await does(world.member.owner, 'removeMemberAction', { membershipId });
    expect((await open(cookie)).sort()).toEqual(['the account', 'the session as next-auth tells it']);
  });

  it('does no more than the role allows from the moment the role is less', async () => {
    const { who, membershipId } = await member('administrator');
    const { secret } = await world.session(who);
    const cookie = await world.cookie('customer', secret);
    await does(world.member.owner, 'changeRoleAction', { membershipId, role: 'auditor' });
    expect((await DOORS['an action']!(cookie)).answered?.code).toBe('authz.forbidden');
  });
});

/** A cookie that is good on one origin is brought to the other: by hand, under its own name or under the other's. */
describe('a cookie of one realm in the other', () => {
  it('is nobody there', async () => {
    for (const [who, realm] of [
      [world.member.owner, 'staff'],
      [world.staff.administrator, 'customer'],
    ] as const) {
      const { secret } = await world.session(who);
      const cookie = await world.cookie(who.realm, secret);
      const renamed = cookie.replace(`-session-${who.realm}`, `-session-${realm}`);
      for (const brought of [cookie, renamed, `${cookie}; ${renamed}`]) {
        for (const path of ['/account', realm === 'staff' ? '/staff' : `/${world.a.slug}`, '/choose']) {
          const answer = await get({ world, realm, cookie: brought }, path);
          expect([path, openness(answer)]).toEqual([path, null]);
        }
        expect((await get({ world, realm, cookie: brought }, '/api/auth/session')).body).toBe('{}');
      }
    }
  });
});

/**
 * Somebody who holds the password only, and a browser's console: they call next-auth's own address, where applications that trust what is
 * sent along with `update()` let people write their own role into the token.
 */
describe('somebody who writes into their own session through next-auth', () => {
  it('changes nothing: not the answer, not the cookie, not the row', async () => {
    const halfway = await world.session(world.member.developer, 'first-factor');
    const victim = await world.session(world.member.owner);
    const cookie = await world.cookie('customer', halfway.secret);
    const csrf = await get({ world, realm: 'customer', cookie }, '/api/auth/csrf');
    const jar = [cookie, ...csrf.setCookies.map((each) => each.split(';')[0])].join('; ');
    const poison = {
      aal: 2,
      raisedBy: 'passkey',
      realm: 'staff',
      staffRole: 'administrator',
      sid: victim.secret,
      sub: world.member.owner.userId,
      user: { id: world.member.owner.userId, email: world.member.owner.email },
      token: { sid: victim.secret },
      expires: '2099-01-01T00:00:00.000Z',
      __proto__: { sid: victim.secret },
    };
    const before = await readSession(halfway.secret);
    for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
      const token = JSON.parse(csrf.body).csrfToken as string;
      const body =
        type === 'application/json'
          ? JSON.stringify({ csrfToken: token, data: poison })
          : new URLSearchParams({
              csrfToken: token,
              data: JSON.stringify(poison),
              sid: victim.secret,
              aal: '2',
            }).toString();
      const answer = await send({
        origin: own(),
        method: 'POST',
        path: '/api/auth/session',
        headers: { 'content-type': type, origin: own(), cookie: jar },
        body,
      });
      const said = JSON.parse(answer.body);
      expect([said.aal, said.user, said.realm]).toEqual([1, undefined, undefined]);
      for (const set of answer.setCookies.filter((each) => each.startsWith('cordon-session-customer='))) {
        const value = set.split(';')[0]!.split('=')[1]!;
        expect(await openSessionCookie('customer', value)).toBe(halfway.secret);
      }
    }
    expect(await readSession(halfway.secret)).toEqual(before);
    expect(openness(await get({ world, realm: 'customer', cookie: jar }, `/${world.a.slug}`))).toBeNull();
  });

  it('is asked for the token of the form: without it next-auth changes nothing either', async () => {
    const { secret } = await world.session(world.member.developer);
    const cookie = await world.cookie('customer', secret);
    for (const path of ['signout', 'callback/credentials', 'session', 'signin/credentials'])
      await send({
        origin: own(),
        method: 'POST',
        path: `/api/auth/${path}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: own(), cookie },
        body: new URLSearchParams({
          csrfToken: 'a'.repeat(64),
          email: world.stranger.email,
          password: world.password,
        }).toString(),
      });
    expect(await readSession(secret)).not.toBeNull();
    const sessions = await world.sql('select 1 from "Session" where "userId" = $1 and "aal" = 1', [
      world.stranger.userId,
    ]);
    expect(sessions).toEqual([]);
  });
});

/**
 * The attacker gets a cookie of their own choice into the victim's browser (a sibling host, a shared machine, a header injected on plain
 * HTTP) and waits for the victim to sign in with it in place, so that the cookie they know becomes the victim's session.
 */
describe('a cookie planted before signing in', () => {
  const signIn = (cookie: string | null, who: Someone) =>
    act(
      { world, realm: 'customer', cookie },
      named('signInAction'),
      '/sign-in',
      argumentsOf('signInAction', { world, tenant: world.a }, { email: who.email, password: world.password }),
    );
  const valueIn = (answer: Answer) =>
    answer.setCookies
      .find((each) => each.startsWith('cordon-session-customer='))!
      .split(';')[0]!
      .split('=')[1]!;

  it('does not become the victim’s: signing in always gives a secret nobody knew', async () => {
    const attacker = await world.session(world.stranger);
    const half = await world.session(world.stranger, 'first-factor');
    const planted = {
      'the attacker’s own session': await world.cookie('customer', attacker.secret),
      'the attacker’s half session': await world.cookie('customer', half.secret),
      'a secret nobody has': await world.cookie('customer', newSecret()),
      'no cookie of ours': 'cordon-session-customer=planted',
      'next-auth’s usual name': `next-auth.session-token=${(await world.cookie('customer', attacker.secret)).split('=')[1]}`,
    };
    const secrets = new Set([attacker.secret, half.secret]);
    for (const [what, cookie] of Object.entries(planted)) {
      const answer = await signIn(cookie, world.member.auditor);
      const secret = await openSessionCookie('customer', valueIn(answer));
      expect([what, secret !== null && secrets.has(secret)]).toEqual([what, false]);
      secrets.add(secret!);
      expect(await readSession(secret!)).toMatchObject({ userId: world.member.auditor.userId, aal: 1 });
    }
    // What the attacker knows is still theirs, or ended; it is not the victim.
    for (const secret of [attacker.secret, half.secret])
      expect([world.stranger.userId, undefined]).toContain((await readSession(secret))?.userId);
  });

  it('is left behind: signing in ends the session it replaces', async () => {
    const old = await world.session(world.member.auditor);
    const answer = await signIn(await world.cookie('customer', old.secret), world.member.auditor);
    expect(answer.to).toMatch(/^\/(second-factor|enrol)/);
    expect(await readSession(old.secret)).toBeNull();
  });

  it('leaves nothing behind after signing out: the cookie is taken away and its session is over', async () => {
    const session = await world.session(world.member.auditor);
    const answer = await does(world.member.auditor, 'signOutAction', {}, session);
    expect(answer.setCookies.find((each) => each.startsWith('cordon-session-customer=;'))).toMatch(/Max-Age=0/i);
    expect(await readSession(session.secret)).toBeNull();
  });
});
