import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { SoftPasskey } from '@/lib/launch/demo-passkey';
import type { Ask } from '@/lib/platform';
import {
  answer,
  CONSOLE,
  openWorld,
  outcome,
  PASSWORD,
  type Person,
  request,
  STAFF,
  visit,
  type World,
} from './identity-world';

vi.mock('next/headers', async () => (await import('./identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('./identity-world')).nextNavigation);

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  await world.calm();
  world.live();
});
afterAll(() => world?.stop());

const FROM = '203.0.113.9';
const REFUSED = 'identity.recovery_code';
const give = async (person: Person, ...codes: string[]) =>
  outcome(world.identity.giveRecoveryCodes(await world.halfway(person), codes, FROM));
/** A session opened with recovery codes. */
const recovered = async (person: Person, ...codes: string[]) =>
  (await world.identity.giveRecoveryCodes(await world.halfway(person), codes, FROM)).secret;

describe('somebody who photographed the recovery codes', () => {
  // One of ten codes is known, and the password. Its owner has used it; or both use it in the same moment, spelled in any way.
  it('uses a code once at most', async () => {
    const person = await world.newcomer();
    const [code] = person.recoveryCodes as [string];
    const halfway = await world.manyHalfway(person, 20);
    const outcomes = await Promise.all(
      halfway.map((secret, n) =>
        outcome(world.identity.giveRecoveryCodes(secret, [n % 2 ? code : code.toLowerCase()], FROM)),
      ),
    );
    expect(outcomes.filter((result) => result === 'in')).toHaveLength(1);
    expect(outcomes.filter((result) => !['in', REFUSED, 'identity.throttled'].includes(result))).toEqual([]);
    await world.calm();
    expect(await give(person, code)).toBe(REFUSED);
    expect(await give(person, code.replaceAll('-', ' '))).toBe(REFUSED);
    expect(await give(person, person.recoveryCodes[1]!)).toBe('in');
  });

  // Where there is a passkey, one piece of paper must not be worth as much as it: two codes are needed. The attacker has one, and sends it
  // twice, with a guess, in two spellings; and hopes that a failed attempt tells which code was right.
  it('needs two where there is a passkey, and a failed pair uses neither', async () => {
    const person = await world.newcomer('passkey');
    const [one, two, three] = person.recoveryCodes as [string, string, string];
    for (const codes of [
      [one],
      [one, one],
      [one, one.toLowerCase()],
      [one, 'AAAA-BBBB-CCCC-DDDD-EEEE-FFFF'],
      [one, ''],
      [one, two, three],
      [],
    ]) {
      await world.calm();
      expect([codes, await give(person, ...codes)]).toEqual([codes, REFUSED]);
    }
    expect(
      await world.sql('select 1 from "RecoveryCode" where "userId" = $1 and "usedAt" is not null', [person.userId]),
    ).toEqual([]);
    await world.calm();
    expect(await give(person, one, two)).toBe('in');
    expect(await give(person, two, three)).toBe(REFUSED);
  });

  // The same at the staff origin, where every account needs two.
  it('needs two of any employee', async () => {
    const { administrator } = world;
    const [one, two] = administrator.recoveryCodes as [string, string];
    expect(await give(administrator, one)).toBe(REFUSED);
    expect(await give(administrator, one, two)).toBe('in');
  });

  // Two attackers with one pair, in either order, in the same moment.
  it('gets one session out of twenty simultaneous uses of a pair', async () => {
    const person = await world.newcomer('passkey');
    const [one, two] = person.recoveryCodes as [string, string];
    const halfway = await world.manyHalfway(person, 20);
    const outcomes = await Promise.all(
      halfway.map((secret, n) =>
        outcome(world.identity.giveRecoveryCodes(secret, n % 2 ? [one, two] : [two, one], FROM)),
      ),
    );
    expect(outcomes.filter((result) => result === 'in')).toHaveLength(1);
    expect(outcomes.filter((result) => !['in', REFUSED, 'identity.throttled'].includes(result))).toEqual([]);
  });

  // A session is there already, with one factor or with all: codes are for those who have none.
  it('cannot raise what is raised', async () => {
    const person = await world.newcomer();
    const raised = world.identity.giveRecoveryCodes(person.secret, [person.recoveryCodes[0]!], FROM);
    expect(await outcome(raised)).toBe('identity.session.complete');
  });
});

describe('a session opened with recovery codes', () => {
  // The codes were stolen with the password. What the attacker gets is a session, and this is all it is good for.
  it('enters no organisation and no page, changes no password, makes no token, ends nobody’s session', async () => {
    const { identity, organisations, organisationId } = world;
    const person = await world.newcomer();
    const secret = await recovered(person, person.recoveryCodes[0]!);
    const ask: Ask = { action: 'password.change', object: person.userId, version: '', terms: [['Password', 'new']] };
    const invitation = { email: 'x@evil.example', role: 'owner' as const };
    const member = { kind: 'member', secret, organisationId } as const;
    const { mintToken } = await import('@/lib/tokens');
    const { listProjects } = await import('@/lib/projects');
    const doors: Record<string, () => Promise<unknown>> = {
      memberships: () => identity.membershipsOf(secret),
      organisation: () => organisations.readOrganisation(secret, organisationId),
      members: () => organisations.listMembers(secret, organisationId),
      invite: () => organisations.inviteMember(secret, organisationId, invitation, new Date()),
      projects: () => listProjects(member),
      'mint a token': () => mintToken(member, 'prj_1', { services: [{ kind: 'rtm', user: 'a' }], lifetimeSeconds: 60 }),
      sessions: () => identity.listSessions(secret),
      'end a session': () => identity.endSessionById(secret, 'ses_1'),
      'end sessions': () => identity.endOtherSessions(secret),
      password: () => identity.changePassword(secret, { current: PASSWORD, password: 'another mural lantern eight' }),
      rename: () => identity.renameSelf(secret, 'Other'),
      factors: () => identity.readFactors(secret),
      passkeys: () => identity.listPasskeys(secret),
      'remove the authenticator': () => identity.removeAuthenticator(secret, false, FROM),
      'recovery codes': () => identity.renewRecoveryCodes(secret, FROM),
      'ask for a step-up': () => identity.beginStepUp(secret, ask),
      'a step-up by code': () => identity.confirmStepUpWithCode(secret, ask, '000000', FROM),
    };
    for (const [door, open] of Object.entries(doors))
      expect([door, await outcome(open())]).toEqual([door, 'session.factor_required']);
    visit(CONSOLE);
    await identity.setSessionCookie('customer', secret);
    for (const page of [identity.requirePrincipal, () => identity.requireMember('acme')])
      await expect(page()).rejects.toThrow('redirect /enrol');
    expect(await identity.landingOf((await identity.currentPrincipal())!)).toBe('/enrol');
    // The second factor it stands in for does not turn it into anything either.
    expect(await outcome(identity.giveCode(secret, world.code(person), FROM))).toBe('identity.session.complete');
    expect(await outcome(identity.beginPasskeyFactor(secret))).toBe('identity.session.complete');
  });

  it('enters no staff page, and its new passkey waits for a second person', async () => {
    const { identity } = world;
    const employees = await import('@/lib/employees');
    const employee = await world.endorsed(await world.employee('security'));
    const secret = await recovered(employee, employee.recoveryCodes[0]!, employee.recoveryCodes[1]!);
    expect(await outcome(employees.listEmployees(secret))).toBe('session.passkey_required');
    expect(await outcome(employees.listWaitingPasskeys(secret))).toBe('session.passkey_required');
    request.jar.clear();
    visit(STAFF);
    await identity.setSessionCookie('staff', secret);
    await expect(identity.requireStaff()).rejects.toThrow('redirect /enrol');
    const renewed = await world.addPasskey({ ...employee, secret });
    expect(await identity.readSession(secret)).toMatchObject({ raisedBy: 'recovery', passkeys: 0, passkeysPending: 1 });
    expect(await outcome(world.withPasskey(renewed))).toBe('identity.passkey');
    // The lost one is gone at once, and with it whoever is signed in with it.
    expect(await identity.readSession(employee.secret)).toBeNull();
    expect(await outcome(world.withPasskey(employee))).toBe('identity.passkey');
    await world.endorsed(renewed);
  });

  // The thief sets up a factor and hopes that the owner's still work beside it, unnoticed; or the owner recovers, and the thief still holds
  // the lost one.
  it('replaces every factor there was, and ends every other session', async () => {
    const { identity } = world;
    const person = await world.addPasskey(await world.newcomer());
    const open = await world.withPasskey(person);
    const secret = await recovered(person, person.recoveryCodes[0]!, person.recoveryCodes[1]!);
    const renewed = await world.addPasskey({ ...person, key: '', secret });
    expect(await identity.readSession(open)).toBeNull();
    expect(await outcome(world.withPasskey(person))).toBe('identity.passkey');
    const halfway = await world.halfway(person);
    expect(await outcome(identity.giveCode(halfway, world.code(person), FROM))).toBe('identity.factor.none');
    expect(await give(person, person.recoveryCodes[2]!, person.recoveryCodes[3]!)).toBe(REFUSED);
    expect(renewed.recoveryCodes).toHaveLength(10);
    expect(await identity.readSession(renewed.secret)).toMatchObject({
      raisedBy: 'passkey',
      hasTotp: false,
      passkeys: 1,
    });
  });

  it('replaces passkeys by an authenticator as well, at the keyring too', async () => {
    const { identity } = world;
    const person = await world.newcomer('passkey');
    const secret = await recovered(person, person.recoveryCodes[0]!, person.recoveryCodes[1]!);
    const { key } = await identity.beginEnrolment(secret);
    await identity.confirmEnrolment(secret, world.code({ key }), FROM);
    world.live();
    const asked = await identity.beginPasskeySignIn('customer');
    const { statement, mac, response } = answer(person.passkey!, asked, CONSOLE);
    const verdict = await world.keyring('act.verify', {
      statement,
      mac,
      assertion: response,
      sessionId: 's',
      counter: 0,
    });
    expect(verdict.valid).toBe(false);
  });

  // It was opened and left: somebody finds the page hours later.
  it('lasts half an hour', async () => {
    const person = await world.newcomer();
    const secret = await recovered(person, person.recoveryCodes[0]!);
    expect(await world.identity.readSession(secret)).not.toBeNull();
    await world.sql(
      `update "Session" set "createdAt" = now() - interval '31 minutes' where "raisedBy" = 'recovery' and "userId" = $1`,
      [person.userId],
    );
    expect(await world.identity.readSession(secret)).toBeNull();
    expect(await outcome(world.identity.beginPasskeyEnrolment(secret))).toBe('identity.session.none');
  });
});

describe('somebody who began to set up a factor and left', () => {
  // The attacker knew the password before the first factor was there, began to set up an authenticator, and comes back when the owner has
  // set up theirs.
  it('cannot finish it later', async () => {
    const { identity } = world;
    const person = await world.newcomer();
    await world.sql('delete from "TotpFactor" where "userId" = $1', [person.userId]);
    const attacker = await world.halfway(person);
    const { key } = await identity.beginEnrolment(attacker);
    const owner = await world.addPasskey({ ...person, key: '', secret: await world.halfway(person) });
    expect(owner.passkey).toBeInstanceOf(SoftPasskey);
    const late = identity.confirmEnrolment(attacker, world.code({ key }), FROM);
    expect(await outcome(late)).toBe('identity.factor.exists');
    expect(await world.sql('select 1 from "TotpFactor" where "userId" = $1', [person.userId])).toEqual([]);
  });
});
