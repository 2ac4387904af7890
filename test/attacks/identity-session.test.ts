import { createHash } from 'node:crypto';
import NextAuth from 'next-auth';
import { encode } from 'next-auth/jwt';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { personalValues } from '../support/personal';
import { answer, CONSOLE, openWorld, originOf, type Person, request, STAFF, visit, type World } from './identity-world';

vi.mock('next/headers', async () => (await import('./identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('./identity-world')).nextNavigation);

let world: World;
beforeAll(async () => {
  world = await openWorld();
  world.owner = await world.addPasskey(world.owner);
});
beforeEach(async () => {
  request.jar.clear();
  await world.calm();
});
afterAll(() => world?.stop());

const CUSTOMER_COOKIE = 'cordon-session-customer';
const STAFF_COOKIE = 'cordon-session-staff';
const ADDRESS = '203.0.113.9';

/** A session with both factors of its own, its cookie in the jar. */
async function signIn(person: Person): Promise<{ secret: string; cookie: string }> {
  const secret = await world.withPasskey(person);
  visit(person.realm === 'staff' ? STAFF : CONSOLE);
  await world.identity.setSessionCookie(person.realm, secret);
  return { secret, cookie: request.jar.get(person.realm === 'staff' ? STAFF_COOKIE : CUSTOMER_COOKIE)! };
}

/** Asks next-auth itself, as its route does, and gives back what a browser would see. */
async function ask(
  realm: 'customer' | 'staff',
  action: string[],
  body?: Record<string, unknown>,
  query: Record<string, string> = {},
) {
  const origin = realm === 'staff' ? STAFF : CONSOLE;
  const out = { status: 200, headers: {} as Record<string, unknown>, body: undefined as unknown };
  const response = {
    status(code: number) {
      out.status = code;
      return response;
    },
    setHeader(name: string, value: unknown) {
      out.headers[name.toLowerCase()] = value;
      return response;
    },
    getHeader: (name: string) => out.headers[name.toLowerCase()],
    json(value: unknown) {
      out.body = value;
    },
    send(value: unknown) {
      out.body = value;
    },
    end() {},
  };
  const incoming = {
    method: body ? 'POST' : 'GET',
    query: { nextauth: action, ...query },
    headers: {
      host: new URL(origin).host,
      'x-forwarded-host': new URL(origin).host,
      'x-forwarded-proto': 'http',
      'x-forwarded-for': '203.0.113.9',
    },
    cookies: Object.fromEntries(request.jar),
    body,
  };
  await NextAuth(incoming as never, response as never, world.identity.authOptions(realm));
  return out;
}

/** The double-submit token next-auth wants with a POST; its cookie goes into the jar. */
function csrf(realm: 'customer' | 'staff'): string {
  const token = 'a'.repeat(64);
  const hash = createHash('sha256').update(`${token}${process.env.CORDON_CONSOLE_SECRET}`).digest('hex');
  request.jar.set(`cordon-csrf-${realm}`, `${token}|${hash}`);
  return token;
}

describe('a thief with a copied cookie', () => {
  // The cookie was copied from the owner's machine. The owner notices and ends the session, from this or another machine.
  it('is out at the next request, although the JWT would live for hours', async () => {
    const { secret, cookie } = await signIn(world.owner);
    expect(await world.identity.currentPrincipal()).toMatchObject({ aal: 2, realm: 'customer' });
    await world.identity.endSession(secret);
    request.jar.set(CUSTOMER_COOKIE, cookie);
    expect(await world.identity.currentPrincipal()).toBeNull();
    expect((await ask('customer', ['session'])).body).toEqual({});
    await expect(world.identity.requireMember('acme')).rejects.toThrow('redirect /sign-in');
  });

  // One account, two people: a colleague borrows it, or the thief works beside its owner. Each sign-in from another browser or network, while a
  // session lives elsewhere, stands in the log; the same browser again does not.
  it('is noticed when it is used beside its owner’s', async () => {
    const person = await world.newcomer('passkey');
    const flagged = async () =>
      (await personalValues(world.sql, `e."schema" = 'sign-in.concurrent@1' and e."organisationId" is null`)).filter(
        ({ name, value }) => name === 'actor.id' && value === person.userId,
      ).length;
    await world.withPasskey(person);
    expect(await flagged()).toBe(0);
    const signed = answer(person.passkey!, await world.identity.beginPasskeySignIn('customer'), originOf('customer'));
    await world.identity.signInWithPasskey({ realm: 'customer', signed, address: '198.51.100.7', userAgent: 'other' });
    expect(await flagged()).toBe(1);
  });

  // Sessions are collected one by one, to have some left when the others are found: an account holds ten.
  it('falls out of use when ten newer ones were opened', async () => {
    const person = await world.newcomer('passkey');
    const newer: string[] = [];
    for (let n = 0; n < 9; n++) newer.push(await world.withPasskey(person));
    expect(await world.identity.readSession(person.secret)).not.toBeNull();
    newer.push(await world.withPasskey(person));
    expect(await world.identity.readSession(person.secret)).toBeNull();
    for (const secret of newer) expect(await world.identity.readSession(secret)).not.toBeNull();
  });

  it('is out when the person ends all other sessions, and when the account is disabled', async () => {
    const person = await world.newcomer('passkey');
    const own = await signIn(person);
    expect(await world.identity.readSession(person.secret)).not.toBeNull();
    await world.stepped(person, own.secret, () => world.identity.endOtherSessions(own.secret));
    expect(await world.identity.readSession(person.secret)).toBeNull();
    expect(await world.identity.readSession(own.secret)).not.toBeNull();
    await world.sql(`update "User" set status = 'disabled' where email = $1`, [person.email]);
    expect(await world.identity.readSession(own.secret)).toBeNull();
  });

  // The thief uses the session to change the password, or the owner does so to throw the thief out.
  it('cannot change the password without the second factor, and is out when the owner changes it', async () => {
    const person = await world.newcomer('passkey');
    const thief = await signIn(person);
    const { identity } = world;
    const password = 'another mural lantern eight';
    const fields = { current: person.password, password };
    await expect(
      identity.changePassword(thief.secret, { ...fields, current: 'lantern seven mural gate' }),
    ).rejects.toMatchObject({ code: 'identity.password.current' });
    await expect(identity.changePassword(thief.secret, fields)).rejects.toMatchObject({
      code: 'authz.step_up_required',
    });
    await world.stepped(person, person.secret, () => identity.changePassword(person.secret, fields));
    expect(await identity.readSession(thief.secret)).toBeNull();
    expect(await identity.readSession(person.secret)).not.toBeNull();
    await expect(world.halfway(person)).rejects.toMatchObject({ code: 'identity.credentials' });
    expect(await world.halfway({ ...person, password })).toHaveLength(43);
  });

  it('is out when the owner signs out through next-auth', async () => {
    const { secret } = await signIn(world.owner);
    await ask('customer', ['signout'], { csrfToken: csrf('customer') });
    expect(await world.identity.readSession(secret)).toBeNull();
  });
});

describe('an attacker who plants a session', () => {
  // Session fixation: the attacker puts a session they know into the victim's browser (a cookie set from a sister host, a machine they had
  // before) and waits until the victim has given more to it than the attacker could.
  it('holds nothing after any elevation: secret and id change, and the old ones are dead', async () => {
    const { identity } = world;
    const alive = async (secret: string) => (await identity.readSession(secret))?.sessionId ?? null;
    const person = await world.newcomer();
    const elevations: Record<string, [before: string, raise: (secret: string) => Promise<string | null>]> = {
      'a code': [
        await world.halfway(person),
        async (secret) => (await identity.giveCode(secret, world.code(person), ADDRESS)).secret,
      ],
      'recovery codes': [
        await world.halfway(person),
        async (secret) => (await identity.giveRecoveryCodes(secret, [person.recoveryCodes[0]!], ADDRESS)).secret,
      ],
    };
    let recovered = '';
    for (const [how, [before, raise]] of Object.entries(elevations)) {
      const id = await alive(before);
      const after = (await raise(before))!;
      expect([how, after === before, await alive(before)]).toEqual([how, false, null]);
      expect([how, (await alive(after)) === id]).toEqual([how, false]);
      recovered = after;
    }
    // A new factor after recovery, a further one, and a passkey in place of a code.
    const { secret: renewed, passkey } = await world.addPasskey({ ...person, key: '', secret: recovered });
    expect([await alive(recovered), renewed === recovered]).toEqual([null, false]);
    const further = await world.addPasskey({ ...person, key: 'any', passkey, secret: renewed });
    expect([await alive(renewed), further.secret === renewed]).toEqual([null, false]);
    const halfway = await world.halfway(person);
    const asked = await identity.beginPasskeyFactor(halfway);
    const { secret } = await identity.givePasskey(halfway, answer(passkey!, asked, CONSOLE), ADDRESS);
    expect([await alive(halfway), secret === halfway]).toEqual([null, false]);
  });

  // The other way to stay: keep a session alive by giving factors again and again.
  it('does not get a longer session by setting up more factors', async () => {
    const person = await world.newcomer('passkey');
    const ends = async (secret: string) => (await world.identity.readSession(secret))!.expiresAt.getTime();
    const before = await ends(person.secret);
    const added = await world.addPasskey({ ...person, key: 'any' });
    expect(await ends(added.secret)).toBe(before);
  });
});

describe('somebody who edits their own session', () => {
  // next-auth lets the browser send data with update(); applications that copy it into the token hand out roles that way.
  it('changes nothing with update(): the data never reaches the token, nor the answer', async () => {
    const halfway = await world.halfway(world.owner);
    visit(CONSOLE);
    await world.identity.setSessionCookie('customer', halfway);
    const other = await signIn(world.administrator);
    await world.identity.setSessionCookie('customer', halfway);
    const poisoned = {
      aal: 2,
      raisedBy: 'passkey',
      realm: 'staff',
      staffRole: 'administrator',
      sid: other.secret,
      user: { email: 'x@evil.example' },
    };
    const answer = await ask('customer', ['session'], { csrfToken: csrf('customer'), data: poisoned });
    expect(answer.body).toMatchObject({ aal: 1 });
    expect(JSON.stringify(answer.body)).not.toMatch(/staff|evil|administrator/);
    for (const set of [answer.headers['set-cookie']].flat() as string[]) {
      const [, value] = /^cordon-session-customer=([^;]+)/.exec(set) ?? [];
      if (value) request.jar.set(CUSTOMER_COOKIE, value);
    }
    visit(CONSOLE);
    expect(await world.identity.cookieSecret('customer')).toBe(halfway);
    expect(await world.identity.currentPrincipal()).toMatchObject({ aal: 1, realm: 'customer' });
  });

  // A token is forged with another key, with the right key but another realm's salt, or without encryption.
  it('cannot make a token', async () => {
    const { secret } = await signIn(world.owner);
    const forged = [
      await encode({ token: { sid: secret }, secret: 'x'.repeat(43), salt: 'cordon session customer' }),
      await encode({
        token: { sid: secret },
        secret: process.env.CORDON_CONSOLE_SECRET!,
        salt: 'cordon session staff',
      }),
      await encode({ token: { sid: secret }, secret: process.env.CORDON_CONSOLE_SECRET! }),
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ sid: secret })).toString('base64url')}.`,
      secret,
    ];
    visit(CONSOLE);
    for (const value of forged) {
      request.jar.set(CUSTOMER_COOKIE, value);
      expect(await world.identity.currentPrincipal(), value.slice(0, 20)).toBeNull();
    }
  });
});

describe('a staff session on the customer origin', () => {
  // A staff member's cookie value ends up on the other origin: copied by hand, or by a front that mixes the hosts up.
  it('is nobody there, under either cookie name, and the other way round', async () => {
    const staff = await signIn(world.administrator);
    const customer = await signIn(world.owner);
    const tries: [origin: string, cookie: string, value: string][] = [
      [CONSOLE, STAFF_COOKIE, staff.cookie],
      [CONSOLE, CUSTOMER_COOKIE, staff.cookie],
      [STAFF, CUSTOMER_COOKIE, customer.cookie],
      [STAFF, STAFF_COOKIE, customer.cookie],
    ];
    for (const [origin, cookie, value] of tries) {
      request.jar.clear();
      request.jar.set(cookie, value);
      visit(origin);
      expect(await world.identity.currentPrincipal(), `${cookie} on ${origin}`).toBeNull();
    }
  });

  // Worse: the console's cookie key is known, so the staff session's secret can be put into a proper customer cookie.
  it('is still nobody there when its secret is sealed into a customer cookie: the row says staff', async () => {
    const { secret } = await signIn(world.administrator);
    request.jar.clear();
    visit(CONSOLE);
    await world.identity.setSessionCookie('customer', secret);
    expect(await world.identity.cookieSecret('customer')).toBe(secret);
    expect(await world.identity.currentPrincipal()).toBeNull();
    expect((await ask('customer', ['session'])).body).toEqual({});
  });

  it('has no Host to come by: under any other name there is no realm', async () => {
    await signIn(world.owner);
    request.headers = new Headers({ host: 'evil.example' });
    await expect(world.identity.currentPrincipal()).rejects.toMatchObject({ code: 'identity.host' });
  });
});

describe('a link that ends in another place', () => {
  // The victim gets a link to the real sign-in page with a callbackUrl of the attacker's, and is sent there once signed in.
  it('is followed to paths of the console only', async () => {
    const { redirect } = world.identity.authOptions('customer').callbacks!;
    for (const url of [
      'https://evil.example/',
      '//evil.example/x',
      '/\\evil.example',
      `${CONSOLE}.evil.example/`,
      `${CONSOLE}@evil.example/`,
      `${CONSOLE}//evil.example/`,
      STAFF,
      'javascript:alert(1)',
    ]) {
      expect(await redirect!({ url, baseUrl: CONSOLE }), url).toBe(`${CONSOLE}/`);
    }
    expect(await redirect!({ url: `${CONSOLE}/acme/members`, baseUrl: CONSOLE })).toBe(`${CONSOLE}/acme/members`);
  });

  // The same through next-auth's own endpoints, which remember the wish in a cookie.
  it('does not get out through next-auth’s own sign-in', async () => {
    const answer = await ask('customer', ['callback', 'credentials'], {
      csrfToken: csrf('customer'),
      email: world.owner.email,
      password: world.owner.password,
      callbackUrl: 'https://evil.example/',
    });
    expect(String(answer.headers.location)).toBe(`${CONSOLE}/`);
    expect(JSON.stringify(answer.headers)).not.toContain('evil');
  });
});

describe('links with secrets', () => {
  // An invitation was forwarded, or found in a mailbox: ten people open it at the same moment.
  it('make one account out of ten simultaneous uses', async () => {
    const email = 'invited@acme.example';
    const { link } = await world.organisations.inviteMember(
      world.owner.secret,
      world.organisationId,
      { email, role: 'auditor' },
      new Date(),
    );
    const secret = new URL(link).hash.slice(1);
    expect(await world.identity.findInvitation('staff', secret)).toBeNull();
    const from = { address: '203.0.113.9', userAgent: 'test' };
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () =>
        world.identity
          .acceptInvitation('customer', secret, { name: 'First', password: 'gate mural lantern eight' }, from)
          .then(
            () => 'in',
            (error: { code?: string }) => error.code,
          ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'in')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'identity.link')).toHaveLength(9);
    expect(await world.identity.findInvitation('customer', secret)).toBeNull();
  });

  // The invitation names one address; somebody with another account at the provider accepts it as themselves.
  it('are not accepted by another account', async () => {
    const email = 'somebody.else@acme.example';
    const { link } = await world.organisations.inviteMember(
      world.owner.secret,
      world.organisationId,
      { email, role: 'owner' },
      new Date(),
    );
    const accept = world.identity.acceptInvitationSignedIn(world.owner.secret, new URL(link).hash.slice(1), ADDRESS);
    await expect(accept).rejects.toMatchObject({ code: 'identity.link.other_account' });
  });

  // A new employee's invitation, opened on the customer origin, or sent by an employee who may not invite.
  it('make staff on the staff origin only, and only when an administrator sent them', async () => {
    const { inviteEmployee } = await import('@/lib/employees');
    const email = 'support@provider.example';
    const { link } = await inviteEmployee(world.administrator.secret, { email, role: 'support' }, new Date());
    expect(link.startsWith(`${STAFF}/invite#`)).toBe(true);
    expect(await world.identity.findInvitation('customer', new URL(link).hash.slice(1))).toBeNull();
    const support = await world.endorsed(await world.join(link, 'staff', email));
    expect(await world.identity.readSession(support.secret)).toMatchObject({ realm: 'staff', staffRole: 'support' });
    const more = { email: 'friend@provider.example', role: 'administrator' as const };
    await expect(inviteEmployee(support.secret, more, new Date())).rejects.toMatchObject({ code: 'employee.role' });
    await expect(inviteEmployee(world.owner.secret, more, new Date())).rejects.toMatchObject({
      code: 'session.invalid',
    });
  });

  // The set-up link was printed in a terminal and stands in its history.
  it('set the provider up once', async () => {
    const again = world.identity.claimSetup(
      'A'.repeat(43),
      { email: 'second@provider.example', name: 'Second', password: 'gate mural lantern nine' },
      { address: '203.0.113.9', userAgent: 'test' },
    );
    await expect(again).rejects.toMatchObject({ code: 'identity.link' });
    expect(await world.identity.setupOpen()).toBe(false);
  });
});

describe('an insider who doubts that it was them', () => {
  // Somebody signs in, confirms an act and signs out, and says later that they never did.
  it('finds each act in the provider’s log and in the organisation’s, under one act id', async () => {
    const person = await world.newcomer('passkey');
    const terms = [['Scopes', 'token:mint']] as const;
    const ask = { action: 'api-key.create', object: world.projectId, version: '', terms };
    await world.confirm(person, person.secret, ask);
    await world.identity.endSession(person.secret);
    const theirs = (await personalValues(world.sql)).filter(
      ({ name, value }) => name === 'actor.id' && value === person.userId,
    );
    const rows = [...new Set(theirs.map(({ schema }) => schema))].sort().map((schema) => {
      const events = theirs.filter((event) => event.schema === schema);
      const acts = new Set(events.map(({ actId }) => actId)).size;
      return { schema, logs: events.length, acts, own: events.filter((event) => event.organisationId).length };
    });
    expect(rows).toEqual(
      ['invitation.accepted@1', 'passkey.added@1', 'session.ended@1', 'sign-in@1', 'step-up@2'].map((schema) => ({
        schema,
        // What was confirmed about the organisation's project is the organisation's alone.
        logs: schema === 'step-up@2' ? 1 : 2,
        acts: 1,
        own: 1,
      })),
    );
  });
});

describe('a member who wants more', () => {
  // A developer calls what the pages do not show: managing members, making owners, looking into other organisations.
  it('is refused by the role, and by the database behind it', async () => {
    const developer = await world.newcomer();
    const { organisations, organisationId } = world;
    const code = (promise: Promise<unknown>) =>
      promise.then(
        () => 'in',
        (error: { code?: string }) => error.code,
      );
    const members = await organisations.listMembers(developer.secret, organisationId);
    const owner = members.find((member) => member.role === 'owner')!;
    const self = members.find((member) => member.email === developer.email)!;
    const invitation = { email: 'friend@evil.example', role: 'owner' as const };
    expect(await code(organisations.inviteMember(developer.secret, organisationId, invitation, new Date()))).toBe(
      'member.role',
    );
    expect(await code(organisations.changeRole(developer.secret, organisationId, self.membershipId, 'owner'))).toBe(
      'member.role',
    );
    expect(await code(organisations.removeMember(developer.secret, organisationId, owner.membershipId))).toBe(
      'member.role',
    );
    expect(await organisations.listInvitations(developer.secret, organisationId, new Date())).toEqual([]);
    expect(
      await code(
        organisations.createOrganisation(
          developer.secret,
          { name: 'Mine', slug: 'mine', ownerEmail: 'a@b.example' },
          new Date(),
        ),
      ),
    ).toBe('session.invalid');
    expect(await code(organisations.listMembers(developer.secret, 'org_00000000000000000000000000000000'))).toBe(
      'organisation.not_found',
    );
    // The last owner stays, whoever asks.
    expect(
      await code(organisations.changeRole(world.owner.secret, organisationId, owner.membershipId, 'developer')),
    ).toBe('member.last_owner');
    expect(await code(organisations.removeMember(world.owner.secret, organisationId, owner.membershipId))).toBe(
      'member.last_owner',
    );
    // And the role that was given is the role the next request has.
    await organisations.changeRole(world.owner.secret, organisationId, self.membershipId, 'auditor');
    expect((await world.identity.membershipsOf(developer.secret))[0]?.role).toBe('auditor');
    await organisations.removeMember(world.owner.secret, organisationId, self.membershipId);
    expect(await code(organisations.listMembers(developer.secret, organisationId))).toBe('organisation.not_found');
  });
});
