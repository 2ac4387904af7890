import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newId } from '@/lib/platform';
import { outcome } from '@/test/attacks/identity-world';
import { type GrantWorld, openGrantWorld, type Someone } from '@/test/support/grant-world';

vi.mock('next/headers', async () => (await import('@/test/attacks/identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('@/test/attacks/identity-world')).nextNavigation);

/** A committee of three, founded by their signatures; its quorum is two. */
let world: GrantWorld;
let committee: typeof import('.');
let training: typeof import('@/lib/training');

beforeAll(async () => {
  world = await openGrantWorld();
  [committee, training] = await Promise.all([import('.'), import('@/lib/training')]);
});
afterAll(() => world?.close());

const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
const vote = (who: Someone, decision: string, verdict: 'approve' | 'deny' = 'approve') =>
  world.sign(who, () => committee.vote(who, { decision, verdict }));
const designate = (person: string) =>
  committee.propose(world.staff, {
    kind: 'designate',
    person,
    as: 'authorised employee',
    until: day(30),
    minutes: 'ISSC 4',
  });
const heldBy = async (person: string) =>
  (await committee.readCommittee(world.staff)).standing!.held.filter((one) => one.person.id === person);

describe('a decision', () => {
  it('takes effect with the signature that completes the quorum, and is then settled', async () => {
    const bob = await world.employ('support');
    const [first, second, third] = world.members as [Someone, Someone, Someone];
    const id = await designate(bob.userId);
    expect(await heldBy(bob.userId)).toEqual([]);
    expect(await vote(first, id)).toBe('open');
    expect(await heldBy(bob.userId)).toEqual([]);
    expect(await vote(second, id)).toBe('taken');
    expect(await heldBy(bob.userId)).toMatchObject([{ as: 'authorised employee' }]);
    expect(await outcome(committee.vote(third, { decision: id, verdict: 'deny' }))).toBe('committee.settled');

    const withdrawal = { kind: 'withdraw', person: bob.userId, as: 'authorised employee', minutes: 'ISSC 5' } as const;
    const taken = await committee.propose(world.staff, withdrawal);
    await vote(first, taken);
    expect(await vote(third, taken)).toBe('taken');
    expect(await heldBy(bob.userId)).toEqual([]);
  });

  it('has the votes of all who signed before it was settled, whoever came first with theirs', async () => {
    const bob = await world.employ('support');
    const [first, second] = world.members as [Someone, Someone];
    const id = await designate(bob.userId);
    let sent = 0;
    const late = await world.sign(first, async () => {
      sent += 1;
      if (sent === 2) expect(await vote(second, id)).toBe('taken');
      return committee.vote(first, { decision: id, verdict: 'approve' });
    });
    expect(late).toBe('taken');
    const votes = await world.sql('select "userId" from "CommitteeVote" where "decisionId" = $1', [id]);
    expect(votes.map(({ userId }) => userId).sort()).toEqual([first.userId, second.userId].sort());
  });

  it('is refused when it can find no quorum any more', async () => {
    const bob = await world.employ('support');
    const [first, second] = world.members as [Someone, Someone];
    const id = await designate(bob.userId);
    expect(await vote(first, id, 'deny')).toBe('open');
    expect(await vote(second, id, 'deny')).toBe('refused');
    expect(await heldBy(bob.userId)).toEqual([]);
  });

  it('is voted on by members, once each, and by nobody about themselves', async () => {
    const [first, second] = world.members as [Someone, Someone];
    const id = await designate(first.userId);
    await expect(vote(world.staff, id)).rejects.toMatchObject({ why: expect.stringContaining('committee.not_member') });
    await expect(vote(first, id)).rejects.toMatchObject({ why: expect.stringContaining('committee.self') });
    expect(await vote(second, id)).toBe('open');
    await expect(vote(second, id)).rejects.toMatchObject({ why: expect.stringContaining('committee.voted') });
    const view = await committee.readCommittee(second);
    expect(view.decisions.find((one) => one.id === id)).toMatchObject({ state: 'open', closedToReader: 'You voted.' });
  });

  it('of other words than were proposed does not count', async () => {
    const [first] = world.members as [Someone];
    const bob = await world.employ('support');
    const id = await designate(bob.userId);
    await vote(first, id);
    await world.sql(`update "CommitteeDecision" set "designation" = 'break-glass' where "id" = $1`, [id]);
    await expect(vote(world.members[1]!, id)).rejects.toMatchObject({
      why: expect.stringContaining('committee.other_terms'),
    });
  });

  it('is no decision with one member, with strangers, or with a day that is over', async () => {
    const [first, second] = world.members as [Someone, Someone];
    const members = (ids: string[], until = day(30)) =>
      outcome(committee.propose(world.staff, { kind: 'members', members: ids, until, minutes: 'ISSC 6' }));
    expect(await members([first.userId])).toBe('committee.terms');
    expect(await members([first.userId, world.stranger.userId])).toBe('committee.terms');
    expect(await members([first.userId, second.userId], day(-2))).toBe('committee.terms');
    const auditor = await world.employ('auditor');
    expect(
      await outcome(
        committee.propose(auditor, { kind: 'withdraw', person: first.userId, as: 'break-glass', minutes: 'x' }),
      ),
    ).toBe('authz.forbidden');
  });
});

describe('a stand-in', () => {
  const wish = (to: string, over: object = {}) => {
    const from = Math.floor(Date.now() / 60_000) * 60;
    return { delegation: newId('dlg'), role: 'security' as const, to, from, until: from + 86_400, ...over };
  };
  const name = (by: Someone, ...of: Parameters<typeof wish>) => {
    const wanted = wish(...of);
    return world.sign(by, () => committee.delegate(by, wanted));
  };

  it('is somebody else whom the committee has designated, for 14 days at most, one at a time', async () => {
    const [security, ann, bob] = [
      await world.employ('security'),
      await world.employ('support'),
      await world.employ('support'),
    ];
    for (const who of [security, ann]) await world.equip(who, 'staff');
    await world.designate(security.userId, 'security approver');
    await world.designate(ann.userId, 'authorised employee');
    const { lend } = await committee.readCommittee(security);
    const offered = lend.to.map(({ id }) => id);
    expect([lend.roles, lend.reason, offered.includes(ann.userId)]).toEqual([['security'], null, true]);
    for (const who of [security, bob]) expect(offered).not.toContain(who.userId);
    expect((await committee.readCommittee(ann)).lend.reason).toBe('You answer for neither security nor on call.');

    expect(await outcome(name(ann, security.userId))).toBe('committee.not_designated');
    expect(await outcome(name(security, ann.userId, { role: 'on-call' }))).toBe('committee.not_designated');
    for (const to of [security.userId, bob.userId, world.stranger.userId, 'usr_x'])
      expect(await outcome(name(security, to))).toMatch(/^committee\.(?:stand_in|delegation)$/);
    const { from } = wish(ann.userId);
    for (const over of [{ until: from }, { until: from + 15 * 86_400 }, { from: from - 86_400, until: from - 60 }])
      expect(await outcome(name(security, ann.userId, over))).toBe('committee.delegation');
    expect(await outcome(name(await world.employ('auditor'), ann.userId))).toBe('authz.forbidden');

    await name(security, ann.userId);
    expect(await outcome(name(security, ann.userId))).toBe('committee.overlap');
    const [lent] = (await committee.readCommittee(ann)).delegations;
    expect(lent).toMatchObject({ by: { id: security.userId }, to: { id: ann.userId }, state: 'running' });
    const told = await world.sql<{ kind: string; fields: object }>(
      `select "kind", "fields" from "Notice" where "userId" = $1 and "kind" like 'grant.%'`,
      [ann.userId],
    );
    expect(told).toMatchObject([{ kind: 'grant.delegated', fields: { role: 'security' } }]);

    await committee.endDelegation(ann, lent!.id);
    expect(await outcome(committee.endDelegation(security, lent!.id))).toBe('committee.delegation_over');
    expect((await committee.readCommittee(ann)).delegations).toMatchObject([{ state: 'ended' }]);
    await name(security, ann.userId);
  });
});

describe('records of an employee', () => {
  const training_ = (person: string, completed: string, by: Someone = world.staff) =>
    outcome(training.recordTraining(by, { person, course: 'general', completed, evidence: 'LMS' }));

  it('are written by somebody else, of a day that has been and still counts', async () => {
    const bob = await world.employ('security');
    expect(await training_(bob.userId, day(-1))).toBe('in');
    expect(await training_(bob.userId, day(2))).toBe('training.completed');
    expect(await training_(bob.userId, day(-366))).toBe('training.completed');
    expect(await training_(bob.userId, day(-1), bob)).toBe('training.own');
    expect(await training_(world.owner.userId, day(-1))).toBe('training.person');
    const support = await world.employ('support');
    expect(await training_(bob.userId, day(-1), support)).toBe('authz.forbidden');
  });

  it('have the agreement signed in its newest version, and no other', async () => {
    const bob = await world.employee('support');
    const own = async () => (await training.readTraining(bob)).own.agreement;
    expect(await own()).not.toBeNull();
    const next = { text: 'Nothing of what I see leaves the company, ever.', months: 6 };
    expect(await training.publishAgreement(world.staff, next)).toBe(2);
    expect(await outcome(training.publishAgreement(world.staff, next))).toBe('agreement.same');
    expect(await own()).toBeNull();
    expect(await outcome(training.signAgreement(bob, 1))).toBe('agreement.version');
    await world.sign(bob, () => training.signAgreement(bob, 2));
    expect(await own()).not.toBeNull();
  });
});
