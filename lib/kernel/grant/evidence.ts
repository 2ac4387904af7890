import type { ActStatement } from '../act';
import type { Hash } from '../log';
import { holdingKey, NO_COMMITTEE } from './committee';
import { DESIGNATIONS, readDecision } from './decision';
import { readDelegation } from './delegation';
import { EMPTY_LEDGER, type Entry, GRANT_ACTS, isGrantAct, type Ledger, type LedgerRefusal } from './entry';
import { enter } from './ledger';
import type { Standing } from './standing';
import { standingIn } from './vote';

/** A statement as evidence keeps it, whose signature was checked. */
export interface Evidence {
  readonly act: ActStatement;
  /** From the authenticator data that was signed. */
  readonly deviceBound: boolean;
  /** Unix seconds at which it was recorded, where that is known: signed then, or else when the statement was made. */
  readonly at?: number;
}

export interface Rebuilt {
  readonly ledger: Ledger;
  /** Of each request, in the order asked: where it stands by signatures alone. Whether it was ended early is no signature's. */
  readonly requests: readonly { readonly id: string; readonly standing: Standing }[];
  /** What does not count, by its place in the evidence. */
  readonly refused: readonly { readonly index: number; readonly code: LedgerRefusal }[];
  /** False: there is no decision of a committee among the evidence, so everybody was taken for designated. */
  readonly designationsChecked: boolean;
}

/** A delegation that was ended before its time, as a log says: nobody signs that. `at` in Unix seconds. */
export type EndedDelegation = Extract<Entry, { undelegate: unknown }>['undelegate'];

/**
 * Where requests stand at `now` (Unix seconds) by what was signed about them, in whatever order it comes. Statements say when they were made, not
 * when they were signed: times are up to five minutes early where evidence says no better. `complete`: it is all there is, so that nobody is
 * designated without a decision. `ended`: which delegations were over early.
 */
export function rebuild(
  evidence: readonly Evidence[],
  now: number,
  primitives: Hash,
  complete = false,
  ended: readonly EndedDelegation[] = [],
): Rebuilt {
  const acts = evidence
    .map((one, index) => ({ ...one, at: signedAt(one), index }))
    .filter(({ act }) => isGrantAct(act.action))
    .sort((a, b) => a.at - b.at || placeOf(a.act) - placeOf(b.act));
  const designationsChecked = complete || acts.some(({ act }) => act.action === GRANT_ACTS.decide);
  let ledger = designationsChecked ? EMPTY_LEDGER : everybodyDesignated(acts.flatMap(({ act }) => peopleIn(act)));
  const refused: { index: number; code: LedgerRefusal }[] = [];
  const ends = ended.toSorted((a, b) => b.at - a.at);
  const endBefore = (time: number) => {
    for (let next = ends.at(-1); next && next.at < time; next = ends.at(-1)) {
      const without = enter(ledger, { undelegate: next }, primitives);
      if (typeof without !== 'string') ledger = without;
      ends.pop();
    }
  };
  for (const { act, deviceBound, at, index } of acts) {
    const { user, realm } = act;
    endBefore(at);
    const next = enter(ledger, { signed: { act, user, realm, deviceBound, at } }, primitives);
    if (typeof next === 'string') refused.push({ index, code: next });
    else ledger = next;
  }
  endBefore(now + 1);
  const requests = [...ledger.requests.keys()].map((id) => ({ id, standing: standingIn(ledger, id, now)! }));
  return { ledger, requests, refused, designationsChecked };
}

/** Nothing is signed before its statement was made, nor after its five minutes. */
const signedAt = ({ act, at = act.issuedAt }: Evidence): number =>
  Math.min(Math.max(at, act.issuedAt), Math.max(act.expiresAt - 1, act.issuedAt));

/** Of what was asked in the same second, what the rest needs comes first. */
const ORDER: readonly string[] = [
  GRANT_ACTS.delegate,
  GRANT_ACTS.request,
  GRANT_ACTS.vote,
  GRANT_ACTS.review,
  GRANT_ACTS.open,
];
function placeOf({ action, terms }: ActStatement): number {
  if (action === GRANT_ACTS.decide) return readDecision(terms)?.kind === 'members' ? -2 : -1;
  return ORDER.indexOf(action);
}

/** Whoever signed, and whoever they say votes for them. */
function peopleIn({ action, user, terms }: ActStatement): string[] {
  const to = action === GRANT_ACTS.delegate ? readDelegation(terms)?.to : undefined;
  return to === undefined ? [user] : [user, to];
}

function everybodyDesignated(users: readonly string[]): Ledger {
  const until = Number.MAX_SAFE_INTEGER;
  const held = new Map(users.flatMap((user) => DESIGNATIONS.map((as) => [holdingKey(user, as), until] as const)));
  return { ...EMPTY_LEDGER, committee: { ...NO_COMMITTEE, until, held } };
}
