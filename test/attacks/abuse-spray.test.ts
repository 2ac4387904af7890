import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DETECTION, THROTTLE } from '@/lib/identity/abuse/limits';
import { openWorld, outcome, type World } from './identity-world';

vi.mock('next/headers', async () => (await import('./identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('./identity-world')).nextNavigation);

/**
 * Somebody with lists. Sprayers try one likely password at many accounts, so that no account's own counter ever fills; stuffers try pairs of address
 * and password that leaked elsewhere, from a botnet, so that no network stands out, and hope for accounts without a second factor.
 */
let world: World;
let detection: typeof import('@/lib/identity/abuse/detection');
beforeAll(async () => {
  world = await openWorld();
  detection = await import('@/lib/identity/abuse/detection');
});
beforeEach(async () => {
  await detection.looked();
  await world.calm();
});
afterAll(async () => {
  await detection?.looked();
  await world?.stop();
});

const tries = (email: string, address: string, password = 'Password1234 everywhere', userAgent = 'a tool') =>
  outcome(world.identity.signInWithPassword({ realm: 'customer', email, password, address, userAgent }));
const findings = () => world.sql('select "kind", "scope", "accounts", "networks", "network" from "AbuseFinding"');
const events = () =>
  world.sql(
    `select convert_from("header", 'UTF8')::jsonb -> 'details' as details from "AuditEvent" where "schema" = 'abuse.detected@1'`,
  );
/** A look at the attempts now, as another console would take ten seconds after the last. */
async function look(): Promise<void> {
  await detection.looked();
  await world.sql(`update cordon.detection set looked_at = '-infinity'`);
  await detection.look();
}

describe('a sprayer in one network', () => {
  it('is found, logged once however long it goes on, and left with fewer tries', async () => {
    const before = (await events()).length;
    const accounts = DETECTION.open.network[900];
    for (let n = 0; n < accounts; n++)
      expect(await tries(`person${n}@acme.example`, `198.51.100.${n}`)).toBe('identity.credentials');
    await look();
    expect(await findings()).toEqual([
      { kind: 'spray', scope: 'network', accounts, networks: 1, network: '198.51.100.0/24' },
    ]);
    await tries('person50@acme.example', '198.51.100.50');
    await look();
    expect((await events()).length).toBe(before + 1);
    expect((await events()).at(-1)?.details).toMatchObject({ kind: 'spray', scope: 'network', accounts, networks: 1 });

    // The network has used up what is left to it while the attack goes on; others have all of theirs.
    await world.hold();
    expect(await tries('person51@acme.example', '198.51.100.51')).toBe('identity.throttled');
    for (let n = 0; n < THROTTLE.free.address; n++)
      expect(await tries(`visitor${n}@acme.example`, '192.0.2.9')).toBe('identity.credentials');
  });

  it('does not keep the people of that network out, who signed in from there before', async () => {
    for (let n = 0; n < THROTTLE.free.address + 5; n++) await tries(`person${n}@acme.example`, '203.0.113.99');
    await look();
    expect((await findings()).map(({ kind }) => kind)).toEqual(['spray']);
    await world.hold();
    expect(await tries('person99@acme.example', '203.0.113.99')).toBe('identity.throttled');
    expect(await tries(world.owner.email, '203.0.113.99', world.owner.password)).toBe('in');
  });
});

describe('a stuffer with a botnet', () => {
  it('is found across networks, and strangers everywhere get fewer tries until it is over', async () => {
    const count = DETECTION.open.all[900] + 1;
    for (let n = 0; n < count; n++) {
      const agent = `browser ${n % 5}`;
      expect(await tries(`leaked${n}@elsewhere.example`, `198.18.${n}.7`, `leaked password ${n}`, agent)).toBe(
        'identity.credentials',
      );
    }
    // One pair was right. Without the second factor it opens nothing.
    expect(await tries(world.owner.email, '198.18.200.7', world.owner.password)).toBe('in');
    await look();
    expect(await findings()).toMatchObject([{ kind: 'stuffing', scope: 'all', accounts: count, network: '' }]);

    const stranger = () => tries('somebody@acme.example', '192.0.2.200');
    for (let n = 0; n < THROTTLE.strict.account + 1; n++) expect(await stranger()).toBe('identity.credentials');
    await world.hold();
    expect(await stranger()).toBe('identity.throttled');
    expect(await tries(world.owner.email, '203.0.113.9', 'a slip of the finger')).toBe('identity.credentials');
    expect(await tries(world.owner.email, '203.0.113.9', world.owner.password)).toBe('in');
  });

  it('leaves no addresses or accounts in what the detector keeps', async () => {
    await tries('leaked1@elsewhere.example', '198.18.1.7');
    const kept = JSON.stringify(await world.sql('select * from "SignInAttempt"'));
    expect(kept).not.toMatch(/elsewhere|198\.18/);
    expect(JSON.parse(kept)).toHaveLength(1);
  });
});

describe('what the staff sees of it', () => {
  it('is for administrators, security officers and auditors', async () => {
    const { readDefence } = await import('@/lib/identity/abuse/defence');
    await tries('person1@acme.example', '198.51.100.1');
    const seen = await readDefence(await world.withPasskey(world.administrator));
    expect(seen.counts).toMatchObject([
      { seconds: 900, failures: 1, accounts: 1, networks: 1 },
      { seconds: 3600, failures: 1 },
      { seconds: 86_400, failures: 1 },
    ]);
    const support = await world.endorsed(await world.employee('support'));
    expect(await outcome(readDefence(support.secret))).toBe('context.required');
    expect(await outcome(readDefence(world.owner.secret))).toBe('session.invalid');
  });
});
