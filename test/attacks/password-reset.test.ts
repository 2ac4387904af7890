/**
 * The forgotten password as a way in.
 *
 * The attacker reads the victim's mailbox, or is the administrator who hands reset links over, or only knows the victim's address. They hold a
 * reset link, perhaps more than one. They try to get in with it, to choose the password without the second factor, to use it for
 * somebody else, to use it twice, to keep the victim out by asking again and again, and to learn from the answers who has an account.
 * The link must be worth what the password was worth, and not more.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { CONSOLE, openWorld, outcome, type Person, visit, type World } from './identity-world';

vi.mock('next/headers', async () => (await import('./identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('./identity-world')).nextNavigation);

const FROM = { address: '203.0.113.9', userAgent: 'test' };
const NEW = 'lantern seven mural gate';

let world: World;
let victim: Person;
beforeAll(async () => {
  world = await openWorld();
  victim = await world.newcomer();
});
afterAll(() => world?.stop());
beforeEach(async () => {
  visit(CONSOLE);
  await world.calm();
});

const secretOf = (link: string) => new URL(link).hash.slice(1);
async function mailed(person: Person): Promise<string> {
  const { askPasswordReset } = world.identity;
  return secretOf((await askPasswordReset(person.realm, person.email, FROM.address))!.link);
}
const hashOf = async ({ userId }: Person) =>
  (await world.sql('select "passwordHash" from "User" where "id" = $1', [userId]))[0]!.passwordHash;

describe('a reset link', () => {
  it('opens nothing but the question for the second factor', async () => {
    const before = await hashOf(victim);
    const link = await mailed(victim);
    const { secret } = await world.identity.startWithReset('customer', link, FROM);
    expect(await outcome(world.identity.resetPassword(secret, link, NEW, FROM.address))).toBe(
      'identity.session.first_factor',
    );
    expect(await outcome(world.organisations.listMembers(secret, world.organisationId))).toBe(
      'session.second_factor_required',
    );
    expect(await hashOf(victim)).toBe(before);
  });

  it('changes the password once the second factor was given, once, and ends every other session', async () => {
    const link = await mailed(victim);
    const { secret: half } = await world.identity.startWithReset('customer', link, FROM);
    const { secret } = await world.identity.giveCode(half, world.code(victim), FROM.address);
    await world.identity.resetPassword(secret, link, NEW, FROM.address);
    expect(await world.identity.readSession(victim.secret)).toBeNull();
    expect(await world.identity.readSession(secret)).not.toBeNull();
    const { realm, email, password } = victim;
    expect(await outcome(world.identity.signInWithPassword({ realm, email, password, ...FROM }))).toBe(
      'identity.credentials',
    );
    expect(await outcome(world.identity.signInWithPassword({ realm, email, password: NEW, ...FROM }))).toBe('in');
    // Used up, for its owner too.
    expect(await outcome(world.identity.resetPassword(secret, link, 'a third good password', FROM.address))).toBe(
      'identity.link',
    );
    expect(await outcome(world.identity.startWithReset('customer', link, FROM))).toBe('identity.link');
  });

  it('is for one person: another one’s full session cannot use it', async () => {
    const before = await hashOf(victim);
    const link = await mailed(victim);
    expect(await outcome(world.identity.resetPassword(world.owner.secret, link, NEW, FROM.address))).toBe(
      'identity.link',
    );
    expect(await hashOf(victim)).toBe(before);
  });

  it('is for one realm, and dies with its time and with the account', async () => {
    const link = await mailed(victim);
    expect(await outcome(world.identity.startWithReset('staff', link, FROM))).toBe('identity.link');
    await world.sql(`update "PasswordReset" set "expiresAt" = now() where "userId" = $1 and "usedAt" is null`, [
      victim.userId,
    ]);
    expect(await outcome(world.identity.startWithReset('customer', link, FROM))).toBe('identity.link');
    const fresh = await mailed(victim);
    await world.sql(`update "User" set "status" = 'disabled' where "id" = $1`, [victim.userId]);
    expect(await outcome(world.identity.startWithReset('customer', fresh, FROM))).toBe('identity.link');
    await world.sql(`update "User" set "status" = 'active' where "id" = $1`, [victim.userId]);
  });

  it('with recovery codes in place of the lost factor leads to a new factor first, not to the password', async () => {
    const person = await world.newcomer();
    const link = await mailed(person);
    const { secret: half } = await world.identity.startWithReset('customer', link, FROM);
    const { secret } = await world.identity.giveRecoveryCodes(half, person.recoveryCodes.slice(0, 1), FROM.address);
    expect(await outcome(world.identity.resetPassword(secret, link, NEW, FROM.address))).toBe(
      'session.factor_required',
    );
  });
});

describe('the administrator who hands a link over', () => {
  it('gets in nowhere with it, and is named in the log and to its owner', async () => {
    const person = await world.newcomer();
    const [row] = await world.sql('select "id" from "Membership" where "userId" = $1', [person.userId]);
    const { link } = await world.organisations.offerPasswordReset(
      world.owner.secret,
      world.organisationId,
      row!.id as string,
    );
    const { secret } = await world.identity.startWithReset('customer', secretOf(link), FROM);
    expect(await outcome(world.identity.resetPassword(secret, secretOf(link), NEW, FROM.address))).toBe(
      'identity.session.first_factor',
    );
    const told = await world.sql(`select "kind" from "Notice" where "userId" = $1`, [person.userId]);
    expect(told).toContainEqual({ kind: 'password.reset' });
    const logged = await world.sql(
      `select "actorKind" from "AuditEvent" where "schema" = 'password.reset_offered@1' and "objectId" = $1`,
      [person.userId],
    );
    expect(logged).toEqual([{ actorKind: 'member' }]);
  });

  it('cannot make one for an owner, for somebody elsewhere, or for themselves', async () => {
    const developer = await world.newcomer();
    const membership = async ({ userId }: Person) =>
      (await world.sql('select "id" from "Membership" where "userId" = $1', [userId]))[0]!.id as string;
    const offer = async (by: Person, to: string) =>
      outcome(world.organisations.offerPasswordReset(by.secret, world.organisationId, to));
    expect(await offer(developer, await membership(world.owner))).toBe('member.role');
    expect(await offer(world.owner, await membership(world.owner))).toBe('member.self');
    expect(await offer(world.owner, 'mem_nobody')).toBe('member.not_found');
    expect(await world.sql('select 1 from "PasswordReset" where "userId" = $1', [world.owner.userId])).toEqual([]);
  });
});

describe('asking for one', () => {
  it('is pending no longer than the newest, and a stranger cannot ask without end', async () => {
    const person = await world.newcomer();
    const first = await mailed(person);
    const second = await mailed(person);
    expect(await outcome(world.identity.startWithReset('customer', first, FROM))).toBe('identity.link');
    expect(await outcome(world.identity.startWithReset('customer', second, FROM))).toBe('in');
    const answers: string[] = [];
    for (let n = 0; n < 8; n++)
      answers.push(await outcome(world.identity.askPasswordReset('customer', person.email, FROM.address)));
    expect(answers).toContain('identity.throttled');
  });

  it('gives nobody’s address away: unknown and disabled accounts get no link, and no row', async () => {
    const rows = async () => Number((await world.sql('select count(*) from "PasswordReset"'))[0]!.count);
    const before = await rows();
    expect(await world.identity.askPasswordReset('customer', 'nobody@acme.example', FROM.address)).toBeNull();
    expect(await world.identity.askPasswordReset('staff', victim.email, FROM.address)).toBeNull();
    expect(await rows()).toBe(before);
  });
});
