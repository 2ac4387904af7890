import { describe, expect, it } from 'vitest';
import {
  acts,
  breakGlass,
  CAST,
  designate,
  enter,
  foundedLedger,
  having,
  id,
  request,
  signedBy,
  withdraw,
} from '@/test/support/grants';
import {
  type DelegationTerms,
  delegatedRole,
  delegationTerms,
  type Entry,
  forget,
  KEPT_SECONDS,
  type Ledger,
  readDelegation,
  type Signed,
  standingIn,
} from './index';

const T = 1_000_000;
const DAY = 86_400;
const UNTIL = T + 365 * DAY;
const { asker, other, security, security2, onCall, customer } = CAST;
const [GRANT, LENT] = [id('grt', 1), id('dlg', 1)];
const founded = foundedLedger(T, UNTIL);
const plain = request(T);
const two = request(T, { approvals: [{ role: 'security', count: 2 }] });

const week = (to: string, over: Partial<DelegationTerms> = {}): DelegationTerms => ({
  ...{ role: 'security', to, from: T, until: T + 7 * DAY },
  ...over,
});
const lend = (by: string, terms: DelegationTerms, { at = T, object = LENT, ...over } = {}) =>
  signedBy(by, acts.delegate(object, terms), at, over);
const ask = (terms = plain) => signedBy(terms.person, acts.ask(GRANT, terms), T);
const vote = (user: string, role: string, terms = plain, at = T, verdict: 'approve' | 'deny' = 'approve') =>
  signedBy(user, acts.vote(GRANT, terms, role, verdict), at);
const voteFor = (user: string, of: string, terms = plain, at = T, verdict: 'approve' | 'deny' = 'approve') =>
  vote(user, delegatedRole(of === onCall ? 'on-call' : 'security', of), terms, at, verdict);
const missing = (ledger: Ledger, at = T) => standingIn(ledger, GRANT, at)!.missing;
const state = (ledger: Ledger, at = T) => standingIn(ledger, GRANT, at)!.state;

/** Security is away, and an employee answers for them. */
const lent = having(founded, lend(security, week(other)), ask());
const approved = having(lent, voteFor(other, security));

describe('the terms of a delegation', () => {
  it('are written in one way, and read as they are written', () => {
    const terms = week(other, { role: 'on-call', from: 1_795_210_926, until: 1_795_210_927 });
    expect(delegationTerms(terms)).toEqual([
      ['Role', 'on-call'],
      ['To', other],
      ['From', '2026-11-20 21:42:06 UTC'],
      ['Until', '2026-11-20 21:42:07 UTC'],
    ]);
    expect(readDelegation(delegationTerms(terms))).toEqual(terms);
  });

  it.each<[string, (terms: readonly (readonly [string, string])[]) => readonly (readonly [string, string])[]]>([
    ['a role of customers', (terms) => terms.with(0, ['Role', `customer ${id('org', 1)}`])],
    ['another designation', (terms) => terms.with(0, ['Role', 'authorised employee'])],
    ['nobody', (terms) => terms.with(1, ['To', ''])],
    ['two people', (terms) => terms.with(1, ['To', `${other}, ${asker}`])],
    ['a day alone', (terms) => terms.with(2, ['From', '2026-11-20'])],
    ['a day that is none', (terms) => terms.with(2, ['From', '2026-02-30 00:00:00 UTC'])],
    ['an end that is its beginning', (terms) => terms.with(3, ['Until', terms[2]![1]])],
    ['another order', (terms) => terms.toReversed()],
    ['something more', (terms) => [...terms, ['Reason', 'Holiday']]],
    ['something less', (terms) => terms.slice(0, 3)],
  ])('are none with %s', (_, change) => {
    expect(readDelegation(change(delegationTerms(week(other))))).toBeNull();
  });

  it('are no longer than 14 days', () => {
    expect(delegationTerms(week(other, { until: T + 14 * DAY }))).toHaveLength(4);
    expect(() => delegationTerms(week(other, { until: T + 14 * DAY + 1 }))).toThrow(RangeError);
  });
});

describe('a delegation', () => {
  it('is given by who is designated for the role, to somebody else whom the committee has designated for something', () => {
    expect(enter(founded, lend(security, week(other)))).toBeTypeOf('object');
    expect(enter(founded, lend(onCall, week(other)))).toBe('grant.not_designated');
    expect(enter(founded, lend(asker, week(other)))).toBe('grant.not_designated');
    expect(enter(founded, lend(security, week(security)))).toBe('grant.person');
    expect(enter(founded, lend(security, week(CAST.members[0])))).toBe('grant.stand_in');
    expect(enter(founded, lend(security, week(customer)))).toBe('grant.stand_in');
  });

  it('takes a device-bound passkey of the staff, an id of its own, and the verdict that it is', () => {
    const { signed } = lend(security, week(other)) as { signed: Signed };
    expect(enter(founded, { signed: { ...signed, deviceBound: false } })).toBe('grant.device_bound');
    expect(enter(founded, { signed: { ...signed, realm: 'customer' } })).toBe('grant.realm');
    expect(enter(founded, { signed: { ...signed, act: { ...signed.act, verdict: 'approve' } } })).toBe('grant.terms');
    expect(enter(founded, lend(security, week(other), { object: GRANT }))).toBe('grant.terms');
    expect(enter(lent, lend(onCall, week(other, { role: 'on-call' })))).toBe('grant.exists');
  });

  it('begins within 30 days, and is not over', () => {
    const from = T + 30 * DAY;
    expect(enter(founded, lend(security, week(other, { from, until: from + DAY })))).toBeTypeOf('object');
    expect(enter(founded, lend(security, week(other, { from: from + 1, until: from + DAY })))).toBe('grant.terms');
    expect(enter(founded, lend(security, week(other, { from: T - DAY, until: T })))).toBe('grant.terms');
  });

  it('is one at a time of a person and role: another takes its place once it is ended', () => {
    const next = (over: Partial<DelegationTerms>) =>
      enter(lent, lend(security, week(asker, over), { object: id('dlg', 2) }));
    expect(next({})).toBe('grant.overlap');
    expect(next({ from: T + 7 * DAY - 1, until: T + 8 * DAY })).toBe('grant.overlap');
    expect(next({ from: T + 7 * DAY, until: T + 8 * DAY })).toBeTypeOf('object');
    const ended = having(lent, { undelegate: { delegation: LENT, at: T } });
    expect(enter(ended, lend(security, week(asker), { object: id('dlg', 2) }))).toBeTypeOf('object');
    // Somebody else's is another matter.
    expect(enter(lent, lend(security2, week(other), { object: id('dlg', 2) }))).toBeTypeOf('object');
  });

  it('is not lent on by who has it by delegation alone', () => {
    expect(enter(lent, lend(other, week(asker), { object: id('dlg', 2) }))).toBe('grant.not_designated');
  });

  it('ends early without a signature, once and for all', () => {
    const ended = having(lent, { undelegate: { delegation: LENT, at: T + 5 } });
    expect(ended.delegations.get(LENT)?.ended).toBe(T + 5);
    expect(having(ended, { undelegate: { delegation: LENT, at: T + 9 } })).toBe(ended);
    expect(enter(lent, { undelegate: { delegation: id('dlg', 9), at: T } })).toBe('grant.unknown');
    expect(enter(ended, voteFor(other, security, plain, T + 5))).toBe('grant.not_delegated');
  });
});

describe('a vote by delegation', () => {
  it('is one of the role, and says for whom it was', () => {
    expect(missing(approved)).toEqual([{ role: 'on-call', count: 1 }]);
    expect(approved.requests.get(GRANT)?.votes).toMatchObject([
      { user: other, role: 'security', delegated: { by: security, id: LENT } },
    ]);
    expect(state(having(approved, vote(onCall, 'on-call')))).toBe('active');
  });

  it('takes a delegation to exactly this person, of exactly this person and role, at that moment', () => {
    const later = having(founded, lend(security, week(other, { from: T + 10 })), ask());
    expect(enter(founded, voteFor(other, security))).toBe('grant.unknown');
    expect(enter(having(founded, ask()), voteFor(other, security))).toBe('grant.not_delegated');
    expect(enter(lent, vote(other, 'security'))).toBe('grant.not_designated');
    expect(enter(lent, voteFor(other, security2))).toBe('grant.not_delegated');
    expect(enter(lent, voteFor(security2, security))).toBe('grant.not_delegated');
    expect(enter(lent, vote(other, delegatedRole('on-call', security)))).toBe('grant.not_delegated');
    expect(enter(later, voteFor(other, security, plain, T + 9))).toBe('grant.not_delegated');
    expect(enter(later, voteFor(other, security, plain, T + 10))).toBeTypeOf('object');
    for (const role of [`security for ${id('org', 1)}`, `security for ${security} `, `customer for ${security}`])
      expect(enter(lent, vote(other, role))).toBe('grant.role');
    const asCustomer = { ...(voteFor(other, security) as { signed: Signed }).signed, realm: 'customer' } as const;
    expect(enter(lent, { signed: asCustomer })).toBe('grant.role');
  });

  it('is never on one’s own request, nor on that of whom it is for', () => {
    const own = request(T, { person: other });
    const mine = having(founded, lend(security, week(other)), ask(own));
    expect(enter(mine, voteFor(other, security, own))).toBe('grant.person');
    const both = having(founded, ...designate(id('cmd', 80), security, 'authorised employee', UNTIL, T));
    const theirs = request(T, { person: security });
    const asked = having(both, lend(security, week(other)), ask(theirs));
    for (const verdict of ['approve', 'deny'] as const)
      expect(enter(asked, voteFor(other, security, theirs, T, verdict))).toBe('grant.person');
  });

  it('approves nothing of whom one stands in for, with nobody’s voice, and may refuse it', () => {
    const both = having(founded, ...designate(id('cmd', 80), security, 'authorised employee', UNTIL, T));
    const theirs = request(T, { person: security });
    const lentTwice = [lend(security, week(other)), lend(security2, week(other), { object: id('dlg', 2) })];
    const asked = having(both, ...lentTwice, ask(theirs));
    expect(enter(asked, voteFor(other, security2, theirs))).toBe('grant.person');
    expect(state(having(asked, voteFor(other, security2, theirs, T, 'deny')))).toBe('denied');
    const ended = having(asked, { undelegate: { delegation: LENT, at: T } });
    expect(missing(having(ended, voteFor(other, security2, theirs)))).toEqual([{ role: 'on-call', count: 1 }]);
    // Whom the committee has designated votes as themselves, whoever lends them what.
    const lentToApprover = having(both, lend(security, week(security2)), ask(theirs));
    expect(missing(having(lentToApprover, vote(security2, 'security', theirs)))).toEqual([
      { role: 'on-call', count: 1 },
    ]);
  });

  it.each<[string, (order: Entry[]) => Entry[]]>([
    ['the stand-in first', (order) => order],
    ['the other first', (order) => order.toReversed()],
  ])('uses up the votes of both: %s', (_, inOrder) => {
    const asked = having(founded, lend(security, week(other)), ask(two));
    const [first, second] = inOrder([voteFor(other, security, two), vote(security, 'security', two)]) as [Entry, Entry];
    const one = having(asked, first);
    expect(enter(one, second)).toBe('grant.voted');
    expect(missing(one)).toEqual([{ role: 'security', count: 1 }]);
    expect(state(having(one, vote(security2, 'security', two)))).toBe('active');
  });

  it('uses them up in every role, and also of who is in between', () => {
    const roles = having(founded, ...designate(id('cmd', 80), security, 'on-call approver', UNTIL, T));
    const asked = having(roles, lend(security, week(other)), ask(), vote(security, 'on-call'));
    expect(enter(asked, voteFor(other, security))).toBe('grant.voted');
    // Each stands in for the next: of three voices in a row two that touch are one.
    const chain = having(
      founded,
      lend(security, week(security2)),
      lend(security2, week(other), { object: id('dlg', 2) }),
      ask(two),
    );
    const one = having(chain, voteFor(security2, security, two));
    expect(enter(one, voteFor(other, security2, two))).toBe('grant.voted');
  });

  it('is one of a person, however many they stand in for', () => {
    const asked = having(
      founded,
      lend(security, week(other)),
      lend(security2, week(other), { object: id('dlg', 2) }),
      ask(two),
      voteFor(other, security, two),
    );
    expect(enter(asked, voteFor(other, security2, two))).toBe('grant.voted');
    expect(missing(asked)).toEqual([{ role: 'security', count: 1 }]);
  });

  it('counts up to the deciding vote only while the delegation runs', () => {
    const early = having(approved, { undelegate: { delegation: LENT, at: T + 5 } });
    const over = T + 7 * DAY;
    const long = request(T, { decideBy: T + 20 * DAY });
    const waits = having(founded, lend(security, week(other)), ask(long), voteFor(other, security, long));
    for (const [ledger, at] of [
      [early, T + 5],
      [waits, over],
    ] as const) {
      expect(missing(ledger, at)).toHaveLength(2);
      expect(missing(ledger, at - 1)).toHaveLength(1);
    }
    // Then the one whose voice it was votes themselves.
    const back = having(early, vote(security, 'security', plain, T + 6), vote(onCall, 'on-call', plain, T + 6));
    expect(state(back, T + 6)).toBe('active');
    const decided = having(approved, vote(onCall, 'on-call'), { undelegate: { delegation: LENT, at: T + 5 } });
    expect(state(decided, T + 6)).toBe('active');
  });

  it('counts only while the committee has designated both', () => {
    const short = (as: 'security approver' | 'authorised employee', who: string) =>
      having(founded, ...designate(id('cmd', 80), who, as, T + 100, T), lend(security, week(other)), ask());
    for (const ledger of [short('security approver', security), short('authorised employee', other)]) {
      const one = having(ledger, voteFor(other, security, plain, T + 99));
      expect(missing(one, T + 99)).toHaveLength(1);
      expect(missing(one, T + 100)).toHaveLength(2);
      expect(enter(ledger, voteFor(other, security, plain, T + 100))).toBe('grant.not_delegated');
    }
  });

  it('that refuses stays, whatever becomes of the delegation', () => {
    const firm = request(T, { denials: 2 });
    const refused = having(founded, lend(security, week(other)), ask(firm), voteFor(other, security, firm, T, 'deny'));
    const ended = having(refused, { undelegate: { delegation: LENT, at: T + 1 } });
    expect(state(having(ended, vote(security2, 'security', firm, T + 2, 'deny')), T + 2)).toBe('denied');
  });

  it('does not come back under an id that was forgotten and given again', () => {
    const long = request(T, { decideBy: T + 20 * DAY });
    const waits = having(founded, lend(security, week(other)), ask(long), voteFor(other, security, long));
    const later = T + 14 * DAY;
    const less = forget(waits, later);
    expect(less.delegations.size).toBe(0);
    const again = having(less, lend(security, week(other, { from: later, until: later + DAY }), { at: later }));
    expect(missing(again, later)).toHaveLength(2);
  });
});

describe('who leaves, or loses a designation', () => {
  it.each<[string, Entry[]]>([
    ['the one whose voice it is leaves', [{ leave: { user: security, at: T + 5 } }]],
    ['the stand-in leaves', [{ leave: { user: other, at: T + 5 } }]],
    ['the designation is withdrawn', withdraw(id('cmd', 81), security, 'security approver', T + 5)],
    ['the last one of the stand-in is withdrawn', withdraw(id('cmd', 81), other, 'authorised employee', T + 5)],
  ])('takes the votes that wait along, and the delegation, even if they come back: %s', (_, entries) => {
    const gone = having(approved, ...entries);
    expect(missing(gone, T + 5)).toHaveLength(2);
    expect(gone.delegations.get(LENT)?.ended).toBe(T + 5);
    const back = having(
      gone,
      ...designate(id('cmd', 82), security, 'security approver', UNTIL, T + 6),
      ...designate(id('cmd', 83), other, 'authorised employee', UNTIL, T + 6),
    );
    expect(missing(back, T + 6)).toHaveLength(2);
    expect(enter(back, voteFor(other, security, plain, T + 6))).toBe('grant.not_delegated');
  });

  it('keeps what rests on another designation', () => {
    const roles = having(founded, ...designate(id('cmd', 80), security, 'on-call approver', UNTIL, T));
    const asked = having(roles, lend(security, week(other)), ask(), voteFor(other, security));
    const without = having(asked, ...withdraw(id('cmd', 81), security, 'on-call approver', T + 5));
    expect(missing(without, T + 5)).toEqual([{ role: 'on-call', count: 1 }]);
    const second = having(approved, ...designate(id('cmd', 80), other, 'break-glass', UNTIL, T));
    expect(missing(having(second, ...withdraw(id('cmd', 81), other, 'break-glass', T + 5)), T + 5)).toHaveLength(1);
  });
});

describe('what is not delegated', () => {
  it('is the look at a break-glass, and a vote in the committee', () => {
    const glass = having(founded, lend(security, week(other)), signedBy(asker, acts.ask(GRANT, breakGlass(T)), T));
    expect(enter(glass, signedBy(other, acts.review(GRANT), T))).toBe('grant.not_designated');
    const review = { ...acts.review(GRANT), role: delegatedRole('security', security) };
    expect(enter(glass, signedBy(other, review, T))).toBe('grant.not_designated');
    const decision = { kind: 'withdraw', person: asker, as: 'break-glass', until: 0, minutes: 'ISSC 9' } as const;
    const decide = { ...acts.decide(id('cmd', 90), decision), role: delegatedRole('security', CAST.members[0]) };
    expect(enter(glass, signedBy(other, decide, T))).toBe('committee.not_member');
  });
});

it('is forgotten a week after it is over', () => {
  const end = T + 7 * DAY + KEPT_SECONDS;
  expect([end - 1, end].map((now) => forget(lent, now).delegations.size)).toEqual([1, 0]);
  const ended = having(lent, { undelegate: { delegation: LENT, at: T + 5 } });
  expect(forget(ended, T + 5 + KEPT_SECONDS).delegations.size).toBe(0);
});
