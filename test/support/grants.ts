import { randomBytes } from 'node:crypto';
import {
  customerOf,
  customerTerms,
  type Decision,
  type DelegationTerms,
  decisionTerms,
  delegationTerms,
  EMPTY_LEDGER,
  type Entry,
  enter as enterWith,
  GRANT_ACTS,
  type GrantTerms,
  grantTerms,
  type Ledger,
  type LedgerRefusal,
  type Need,
  openingTerms,
  type Signed,
  type Way,
} from '@/lib/kernel/grant';
import { primitives } from '@/lib/primitives';

/** Words and entries of production access, for tests. */
export const id = (prefix: string, n: number): string => `${prefix}_${n.toString(16).padStart(32, '0')}`;
export const newId = (prefix: string): string => `${prefix}_${randomBytes(16).toString('hex')}`;
export const ORGANISATION = id('org', 1);
export const CUSTOMER_ROLE = `customer ${ORGANISATION}`;

/** Every customer that has to agree has data on all targets, where nothing else is said. */
export const sharesOf = (approvals: readonly Need[], targets: readonly string[]): GrantTerms['customers'] =>
  approvals.flatMap(({ role }) => {
    const organisation = customerOf(role);
    return organisation === null ? [] : [{ organisation, targets }];
  });

/** A request for an hour on one host, which security and on-call must agree to. `at` in Unix seconds. */
export const request = (at: number, over: Partial<GrantTerms> = {}): GrantTerms => {
  const asked = { ...plainRequest(at), ...over };
  return { ...asked, customers: over.customers ?? sharesOf(asked.approvals, asked.targets) };
};
const plainRequest = (at: number): Omit<GrantTerms, 'customers'> => ({
  kind: 'access',
  extends: null,
  person: id('usr', 1),
  targets: ['host:eu-1'],
  command: null,
  files: false,
  purpose: 'incident',
  reason: 'Calls in EU fail to connect',
  ticket: 'INC-1',
  startsAt: null,
  minutes: 60,
  decideBy: at + 3600,
  approvals: [
    { role: 'security', count: 1 },
    { role: 'on-call', count: 1 },
  ],
  denials: 1,
  policy: `${id('elp', 1)}@3`,
});

export const breakGlass = (at: number, over: Partial<GrantTerms> = {}): GrantTerms =>
  request(at, { kind: 'break-glass', approvals: [], minutes: 30, ...over });

/** Statements as their signer makes them. */
export const acts = {
  decide: (object: string, decision: Decision, verdict: 'approve' | 'deny' = 'approve'): Signed['act'] => ({
    ...{ action: GRANT_ACTS.decide, object, terms: decisionTerms(decision), verdict, role: '' },
  }),
  delegate: (object: string, terms: DelegationTerms): Signed['act'] => ({
    ...{ action: GRANT_ACTS.delegate, object, terms: delegationTerms(terms), verdict: 'confirm', role: '' },
  }),
  ask: (object: string, terms: GrantTerms): Signed['act'] => ({
    ...{ action: GRANT_ACTS.request, object, terms: grantTerms(terms), verdict: 'confirm', role: '' },
  }),
  vote: (object: string, terms: GrantTerms, role: string, verdict: 'approve' | 'deny' = 'approve'): Signed['act'] => ({
    ...{ action: GRANT_ACTS.vote, object, terms: votedTerms(terms, role), verdict, role },
  }),
  review: (object: string, verdict: 'approve' | 'deny' = 'approve'): Signed['act'] => ({
    ...{ action: GRANT_ACTS.review, object, terms: [['Found', 'nothing odd']], verdict, role: '' },
  }),
  open: (object: string, way: Partial<Way> & { session: string }): Signed['act'] => ({
    action: GRANT_ACTS.open,
    object,
    terms: openingTerms({ target: 'host:eu-1', through: 'web terminal', channel: null, address: null, ...way }),
    verdict: 'confirm',
    role: '',
  }),
};

/** What is signed in this role: by a customer that is asked its own part, else the whole. */
function votedTerms(terms: GrantTerms, role: string) {
  const customer = customerOf(role);
  const isAsked = terms.customers.some(({ organisation }) => organisation === customer);
  return isAsked ? customerTerms(terms, customer!, primitives) : grantTerms(terms);
}

/** An entry signed by somebody of the staff with a device-bound passkey, unless said otherwise. */
export const signedBy = (user: string, act: Signed['act'], at: number, over: Partial<Signed> = {}): Entry => ({
  signed: { act, user, realm: 'staff', deviceBound: true, at, ...over },
});

/** `enter` with what Node brings. */
export const enter = (ledger: Ledger, entry: Entry): Ledger | LedgerRefusal => enterWith(ledger, entry, primitives);

/** The ledger after entries that must all count. */
export function having(ledger: Ledger, ...entries: Entry[]): Ledger {
  return entries.reduce((before, entry) => {
    const next = enter(before, entry);
    if (typeof next === 'string') throw new Error(`${next}: ${JSON.stringify(entry)}`);
    return next;
  }, ledger);
}

/** People of the usual cast. */
export const CAST = {
  asker: id('usr', 1),
  other: id('usr', 2),
  security: id('usr', 3),
  security2: id('usr', 4),
  onCall: id('usr', 5),
  customer: id('usr', 6),
  members: [id('usr', 11), id('usr', 12), id('usr', 13)],
} as const;

export const DESIGNATED = [
  [CAST.asker, 'authorised employee'],
  [CAST.asker, 'break-glass'],
  [CAST.other, 'authorised employee'],
  [CAST.security, 'security approver'],
  [CAST.security2, 'security approver'],
  [CAST.onCall, 'on-call approver'],
] as const;

/** A committee of three, founded and having designated the cast until `until`, as the entries that made it. */
export function founding(at: number, until: number): Entry[] {
  const { members } = CAST;
  const found: Decision = { kind: 'members', members, until, minutes: 'ISSC 1' };
  return [
    ...members.map((user) => signedBy(user, acts.decide(id('cmd', 1), found), at)),
    ...DESIGNATED.flatMap(([person, as], i) => designate(id('cmd', i + 2), person, as, until, at)),
  ];
}

export const designate = (
  decision: string,
  person: string,
  as: (typeof DESIGNATED)[number][1],
  until: number,
  at: number,
): Entry[] =>
  CAST.members
    .slice(0, 2)
    .map((user) =>
      signedBy(user, acts.decide(decision, { kind: 'designate', person, as, until, minutes: 'ISSC 1' }), at),
    );

export const withdraw = (decision: string, person: string, as: (typeof DESIGNATED)[number][1], at: number): Entry[] =>
  CAST.members
    .slice(0, 2)
    .map((user) =>
      signedBy(user, acts.decide(decision, { kind: 'withdraw', person, as, until: 0, minutes: 'ISSC 2' }), at),
    );

export const foundedLedger = (at: number, until: number): Ledger => having(EMPTY_LEDGER, ...founding(at, until));
