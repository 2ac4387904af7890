import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { THROTTLE } from '@/lib/identity/abuse/limits';
import { openWorld, outcome, type Person, type World } from './identity-world';

vi.mock('next/headers', async () => (await import('./identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('./identity-world')).nextNavigation);

/**
 * Somebody who knows the victim's address and nothing else, with a botnet to send from. They do not hope to guess the password: they fail on
 * purpose, again and again, so that the defence against guessing keeps the victim out. The victim has an authenticator, later a passkey
 * too, and signs in from 203.0.113.0/24 on ordinary days.
 */
const HOME = '203.0.113.40';
const HOTEL = '192.0.2.77';
const STATION = '192.0.3.5';

let world: World;
let victim: Person;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  await world.calm();
  victim = await world.newcomer();
});
afterAll(() => world?.stop());

const tries = (password: string, address: string, { email } = victim) =>
  outcome(world.identity.signInWithPassword({ realm: 'customer', email, password, address, userAgent: 'test' }));
const bot = (n: number) => `198.${18 + (n % 2)}.${n % 250}.7`;
const guess = (n: number) => tries(`guess number ${n} of many`, bot(n));
const waitOut = () => world.sql(`update "Throttle" set "blockedUntil" = now() where "blockedUntil" < 'infinity'`);

/** As many failures as the attacker likes, each pause waited out. */
async function flood(failures: number): Promise<void> {
  for (let n = 0; n < failures; n++) {
    expect(await guess(n)).toBe('identity.credentials');
    await waitOut();
  }
}

describe('an attacker who fails on purpose', () => {
  it('pauses strangers, and the victim signs in from home without noticing', async () => {
    for (let n = 0; n < THROTTLE.free.account + 1; n++) await guess(n);
    await world.hold();
    expect(await guess(99)).toBe('identity.throttled');
    expect(await tries(victim.password, HOME)).toBe('in');
  });

  it('gets a hundred failures in all, from wherever, and then the right password is refused too', async () => {
    await flood(THROTTLE.closedAfter.account);
    expect(await tries(victim.password, HOTEL)).toBe('identity.closed');
    // The attacker has also got into the network the victim signs in from.
    for (let n = 0; n < THROTTLE.closedAfter.known; n++) {
      expect(await tries(`guess number ${n} from next door`, HOME)).toBe('identity.credentials');
      await waitOut();
    }
    expect(await tries(victim.password, HOME)).toBe('identity.closed');
    expect(await tries(victim.password, bot(101))).toBe('identity.closed');
  });

  it('does not close the way in by passkey, which opens the password again', async () => {
    const withKey = await world.addPasskey(victim);
    await flood(THROTTLE.closedAfter.account);
    expect(await tries(victim.password, HOTEL)).toBe('identity.closed');
    expect(await outcome(world.withPasskey(withKey))).toBe('in');
    expect(await tries(victim.password, HOTEL)).toBe('in');
  });

  it('does not close the way in by a new password, which opens it again', async () => {
    await flood(THROTTLE.closedAfter.account);
    const asked = await world.identity.askPasswordReset('customer', victim.email, HOTEL);
    const link = new URL(asked!.link).hash.slice(1);
    const { secret } = await world.identity.startWithReset('customer', link, { address: HOTEL, userAgent: 'test' });
    await world.identity.giveCode(secret, world.code(victim), HOTEL);
    expect(await tries(victim.password, STATION)).toBe('in');
  });

  it('cannot tell by it which accounts exist', async () => {
    const nobody = { email: 'nobody@acme.example' };
    for (let n = 0; n < THROTTLE.closedAfter.account; n++) {
      expect(await tries('whatever it may be', bot(n), nobody as Person)).toBe('identity.credentials');
      await waitOut();
    }
    expect(await tries('whatever it may be', bot(0), nobody as Person)).toBe('identity.closed');
  });

  it('finds the count where it was, when the victim only got half way meanwhile', async () => {
    await flood(40);
    const half = await world.halfway(victim, HOME);
    await flood(40);
    expect(await tries(victim.password, HOTEL)).toBe('identity.closed');
    await world.identity.giveCode(half, world.code(victim), HOME);
    expect(await tries(victim.password, HOTEL)).toBe('in');
  });
});
