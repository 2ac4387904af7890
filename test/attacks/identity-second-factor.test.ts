import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { THROTTLE } from '@/lib/identity/abuse/limits';
import type { Ask } from '@/lib/platform';
import { openWorld, outcome, PASSWORD, type World } from './identity-world';

vi.mock('next/headers', async () => (await import('./identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('./identity-world')).nextNavigation);

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.calm());
afterAll(() => world?.stop());

const from = '203.0.113.9';

describe('an attacker who looked over a shoulder', () => {
  // The password is known, and one code was read off a telephone and typed in quickly, after its owner had used it.
  it('cannot use a code a second time', async () => {
    const code = world.code(world.owner);
    const { giveCode } = world.identity;
    expect(await outcome(giveCode(await world.halfway(world.owner), code, from))).toBe('in');
    expect(await outcome(giveCode(await world.halfway(world.owner), code, from))).toBe('identity.code');
  });

  // The same, but all at once: twenty half-finished sign-ins send the one code in the same moment, in the hope that all are
  // checked before the first is recorded.
  it('gets one session out of twenty simultaneous uses of one code', async () => {
    const halfway = await world.manyHalfway(world.owner, 20);
    const code = world.code(world.owner);
    const outcomes = await Promise.all(halfway.map((secret) => outcome(world.identity.giveCode(secret, code, from))));
    expect(outcomes.filter((result) => result === 'in')).toHaveLength(1);
    expect(outcomes.filter((result) => !['in', 'identity.code', 'identity.throttled'].includes(result))).toEqual([]);
  });

  // Codes have six digits: with enough tries one of them fits. The attacker waits every pause out and sends each guess from an address of
  // its own.
  it('has a hundred guesses, and the hundred-and-first is not even looked at', async () => {
    const person = await world.newcomer();
    const halfway = await world.halfway(person);
    const guess = (n: number) => outcome(world.identity.giveCode(halfway, String(n).padStart(6, '0'), `198.51.${n}.7`));
    const guesses: string[] = [];
    while (guesses.length < 101) {
      guesses.push(await guess(guesses.length));
      await world.sql(`update "Throttle" set "blockedUntil" = now() where "blockedUntil" < 'infinity'`);
      // The keyring keeps a count of its own, for ten minutes.
      world.later(600_000);
    }
    expect(guesses.slice(0, 100)).toEqual(Array(100).fill('identity.code'));
    expect(guesses[100]).toBe('identity.closed');
    expect(await outcome(world.identity.giveCode(halfway, world.code(person), '192.0.2.1'))).toBe('identity.closed');
    // The owner is not locked out for it: recovery codes go on, and open the setting up of another factor.
    world.live();
    const [code] = person.recoveryCodes as [string];
    expect(await outcome(world.identity.giveRecoveryCodes(halfway, [code], '192.0.2.1'))).toBe('in');
  });

  // The same in a hurry: twenty guesses at one moment, before any failure is written down.
  it('has no more guesses at once than one after another', async () => {
    const person = await world.newcomer();
    const halfway = await world.halfway(person);
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        outcome(world.identity.giveCode(halfway, `90000${n % 10}`, `198.51.${n}.8`)),
      ),
    );
    const looked = outcomes.filter((code) => code === 'identity.code').length;
    expect(looked).toBeLessThanOrEqual(THROTTLE.free.code + 1);
    expect(outcomes.filter((code) => code === 'identity.throttled')).toHaveLength(20 - looked);
  });
});

describe('an attacker with the password and nothing else', () => {
  // Signing in stops half way; the attacker takes the cookie of that half session and calls everything with it.
  it('holds a session that can do nothing but give the second factor', async () => {
    const secret = await world.halfway(world.owner);
    const { identity, organisations, organisationId } = world;
    const now = new Date();
    const doors: Record<string, () => Promise<unknown>> = {
      memberships: () => identity.membershipsOf(secret),
      sessions: () => identity.listSessions(secret),
      'end the owner’s sessions': () => identity.endOtherSessions(secret),
      passkeys: () => identity.listPasskeys(secret),
      'ask for a step-up': () => identity.beginStepUp(secret, revealing()),
      'give a step-up': () => identity.confirmStepUpWithCode(secret, revealing(), '000000', from),
      'use a step-up': () => spend(secret, revealing()),
      'remove the authenticator': () => identity.removeAuthenticator(secret, false, from),
      'new recovery codes': () => identity.renewRecoveryCodes(secret, from),
      'new password': () =>
        identity.changePassword(secret, { current: PASSWORD, password: 'another mural lantern eight' }),
      members: () => organisations.listMembers(secret, organisationId),
      organisation: () => organisations.readOrganisation(secret, organisationId),
      invite: () => organisations.inviteMember(secret, organisationId, { email: 'x@evil.example', role: 'owner' }, now),
      organisations: () => organisations.listOrganisations(secret),
    };
    for (const [door, open] of Object.entries(doors)) {
      expect(await outcome(open()), door).toMatch(
        /^(session\.second_factor_required|identity\.session\.first_factor)$/,
      );
    }
    // Above all it cannot set up a factor of its own beside the owner's, nor with SQL behind the application.
    expect(await outcome(identity.beginEnrolment(secret))).toBe('identity.factor.exists');
    expect(await outcome(identity.beginPasskeyEnrolment(secret))).toBe('identity.factor.exists');
    const { door, withoutTenant } = await import('@/lib/db');
    expect(await outcome(withoutTenant((tx) => door.beginTotp(tx, secret, 'fac_1', 'v1', '')))).toBe(
      'totp.already_enrolled',
    );
  });
});

/** Asked of a member. */
const revealing = (): Ask => ({
  action: 'certificate.reveal',
  object: world.projectId,
  version: '',
  terms: [['Certificate', 'primary']],
});

/** Uses a confirmation up, as the act it was given for would. */
async function spend(secret: string, ask: Ask): Promise<string> {
  const { withoutTenant } = await import('@/lib/db');
  const { spendStepUp } = await import('@/lib/authz');
  return withoutTenant((tx) => spendStepUp(tx, secret, ask as Parameters<typeof spendStepUp>[2]));
}

describe('an attacker in the middle of a step-up', () => {
  // The owner confirms one harmless act; the attacker, with the same session, tries to spend that on another act, on another
  // object, in other terms, in another session, or twice.
  it('can spend it on nothing but the act it was given for, and only once', async () => {
    const person = await world.newcomer();
    const { secret } = person;
    const reveal = revealing();
    const other = await world.identity.giveCode(await world.halfway(person), world.code(person), from);
    await world.identity.confirmStepUpWithCode(secret, reveal, world.code(person), from);
    const use = (where: string, change: Partial<Ask>) => outcome(spend(where, { ...reveal, ...change }));
    const none = 'authz.step_up_required';
    expect(await use(secret, { action: 'certificate.delete' })).toBe(none);
    expect(await use(secret, { object: 'crt_2' })).toBe(none);
    expect(await use(secret, { terms: [['Certificate', 'secondary']] })).toBe(none);
    expect(await use(secret, { version: '2' })).toBe(none);
    expect(await use(secret, { terms: [] })).toBe(none);
    expect(await use(other.secret, {})).toBe(none);
    const twice = await Promise.all([1, 2, 3].map(() => use(secret, {})));
    expect(twice.sort()).toEqual([none, none, 'in']);
  });

  // Words can lie: a line break or an invisible character in a name makes one term look like two, or hides one.
  it('puts no term before anybody that looks like another', async () => {
    const { secret } = world.owner;
    const reveal = revealing();
    for (const value of ['EU\nAdds: China', 'EU\u2028Adds: China', 'EU\u0000', 'x'.repeat(1025)]) {
      const ask: Ask = { ...reveal, terms: [['Fence', value]] };
      expect([value, await outcome(spend(secret, ask))]).toEqual([value, 'authz.terms']);
      expect(await outcome(world.identity.beginStepUp(secret, ask))).toBe('identity.input');
    }
    // Nor for what no act asks: a signature for signing in, begun as a step-up, would raise a session.
    // Nor about what is none of theirs, whose log it would stand in.
    for (const object of ['crt_1', 'prj_of_others', 'org_of_others', world.administrator.passkeyId])
      expect([object, await outcome(world.identity.beginStepUp(secret, { ...reveal, object }))]).toEqual([
        object,
        'identity.input',
      ]);
    for (const action of ['sign-in', 'passkey.register', 'constructor'])
      expect(await outcome(world.identity.beginStepUp(secret, { ...reveal, action }))).toBe('identity.input');
  });
});
