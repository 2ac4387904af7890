import { z } from 'zod';
import {
  type Committee,
  DELEGATED_ROLES,
  decisionTerms,
  EMPTY_LEDGER,
  ENDINGS,
  grantTerms,
  type Ledger,
  readDecision,
  readGrantTerms,
} from '@/lib/kernel/grant';

/**
 * The ledger of production access as lines of `grants.log`. A line holds whole what changed together, and takes the place of what earlier lines
 * say of it: so a line counts whole or not at all, and reading it needs no rules.
 */
const verdict = z.enum(['approve', 'deny']);
const terms = z.array(z.tuple([z.string(), z.string()]));
const read = <T>(parse: (value: z.output<typeof terms>) => T | null) =>
  terms.transform((value, context) => {
    const parsed = parse(value);
    if (parsed === null) context.addIssue({ code: 'custom' });
    return parsed as T;
  });

const request = z.strictObject({
  id: z.string(),
  terms: read(readGrantTerms),
  askedAt: z.int(),
  votes: z.array(
    z.strictObject({
      ...{ user: z.string(), role: z.string(), verdict, minutes: z.int(), at: z.int() },
      // Lines from before there were delegations have none.
      delegated: z.strictObject({ by: z.string(), id: z.string() }).nullable().default(null),
    }),
  ),
  decided: z.strictObject({ verdict, at: z.int(), minutes: z.int() }).nullable(),
  ended: z.strictObject({ at: z.int(), why: z.enum(ENDINGS) }).nullable(),
  extended: z.int(),
  until: z.int(),
  reviews: z.array(z.strictObject({ user: z.string(), verdict, at: z.int() })),
});
const opening = z.strictObject({
  session: z.string(),
  request: z.string(),
  target: z.string(),
  through: z.string(),
  // Lines from before there were observers have neither.
  channel: z.string().nullable().default(null),
  address: z.string().nullable(),
  at: z.int(),
  startedAt: z.int().nullable(),
  token: z.string().nullable().default(null),
});
const delegation = z.strictObject({
  id: z.string(),
  by: z.string(),
  role: z.enum(DELEGATED_ROLES),
  to: z.string(),
  from: z.int(),
  until: z.int(),
  at: z.int(),
  ended: z.int().nullable(),
});
const times = z.array(z.tuple([z.string(), z.int()])).transform((pairs) => new Map(pairs));
const openDecision = z.strictObject({
  decision: read(readDecision),
  for: z.array(z.string()),
  against: z.array(z.string()),
  since: z.int(),
});
const committee = z.strictObject({
  members: z.array(z.string()),
  seats: z.int(),
  until: z.int(),
  held: times,
  open: z.array(z.tuple([z.string(), openDecision])).transform((pairs) => new Map(pairs)),
  closed: times,
});

export const grantLine = z.strictObject({
  committee: committee.optional(),
  requests: z.array(request).optional(),
  openings: z.array(opening).optional(),
  delegations: z.array(delegation).optional(),
  /** Numbers of sheets up to this one may have been given out. */
  sheets: z.int().optional(),
});

/** The ledger with what a line says. */
export const withLine = (ledger: Ledger, line: z.output<typeof grantLine>): Ledger => ({
  committee: line.committee ?? ledger.committee,
  requests: new Map([...ledger.requests, ...(line.requests ?? []).map((one) => [one.id, one] as const)]),
  openings: new Map([...ledger.openings, ...(line.openings ?? []).map((one) => [one.session, one] as const)]),
  delegations: new Map([...ledger.delegations, ...(line.delegations ?? []).map((one) => [one.id, one] as const)]),
});

/** The line that leads from a ledger to a later one; null when nothing changed. */
export function lineBetween(before: Ledger, after: Ledger): object | null {
  const changed = <T>(from: ReadonlyMap<string, T>, to: ReadonlyMap<string, T>) =>
    [...to].flatMap(([key, value]) => (from.get(key) === value ? [] : [value]));
  const requests = changed(before.requests, after.requests).map((one) => ({ ...one, terms: grantTerms(one.terms) }));
  const openings = changed(before.openings, after.openings);
  const delegations = changed(before.delegations, after.delegations);
  const line = {
    ...(before.committee === after.committee ? {} : { committee: plain(after.committee) }),
    ...(requests.length > 0 ? { requests } : {}),
    ...(openings.length > 0 ? { openings } : {}),
    ...(delegations.length > 0 ? { delegations } : {}),
  };
  return Object.keys(line).length > 0 ? line : null;
}

/** Lines for a whole ledger, none of them long. */
export function* linesOf(ledger: Ledger): Iterable<object> {
  yield { committee: plain(ledger.committee) };
  for (const [id, one] of ledger.requests)
    yield lineBetween(EMPTY_LEDGER, { ...EMPTY_LEDGER, requests: new Map([[id, one]]) })!;
  for (const one of ledger.openings.values()) yield { openings: [one] };
  for (const one of ledger.delegations.values()) yield { delegations: [one] };
}

const plain = ({ held, open, closed, ...rest }: Committee): object => ({
  ...rest,
  held: [...held],
  open: [...open].map(([id, one]) => [id, { ...one, decision: decisionTerms(one.decision) }]),
  closed: [...closed],
});
