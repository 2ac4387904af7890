import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openWorld, type World } from './identity-world';

vi.mock('next/headers', async () => (await import('./identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('./identity-world')).nextNavigation);

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.calm());
afterAll(() => world?.stop());

const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => 'in',
    (error: { code?: string }) => error.code ?? String(error),
  );
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
    const halfway = await Promise.all(Array.from({ length: 20 }, () => world.halfway(world.owner)));
    const code = world.code(world.owner);
    const outcomes = await Promise.all(halfway.map((secret) => outcome(world.identity.giveCode(secret, code, from))));
    expect(outcomes.filter((result) => result === 'in')).toHaveLength(1);
    expect(outcomes.filter((result) => !['in', 'identity.code', 'identity.throttled'].includes(result))).toEqual([]);
  });

  // One of the ten recovery codes was photographed. Its owner and the attacker use it at the same time, five times each.
  it('gets nothing, or everything, but not a second use of a recovery code', async () => {
    const code = world.owner.recoveryCodes[0]!;
    const halfway = await Promise.all(Array.from({ length: 10 }, () => world.halfway(world.owner)));
    const outcomes = await Promise.all(
      halfway.map((secret) => outcome(world.identity.giveRecoveryCode(secret, code, from))),
    );
    expect(outcomes.filter((result) => result === 'in')).toHaveLength(1);
    await world.calm();
    const late = await world.halfway(world.owner);
    expect(await outcome(world.identity.giveRecoveryCode(late, code, from))).toBe('identity.recovery_code');
    // Spelling does not make a new code of it, and another code still works.
    expect(await outcome(world.identity.giveRecoveryCode(late, code.toLowerCase(), from))).toBe(
      'identity.recovery_code',
    );
    expect(
      await outcome(world.identity.giveRecoveryCode(late, world.owner.recoveryCodes[1]!.toLowerCase(), from)),
    ).toBe('in');
  });

  // Codes have six digits: with enough tries one of them fits.
  it('is stopped after a handful of guesses, from whatever address, and a right code waits too', async () => {
    const person = await world.newcomer();
    const halfway = await world.halfway(person);
    const guesses: string[] = [];
    for (let n = 0; n < 12; n++) {
      guesses.push(await outcome(world.identity.giveCode(halfway, String(n).padStart(6, '0'), `198.51.100.${n}`)));
    }
    expect(guesses.filter((result) => result === 'identity.code').length).toBeLessThanOrEqual(9);
    expect(guesses).toContain('identity.throttled');
    await world.hold();
    expect(await outcome(world.identity.giveRecoveryCode(halfway, person.recoveryCodes[0]!, '192.0.2.1'))).toBe(
      'identity.throttled',
    );
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
      'ask for a step-up': () => identity.startStepUp(secret),
      'give a step-up': () =>
        identity.confirmStepUp(secret, { action: 'certificate.reveal', object: 'crt_1' }, '000000', from),
      'use a step-up': () => identity.requireStepUp(secret, 'certificate.reveal', 'crt_1'),
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
    // Above all it cannot set up an authenticator of its own in place of the owner's.
    expect(await outcome(identity.beginEnrolment(secret))).toBe('identity.factor.exists');
    const { beginTotp } = await import('@/lib/identity/store');
    expect(await outcome(beginTotp(secret, 'fac_1', 'v1'))).toBe('totp.already_enrolled');
  });

  // The attacker keeps the half session's cookie and waits for the owner to finish signing in with it.
  it('loses the half session when it is raised: the secret changes with every elevation', async () => {
    const before = await world.halfway(world.owner);
    const { secret } = await world.identity.giveRecoveryCode(before, world.owner.recoveryCodes[3]!, from);
    expect(secret).not.toBe(before);
    expect(await world.identity.readSession(before)).toBeNull();
    const live = await world.identity.readSession(secret);
    expect(live).toMatchObject({ aal: 2, email: 'owner@acme.example' });
  });
});

describe('an attacker in the middle of a step-up', () => {
  // The owner confirms one harmless act; the attacker, with the same session, tries to spend that on another act, on another
  // object, in another session, or twice.
  it('can spend it on nothing but the act it was given for, and only once', async () => {
    const { administrator, identity } = world;
    const other = await identity.giveRecoveryCode(
      await world.halfway(administrator),
      administrator.recoveryCodes[0]!,
      from,
    );
    await identity.confirmStepUp(
      administrator.secret,
      { action: 'edge.drain', object: 'eu-1' },
      world.code(administrator),
      from,
    );
    const use = (secret: string, action: string, object: string) =>
      outcome(identity.requireStepUp(secret, action, object));
    expect(await use(administrator.secret, 'edge.ban', 'eu-1')).toBe('step_up.required');
    expect(await use(administrator.secret, 'edge.drain', 'eu-2')).toBe('step_up.required');
    expect(await use(other.secret, 'edge.drain', 'eu-1')).toBe('step_up.required');
    const twice = await Promise.all([1, 2, 3].map(() => use(administrator.secret, 'edge.drain', 'eu-1')));
    expect(twice.sort()).toEqual(['in', 'step_up.required', 'step_up.required']);
  });
});
