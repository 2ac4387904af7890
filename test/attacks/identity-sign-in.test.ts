import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { personalValues } from '../support/personal';
import { openWorld, type World } from './identity-world';

vi.mock('next/headers', async () => (await import('./identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('./identity-world')).nextNavigation);

/** Hashes that passwords were verified against, in order: the work an attacker could measure. */
const { verified } = vi.hoisted(() => ({ verified: [] as string[] }));
vi.mock('@node-rs/argon2', async (original) => {
  const argon2 = await original<typeof import('@node-rs/argon2')>();
  return {
    ...argon2,
    verify: (hash: string, password: string) => {
      verified.push(hash);
      return argon2.verify(hash, password);
    },
  };
});

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  verified.length = 0;
  await world.calm();
});
afterAll(() => world?.stop());

const attempt = (email: string, password: string, address = '203.0.113.9', realm: 'customer' | 'staff' = 'customer') =>
  world.identity.signInWithPassword({ realm, email, password, address, userAgent: 'test' }).then(
    () => ({ code: 'in', status: 200, publicMessage: '' }),
    ({ code, status, publicMessage }: { code: string; status: number; publicMessage: string }) => ({
      code,
      status,
      publicMessage,
    }),
  );

describe('an attacker with a list of addresses', () => {
  // Which of these people have an account here? The attacker signs in as each with any password and compares answers and effort.
  it('gets the same answer for the same work, account or not', async () => {
    const known = await attempt(world.owner.email, 'not the password at all');
    const unknown = await attempt('nobody@acme.example', 'not the password at all');
    const otherRealm = await attempt(world.owner.email, world.owner.password, '203.0.113.9', 'staff');
    await world.sql(`update "User" set status = 'disabled' where email = $1 and realm = 'customer'`, [
      world.owner.email,
    ]);
    const disabled = await attempt(world.owner.email, world.owner.password);
    await world.sql(`update "User" set status = 'active' where email = $1`, [world.owner.email]);
    expect(known).toMatchObject({ code: 'identity.credentials', status: 401 });
    for (const answer of [unknown, otherRealm, disabled]) expect(answer).toEqual(known);
    // One argon2id verification each, with the same parameters.
    expect(verified).toHaveLength(4);
    expect(new Set(verified.map((hash) => hash.split('$').slice(0, 4).join('$'))).size).toBe(1);
  });

  // Repeated failures block: does only a real account get blocked?
  it('sees unknown accounts blocked like known ones', async () => {
    const run = async (email: string) => {
      await world.calm();
      const codes: string[] = [];
      for (let n = 0; n < 6; n++) codes.push((await attempt(email, 'wrong password again', `198.51.100.${n}`)).code);
      await world.hold();
      codes.push((await attempt(email, 'wrong password again', '192.0.2.1')).code);
      return codes;
    };
    const unknown = await run('nobody@acme.example');
    expect(unknown).toEqual([...Array(6).fill('identity.credentials'), 'identity.throttled']);
    expect(await run(world.owner.email)).toEqual(unknown);
  });
});

describe('an attacker who guesses passwords', () => {
  // A hundred guesses at one account at the same moment, from a hundred addresses, so that all are checked before any is counted.
  it('gets a handful of them checked, however many are sent at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        attempt(world.owner.email, `guess number ${n} of a burst`, `198.51.${n}.7`),
      ),
    );
    expect(answers.every(({ code }) => code === 'identity.credentials' || code === 'identity.throttled')).toBe(true);
    // Six, and one more for each pause that a slow machine outlasts.
    expect(verified.length).toBeLessThanOrEqual(9);
    await world.hold();
    // The right password waits as well: the block does not tell which guess would have been right.
    expect((await attempt(world.owner.email, world.owner.password, '192.0.2.200')).code).toBe('identity.throttled');
  });

  // One password against many accounts from one address, so that no account's own counter ever fills.
  it('is stopped when spraying one password over many accounts', async () => {
    for (let n = 0; n < 22; n++) await attempt(`person${n}@acme.example`, 'Password1234 everywhere');
    await world.hold();
    expect((await attempt('person99@acme.example', 'Password1234 everywhere')).code).toBe('identity.throttled');
  });

  // After each failure the attacker signs in with an account of their own, hoping that this clears the counters.
  it('cannot wipe the traces of a spray by signing in with an account of their own', async () => {
    for (let n = 0; n < 22; n++) {
      await attempt(`person${n}@acme.example`, 'Password1234 everywhere');
      if (n % 5 === 0) await attempt(world.owner.email, world.owner.password);
    }
    await world.hold();
    expect((await attempt('person99@acme.example', 'Password1234 everywhere')).code).toBe('identity.throttled');
  });

  it('leaves a trace of each refusal in the provider’s log, without the guessed password', async () => {
    // Of the sprays above only the first have events of their own.
    await world.sql('delete from "RefusalCount"');
    const since = new Date();
    await attempt('nobody@acme.example', 'a password somebody mistyped');
    const events = await world.sql(
      `select "outcome", "actorKind", convert_from("header", 'UTF8') as header from "AuditEvent" where "schema" = 'sign-in.refused@1' and "at" >= $1`,
      [since],
    );
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ outcome: 'refused', actorKind: 'anonymous' });
    const fields = JSON.stringify(await personalValues(world.sql));
    expect(fields).toContain('nobody@acme.example');
    expect(`${events[0]?.header} ${fields}`).not.toContain('somebody mistyped');
    expect(String(events[0]?.header)).not.toContain('nobody@acme.example');
  });
});
