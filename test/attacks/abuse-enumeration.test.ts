import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openWorld, type Person, type World } from './identity-world';

vi.mock('next/headers', async () => (await import('./identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('./identity-world')).nextNavigation);

/** The costly work of each answer, which is what an attacker with a stopwatch sees of it. */
const { work } = vi.hoisted(() => ({ work: [] as string[] }));
vi.mock('@node-rs/argon2', async (original) => {
  const argon2 = await original<typeof import('@node-rs/argon2')>();
  return {
    ...argon2,
    verify: (hash: string, password: string) => {
      work.push(`verify ${hash.split('$').slice(1, 4).join(' ')}`);
      return argon2.verify(hash, password);
    },
    hash: (password: string, options: object) => {
      work.push('hash');
      return argon2.hash(password, options);
    },
  };
});

let world: World;
let withCode: Person;
let withPasskey: Person;
let disabled: Person;
beforeAll(async () => {
  world = await openWorld();
  withCode = await world.newcomer();
  withPasskey = await world.newcomer('passkey');
  disabled = await world.newcomer();
  await world.sql(`update "User" set status = 'disabled' where id = $1`, [disabled.userId]);
});
beforeEach(async () => {
  await world.calm();
  work.length = 0;
});
afterAll(() => world?.stop());

/** All that is answered: code, status and words. */
const answerOf = (promise: Promise<unknown>) =>
  promise.then(
    () => ({ code: 'in', status: 200, publicMessage: '', why: undefined }),
    ({ code, status, publicMessage, why }: { code: string; status: number; publicMessage: string; why?: string }) => {
      return { code, status, publicMessage, why };
    },
  );

const signIn = (email: string, password = 'not the password at all', realm: 'customer' | 'staff' = 'customer') =>
  answerOf(world.identity.signInWithPassword({ realm, email, password, address: '198.51.100.1', userAgent: 'test' }));

describe('an attacker who asks which addresses have an account', () => {
  it('gets one answer for one piece of work, whatever stands behind the address', async () => {
    const first = await signIn('nobody@acme.example');
    expect(first).toMatchObject({ code: 'identity.credentials', status: 401 });
    const others = [
      await signIn(withCode.email),
      await signIn(withPasskey.email),
      await signIn(disabled.email),
      await signIn(disabled.email, disabled.password),
      await signIn(world.administrator.email),
      await signIn(world.administrator.email, world.administrator.password),
      await signIn(world.administrator.email, 'not the password at all', 'staff'),
      await signIn('nobody@acme.example', 'x'.repeat(1000)),
      await signIn(withCode.email, 'x'.repeat(1000)),
    ];
    for (const other of others) expect(other).toEqual(first);
    expect(work).toEqual(Array(10).fill('verify argon2id v=19 m=19456,t=2,p=1'));
  });

  it('learns nothing from asking for a new password', async () => {
    const ask = (email: string) => answerOf(world.identity.askPasswordReset('customer', email, '198.51.100.2'));
    const first = await ask('nobody@acme.example');
    expect(first.code).toBe('in');
    for (const { email } of [withCode, withPasskey, disabled, world.administrator])
      expect(await ask(email)).toEqual(first);
    expect(work).toEqual([]);
  });

  it('learns nothing from links that are none', async () => {
    const accept = (secret: string) =>
      answerOf(
        world.identity.acceptInvitation(
          'customer',
          secret,
          { name: 'X', password: 'gate mural lantern nine' },
          {
            address: '198.51.100.3',
            userAgent: 'test',
          },
        ),
      );
    const first = await accept('A'.repeat(43));
    expect(first).toMatchObject({ code: 'identity.link', status: 404 });
    const { link } = await world.organisations.inviteMember(
      world.owner.secret,
      world.organisationId,
      { email: 'late@acme.example', role: 'developer' },
      new Date(),
    );
    await world.sql(
      `update "Invitation" set "expiresAt" = now() - interval '1 second' where email = 'late@acme.example'`,
    );
    expect(await accept(new URL(link).hash.slice(1))).toEqual(first);
    expect(await accept('short')).toEqual(first);
    expect(work).toEqual([]);
  });

  it('sees a session wanted for an account with a passkey and one with codes begin alike', async () => {
    const start = async ({ email, password }: Person) => {
      const { secret } = await world.identity.signInWithPassword({
        realm: 'customer',
        email,
        password,
        address: '198.51.100.4',
        userAgent: 'test',
      });
      return (await world.identity.readSession(secret))!.aal;
    };
    expect([await start(withCode), await start(withPasskey)]).toEqual([1, 1]);
    expect(work).toHaveLength(2);
  });
});
