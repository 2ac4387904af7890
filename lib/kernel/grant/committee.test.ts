import { describe, expect, it } from 'vitest';
import {
  acts,
  CAST,
  designate,
  enter,
  foundedLedger,
  founding,
  having,
  id,
  signedBy,
  withdraw,
} from '@/test/support/grants';
import {
  DECISION_SECONDS,
  type Decision,
  decisionTerms,
  designatedUntil,
  EMPTY_LEDGER,
  type Ledger,
  quorumOf,
  readDecision,
} from './index';

const T = 1_000_000;
const UNTIL = T + 365 * 86_400;
const [ada, bo, cy] = CAST.members;
const members = (people: readonly string[], until = UNTIL): Decision => ({
  ...{ kind: 'members', members: people, until, minutes: 'ISSC 1' },
});
const designation = (person: string, over: object = {}): Decision => ({
  ...{ kind: 'designate', person, as: 'break-glass', until: UNTIL, minutes: 'ISSC 1', ...over },
});
const decide = (user: string, n: number, decision: Decision, verdict: 'approve' | 'deny' = 'approve', at = T) =>
  signedBy(user, acts.decide(id('cmd', n), decision, verdict), at);
const holds = (ledger: Ledger, person: string, at = T) => designatedUntil(ledger.committee, person, 'break-glass', at);

describe('a committee', () => {
  it('is founded when everybody whom the decision names has signed, and not before', () => {
    const founder = members([ada, bo, cy]);
    const two = having(EMPTY_LEDGER, decide(ada, 1, founder), decide(bo, 1, founder));
    expect(two.committee).toMatchObject({ members: [], seats: 0, until: 0 });
    expect(enter(two, decide(id('usr', 99), 1, founder))).toBe('committee.not_member');
    expect(enter(two, decide(cy, 1, members([ada, bo, id('usr', 99)])))).toBe('committee.not_member');
    expect(enter(two, decide(bo, 1, founder))).toBe('committee.voted');
    expect(enter(two, decide(ada, 2, designation(cy)))).toBe('committee.not_member');
    expect(having(two, decide(cy, 1, founder)).committee).toMatchObject({ members: [ada, bo, cy], seats: 3 });
  });

  it('is not founded against one of them', () => {
    const founder = members([ada, bo]);
    const against = having(EMPTY_LEDGER, decide(ada, 1, founder), decide(bo, 1, founder, 'deny'));
    expect(against.committee).toMatchObject({ seats: 0, open: new Map() });
    expect(enter(against, decide(bo, 1, founder))).toBe('committee.over');
  });

  it('is never founded anew, whoever is made to leave', () => {
    const thieves = [id('usr', 91), id('usr', 92)] as const;
    let ledger = foundedLedger(T, UNTIL);
    for (const user of CAST.members) ledger = having(ledger, { leave: { user, at: T } });
    expect(ledger.committee).toMatchObject({ members: [], seats: 3 });
    expect(enter(ledger, decide(thieves[0], 9, members(thieves)))).toBe('committee.not_member');
  });

  it('does not shrink its quorum when somebody leaves', () => {
    const five = [1, 2, 3, 4, 5].map((n) => id('usr', 20 + n));
    const [one, two, three, ...gone] = five as [string, string, string, string, string];
    let ledger = having(EMPTY_LEDGER, ...five.map((user) => decide(user, 1, members(five))));
    for (const user of gone) ledger = having(ledger, { leave: { user, at: T } });
    const asked = designation(id('usr', 9));
    ledger = having(ledger, decide(one, 2, asked), decide(two, 2, asked));
    expect(holds(ledger, id('usr', 9))).toBe(0);
    expect(holds(having(ledger, decide(three, 2, asked)), id('usr', 9))).toBe(UNTIL);
    ledger = having(ledger, { leave: { user: three, at: T } });
    expect(enter(ledger, decide(one, 3, asked))).toBe('committee.quorum');
    // Taking away always finds its way.
    expect(enter(ledger, decide(one, 4, { ...asked, kind: 'withdraw', until: 0 } as Decision))).toBeTypeOf('object');
  });

  it.each([
    [2, 2],
    [3, 2],
    [4, 3],
    [5, 3],
    [15, 8],
  ])('of %i decides with %i', (seats, quorum) => expect(quorumOf(seats)).toBe(quorum));

  it('designates nobody by their own vote', () => {
    const ledger = foundedLedger(T, UNTIL);
    for (const verdict of ['approve', 'deny'] as const)
      expect(enter(ledger, decide(ada, 50, designation(ada), verdict))).toBe('committee.self');
    const two = having(ledger, ...designate(id('cmd', 51), cy, 'break-glass', UNTIL, T));
    expect(holds(two, cy)).toBe(UNTIL);
    const pair = having(EMPTY_LEDGER, ...[ada, bo].map((user) => decide(user, 1, members([ada, bo]))));
    expect(enter(pair, decide(bo, 2, designation(ada)))).toBe('committee.quorum');
  });

  it('counts a member once, and every signature for the same words only', () => {
    const ledger = having(foundedLedger(T, UNTIL), decide(ada, 50, designation(CAST.other)));
    expect(enter(ledger, decide(ada, 50, designation(CAST.other)))).toBe('committee.voted');
    expect(enter(ledger, decide(ada, 50, designation(CAST.other), 'deny'))).toBe('committee.voted');
    for (const over of [{ person: CAST.asker }, { as: 'security approver' }, { until: UNTIL + 1 }, { minutes: 'x' }])
      expect(enter(ledger, decide(bo, 50, designation(CAST.other, over)))).toBe('committee.other_terms');
    expect(holds(ledger, CAST.other)).toBe(0);
  });

  it('is done with a decision that was taken, refused or left lying', () => {
    const asked = designation(CAST.other);
    const ledger = foundedLedger(T, UNTIL);
    const taken = having(ledger, decide(ada, 50, asked), decide(bo, 50, asked));
    expect(enter(taken, decide(cy, 50, asked))).toBe('committee.over');
    const refused = having(ledger, decide(ada, 50, asked, 'deny'), decide(bo, 50, asked, 'deny'));
    expect(enter(refused, decide(cy, 50, asked))).toBe('committee.over');
    const late = having(ledger, decide(ada, 50, asked), decide(bo, 50, asked, 'approve', T + DECISION_SECONDS));
    expect(holds(late, CAST.other, T + DECISION_SECONDS)).toBe(0);
    expect(late.committee.open.get(id('cmd', 50))?.for).toEqual([bo]);
  });

  it('leaves nothing half done to the next one', () => {
    const asked = designation(CAST.other);
    const next = members([id('usr', 31), id('usr', 32)]);
    const ledger = having(foundedLedger(T, UNTIL), decide(ada, 50, asked), decide(ada, 51, next), decide(bo, 51, next));
    expect(ledger.committee).toMatchObject({ members: [id('usr', 31), id('usr', 32)], seats: 2, open: new Map() });
    expect(enter(ledger, decide(bo, 50, asked))).toBe('committee.not_member');
  });

  it('designates nobody when its own time is over, renews itself, and takes away', () => {
    const ledger = having(foundedLedger(T, T + 100), ...designate(id('cmd', 50), cy, 'break-glass', UNTIL, T));
    expect(holds(ledger, cy, T + 99)).toBe(T + 100);
    expect(holds(ledger, cy, T + 100)).toBe(0);
    expect(enter(ledger, decide(ada, 51, designation(CAST.other), 'approve', T + 100))).toBe('committee.over');
    const taken = having(ledger, ...withdraw(id('cmd', 52), cy, 'break-glass', T + 100));
    const again = members([ada, bo, cy]);
    const renew = [decide(ada, 53, again, 'approve', T + 100), decide(bo, 53, again, 'approve', T + 100)];
    expect(holds(having(ledger, ...renew), cy, T + 100)).toBe(UNTIL);
    expect(holds(having(taken, ...renew), cy, T + 100)).toBe(0);
  });

  it('forgets who left: their vote, what they hold, and what is to be decided for them', () => {
    const asked = designation(CAST.other);
    let ledger = having(foundedLedger(T, UNTIL), decide(ada, 50, asked), decide(bo, 51, designation(CAST.security)));
    ledger = having(ledger, { leave: { user: ada, at: T } }, { leave: { user: CAST.security, at: T } });
    expect(ledger.committee.open.get(id('cmd', 50))?.for).toEqual([]);
    expect(ledger.committee.open.has(id('cmd', 51))).toBe(false);
    expect(designatedUntil(ledger.committee, CAST.security, 'security approver', T)).toBe(0);
    expect(enter(ledger, decide(ada, 50, asked))).toBe('committee.not_member');
    // A refusal is not undone by making somebody leave.
    const refused = having(foundedLedger(T, UNTIL), decide(ada, 50, asked, 'deny'), { leave: { user: ada, at: T } });
    expect(refused.committee.open.get(id('cmd', 50))?.against).toEqual([ada]);
  });

  it('is made of device-bound passkeys of the staff', () => {
    const [first] = founding(T, UNTIL) as [{ signed: object }];
    expect(enter(EMPTY_LEDGER, { signed: { ...first.signed, deviceBound: false } } as never)).toBe(
      'grant.device_bound',
    );
    expect(enter(EMPTY_LEDGER, { signed: { ...first.signed, realm: 'customer' } } as never)).toBe('grant.realm');
  });
});

describe('a decision', () => {
  const some = [
    members([ada, bo, cy]),
    designation(ada),
    { ...designation(ada), kind: 'withdraw', until: 0 } as Decision,
  ];

  it('reads back as it was written, and in no other words', () => {
    for (const decision of some) {
      const terms = decisionTerms(decision);
      expect(readDecision(terms)).toEqual(decision);
      expect(readDecision(terms.toReversed())).toBeNull();
      expect(readDecision([...terms, ['Note', 'x']])).toBeNull();
      expect(readDecision([...terms, terms[1]!])).toBeNull();
      expect(readDecision(terms.slice(1))).toBeNull();
      expect(readDecision(terms.map(([name, value]) => [name, name === 'Until' ? `${value}.0` : value]))).toBeNull();
    }
    expect(readDecision([])).toBeNull();
  });

  it.each<[string, Decision]>([
    ['one member', members([ada])],
    ['a member twice', members([ada, ada])],
    ['sixteen members', members(Array.from({ length: 16 }, (_, i) => id('usr', i)))],
    ['somebody who is no person', members([ada, 'usr_1'])],
    ['no end', designation(ada, { until: 0 })],
    ['an end beyond all calendars', designation(ada, { until: 1e21 })],
    ['a withdrawal until later', designation(ada, { kind: 'withdraw' })],
    ['a designation nobody knows', designation(ada, { as: 'king' })],
    ['another kind', designation(ada, { kind: 'dissolve' })],
    ['minutes of two lines', designation(ada, { minutes: 'a\nb' })],
  ])('is none with %s', (_, decision) => expect(() => decisionTerms(decision)).toThrow(RangeError));
});
