import { createHash, createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { THROTTLE } from '@/lib/identity/abuse/limits';
import { SoftPasskey } from '@/lib/launch/demo-passkey';
import type { Ask } from '@/lib/platform';
import { personalValues } from '../support/personal';
import {
  answer,
  askOf,
  CONSOLE,
  openWorld,
  originOf,
  outcome,
  PASSWORD,
  type Person,
  STAFF,
  type World,
} from './identity-world';

vi.mock('next/headers', async () => (await import('./identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('./identity-world')).nextNavigation);

let world: World;
/** A customer with a passkey. */
let person: Person;
/** Another, whose passkey does not count its signatures: what is found out by the counter elsewhere must be found out without. */
let synced: Person;
let employees: typeof import('@/lib/employees');
beforeAll(async () => {
  world = await openWorld();
  person = await world.newcomer('passkey');
  synced = await world.addPasskey(await world.newcomer(), new SoftPasskey({ deviceBound: false, counter: null }));
  employees = await import('@/lib/employees');
});
beforeEach(async () => {
  await world.calm();
  world.live();
});
afterAll(() => world?.stop());

const FROM = { address: '203.0.113.9', userAgent: 'test' };
const REFUSED = 'identity.passkey';

/** What a page of `origin` gets out of this authenticator, for signing in to `realm`. */
const signed = async (passkey: SoftPasskey, realm: 'customer' | 'staff' = 'customer', origin = originOf(realm)) =>
  answer(passkey, await world.identity.beginPasskeySignIn(realm), origin);
const signIn = (input: Awaited<ReturnType<typeof signed>>, realm: 'customer' | 'staff' = 'customer') =>
  world.identity.signInWithPasskey({ realm, signed: input, ...FROM });
const sessions = async () => Number((await world.sql('select count(*)::int as n from "Session"'))[0]!.n);
const atKeyring = async (who: Person) => {
  world.live();
  const asked = await world.identity.beginPasskeySignIn(who.realm);
  const { statement, mac, response } = answer(who.passkey!, asked, originOf(who.realm));
  const verdict = await world.keyring('act.verify', {
    statement,
    mac,
    assertion: response,
    sessionId: 's',
    counter: 0,
  });
  return verdict.valid;
};

describe('somebody who overheard an assertion', () => {
  // The answer of the owner's security key was recorded on its way (a proxy with a certificate it should not have), and is sent again, as
  // it is and around another statement.
  it('gets nothing for it a second time', async () => {
    const heard = await signed(synced.passkey!);
    expect(await outcome(signIn(heard))).toBe('in');
    expect(await outcome(signIn(heard))).toBe(REFUSED);
    const fresh = await world.identity.beginPasskeySignIn('customer');
    expect(await outcome(signIn({ ...heard, statement: fresh.statement, mac: fresh.mac }))).toBe(REFUSED);
    expect(await outcome(signIn({ ...heard, mac: fresh.mac }))).toBe(REFUSED);
  });

  // The same, twenty times in one moment, in the hope that all are checked before the first is noted.
  it('gets one session out of twenty simultaneous submissions', async () => {
    const heard = await signed(synced.passkey!);
    const before = await sessions();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcome(signIn(heard))));
    expect(outcomes.filter((code) => code === 'in')).toHaveLength(1);
    expect(outcomes.filter((code) => ![REFUSED, 'identity.throttled', 'in'].includes(code))).toEqual([]);
    expect(await sessions()).toBe(before + 1);
  });

  // The same with an answer that confirms an act: one confirmation, one use.
  it('confirms an act once with it', async () => {
    const secret = await world.withPasskey(synced);
    const ask: Ask = {
      action: 'api-key.create',
      object: world.projectId,
      version: '',
      terms: [['Scopes', 'token:mint']],
    };
    const { passkey } = await world.identity.beginStepUp(secret, ask);
    const heard = answer(synced.passkey!, passkey!, CONSOLE);
    const give = () => outcome(world.identity.confirmStepUpWithPasskey(secret, ask, heard, FROM.address));
    const outcomes = await Promise.all(Array.from({ length: 20 }, give));
    expect(outcomes.filter((code) => code === 'in')).toHaveLength(1);
    await world.calm();
    expect(await give()).toBe(REFUSED);
  });
});

describe('a page that shows one act and sends another', () => {
  // A script on the page lets the owner confirm something harmless and puts the answer under what it really wants: other terms, another
  // object, another act; or carries it to a session of its own.
  it('cannot turn a confirmation into another one', async () => {
    const secret = await world.withPasskey(person);
    const other = await world.withPasskey(person);
    const shown: Ask = { action: 'fence.apply', object: world.projectId, version: '4', terms: [['Adds', 'Japan']] };
    const wanted: [what: string, ask: Ask, secret: string][] = [
      ['terms', { ...shown, terms: [['Adds', 'China']] }, secret],
      ['fewer terms', { ...shown, terms: [] }, secret],
      ['version', { ...shown, version: '5' }, secret],
      ['object', { ...shown, object: world.organisationId }, secret],
      ['act', { ...shown, action: 'project.archive' }, secret],
      ['session', shown, other],
    ];
    for (const [what, ask, where] of wanted) {
      await world.calm();
      const { passkey } = await world.identity.beginStepUp(secret, shown);
      const agreed = answer(person.passkey!, passkey!, CONSOLE);
      const turned = world.identity.confirmStepUpWithPasskey(where, ask, agreed, FROM.address);
      expect([what, await outcome(turned)]).toEqual([what, REFUSED]);
    }
    // Nor a sign-in into a confirmation, or a confirmation into a sign-in.
    const in1 = await signed(person.passkey!);
    expect(await outcome(world.identity.confirmStepUpWithPasskey(secret, shown, in1, FROM.address))).toBe(REFUSED);
    const { passkey } = await world.identity.beginStepUp(secret, shown);
    expect(await outcome(signIn(answer(person.passkey!, passkey!, CONSOLE)))).toBe(REFUSED);
    expect(await world.sql(`select 1 from "StepUp" where "action" = 'fence.apply'`)).toEqual([]);
  });

  // The console itself is taken over and asks the keyring directly. It holds a good answer for one act and writes another into the database.
  it('cannot do so past the application either: the database wants the keyring’s word for these very terms', async () => {
    const secret = await world.withPasskey(person);
    const { sessionId } = (await world.identity.readSession(secret))!;
    const shown: Ask = { action: 'fence.apply', object: world.projectId, version: '4', terms: [['Adds', 'Japan']] };
    const { passkey } = await world.identity.beginStepUp(secret, shown);
    const { statement, mac, response } = answer(person.passkey!, passkey!, CONSOLE);
    const verdict = await world.keyring('act.verify', { statement, mac, assertion: response, sessionId, counter: 0 });
    if (!verdict.valid) throw new Error('the answer is good');
    const { door, withoutTenant } = await import('@/lib/db');
    const { askDigest } = await import('@/lib/authz');
    const { action, object } = shown;
    const record = (change: object) =>
      outcome(
        withoutTenant((tx) =>
          door.recordPasskeyStepUp(tx, secret, {
            ...{ ...verdict, id: 'stp_1', action, object, terms: askDigest(shown) },
            ...change,
          }),
        ),
      );
    for (const change of [
      { terms: askDigest({ version: '4', terms: [['Adds', 'China']] }) },
      { action: 'project.archive' },
      { object: 'prj_2' },
      { nonce: 'x' },
      { counter: verdict.counter + 1 },
      { passkeyId: world.administrator.passkeyId },
    ])
      expect([change, await record(change)]).toEqual([change, 'totp.proof_invalid']);
    expect(await record({})).toBe('in');
    expect(await record({ id: 'stp_2' })).toBe('step_up.replayed');
  });

  // An act of one's own: the page shows “remove the old key”, the request removes the only good one.
  it('cannot have an act of one’s own confirmed in other terms', async () => {
    const someone = await world.newcomer('passkey');
    const { identity } = world;
    const kept = await askOf(identity.removePasskey(someone.secret, someone.passkeyId, false, FROM.address));
    expect(kept.terms).toContainEqual(['Other sessions', 'those it began end']);
    await world.confirm(someone, someone.secret, kept);
    const wider = await askOf(identity.removePasskey(someone.secret, someone.passkeyId, true, FROM.address));
    expect(wider.terms).toContainEqual(['Other sessions', 'end']);
  });
});

describe('somebody with a passkey of their own', () => {
  // A customer's passkey answers for another customer: in that person's session, for their second factor and for their acts.
  it('is not another person', async () => {
    const halfway = await world.halfway(person);
    const stranger = await world.newcomer('passkey');
    const factor = await world.identity.beginPasskeyFactor(halfway);
    const given = answer(stranger.passkey!, factor, CONSOLE);
    expect(await outcome(world.identity.givePasskey(halfway, given, FROM.address))).toBe(REFUSED);
    // Nor when it claims the other's credential id or user handle.
    const posing = { ...given, response: { ...given.response, id: person.passkey!.credentialId } };
    expect(await outcome(world.identity.givePasskey(halfway, posing, FROM.address))).toBe(REFUSED);
    expect(
      await outcome(world.identity.givePasskey(halfway, answer(person.passkey!, factor, CONSOLE), FROM.address)),
    ).toBe('in');
  });

  // A customer's passkey at the staff origin, and an employee's at the customers': each signs the other realm's statement, as if its browser
  // had allowed that.
  it('is nobody in the other realm', async () => {
    expect(await outcome(signIn(await signed(person.passkey!, 'staff'), 'staff'))).toBe(REFUSED);
    expect(await outcome(signIn(await signed(person.passkey!, 'customer'), 'staff'))).toBe(REFUSED);
    const { passkey } = world.administrator;
    expect(await outcome(signIn(await signed(passkey!, 'customer')))).toBe(REFUSED);
    expect(await outcome(signIn(await signed(passkey!, 'staff', CONSOLE), 'staff'))).toBe(REFUSED);
    expect(await outcome(signIn(await signed(passkey!, 'staff'), 'staff'))).toBe('in');
  });

  // Which credential ids exist here? The attacker sends made-up ones and compares answers, and what is written down.
  it('learns nothing from an unknown credential', async () => {
    const strange = await outcome(signIn(await signed(new SoftPasskey())));
    const known = await signed(person.passkey!);
    const wrong = { ...known, response: { ...known.response, response: { ...known.response.response } } };
    wrong.response.response.signature = Buffer.alloc(70).toString('base64url');
    expect(strange).toBe(REFUSED);
    expect(await outcome(signIn(wrong))).toBe(REFUSED);
    const refusals = await world.sql(
      `select "id", "objectId" from "AuditEvent" where "schema" = 'sign-in.refused@1' order by "at" desc limit 2`,
    );
    expect(refusals.map(({ objectId }) => objectId)).toEqual(['unknown', 'unknown']);
    const told = await personalValues(world.sql, 'e."id" = any($1)', [refusals.map(({ id }) => id)]);
    expect(told.filter(({ name }) => name === 'email').map(({ value }) => value)).toEqual(['', '']);
  });

  // The same attacker tries for hours, from one address.
  it('is slowed down like somebody guessing passwords', async () => {
    const guess = async () => outcome(signIn(await signed(new SoftPasskey())));
    const answers: string[] = [];
    for (let n = 0; n < 30 && !answers.includes('identity.throttled'); n++) answers.push(await guess());
    expect(answers).toContain('identity.throttled');
    // A few slips of somebody who has many passkeys cost nothing.
    expect(answers.filter((code) => code === REFUSED).length).toBeGreaterThanOrEqual(THROTTLE.strict.address);
  });
});

describe('a look-alike site', () => {
  // staff.localhost.evil.example relays the real page. The employee's browser would not answer it at all; should one do so (a broken browser,
  // malware), the origin it signs gives it away.
  it('gets an assertion nobody takes', async () => {
    const { passkey } = world.administrator;
    for (const origin of [
      'http://staff.localhost.evil.example:3000',
      'https://staff.localhost:3000',
      'http://staff.localhost:3001',
      'http://STAFF.localhost:3000',
      'null',
    ])
      expect([origin, await outcome(signIn(await signed(passkey!, 'staff', origin), 'staff'))]).toEqual([
        origin,
        REFUSED,
      ]);
    // With the look-alike's own relying party, as its browser would insist on.
    const asked = await world.identity.beginPasskeySignIn('staff');
    const theirs = { ...asked, options: { ...asked.options, rpId: 'staff.localhost.evil.example' } };
    expect(await outcome(signIn(answer(passkey!, theirs, STAFF), 'staff'))).toBe(REFUSED);
  });
});

describe('a stolen or copied authenticator', () => {
  // The security key was found in a drawer: it answers to a touch, but its PIN is unknown, so it does not say it verified anybody.
  it('is nothing without PIN or biometric', async () => {
    const someone = await world.newcomer('passkey');
    someone.passkey!.choices.userVerified = false;
    expect(await outcome(signIn(await signed(someone.passkey!)))).toBe(REFUSED);
    someone.passkey!.choices.userVerified = true;
    expect(await outcome(signIn(await signed(someone.passkey!)))).toBe('in');
  });

  // The key was cloned in a laboratory. Both count their signatures, and the clone's count lags behind.
  it('is found out by its counter', async () => {
    const someone = await world.newcomer('passkey');
    for (let n = 0; n < 3; n++) await world.withPasskey(someone);
    const count = someone.passkey!.choices.counter!;
    someone.passkey!.choices.counter = count - 2;
    expect(await outcome(signIn(await signed(someone.passkey!)))).toBe(REFUSED);
    someone.passkey!.choices.counter = count - 1;
    expect(await outcome(signIn(await signed(someone.passkey!)))).toBe(REFUSED);
    someone.passkey!.choices.counter = count;
    expect(await outcome(signIn(await signed(someone.passkey!)))).toBe('in');
  });

  // The owner notices, signs in with the other factor and removes the key; the thief is signed in with it at this moment.
  it('is out when its owner removes it, here and at the keyring', async () => {
    const { identity } = world;
    const someone = await world.addPasskey(await world.newcomer());
    const thief = await world.withPasskey(someone);
    await world.stepped(someone, someone.secret, () =>
      identity.removePasskey(someone.secret, someone.passkeyId, false, FROM.address),
    );
    expect(await identity.readSession(thief)).toBeNull();
    expect(await outcome(world.withPasskey(someone))).toBe(REFUSED);
    expect(await atKeyring(someone)).toBe(false);
    expect(await identity.readSession(someone.secret)).toMatchObject({ passkeys: 0, hasTotp: true });
  });

  // The thief of a session removes the owner's only factor, to set up their own.
  it('cannot be the last factor to go', async () => {
    const someone = await world.newcomer('passkey');
    const remove = () => world.identity.removePasskey(someone.secret, someone.passkeyId, true, FROM.address);
    await world.confirm(someone, someone.secret, await askOf(remove()));
    expect(await outcome(remove())).toBe('passkey.last_factor');
    expect(await atKeyring(someone)).toBe(true);
  });
});

describe('a thief of a session who wants to stay', () => {
  // An unlocked laptop: the session is there, the factors are not. The thief adds a factor of their own, or makes new recovery codes.
  it('adds nothing and renews nothing without the highest factor there is', async () => {
    const { identity } = world;
    const someone = await world.addPasskey(await world.newcomer());
    const secret = await world.withPasskey(someone);
    const asked = await identity.beginPasskeyEnrolment(secret);
    const mine = new SoftPasskey();
    const { options, ...rest } = asked;
    const made = { ...rest, name: 'Mine', response: mine.register(options, CONSOLE) };
    const acts: Record<string, () => Promise<unknown>> = {
      'add a passkey': () => identity.confirmPasskeyEnrolment(secret, made, FROM.address),
      'set up an authenticator': () => identity.beginEnrolment(secret),
      'remove the authenticator': () => identity.removeAuthenticator(secret, false, FROM.address),
      'remove the passkey': () => identity.removePasskey(secret, someone.passkeyId, false, FROM.address),
      'new recovery codes': () => identity.renewRecoveryCodes(secret, FROM.address),
      'new password': () =>
        identity.changePassword(secret, { current: PASSWORD, password: 'another mural lantern eight' }),
    };
    for (const [act, run] of Object.entries(acts)) {
      const ask = await askOf(run());
      expect(ask.terms.length, act).toBeGreaterThan(0);
      // A code would do for ordinary acts; where there is a passkey, not for this.
      expect((await identity.beginStepUp(secret, ask)).code, act).toBe(false);
      const given = identity.confirmStepUpWithCode(secret, ask, '000000', FROM.address);
      expect([act, await outcome(given)]).toEqual([act, 'identity.code.not_enough']);
    }
    expect(await identity.listPasskeys(secret)).toHaveLength(1);
    // With the owner's passkey it goes through, and the new one works.
    await world.stepped(someone, secret, acts['add a passkey']!);
    expect(await outcome(signIn(await signed(mine)))).toBe('in');
  });

  // The keyring is asked first and the database says no: nothing may be left at the keyring that could sign.
  it('leaves no key at the keyring when the database refuses the row', async () => {
    const { identity } = world;
    const someone = await world.newcomer('passkey');
    await world.sql(
      `insert into "Passkey" ("id", "userId", "realm", "credentialId", "publicKey", "name", "deviceBound", "transports", "aaguid", "state")
       select 'psk_' || n, $1, 'customer', 'c' || n || $1, 'k', 'n', true, '{}', '', 'active' from generate_series(1, 19) n`,
      [someone.userId],
    );
    const { options, ...rest } = await identity.beginPasskeyEnrolment(someone.secret);
    const one = new SoftPasskey();
    const made = { ...rest, name: 'One too many', response: one.register(options, CONSOLE) };
    const add = () => identity.confirmPasskeyEnrolment(someone.secret, made, FROM.address);
    await world.confirm(someone, someone.secret, await askOf(add()));
    expect(await outcome(add())).toBe('passkey.too_many');
    expect(await atKeyring({ ...someone, passkey: one })).toBe(false);
  });

  // Registration answers are made up: for another id, another session, another realm's origin, without verification, or twice.
  it('registers nothing that was not asked for', async () => {
    const { identity } = world;
    const fresh = async () => {
      const someone = await world.newcomer();
      await world.sql('delete from "TotpFactor" where "userId" = $1', [someone.userId]);
      return world.halfway(someone);
    };
    const [mine, theirs] = [await fresh(), await fresh()];
    world.live();
    const begin = async (secret: string, passkey: SoftPasskey, origin = CONSOLE) => {
      const { options, ...rest } = await identity.beginPasskeyEnrolment(secret);
      return { ...rest, name: 'Key', response: passkey.register(options, origin) };
    };
    const give = (secret: string, made: Awaited<ReturnType<typeof begin>>) =>
      outcome(identity.confirmPasskeyEnrolment(secret, made, FROM.address));
    expect(await give(mine, await begin(theirs, new SoftPasskey()))).toBe(REFUSED);
    const other = { ...(await begin(mine, new SoftPasskey())), passkeyId: `psk_${'0'.repeat(32)}` };
    expect(await give(mine, other)).toBe(REFUSED);
    expect(await give(mine, await begin(mine, new SoftPasskey(), STAFF))).toBe(REFUSED);
    expect(await give(mine, await begin(mine, new SoftPasskey({ userVerified: false })))).toBe(REFUSED);
    // Somebody else's authenticator, registered as one's own: it stays theirs.
    const someone = await world.newcomer('passkey');
    expect(await give(mine, await begin(mine, someone.passkey!))).toBe(REFUSED);
    const theirOwn = await signed(someone.passkey!);
    theirOwn.response.response.userHandle = null;
    expect(await outcome(signIn(theirOwn))).toBe('in');
    const good = await begin(mine, new SoftPasskey());
    expect(await give(mine, good)).toBe('in');
    expect(await give(mine, good)).toBe('identity.session.none');
  });
});

describe('an employee with password and authenticator only', () => {
  // Before passkeys were asked for, staff signed in with codes, which a look-alike site can relay. Such a session, and one whose passkey
  // waits, is let nowhere but to the setting up of a passkey.
  it('opens no staff door', async () => {
    const { identity, organisations } = world;
    const employee = await world.employee('administrator', 'totp');
    const { secret } = employee;
    const now = new Date();
    const ask: Ask = { action: 'edge.ban', object: 'eu-1', version: '', terms: [['Edge', 'eu-1']] };
    const change = { userId: world.administrator.userId, role: 'support', status: 'disabled' } as const;
    const doors: Record<string, () => Promise<unknown>> = {
      employees: () => employees.listEmployees(secret),
      invitations: () => employees.listEmployeeInvitations(secret, now),
      invite: () => employees.inviteEmployee(secret, { email: 'x@evil.example', role: 'administrator' }, now),
      'dismiss somebody': () => employees.changeEmployee(secret, change),
      'waiting passkeys': () => employees.listWaitingPasskeys(secret),
      endorse: () => employees.endorsePasskey(secret, world.administrator.passkeyId),
      'turn down': () => employees.turnDownPasskey(secret, world.administrator.passkeyId),
      organisations: () => organisations.listOrganisations(secret),
      'make an organisation': () =>
        organisations.createOrganisation(secret, { name: 'X', slug: 'xxx', ownerEmail: 'x@evil.example' }, now),
      sessions: () => identity.listSessions(secret),
      'end sessions': () => identity.endOtherSessions(secret),
      passkeys: () => identity.listPasskeys(secret),
      'begin a step-up': () => identity.beginStepUp(secret, ask),
      'a step-up by code': () => identity.confirmStepUpWithCode(secret, ask, '000000', FROM.address),
      'another authenticator': () => identity.beginEnrolment(secret),
      rename: () => identity.renameSelf(secret, 'Other'),
      password: () => identity.changePassword(secret, { current: PASSWORD, password: 'another mural lantern eight' }),
      'recovery codes': () => identity.renewRecoveryCodes(secret, FROM.address),
      memberships: () => identity.membershipsOf(secret),
    };
    for (const [door, open] of Object.entries(doors))
      expect([door, await outcome(open())]).toEqual([door, 'session.passkey_required']);
    // A passkey it sets up waits, and opens nothing meanwhile.
    world.live();
    const waiting = await world.addPasskey(employee);
    expect(await identity.readSession(secret)).toMatchObject({ raisedBy: 'totp', passkeys: 0, passkeysPending: 1 });
    expect(await outcome(employees.listEmployees(secret))).toBe('session.passkey_required');
    expect(await outcome(world.withPasskey(waiting))).toBe(REFUSED);
    // Once endorsed it raises the very session, which gets another secret.
    await world.endorsed(waiting);
    const factor = await identity.beginPasskeyFactor(secret);
    const raised = await identity.givePasskey(secret, answer(waiting.passkey!, factor, STAFF), FROM.address);
    expect(await outcome(employees.listEmployees(raised.secret))).toBe('in');
    expect(await identity.readSession(secret)).toBeNull();
  });
});

describe('a new employee’s passkey', () => {
  // The invitation of a new employee was intercepted: the attacker chose the password and set up a passkey of their own.
  it('opens nothing until a second person endorses it', async () => {
    const employee = await world.employee('administrator');
    expect(await world.identity.readSession(employee.secret)).toMatchObject({
      aal: 1,
      passkeys: 0,
      passkeysPending: 1,
    });
    expect(employee.recoveryCodes).toHaveLength(10);
    expect(await outcome(world.withPasskey(employee))).toBe(REFUSED);
    const halfway = await world.halfway(employee);
    expect(await outcome(world.identity.beginPasskeyFactor(halfway))).toBe('identity.factor.none');
    expect(await outcome(world.identity.beginPasskeyEnrolment(halfway))).toBe('identity.passkey.waiting');
    expect(await outcome(world.identity.beginEnrolment(halfway))).toBe('identity.factor.exists');
    expect(await outcome(employees.listEmployees(halfway))).toBe('session.second_factor_required');
    const { secret } = await world.endorsed(employee);
    expect(await outcome(employees.listEmployees(secret))).toBe('in');
  });

  // An administrator whose account was taken over adds a second passkey and endorses it themselves, with every means the page and the
  // keyring offer.
  it('is not endorsed by its owner', async () => {
    const { identity } = world;
    const one = await world.endorsed(await world.employee('administrator'));
    const { options, ...rest } = await identity.beginPasskeyEnrolment(one.secret);
    const second = new SoftPasskey();
    const made = { ...rest, name: 'Second', response: second.register(options, STAFF) };
    const added = await world.stepped(one, one.secret, () =>
      identity.confirmPasskeyEnrolment(one.secret, made, FROM.address),
    );
    expect(added).toMatchObject({ secret: null, recoveryCodes: [] });
    const [waiting] = (await employees.listWaitingPasskeys(one.secret)).filter(({ userId }) => userId === one.userId);
    expect(waiting).toMatchObject({ fingerprint: added.fingerprint, deviceBound: true });
    expect(await outcome(employees.endorsePasskey(one.secret, rest.passkeyId))).toBe('employee.endorser');
    // Past the capability: the step-up itself can be had, the keyring does not give its word for it.
    const terms: Ask['terms'] = [['Employee', 'Somebody else']];
    const ask: Ask = { action: 'passkey.endorse', object: rest.passkeyId, version: '', terms };
    expect(await keyringWord(one, ask)).toBe('ticket.refused');
    expect(await outcome(signIn(await signed(second, 'staff'), 'staff'))).toBe(REFUSED);
  });

  // A support engineer endorses a friend's key: the page says no, so they ask past it.
  it('is not endorsed by a role that may not', async () => {
    const support = await world.endorsed(await world.employee('support'));
    const friend = await world.employee('administrator');
    expect(await outcome(employees.endorsePasskey(support.secret, friend.passkeyId))).toBe('employee.endorser');
    expect(await outcome(employees.turnDownPasskey(support.secret, friend.passkeyId))).toBe('employee.endorser');
    const { door, asStaff } = await import('@/lib/db');
    const now = Math.floor(Date.now() / 1000);
    const past = asStaff(support.secret, (tx) => door.endorsePasskey(tx, friend.passkeyId, now, '00'));
    expect(await outcome(past)).toBe('context.required');
    expect(await outcome(world.withPasskey(friend))).toBe(REFUSED);
  });

  // The administrator is shown the new colleague's key; the request names the attacker's, which waits as well.
  it('is endorsed alone: a confirmation for one key is none for another', async () => {
    const { administrator } = world;
    const colleague = await world.employee('support');
    const attacker = await world.employee('administrator');
    const endorse = (passkeyId: string) => employees.endorsePasskey(administrator.secret, passkeyId);
    const shown = await askOf(endorse(colleague.passkeyId));
    expect(shown.terms.map(([name]) => name)).toEqual(['Employee', 'Address', 'Role', 'Passkey', 'Fingerprint']);
    expect(shown.terms).toContainEqual(['Address', colleague.email]);
    await world.confirm(administrator, administrator.secret, shown);
    expect(await outcome(endorse(attacker.passkeyId))).toBe('authz.step_up_required');
    // The terms of the one over the id of the other.
    const swapped = { ...shown, object: attacker.passkeyId };
    await world.confirm(administrator, administrator.secret, swapped);
    expect(await outcome(endorse(attacker.passkeyId))).toBe('authz.step_up_required');
    expect(await outcome(endorse(colleague.passkeyId))).toBe('in');
    expect(await outcome(world.withPasskey(colleague))).toBe('in');
    expect(await outcome(world.withPasskey(attacker))).toBe(REFUSED);
    // Turned down, it is gone in both places, and its owner may try again with another.
    await employees.turnDownPasskey(administrator.secret, attacker.passkeyId);
    expect(await atKeyring(attacker)).toBe(false);
    expect(await outcome(endorse(attacker.passkeyId))).toBe('employee.not_found');
    expect(await outcome(world.identity.beginPasskeyEnrolment(await world.halfway(attacker)))).toBe('in');
  });

  // A dismissed employee comes back through a friendly administrator's slip: the account is enabled again.
  it('does not outlive its owner’s dismissal', async () => {
    const { administrator } = world;
    const employee = await world.endorsed(await world.employee('security'));
    const set = (status: 'active' | 'disabled') =>
      employees.changeEmployee(administrator.secret, { userId: employee.userId, role: 'security', status });
    await set('disabled');
    expect(await world.identity.readSession(employee.secret)).toBeNull();
    expect(await outcome(world.withPasskey(employee))).toBe(REFUSED);
    expect(await atKeyring(employee)).toBe(false);
    await set('active');
    expect(await outcome(world.withPasskey(employee))).toBe(REFUSED);
    expect(await world.identity.readSession(await world.halfway(employee))).toMatchObject({ aal: 1, passkeys: 0 });
  });
});

describe('an insider who says they never agreed', () => {
  // Months later a member disputes a change of the fence, and an employee an endorsement. All that is left is the log.
  it('is answered by the log alone: terms, signature and key fit together', async () => {
    const member = await world.newcomer('passkey');
    const { secret } = member;
    const ask: Ask = { action: 'fence.apply', object: world.projectId, version: '4', terms: [['Adds', 'Japan']] };
    await world.confirm(member, secret, ask);
    const told = await personalValues(world.sql, `v."subject" = $1 and e."schema" = 'step-up@2'`, [member.userId]);
    const headers = (await world.sql(
      `select "organisationId", "id", convert_from("header", 'UTF8')::json as header from "AuditEvent" where "id" = any($1)`,
      [told.map(({ eventId }) => eventId)],
    )) as { id: string; organisationId: string | null; header: Record<string, never> }[];
    const events = headers.map(({ id, ...event }) => ({
      ...event,
      fields: Object.fromEntries(told.filter(({ eventId }) => eventId === id).map(({ name, value }) => [name, value])),
    }));
    // In the log of the organisation it is about, and in no other.
    expect(events.map(({ organisationId }) => organisationId)).toEqual([world.organisationId]);
    for (const { header, fields } of events as { header: Record<string, never>; fields: Record<string, string> }[]) {
      expect(header.details).toMatchObject({ action: 'fence.apply', factor: 'passkey', verdict: 'confirm' });
      const { statement, evidence } = fields as { statement: string; evidence: string };
      expect(statement).toContain('\nterm Adds: Japan\n');
      expect(statement).toContain(`\nuser: ${member.userId}\n`);
      expect(statement).toContain('\nrole: developer\n');
      expect(await verifies(statement, JSON.parse(evidence))).toBe(true);
      expect(await verifies(statement.replace('Japan', 'China'), JSON.parse(evidence))).toBe(false);
    }
  });
});

/** What the keyring says when a person's signed word for `ask` is put to it directly. */
async function keyringWord(who: Person, ask: Ask): Promise<string> {
  const { passkey } = await world.identity.beginStepUp(who.secret, ask);
  const { sessionId } = (await world.identity.readSession(who.secret))!;
  const { statement, mac, response } = answer(who.passkey!, passkey!, STAFF);
  const verdict = await world.keyring('act.verify', { statement, mac, assertion: response, sessionId, counter: 0 });
  if (!verdict.valid) return 'not signed';
  const { askDigest } = await import('@/lib/authz');
  const purpose = { sessionId, userId: who.userId, action: ask.action, object: ask.object, terms: askDigest(ask) };
  return world.keyring('passkey.endorse', { passkeyId: ask.object, ticket: verdict.ticket, purpose }).then(
    () => 'given',
    (error: { code?: string }) => error.code ?? String(error),
  );
}

/** The evidence checked with nothing of Cordon's: SHA-256, and ECDSA over authenticator data and client data (WebAuthn, 7.2). */
async function verifies(statement: string, evidence: Record<string, string>): Promise<boolean> {
  const bytes = (name: string) => Buffer.from(evidence[name]!, 'base64url');
  const client = JSON.parse(bytes('clientDataJSON').toString());
  const challenge = createHash('sha256').update(statement).digest('base64url');
  if (client.challenge !== challenge || client.origin !== evidence.origin) return false;
  // The COSE key of an ES256 credential ends in -2: x, -3: y, each 32 bytes behind a three-byte head.
  const cose = bytes('publicKey');
  const [x, y] = [cose.subarray(-67, -35), cose.subarray(-32)].map((part) => part.toString('base64url'));
  const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  const over = Buffer.concat([
    bytes('authenticatorData'),
    createHash('sha256').update(bytes('clientDataJSON')).digest(),
  ]);
  return verify('sha256', over, key, bytes('signature'));
}
