import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { listNotices, listUnread } from '@/lib/notices';
import { openWorld, outcome, type Person, type World } from './identity-world';

vi.mock('next/headers', async () => (await import('./identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('./identity-world')).nextNavigation);

/**
 * The attack: somebody holds all it takes to get into an account (a password and a stolen authenticator, or recovery codes off a desk) and
 * settles in without its owner noticing: they sign in from their own machine, add a passkey of theirs, take the owner's factors away
 * and choose another password. Nothing of it can be refused; all of it has to be told, to somebody they cannot silence.
 */
let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  await world.calm();
  world.live();
});
afterAll(() => world?.stop());

const THEIRS = { address: '198.51.100.7', userAgent: 'Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0' };

/** Titles of what an account was told since, oldest first, as its row says: no session of the owner's may be left. */
async function toldTo({ userId }: Person): Promise<string[]> {
  const rows = await world.sql('select "kind" from "Notice" where "userId" = $1 order by "at", "id"', [userId]);
  return rows.map(({ kind }) => String(kind));
}
const halfway = async ({ realm, email, password }: Person) =>
  (await world.identity.signInWithPassword({ realm, email, password, ...THEIRS })).secret;

describe('a takeover', () => {
  it('with a stolen authenticator is told step by step, and its own session is not shown the news as somebody else’s', async () => {
    const owner = await world.newcomer();
    expect(await toldTo(owner)).toEqual([]);

    const begun = await halfway(owner);
    expect(await outcome(world.identity.giveCode(begun, '000000', THEIRS.address))).toBe('identity.code');
    const { secret } = await world.identity.giveCode(begun, world.code(owner), THEIRS.address);
    expect(await toldTo(owner)).toEqual(['sign-in.half', 'sign-in.new']);
    expect((await listUnread(secret)).map(({ kind }) => kind)).not.toContain('sign-in.new');
    expect((await listUnread(owner.secret)).map(({ title, device }) => [title, device])).toEqual(
      expect.arrayContaining([
        ['New sign-in', 'Firefox on Windows'],
        ['Somebody knows your password', 'Firefox on Windows'],
      ]),
    );

    const thief = await world.addPasskey({ ...owner, secret });
    await world.stepped(thief, thief.secret, () =>
      world.identity.removeAuthenticator(thief.secret, false, THEIRS.address),
    );
    await world.stepped(thief, thief.secret, () => world.identity.renewRecoveryCodes(thief.secret, THEIRS.address));
    await world.stepped(thief, thief.secret, () =>
      world.identity.changePassword(
        thief.secret,
        { current: owner.password, password: 'another lantern for the gate' },
        THEIRS.address,
      ),
    );
    expect((await toldTo(owner)).slice(2)).toEqual([
      'passkey.added',
      'authenticator.removed',
      'recovery.renewed',
      'password.changed',
    ]);
    // The thief may look at the list; there is no act that empties it.
    expect((await listNotices(thief.secret)).length).toBe(6);
  });

  it('with recovery codes off a desk is told before anything else can be done', async () => {
    const owner = await world.newcomer();
    const [code] = owner.recoveryCodes as [string];
    await world.identity.giveRecoveryCodes(await halfway(owner), [code], THEIRS.address);
    expect(await toldTo(owner)).toEqual(expect.arrayContaining(['recovery.used', 'sign-in.new']));
  });

  it('that comes no further than the second factor is told too, whichever factor was tried', async () => {
    for (const factor of ['totp', 'passkey'] as const) {
      const owner = await world.newcomer(factor);
      const begun = await halfway(owner);
      const tried =
        factor === 'totp'
          ? world.identity.giveCode(begun, '000000', THEIRS.address)
          : world.identity.giveRecoveryCodes(begun, ['AAAA-AAAA-AAAA-AAAA', 'BBBB-BBBB-BBBB-BBBB'], THEIRS.address);
      expect(await outcome(tried)).not.toBe('in');
      expect(await toldTo(owner), factor).toEqual(['sign-in.half']);
    }
  });

  it('is not cried over a wrong password', async () => {
    const owner = await world.newcomer();
    const { realm, email } = owner;
    const guess = world.identity.signInWithPassword({ realm, email, password: 'not the password at all', ...THEIRS });
    expect(await outcome(guess)).toBe('identity.credentials');
    expect(await toldTo(owner)).toEqual([]);
  });
});
