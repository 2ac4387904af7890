import { describe, expect, it } from 'vitest';
import {
  acts,
  breakGlass,
  CAST,
  CUSTOMER_ROLE,
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
  type Entry,
  forget,
  type GrantTerms,
  KEPT_SECONDS,
  type Ledger,
  mayStart,
  OPEN_SECONDS,
  REVIEW_SECONDS,
  type Signed,
  standingIn,
} from './index';

const T = 1_000_000;
const DAY = 86_400;
const UNTIL = T + 365 * DAY;
const { asker, other, security, security2, onCall, customer } = CAST;
const GRANT = id('grt', 1);
const EXTENSION = id('grt', 2);
const SESSION = id('ssn', 1);
const founded = foundedLedger(T, UNTIL);

const ask = (terms: GrantTerms, at = T, grant = GRANT, user = terms.person) =>
  signedBy(user, acts.ask(grant, terms), at);
const vote = (
  user: string,
  role: string,
  terms: GrantTerms,
  {
    at = T,
    grant = GRANT,
    verdict = 'approve' as 'approve' | 'deny',
    ...over
  }: Record<string, unknown> & Partial<{ at: number; grant: string; verdict: 'approve' | 'deny' }> = {},
) => signedBy(user, acts.vote(grant, terms, role, verdict), at, over as Partial<Signed>);
const both = (terms: GrantTerms, at = T, grant = GRANT): Entry[] => [
  vote(security, 'security', terms, { at, grant }),
  vote(onCall, 'on-call', terms, { at, grant }),
];
const open = (at = T, over: Partial<Parameters<typeof acts.open>[1]> = {}, user: string = asker, grant = GRANT) =>
  signedBy(user, acts.open(grant, { session: SESSION, ...over }), at);
const state = (ledger: Ledger, at = T, grant = GRANT) => standingIn(ledger, grant, at)?.state;
const end = (at: number, why = 'revoked' as const, grant = GRANT): Entry => ({ end: { request: grant, at, why } });

const plain = request(T);
const granted = having(founded, ask(plain), ...both(plain));

describe('a request', () => {
  it('is of whoever signs it and is designated, once, and within its time', () => {
    expect(state(having(founded, ask(plain)))).toBe('pending');
    expect(enter(founded, ask(plain, T, GRANT, other))).toBe('grant.person');
    expect(enter(founded, ask(request(T, { person: security })))).toBe('grant.not_designated');
    expect(enter(founded, ask(breakGlass(T, { person: other })))).toBe('grant.not_designated');
    expect(enter(having(founded, ask(plain)), ask(plain))).toBe('grant.exists');
    expect(enter(founded, ask(plain, plain.decideBy))).toBe('grant.terms');
    expect(enter(founded, ask(request(T, { decideBy: T + 31 * DAY })))).toBe('grant.terms');
    expect(enter(founded, ask(request(T, { startsAt: T + 91 * DAY })))).toBe('grant.terms');
    expect(enter(founded, ask(plain, T, 'grt_1'))).toBe('grant.terms');
    expect(enter(founded, ask(plain, UNTIL - 1))).toBe('grant.terms');
  });

  it('is refused when the designation is over before it would start', () => {
    const short = foundedLedger(T, T + 1000);
    expect(enter(short, ask(request(T, { startsAt: T + 1000 })))).toBe('grant.not_designated');
    expect(state(having(short, ask(request(T, { startsAt: T + 999 }))))).toBe('pending');
  });

  it('needs a device-bound passkey of the staff, and the verdict that it is', () => {
    const { signed } = ask(plain) as { signed: Signed };
    expect(enter(founded, { signed: { ...signed, deviceBound: false } })).toBe('grant.device_bound');
    expect(enter(founded, { signed: { ...signed, realm: 'customer' } })).toBe('grant.realm');
    expect(enter(founded, { signed: { ...signed, act: { ...signed.act, verdict: 'approve' } } })).toBe('grant.terms');
    expect(enter(founded, { signed: { ...signed, act: { ...signed.act, action: 'edge.ban' } } })).toBe('grant.terms');
  });

  it('is undecided when its time is over, and withdrawn when it was taken back before', () => {
    const asked = having(founded, ask(plain));
    expect(state(asked, plain.decideBy - 1)).toBe('pending');
    expect(state(asked, plain.decideBy)).toBe('undecided');
    expect(enter(asked, vote(security, 'security', plain, { at: plain.decideBy }))).toBe('grant.decided');
    const taken = having(asked, { end: { request: GRANT, at: T + 5, why: 'withdrawn' } });
    expect(standingIn(taken, GRANT, T + 5)).toMatchObject({ state: 'withdrawn', why: 'withdrawn' });
    expect(enter(taken, vote(security, 'security', plain, { at: T + 5 }))).toBe('grant.decided');
    expect(state(having(asked, end(plain.decideBy + 1)), plain.decideBy + 2)).toBe('undecided');
  });
});

describe('approvals', () => {
  it('make a grant when every role has given its count, from that moment on', () => {
    const one = having(founded, ask(plain), vote(security, 'security', plain, { at: T + 10 }));
    expect(standingIn(one, GRANT, T + 10)).toMatchObject({
      state: 'pending',
      missing: [{ role: 'on-call', count: 1 }],
    });
    const two = having(one, vote(onCall, 'on-call', plain, { at: T + 20 }));
    expect(standingIn(two, GRANT, T + 20)).toEqual({
      ...{ state: 'active', startsAt: T + 20, deadline: T + 20 + 3600, why: null, missing: [] },
    });
    expect(standingIn(two, GRANT, T + 20 + 3600)).toMatchObject({ state: 'ended', why: 'expired' });
  });

  it('may give fewer minutes, of which the fewest hold, and never more', () => {
    const fewer = having(
      founded,
      ask(plain),
      vote(security, 'security', { ...plain, minutes: 20 }),
      vote(onCall, 'on-call', { ...plain, minutes: 40 }),
    );
    expect(standingIn(fewer, GRANT, T)?.deadline).toBe(T + 20 * 60);
    const asked = having(founded, ask(plain));
    expect(enter(asked, vote(security, 'security', { ...plain, minutes: 61 }))).toBe('grant.other_terms');
  });

  it.each<Partial<GrantTerms>>([
    { targets: ['host:eu-2'] },
    { targets: ['host:eu-1', 'host:eu-2'] },
    { command: 'id' },
    { files: true },
    { reason: 'Another reason altogether' },
    { approvals: [{ role: 'security', count: 1 }] },
    { kind: 'break-glass', approvals: [], minutes: 5 },
  ])('of other terms never count: %o', (over) => {
    const asked = having(founded, ask(plain));
    expect(enter(asked, vote(security, 'security', { ...plain, ...over }))).toBe('grant.other_terms');
  });

  it('are by others, each once, in a role that is asked for and theirs', () => {
    const selfish = having(founded, ...designate(id('cmd', 80), asker, 'security approver', UNTIL, T));
    for (const role of ['security', 'on-call', CUSTOMER_ROLE])
      expect(enter(having(selfish, ask(plain)), vote(asker, role, plain))).toBe('grant.person');
    const asked = having(founded, ...designate(id('cmd', 80), security, 'on-call approver', UNTIL, T), ask(plain));
    const one = having(asked, vote(security, 'security', plain));
    expect(enter(one, vote(security, 'on-call', plain))).toBe('grant.voted');
    expect(enter(one, vote(security, 'security', plain, { verdict: 'deny' }))).toBe('grant.voted');
    expect(enter(asked, vote(onCall, 'security', plain))).toBe('grant.not_designated');
    expect(enter(asked, vote(other, 'on-call', plain))).toBe('grant.not_designated');
    expect(enter(asked, vote(security, CUSTOMER_ROLE, plain))).toBe('grant.role');
    expect(enter(asked, vote(security, 'toString', plain))).toBe('grant.role');
    expect(enter(asked, vote(security, '', plain))).toBe('grant.role');
    expect(enter(asked, vote(security, 'security', plain, { grant: EXTENSION }))).toBe('grant.unknown');
    expect(enter(asked, vote(security, 'security', plain, { deviceBound: false }))).toBe('grant.device_bound');
  });

  it('of customers are by customers, and no passkey of theirs stands for the staff', () => {
    const terms = request(T, {
      approvals: [
        { role: 'security', count: 1 },
        { role: CUSTOMER_ROLE, count: 1 },
      ],
    });
    const asked = having(founded, ask(terms));
    const theirs = { realm: 'customer', deviceBound: false };
    expect(enter(asked, vote(customer, 'security', terms, theirs))).toBe('grant.role');
    expect(enter(asked, vote(security, CUSTOMER_ROLE, terms))).toBe('grant.role');
    expect(enter(asked, vote(customer, `customer ${id('org', 2)}`, terms, theirs))).toBe('grant.role');
    const given = having(asked, vote(customer, CUSTOMER_ROLE, terms, theirs), vote(security, 'security', terms));
    expect(state(given)).toBe('active');
  });

  it('end with enough refusals, whoever agreed', () => {
    const terms = request(T, {
      denials: 2,
      approvals: [
        { role: 'security', count: 2 },
        { role: 'on-call', count: 1 },
      ],
    });
    const one = having(founded, ask(terms), vote(security, 'security', terms, { verdict: 'deny' }));
    expect(state(one)).toBe('pending');
    const two = having(one, vote(onCall, 'on-call', terms, { verdict: 'deny' }));
    expect(state(two)).toBe('denied');
    expect(enter(two, vote(security2, 'security', terms))).toBe('grant.decided');
  });

  it('are void when their giver leaves or is no longer designated; refusals stay', () => {
    const terms = request(T, { denials: 2 });
    const yes = having(founded, ask(terms), vote(security, 'security', terms));
    const gone = [
      having(yes, { leave: { user: security, at: T } }),
      having(yes, ...withdraw(id('cmd', 81), security, 'security approver', T)),
    ];
    for (const ledger of gone) {
      expect(state(having(ledger, vote(onCall, 'on-call', terms)))).toBe('pending');
      const again = having(ledger, ...designate(id('cmd', 82), security, 'security approver', UNTIL, T));
      expect(state(having(again, vote(onCall, 'on-call', terms)))).toBe('pending');
    }
    const no = having(founded, ask(terms), vote(security, 'security', terms, { verdict: 'deny' }));
    const still = having(no, { leave: { user: security, at: T } }, vote(onCall, 'on-call', terms, { verdict: 'deny' }));
    expect(state(still)).toBe('denied');
  });

  it('do not count once their giver’s designation has lapsed', () => {
    const brief = having(founded, ...designate(id('cmd', 80), security, 'security approver', T + 100, T));
    const one = having(brief, ask(plain), vote(security, 'security', plain, { at: T + 99 }));
    expect(standingIn(one, GRANT, T + 100)?.missing).toHaveLength(2);
    const late = having(one, vote(onCall, 'on-call', plain, { at: T + 100 }));
    expect(state(late, T + 100)).toBe('pending');
    expect(state(having(late, vote(security2, 'security', plain, { at: T + 101 })), T + 101)).toBe('active');
  });
});

describe('a grant', () => {
  it('waits for its start, and its minutes count from there', () => {
    const terms = request(T, { startsAt: T + 500 });
    const ledger = having(founded, ask(terms), ...both(terms));
    expect(state(ledger, T + 499)).toBe('scheduled');
    expect(enter(ledger, open(T + 499))).toBe('grant.not_active');
    expect(standingIn(ledger, GRANT, T + 500)).toMatchObject({ state: 'active', deadline: T + 500 + 3600 });
  });

  it('ends at the first end, and nothing begins it anew', () => {
    const ended = having(granted, open(T + 1), end(T + 10));
    expect(standingIn(ended, GRANT, T + 10)).toMatchObject({ state: 'ended', why: 'revoked', deadline: T + 10 });
    expect(enter(ended, open(T + 10, { session: id('ssn', 2) }))).toBe('grant.not_active');
    expect(mayStart(ended, SESSION, T + 10)).toBe('grant.not_active');
    for (const later of [end(T + 20), { leave: { user: asker, at: T + 20 } }])
      expect(standingIn(having(ended, later), GRANT, T + 30)).toMatchObject({ why: 'revoked', deadline: T + 10 });
    expect(standingIn(having(ended, end(T + 5)), GRANT, T + 30)).toMatchObject({ why: 'revoked', deadline: T + 5 });
    expect(enter(founded, end(T))).toBe('grant.unknown');
  });

  it('ends with the designation of its person: lapsed, withdrawn, shortened, or when they leave', () => {
    const short = foundedLedger(T, T + 1000);
    const lapsed = having(short, ask(plain), ...both(plain));
    expect(standingIn(lapsed, GRANT, T)?.deadline).toBe(T + 1000);
    expect(standingIn(lapsed, GRANT, T + 1000)).toMatchObject({ state: 'ended', why: 'lapsed' });
    const gone = [
      having(granted, { leave: { user: asker, at: T + 50 } }),
      having(granted, ...withdraw(id('cmd', 81), asker, 'authorised employee', T + 50)),
    ];
    for (const ledger of gone)
      expect(standingIn(ledger, GRANT, T + 50)).toMatchObject({ state: 'ended', why: 'lapsed', deadline: T + 50 });
    const shortened = having(granted, ...designate(id('cmd', 82), asker, 'authorised employee', T + 60, T + 50));
    expect(standingIn(shortened, GRANT, T + 50)).toMatchObject({ state: 'active', deadline: T + 60 });
    const renewed = having(shortened, ...designate(id('cmd', 83), asker, 'authorised employee', UNTIL, T + 55));
    expect(standingIn(renewed, GRANT, T + 55)?.deadline).toBe(T + 60);
    // Another designation of theirs is another matter.
    const kept = having(granted, ...withdraw(id('cmd', 81), asker, 'break-glass', T + 50));
    expect(state(kept, T + 50)).toBe('active');
  });

  it('that waits lapses too', () => {
    const asked = having(foundedLedger(T, T + 1000), ask(plain));
    expect(standingIn(asked, GRANT, T + 1000)).toMatchObject({ state: 'withdrawn', why: 'lapsed' });
    expect(enter(asked, vote(security2, 'security', plain, { at: T + 1000 }))).toBe('grant.decided');
  });
});

describe('an extension', () => {
  const more = request(T + 100, { kind: 'extension', extends: GRANT, minutes: 30 });
  const asks = (terms: GrantTerms, at = T + 100, grant = EXTENSION) => ask(terms, at, grant);
  const extended = having(granted, asks(more), ...both(more, T + 200, EXTENSION));

  it('moves the end of what it extends, and opens nothing by itself', () => {
    expect(standingIn(extended, GRANT, T + 200)?.deadline).toBe(T + 3600 + 1800);
    expect(standingIn(extended, EXTENSION, T + 200)).toMatchObject({ state: 'extended', deadline: null });
    expect(enter(extended, open(T + 200, {}, asker, EXTENSION))).toBe('grant.not_active');
    const ended = having(extended, end(T + 300));
    expect(state(ended, T + 300)).toBe('ended');
    expect(enter(ended, open(T + 300, {}, asker, EXTENSION))).toBe('grant.not_active');
  });

  it('is approved two seconds before the end, and not after it', () => {
    const asked = having(granted, asks(more), vote(security, 'security', more, { at: T + 200, grant: EXTENSION }));
    const last = (at: number) => enter(asked, vote(onCall, 'on-call', more, { at, grant: EXTENSION }));
    expect(last(T + 3600)).toBe('grant.not_active');
    expect(standingIn(last(T + 3598) as Ledger, GRANT, T + 3600)?.state).toBe('active');
  });

  it.each<[Partial<GrantTerms>, string]>([
    [{ targets: ['host:eu-2'] }, 'grant.other_terms'],
    [{ command: 'id' }, 'grant.other_terms'],
    [{ files: true }, 'grant.other_terms'],
    [{ approvals: [{ role: 'security', count: 1 }] }, 'grant.other_terms'],
    [{ extends: id('grt', 9) }, 'grant.unknown'],
    [{ person: other }, 'grant.unknown'],
  ])('is of the same grant and as hard to get: %o', (over, code) => {
    expect(enter(granted, asks({ ...more, ...over }))).toBe(code);
  });

  it('is none of a break-glass, of another extension, or of what is not running', () => {
    const glass = having(founded, ask(breakGlass(T)));
    expect(enter(glass, asks(more))).toBe('grant.other_terms');
    const twice = { ...more, extends: EXTENSION };
    expect(enter(extended, asks(twice, T + 300, id('grt', 3)))).toBe('grant.other_terms');
    expect(enter(having(granted, end(T + 50)), asks(more))).toBe('grant.not_active');
    expect(enter(having(founded, ask(plain)), asks(more))).toBe('grant.not_active');
  });

  it('goes no further than the total, also when several wait together', () => {
    const long = request(T, { minutes: 480 });
    let ledger = having(founded, ask(long), ...both(long));
    const two = { ...more, minutes: 120 };
    const ids = [2, 3, 4].map((n) => id('grt', n)) as [string, string, string];
    ledger = having(ledger, ...ids.map((grant) => asks(two, T + 100, grant)));
    for (const grant of ids.slice(0, 2)) ledger = having(ledger, ...both(two, T + 200, grant));
    const third = having(ledger, vote(security, 'security', two, { at: T + 200, grant: ids[2] }));
    expect(enter(third, vote(onCall, 'on-call', two, { at: T + 200, grant: ids[2] }))).toBe('grant.total');
    expect(standingIn(third, GRANT, T + 200)?.deadline).toBe(T + 720 * 60);
    expect(enter(ledger, asks({ ...two, minutes: 1 }, T + 300, id('grt', 5)))).toBe('grant.total');
  });
});

describe('a break-glass', () => {
  const glass = having(founded, ask(breakGlass(T)));
  const review = (user: string, at: number, over: Partial<Signed> = {}) => signedBy(user, acts.review(GRANT), at, over);
  const again = (at: number, terms = request(at)) => ask(terms, at, EXTENSION);

  it('runs at once, without anybody, for its minutes', () => {
    expect(standingIn(glass, GRANT, T)).toMatchObject({ state: 'active', deadline: T + 1800 });
    expect(enter(glass, vote(security, 'security', breakGlass(T)))).toBe('grant.decided');
  });

  it('blocks its person once two others have not looked at it within a day, until they have', () => {
    const due = T + REVIEW_SECONDS;
    expect(enter(glass, again(due))).toBeTypeOf('object');
    for (const terms of [request(due + 1), breakGlass(due + 1)])
      expect(enter(glass, again(due + 1, terms))).toBe('grant.review_overdue');
    const one = having(glass, review(security, due + 1));
    expect(enter(one, again(due + 1))).toBe('grant.review_overdue');
    expect(enter(one, review(security, due + 2))).toBe('grant.voted');
    expect(enter(having(one, review(security2, due + 2)), again(due + 2))).toBeTypeOf('object');
    // Somebody else's business is not held up.
    expect(enter(glass, again(due + 1, request(due + 1, { person: other })))).toBeTypeOf('object');
  });

  it('is looked at by security approvers other than its person, and is a break-glass', () => {
    const selfish = having(glass, ...designate(id('cmd', 80), asker, 'security approver', UNTIL, T));
    expect(enter(selfish, review(asker, T))).toBe('grant.person');
    expect(enter(glass, review(onCall, T))).toBe('grant.not_designated');
    expect(enter(glass, review(customer, T, { realm: 'customer' }))).toBe('grant.realm');
    expect(enter(granted, review(security, T))).toBe('grant.unknown');
  });
});

describe('an opening', () => {
  it('is for one session on one target of a running grant, by its person', () => {
    const opened = having(granted, open());
    expect(mayStart(opened, SESSION, T)).toMatchObject({ request: GRANT, target: 'host:eu-1', startedAt: null });
    expect(enter(opened, open())).toBe('grant.exists');
    expect(enter(granted, open(T, { target: 'host:eu-2' }))).toBe('grant.target');
    expect(enter(granted, open(T, {}, security))).toBe('grant.person');
    expect(enter(granted, open(T, {}, asker, EXTENSION))).toBe('grant.unknown');
    expect(enter(granted, open(T + 3600))).toBe('grant.not_active');
    expect(mayStart(granted, SESSION, T)).toBe('grant.unknown');
  });

  it('is good once, for two minutes', () => {
    const opened = having(granted, open());
    expect(mayStart(opened, SESSION, T + OPEN_SECONDS)).toBe('grant.unknown');
    expect(enter(opened, { start: { session: SESSION, at: T + OPEN_SECONDS } })).toBe('grant.unknown');
    const started = having(opened, { start: { session: SESSION, at: T + 5 } });
    expect(started.openings.get(SESSION)?.startedAt).toBe(T + 5);
    expect(mayStart(started, SESSION, T + 5)).toBe('grant.unknown');
    expect(enter(started, { start: { session: SESSION, at: T + 5 } })).toBe('grant.unknown');
  });

  it.each<[string, (terms: readonly (readonly [string, string])[]) => readonly (readonly [string, string])[]]>([
    ['a second target', (terms) => [...terms, ['Target', 'host:eu-1']]],
    ['a note', (terms) => [...terms, ['Note', 'harmless']]],
    ['another order', (terms) => terms.toReversed()],
    ['no address', (terms) => terms.slice(0, 3)],
    ['a session of another form', (terms) => terms.with(0, ['Session', 'ssn_1'])],
    ['a key in hexadecimal', (terms) => terms.with(2, ['Through', 'key MD5:00'])],
    ['an address that is a name', (terms) => terms.with(3, ['Address', 'laptop'])],
  ])('is none with %s', (_, change) => {
    const { signed } = open() as { signed: Signed };
    const terms = change(signed.act.terms);
    expect(enter(granted, { signed: { ...signed, act: { ...signed.act, terms } } })).toBe('grant.terms');
  });
});

describe('forgetting', () => {
  it('drops what is over a week after its end, and a break-glass only once it was looked at', () => {
    const terms = breakGlass(T, { person: asker });
    let ledger = having(granted, open(), ask(terms, T, EXTENSION));
    const later = T + 3600 + KEPT_SECONDS;
    expect(forget(ledger, later - 1).requests.has(GRANT)).toBe(true);
    expect([...forget(ledger, later).requests.keys()]).toEqual([EXTENSION]);
    expect([...forget(ledger, T + 1000 * DAY).requests.keys()]).toEqual([EXTENSION]);
    for (const user of [security, security2]) ledger = having(ledger, signedBy(user, acts.review(EXTENSION), later));
    expect(forget(ledger, later).requests.size).toBe(0);
    expect(forget(ledger, later).openings.size).toBe(0);
  });

  it('drops openings nobody used, decisions nobody took, and designations that lapsed', () => {
    const opened = having(granted, open());
    expect(forget(opened, T + OPEN_SECONDS - 1).openings.size).toBe(1);
    expect(forget(opened, T + OPEN_SECONDS).openings.size).toBe(0);
    const started = having(opened, { start: { session: SESSION, at: T } });
    expect(forget(started, T + OPEN_SECONDS).openings.size).toBe(1);
    const { committee } = forget(founded, UNTIL);
    expect([committee.held.size, committee.closed.size, committee.open.size]).toEqual([0, 0, 0]);
    expect(committee).toMatchObject({ members: CAST.members, seats: 3 });
  });
});
