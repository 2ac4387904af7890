/** What holds after any history: people of the cast do whatever comes to their minds, at times that only go forward. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acts,
  breakGlass,
  CAST,
  CUSTOMER_ROLE,
  DESIGNATED,
  designate,
  enter,
  foundedLedger,
  having,
  id,
  request,
  signedBy,
} from '@/test/support/grants';
import {
  areGrantTerms,
  type Decision,
  delegatedRole,
  designatedUntil,
  type Entry,
  forget,
  GRANT_LIMITS,
  type GrantTerms,
  KEPT_SECONDS,
  type Ledger,
  mayStart,
  type Signed,
  type State,
  standingIn,
} from './index';

const T = 1_000_000;
const UNTIL = T + 40_000;
const PEOPLE = [...Object.values(CAST).flat()];
const FOUNDED = foundedLedger(T, UNTIL);
const VOTERS = [CAST.security, CAST.onCall, CAST.security2, CAST.onCall, CAST.customer, CAST.security, CAST.asker];
const IDS = [1, 2, 3, 4, 5].map((n) => id('grt', n));
const LENT = [1, 2, 3, 4].map((n) => id('dlg', n));
const OVER: readonly State[] = ['denied', 'undecided', 'withdrawn', 'ended', 'extended'];
const DESIGNATION_OF = { security: 'security approver', 'on-call': 'on-call approver' } as const;

const person = fc.constantFrom(...PEOPLE);
const grant = fc.constantFrom(...IDS);
const verdict = fc.constantFrom(...Array(9).fill('approve'), 'deny') as fc.Arbitrary<'approve' | 'deny'>;
const minutes = fc.constantFrom(5, 30, 60, 61, 120);
/** The text of a request is the same whenever it is said: of what is asked for under an id there are four versions. */
const words = fc
  .record({ n: grant, asker: fc.constantFrom(CAST.asker, CAST.other), minutes, kind: fc.nat({ max: 7 }) })
  .map(({ n, asker, minutes, kind }): GrantTerms => {
    const over = { person: asker, reason: `Whatever ${n} is about`, decideBy: T + 20_000 };
    if (kind === 0) return breakGlass(T, { ...over, minutes: Math.min(60, minutes) });
    if (kind === 1 || kind > 4)
      return request(T, { ...over, kind: 'extension', extends: IDS[0]!, minutes: Math.min(120, minutes) });
    if (kind === 2) return request(T, { ...over, minutes, startsAt: T + 5000 });
    if (kind === 3)
      return request(T, {
        ...over,
        minutes,
        approvals: [
          { role: 'security', count: 1 },
          { role: CUSTOMER_ROLE, count: 1 },
        ],
      });
    return request(T, { ...over, minutes });
  });

/** What somebody does to a ledger at a time; terms are of the request as it stands there, or some others. */
type Deed = (ledger: Ledger, at: number) => Entry;
const ofRequest = (ledger: Ledger, n: string, minutes: number, otherwise: GrantTerms): GrantTerms => {
  const asked = ledger.requests.get(n)?.terms;
  return asked ? { ...asked, minutes: Math.min(asked.minutes, minutes) } : otherwise;
};
const realmOf = (user: string): Partial<Signed> =>
  user === CAST.customer ? { realm: 'customer', deviceBound: false } : {};
const ROLES = ['security', 'on-call', CUSTOMER_ROLE] as const;
/** Mostly the role they have. */
const roleOf = (user: string, role: number): string => {
  const theirs = { [CAST.security]: 0, [CAST.security2]: 0, [CAST.onCall]: 1, [CAST.customer]: 2 }[user];
  return ROLES[theirs ?? role % 3]!;
};

const ask = fc.record({ n: grant, terms: words, by: fc.option(person, { freq: 9 }) });
const deeds: fc.Arbitrary<Deed>[] = [
  ...Array.from({ length: 4 }, () =>
    ask.map(
      ({ n, terms, by }): Deed =>
        (ledger, at) => {
          const running = [...ledger.requests.values()].find(
            (one) => standingIn(ledger, one.id, at)?.state === 'active',
          );
          const said =
            terms.kind === 'extension' && running
              ? {
                  ...{ ...terms, extends: running.id, person: running.terms.person },
                  ...{ approvals: running.terms.approvals, customers: running.terms.customers },
                }
              : terms;
          const isOne = areGrantTerms(said) ? said : terms;
          return signedBy(by ?? isOne.person, acts.ask(n, isOne), at);
        },
    ),
  ),
  ...Array.from({ length: 8 }, () =>
    fc
      .record({
        n: grant,
        terms: words,
        by: fc.constantFrom(...VOTERS),
        minutes,
        verdict,
        role: fc.nat({ max: 5 }),
        forged: fc.nat({ max: 15 }),
      })
      .map(
        ({ n, terms, by, minutes, verdict, role, forged }): Deed =>
          (ledger, at) => {
            // Mostly on something that waits.
            const waiting = IDS.filter((one) => standingIn(ledger, one, at)?.state === 'pending');
            const on = waiting[minutes % waiting.length] ?? n;
            const said = forged === 0 ? terms : ofRequest(ledger, on, minutes, terms);
            return signedBy(by, acts.vote(on, said, roleOf(by, role), verdict), at, realmOf(by));
          },
      ),
  ),
  ...Array.from({ length: 2 }, () =>
    fc
      .record({
        object: fc.constantFrom(...LENT),
        by: fc.constantFrom(...VOTERS),
        to: fc.constantFrom(...PEOPLE),
        role: fc.constantFrom('security', 'on-call'),
        from: fc.constantFrom(0, 0, 0, 300),
        seconds: fc.constantFrom(600, 4000, 20_000),
      })
      .map(
        ({ object, by, to, role, from, seconds }): Deed =>
          (_, at) =>
            signedBy(by, acts.delegate(object, { role, to, from: at + from, until: at + from + seconds }), at),
      ),
  ),
  fc.constantFrom(...LENT).map(
    (delegation): Deed =>
      (_, at) => ({ undelegate: { delegation, at } }),
  ),
  // Mostly by somebody who was lent a voice, for whom it was lent by.
  ...Array.from({ length: 4 }, () =>
    fc
      .record({
        n: grant,
        lent: fc.constantFrom(...LENT),
        by: fc.option(person, { freq: 9 }),
        of: person,
        terms: words,
      })
      .map(
        ({ n, lent, by, of, terms }): Deed =>
          (ledger, at) => {
            const delegation = ledger.delegations.get(lent);
            const waiting = IDS.filter((one) => standingIn(ledger, one, at)?.state === 'pending');
            const on = waiting[at % waiting.length] ?? n;
            const role = delegatedRole(delegation?.role ?? 'security', delegation?.by ?? of);
            return signedBy(by ?? delegation?.to ?? of, acts.vote(on, ofRequest(ledger, on, 120, terms), role), at);
          },
      ),
  ),
  fc.record({ n: grant, by: person, verdict }).map(
    ({ n, by, verdict }): Deed =>
      (_, at) =>
        signedBy(by, acts.review(n, verdict), at),
  ),
  fc.record({ n: grant, by: person, session: fc.nat({ max: 9 }) }).map(
    ({ n, by, session }): Deed =>
      (ledger, at) =>
        signedBy(
          session < 7 ? (ledger.requests.get(n)?.terms.person ?? by) : by,
          acts.open(n, { session: id('ssn', session) }),
          at,
        ),
  ),
  fc.nat({ max: 9 }).map(
    (session): Deed =>
      (_, at) => ({ start: { session: id('ssn', session), at } }),
  ),
  grant.map(
    (n): Deed =>
      (_, at) => ({ end: { request: n, at, why: 'revoked' } }),
  ),
  fc.record({ user: person, spared: fc.nat({ max: 9 }) }).map(
    ({ user, spared }): Deed =>
      (_, at) => ({ leave: { user: spared === 0 ? user : id('usr', 404), at } }),
  ),
  fc
    .record({
      by: fc.constantFrom(...CAST.members),
      about: fc.constantFrom(...DESIGNATED),
      until: fc.constantFrom(0, T + 3000, T + 9000, UNTIL),
      verdict,
    })
    .map(({ by, about: [person, as], until, verdict }): Deed => {
      const decision: Decision = {
        ...{ kind: until === 0 ? 'withdraw' : 'designate', person, as, until, minutes: 'ISSC 7' },
      };
      return (_, at) => signedBy(by, acts.decide(id('cmd', 900 + until), decision, verdict), at);
    }),
];
const history = fc.array(
  fc.record({ deed: fc.oneof(...deeds), wait: fc.constantFrom(0, 0, 0, 0, 0, 1, 60, 600, 1500) }),
  {
    minLength: 20,
    maxLength: 60,
    size: 'max',
  },
);

/** Approvers, one of whom asks too, and an employee: they lend their voices to one another, and vote on two requests in whatever way they can. */
const LENDERS = [CAST.security, CAST.security2, CAST.onCall, CAST.other];
const LENDING = having(FOUNDED, ...designate(id('cmd', 50), CAST.security, 'authorised employee', UNTIL, T));
const LENT_NEEDS = [
  { role: 'security', count: 2 },
  { role: 'on-call', count: 1 },
];
const lender = fc.constantFrom(...LENDERS);
const voice = fc.constantFrom('security', 'on-call');
const lending = fc.array(
  fc.record({
    wait: fc.constantFrom(0, 0, 0, 60),
    deed: fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ object: fc.constantFrom(...LENT), by: lender, to: lender, role: voice }).map(lends),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom(...LENT).map(
          (delegation): Deed =>
            (_, at) => ({ undelegate: { delegation, at } }),
        ),
      },
      {
        weight: 8,
        arbitrary: fc
          .record({
            n: fc.constantFrom(...IDS.slice(0, 2)),
            by: lender,
            of: fc.option(lender, { freq: 3 }),
            role: voice,
          })
          .map(answers),
      },
    ),
  }),
  { minLength: 15, maxLength: 40, size: 'max' },
);
function lends({ object, by, to, role }: Record<'object' | 'by' | 'to' | 'role', string>): Deed {
  return (_, at) => {
    const terms = { role: role as 'security', to, from: at, until: at + 5000 };
    return signedBy(by, acts.delegate(object, terms), at);
  };
}
function answers({ n, by, of, role }: Record<'n' | 'by' | 'role', string> & { of: string | null }): Deed {
  return (ledger, at) => {
    const as = of === null ? role : delegatedRole(role as 'security', of);
    return signedBy(by, acts.vote(n, ledger.requests.get(n)!.terms, as), at);
  };
}

interface Step {
  ledger: Ledger;
  entry: Entry;
  at: number;
}
/** The ledgers on the way, of what counted. */
function run(steps: readonly { deed: Deed; wait: number }[], from = FOUNDED): Step[] {
  const counted: Step[] = [];
  let ledger = from;
  let at = T;
  for (const { deed, wait } of steps) {
    at += wait;
    const entry = deed(ledger, at);
    const next = enter(ledger, entry);
    if (typeof next === 'string') continue;
    ledger = next;
    counted.push({ ledger, entry, at });
  }
  return counted;
}
const RUNS = { numRuns: 120 };
const votesOf = (steps: readonly Step[], n: string) =>
  steps.flatMap(({ entry }) =>
    'signed' in entry && entry.signed.act.action === 'grant.vote' && entry.signed.act.object === n
      ? [entry.signed]
      : [],
  );

describe('after any history', () => {
  it('a grant was agreed to by enough others, designated at that moment, each counted once', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const counted = run(steps);
        for (const [i, { ledger, at }] of counted.entries())
          for (const one of ledger.requests.values()) {
            const before = i === 0 ? undefined : counted[i - 1]!.ledger.requests.get(one.id);
            expect(new Set(one.votes.map(({ user }) => user)).size).toBe(one.votes.length);
            for (const { user } of [...one.votes, ...one.reviews]) expect(user).not.toBe(one.terms.person);
            if (before?.decided) expect(one.decided).toEqual(before.decided);
            if (before?.decided || one.decided?.verdict !== 'approve' || one.terms.kind === 'break-glass') continue;
            const signers = votesOf(counted.slice(0, i + 1), one.id).filter(({ act }) => act.verdict === 'approve');
            for (const { role, count } of one.terms.approvals) {
              // Of a vote by delegation, whose voice it is: that of somebody designated, who gave none of their own.
              const able = signers.flatMap(({ act, user }) => {
                const [base, of = user] = act.role.split(' for ') as [string, string?];
                const counts =
                  role === CUSTOMER_ROLE ||
                  designatedUntil(ledger.committee, of, DESIGNATION_OF[role as 'security'], at) > at;
                return base === role && counts ? [of] : [];
              });
              expect(new Set(able).size).toBeGreaterThanOrEqual(count);
            }
          }
      }),
      RUNS,
    );
  });

  it('nobody has two votes on a request, nor one on their own, whoever lends a voice to whom', () => {
    let lent = 0;
    fc.assert(
      fc.property(lending, (steps) => {
        const asked = [CAST.asker, CAST.security].map((user, i) => {
          const terms = request(T, { person: user, decideBy: T + 30_000, approvals: LENT_NEEDS });
          return signedBy(user, acts.ask(IDS[i]!, terms), T);
        });
        for (const { ledger, at } of run(steps, having(LENDING, ...asked)))
          for (const { votes, terms, decided } of ledger.requests.values()) {
            lent += votes.filter(({ delegated }) => delegated).length;
            // Every vote uses up that of whoever gave it, and of whom it was given for.
            const used = votes.flatMap(({ user, delegated }) => (delegated ? [user, delegated.by] : [user]));
            expect(used).not.toContain(terms.person);
            expect(new Set(used).size).toBe(used.length);
            if (decided?.at !== at) continue;
            // Whose voice it is, the committee has designated for the role: as many of them as it takes.
            for (const { user, role, delegated } of votes) {
              const as = DESIGNATION_OF[role as 'security'];
              expect(designatedUntil(ledger.committee, delegated?.by ?? user, as, at)).toBeGreaterThan(at);
            }
          }
      }),
      RUNS,
    );
    expect(lent).toBeGreaterThan(0);
  });

  it('a grant lasts no longer than any approval, its extensions, the designation and the total', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const counted = run(steps);
        const { ledger, at } = counted.at(-1) ?? { ledger: FOUNDED, at: T };
        for (const one of ledger.requests.values()) {
          const { state, startsAt, deadline } = standingIn(ledger, one.id, at)!;
          if (startsAt === null || deadline === null) continue;
          const fewest = Math.min(
            one.terms.minutes,
            ...one.votes.filter((vote) => vote.verdict === 'approve').map((vote) => vote.minutes),
          );
          const added = [...ledger.requests.values()]
            .filter((other) => other.terms.extends === one.id && other.decided?.verdict === 'approve')
            .reduce((sum, other) => sum + other.decided!.minutes, 0);
          expect(deadline).toBeGreaterThanOrEqual(startsAt);
          expect(deadline).toBeLessThanOrEqual(Math.max(startsAt, UNTIL));
          expect(deadline - startsAt).toBeLessThanOrEqual((fewest + added) * 60);
          expect(deadline - startsAt).toBeLessThanOrEqual(GRANT_LIMITS.total * 60);
          if (state !== 'active') continue;
          const as = one.terms.kind === 'break-glass' ? 'break-glass' : 'authorised employee';
          expect(designatedUntil(ledger.committee, one.terms.person, as, at)).toBeGreaterThan(at);
        }
      }),
      RUNS,
    );
  });

  it('nothing that was over ever runs, opens or begins again', () => {
    fc.assert(
      fc.property(history, fc.nat({ max: 50_000 }), (steps, later) => {
        const over = new Set<string>();
        let last = T;
        const counted = run(steps);
        const look = (ledger: Ledger, at: number, entry?: Entry) => {
          if (entry && 'signed' in entry && entry.signed.act.action === 'production.open')
            expect(over).not.toContain(entry.signed.act.object);
          for (const [session, opening] of ledger.openings)
            if (over.has(opening.request)) expect(mayStart(ledger, session, at)).toBeTypeOf('string');
          for (const n of ledger.requests.keys()) {
            const isOver = OVER.includes(standingIn(ledger, n, at)!.state);
            if (over.has(n)) expect(isOver).toBe(true);
            if (isOver) over.add(n);
          }
          last = at;
        };
        for (const { ledger, at, entry } of counted) look(ledger, at, entry);
        if (counted.length > 0) look(counted.at(-1)!.ledger, last + later);
      }),
      RUNS,
    );
  });

  it('what counted gives the same ledger again, whatever else was tried', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const counted = run(steps);
        const again = counted.reduce((ledger, { entry }) => enter(ledger, entry) as Ledger, FOUNDED);
        expect(again).toEqual(counted.at(-1)?.ledger ?? again);
      }),
      RUNS,
    );
  });

  it('requests do not know of one another: their signatures in another order give the same', () => {
    const approvals = (n: string, terms: GrantTerms) => [
      signedBy(terms.person, acts.ask(n, terms), T),
      ...[CAST.security, CAST.security2].map((user) => signedBy(user, acts.vote(n, terms, 'security'), T + 5)),
      signedBy(CAST.onCall, acts.vote(n, terms, 'on-call'), T + 5),
      { end: { request: n, at: T + 50, why: 'returned' } } as Entry,
    ];
    const terms = (asker: string) =>
      request(T, {
        person: asker,
        approvals: [
          { role: 'security', count: 2 },
          { role: 'on-call', count: 1 },
        ],
      });
    const queues = [approvals(IDS[0]!, terms(CAST.asker)), approvals(IDS[1]!, terms(CAST.other))];
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.infiniteStream(fc.boolean()), fc.shuffledSubarray([1, 2, 3], { minLength: 3 }), (turns, order) => {
        // Votes of one request among themselves too: those of the same moment.
        const [a, b] = queues.map((queue) => [queue[0]!, ...order.map((i) => queue[i]!), queue[4]!]) as [
          Entry[],
          Entry[],
        ];
        let ledger = FOUNDED;
        while (a.length + b.length > 0) {
          const queue = b.length === 0 || (a.length > 0 && turns.next().value) ? a : b;
          ledger = enter(ledger, queue.shift()!) as Ledger;
        }
        seen.add(
          JSON.stringify(IDS.slice(0, 2).map((n) => [standingIn(ledger, n, T + 20), standingIn(ledger, n, T + 60)])),
        );
        expect(seen.size).toBe(1);
      }),
    );
  });

  it('forgetting lets nothing happen that could not', () => {
    fc.assert(
      fc.property(history, history, fc.constantFrom(0, 5000, KEPT_SECONDS + 9000), (first, second, wait) => {
        const { ledger, at } = run(first).at(-1) ?? { ledger: FOUNDED, at: T };
        const now = at + wait;
        const less = forget(ledger, now);
        for (const n of ledger.requests.keys())
          if (less.requests.has(n)) expect(standingIn(less, n, now)).toEqual(standingIn(ledger, n, now));
          else expect(OVER).toContain(standingIn(ledger, n, now)!.state);
        let [whole, rest] = [ledger, less];
        let later = now;
        for (const { deed, wait } of second) {
          later += wait;
          const entry = deed(rest, later);
          // A forgotten id can be asked for anew: that is another request.
          if (
            'signed' in entry &&
            (ledger.requests.has(entry.signed.act.object) || ledger.delegations.has(entry.signed.act.object)) &&
            !less.requests.has(entry.signed.act.object) &&
            !less.delegations.has(entry.signed.act.object)
          )
            continue;
          const [a, b] = [enter(whole, entry), enter(rest, entry)];
          // A session that never began may be confirmed again under its old name.
          if ('signed' in entry && entry.signed.act.action === 'production.open' && a === 'grant.exists') continue;
          if (typeof b !== 'string') expect(a).toBeTypeOf('object');
          if (typeof a !== 'string') whole = a;
          if (typeof b !== 'string') rest = b;
        }
      }),
      RUNS,
    );
  });

  it('is a history in which things happen', () => {
    const states = new Map<string, number>();
    fc.assert(
      fc.property(history, (steps) => {
        for (const { ledger, at } of run(steps))
          for (const n of ledger.requests.keys()) {
            const { state } = standingIn(ledger, n, at)!;
            states.set(state, (states.get(state) ?? 0) + 1);
          }
      }),
      { numRuns: 200, seed: 5 },
    );
    for (const state of ['pending', 'denied', 'withdrawn', 'scheduled', 'active', 'ended', 'extended'])
      expect(`${state} ${(states.get(state) ?? 0) > 0}`).toBe(`${state} true`);
  });
});
