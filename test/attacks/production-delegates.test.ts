import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { GrantTerms } from '@/lib/kernel/grant';
import { delegatedRole, delegationTerms, grantTerms, readGrantTerms } from '@/lib/kernel/grant';
import { type Ask, newId } from '@/lib/platform';
import { type GrantWorld, openGrantWorld, type Someone } from '../support/grant-world';
import { outcome } from './identity-world';

vi.mock('next/headers', async () => (await import('./identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('./identity-world')).nextNavigation);

/**
 * The attack: access to production takes two, one who answers for security and one on call. They and an employee who wants in, with a friend of
 * theirs, lend one another their voices: each to the other, both to the friend, the friend to the employee, so that in the end one of them decides
 * alone, or the one who asked. They sign what no form of the console offers. And with a hole in the console's SQL they write that somebody has lent
 * them a voice.
 *
 * Whatever they do, what opens a grant is two people other than the one who asks, with the voices of two whom the committee has designated.
 */
let world: GrantWorld;
let grants: typeof import('@/lib/grants');
let committee: typeof import('@/lib/committee');
let identity: typeof import('@/lib/identity');
let policy: string;
/** The one who asks, their friend, and the two who answer. */
let ada: Someone;
let friend: Someone;
let security: Someone;
let onCall: Someone;

beforeAll(async () => {
  world = await openGrantWorld();
  [grants, committee, identity] = await Promise.all([
    import('@/lib/grants'),
    import('@/lib/committee'),
    import('@/lib/identity'),
  ]);
  const [of] = (await grants.readEligibility(world.staff)).policies.filter(({ id }) => id === world.policyId);
  const { id: _id, version: _version, name: _name, changedAt: _at, ...terms } = of!;
  policy = await grants.changePolicy(world.staff, { policy: null, name: 'Two', terms: { ...terms, onCall: 1 } });
  ada = await world.employee('support', 'authorised employee');
  friend = await world.employee('support', 'authorised employee');
  security = await world.employee('security', 'authorised employee', 'security approver');
  onCall = await world.employee('support', 'on-call approver');
});
afterAll(() => world?.close());

const now = () => Math.floor(Date.now() / 60_000) * 60;
const wish = (role: 'security' | 'on-call', to: Someone) => ({
  ...{ delegation: newId('dlg'), role, to: to.userId },
  ...{ from: now(), until: now() + 7 * 86_400 },
});
/** Lends a voice for as long as `meanwhile` takes. */
async function lending(pairs: [Someone, 'security' | 'on-call', Someone][], meanwhile: () => Promise<void>) {
  const ids = [];
  for (const [by, role, to] of pairs) {
    const lent = wish(role, to);
    await world.sign(by, () => committee.delegate(by, lent));
    ids.push([by, lent.delegation] as const);
  }
  await meanwhile();
  for (const [by, id] of ids) await committee.endDelegation(by, id);
}
const vote = (who: Someone, request: string, role: 'security' | 'on-call', of: Someone | null = null) =>
  world.sign(who, () =>
    grants.voteOnRequest(who, { request, role, for: of?.userId ?? null, verdict: 'approve', minutes: 60 }),
  );
/** Signs something past every form and rule of the console: the keyring is asked, and nobody else. */
async function sneak(who: Someone, ask: Ask): Promise<void> {
  const { passkey } = await identity.beginStepUp(who.secret, ask);
  await identity.confirmStepUpWithPasskey(who.secret, ask, world.answer(who, passkey!), '192.0.2.9');
}
async function sneakVote(who: Someone, request: string, role: string): Promise<void> {
  const terms = await termsOf(request);
  await sneak(who, {
    ...{ action: 'grant.vote', object: request, version: `approve ${role}`, terms: grantTerms(terms) },
    ...{ verdict: 'approve', role },
  });
}
const termsOf = async (request: string): Promise<GrantTerms> =>
  readGrantTerms((await grants.readRequest(world.staff, request)).terms)!;
const refused = (code: string) => ({ why: expect.stringContaining(`(${code})`) });
const askFor = (who = ada) => world.ask(who, { policy });

describe('voices lent in a circle', () => {
  it('to each other make neither of the two decide alone', async () => {
    const each = [
      [security, 'security', onCall],
      [onCall, 'on-call', security],
    ] satisfies [Someone, 'security' | 'on-call', Someone][];
    await lending(each, async () => {
      const id = await askFor();
      expect(await vote(onCall, id, 'on-call')).toBe('pending');
      await expect(sneakVote(onCall, id, delegatedRole('security', security.userId))).rejects.toMatchObject(
        refused('grant.voted'),
      );
      await expect(sneakVote(security, id, delegatedRole('on-call', onCall.userId))).rejects.toMatchObject(
        refused('grant.voted'),
      );
      expect(await world.state(id)).toBe('pending');
      // The other way round: who speaks for the other first has spoken.
      const next = await askFor();
      expect(await vote(onCall, next, 'security', security)).toBe('pending');
      for (const [who, role] of [
        [onCall, 'on-call'],
        [security, 'security'],
        [security, delegatedRole('on-call', onCall.userId)],
      ] as const)
        await expect(sneakVote(who, next, role)).rejects.toMatchObject(refused('grant.voted'));
      expect(await world.state(next)).toBe('pending');
      for (const one of [id, next]) await grants.giveBack(ada, one);
    });
  });

  it('to one friend give the friend one vote', async () => {
    const both = [
      [security, 'security', friend],
      [onCall, 'on-call', friend],
    ] satisfies [Someone, 'security' | 'on-call', Someone][];
    await lending(both, async () => {
      const id = await askFor();
      expect(await vote(friend, id, 'security', security)).toBe('pending');
      expect((await grants.readRequest(onCall, id)).needs).toMatchObject([
        { role: 'security', given: [{ by: { id: friend.userId }, for: { id: security.userId } }] },
        { role: 'on-call', given: [] },
      ]);
      await expect(sneakVote(friend, id, delegatedRole('on-call', onCall.userId))).rejects.toMatchObject(
        refused('grant.voted'),
      );
      expect(await world.state(id)).toBe('pending');
      // With the second person it opens: that is what delegation is for.
      expect(await vote(onCall, id, 'on-call')).toBe('active');
      await grants.giveBack(ada, id);
    });
  });

  it('to whoever asks agree to nothing of theirs, and are lent on to nobody', async () => {
    await lending([[security, 'security', ada]], async () => {
      const id = await askFor();
      await expect(sneakVote(ada, id, delegatedRole('security', security.userId))).rejects.toMatchObject(
        refused('grant.person'),
      );
      const { delegation, ...on } = wish('security', friend);
      const chain = { action: 'grant.delegate', object: delegation, version: '', terms: delegationTerms(on) };
      await expect(sneak(ada, chain)).rejects.toMatchObject(refused('grant.not_designated'));
      expect(await world.state(id)).toBe('pending');
      await grants.giveBack(ada, id);
    });
  });

  it('by whoever asks are no answer to them: neither the lent one, nor another of who stands in for them', async () => {
    const lent = [
      [security, 'security', friend],
      [onCall, 'on-call', friend],
    ] satisfies [Someone, 'security' | 'on-call', Someone][];
    await lending(lent, async () => {
      const id = await askFor(security);
      expect(await outcome(vote(friend, id, 'security', security))).toBe('grant.own');
      expect((await grants.readRequest(friend, id)).yours).toMatchObject({
        role: 'on-call',
        for: { id: onCall.userId },
        refuseOnly: expect.stringContaining('You stand in for who asks'),
      });
      for (const [of, role] of [
        [security, 'security'],
        [onCall, 'on-call'],
      ] as const)
        await expect(sneakVote(friend, id, delegatedRole(role, of.userId))).rejects.toMatchObject(
          refused('grant.person'),
        );
      expect(await world.state(id)).toBe('pending');
      await grants.giveBack(security, id);
    });
  });
});

describe('a voice', () => {
  it('that was never lent, or no longer, is refused by console and keyring', async () => {
    const id = await askFor();
    expect(await outcome(vote(friend, id, 'security', security))).toBe('grant.not_delegated');
    const role = delegatedRole('security', security.userId);
    await expect(sneakVote(friend, id, role)).rejects.toMatchObject(refused('grant.not_delegated'));
    await lending([[security, 'security', friend]], async () => {
      expect(await vote(friend, id, 'security', security)).toBe('pending');
    });
    // The approval went with it.
    expect(await vote(onCall, id, 'on-call')).toBe('pending');
    expect(await vote(security, id, 'security')).toBe('active');
    await grants.giveBack(ada, id);
  });

  it('is ended by nobody but the two', async () => {
    await lending([[security, 'security', friend]], async () => {
      const [lent] = (await committee.readCommittee(ada)).delegations.filter(({ state }) => state === 'running');
      expect(lent).toMatchObject({ closedToReader: 'One of the two ends it.' });
      expect(await outcome(committee.endDelegation(ada, lent!.id))).toBe('committee.not_yours');
      expect(await outcome(committee.endDelegation(ada, newId('dlg')))).toBe('committee.not_found');
    });
  });
});

describe('SQL smuggled into the console', () => {
  const insert = (who: Someone, by: Someone) =>
    import('@/lib/db').then(({ asStaff }) =>
      asStaff(who.secret, (tx) =>
        tx.prisma.$executeRawUnsafe(
          `insert into "Delegation" ("id", "role", "byId", "toId", "startsAt", "endsAt") values ($1, 'security', $2, $3, now(), now() + interval '1 day')`,
          ...[newId('dlg'), by.userId, who.userId],
        ),
      ),
    );

  it('writes of nobody else that they lent a voice, nor a vote for another', async () => {
    await expect(insert(friend, security)).rejects.toThrow(/row-level security/);
    const { asStaff } = await import('@/lib/db');
    const id = await askFor();
    const voteRow = asStaff(friend.secret, (tx) =>
      tx.prisma.$executeRawUnsafe(
        `insert into "AccessVote" ("requestId", "userId", "role", "verdict", "minutes", "forId") values ($1, $2, 'security', 'approve', 60, $3)`,
        ...[id, friend.userId, security.userId],
      ),
    );
    await expect(voteRow).rejects.toThrow(/row-level security/);
    const lent = await world.sql<{ id: string }>(`select "id" from "Delegation" limit 1`);
    const end = await asStaff(ada.secret, (tx) =>
      tx.prisma.$executeRawUnsafe(
        `update "Delegation" set "endedAt" = now(), "why" = 'returned' where "id" = $1`,
        lent[0]!.id,
      ),
    );
    expect(end).toBe(0);
    await grants.giveBack(ada, id);
  });

  it('may write it, and it is no voice: control sees that nobody signed it', async () => {
    const forged = newId('dlg');
    await world.sql(
      `insert into "Delegation" ("id", "role", "byId", "toId", "startsAt", "endsAt") values ($1, 'security', $2, $3, now() - interval '1 minute', now() + interval '1 day')`,
      [forged, security.userId, friend.userId],
    );
    const id = await askFor();
    expect(await outcome(vote(friend, id, 'security', security))).toBe('grant.not_delegated');
    await world.control();
    const [row] = await world.sql<{ why: string }>(`select "why" from "Delegation" where "id" = $1`, [forged]);
    expect(row!.why).toBe('lapsed');
    await grants.giveBack(ada, id);
  });
});

it('ends when either of the two leaves, in the keyring, the rows and the log', async () => {
  const id = await askFor();
  const leaver = await world.employee('support', 'authorised employee');
  const lent = wish('security', leaver);
  await world.sign(security, () => committee.delegate(security, lent));
  expect(await vote(leaver, id, 'security', security)).toBe('pending');
  await world.sql(`update "User" set "status" = 'disabled' where "id" = $1`, [leaver.userId]);
  await world.control();
  expect((await world.call('committee.describe', {})).delegations).toEqual([]);
  const [row] = await world.sql<{ why: string }>(`select "why" from "Delegation" where "id" = $1`, [lent.delegation]);
  expect(row!.why).toBe('lapsed');
  const told = await world.sql<{ kind: string }>(`select "kind" from "Notice" where "userId" = $1 order by "at"`, [
    security.userId,
  ]);
  expect(told.map(({ kind }) => kind)).toContain('grant.delegation-ended');
  const events = await world.sql<{ schema: string }>(
    `select "schema" from "AuditEvent" where convert_from("header", 'UTF8')::jsonb ->> 'objectId' = $1 order by "at"`,
    [lent.delegation],
  );
  expect(events.map(({ schema }) => schema)).toEqual(['step-up@2', 'grant.delegated@1', 'grant.delegation_ended@1']);
  // And their approval with it.
  expect(await vote(onCall, id, 'on-call')).toBe('pending');
  await grants.giveBack(ada, id);
});
