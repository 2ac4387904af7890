import type { Terms } from '../act';
import type { Ledger, LedgerRefusal, Signed } from './entry';
import { standingOf } from './standing';
import { isId } from './words';

/** One session of somebody with a grant, confirmed by their passkey for one target and one way in. */
export interface Opening extends Way {
  readonly request: string;
  /** Unix seconds. */
  readonly at: number;
  readonly startedAt: number | null;
}

/** What is confirmed. */
export interface Way {
  /** `ssn_…` */
  readonly session: string;
  readonly target: string;
  /** `web terminal`, or `key SHA256:…`: who holds that key and nobody else. */
  readonly through: string;
  /** The address it is confirmed from, and may come from; null for any. */
  readonly address: string | null;
}

/** Seconds in which a confirmed session must begin. */
export const OPEN_SECONDS = 120;

const THROUGH = /^(?:web terminal|key SHA256:[A-Za-z0-9+/]{43})$/;
const TARGET = /^(?:host|app):[a-z0-9-]{1,63}$/;
/** In form only. */
const ADDRESS = /^[0-9A-Fa-f.:]{2,45}$/;
const ANY_ADDRESS = 'any';

/** What is shown and signed. Throws `RangeError` for what is no way in. */
export function openingTerms({ session, target, through, address }: Way): Terms {
  const terms: Terms = [
    ['Session', session],
    ['Target', target],
    ['Through', through],
    ['Address', address ?? ANY_ADDRESS],
  ];
  if (!readOpening(terms)) throw new RangeError('opening terms');
  return terms;
}

/** The way in that terms stand for, or null when `openingTerms` would not have written them so. */
export function readOpening(terms: Terms): Way | null {
  if (terms.map(([name]) => name).join() !== 'Session,Target,Through,Address') return null;
  const [session, target, through, address] = terms.map(([, value]) => value) as [string, string, string, string];
  const isOne =
    isId('ssn', session) &&
    TARGET.test(target) &&
    THROUGH.test(through) &&
    (address === ANY_ADDRESS || ADDRESS.test(address));
  return isOne ? { session, target, through, address: address === ANY_ADDRESS ? null : address } : null;
}

/** Takes a signed confirmation of one session under a grant that runs. */
export function open(ledger: Ledger, { act, user, at }: Signed): Ledger | LedgerRefusal {
  const request = ledger.requests.get(act.object);
  const way = readOpening(act.terms);
  if (!request) return 'grant.unknown';
  if (!way || act.verdict !== 'confirm') return 'grant.terms';
  if (request.terms.person !== user) return 'grant.person';
  if (!request.terms.targets.includes(way.target)) return 'grant.target';
  if (standingOf(request, at).state !== 'active') return 'grant.not_active';
  if (ledger.openings.has(way.session)) return 'grant.exists';
  return withOpening(ledger, { ...way, request: act.object, at, startedAt: null });
}

/** Whether a session may begin at `now` (Unix seconds) on an opening. An entry `start` uses the opening up. */
export function mayStart(ledger: Ledger, session: string, now: number): Opening | LedgerRefusal {
  const opening = ledger.openings.get(session);
  if (!opening || opening.startedAt !== null || now >= opening.at + OPEN_SECONDS) return 'grant.unknown';
  const request = ledger.requests.get(opening.request);
  return request && standingOf(request, now).state === 'active' ? opening : 'grant.not_active';
}

export function start(ledger: Ledger, session: string, at: number): Ledger | LedgerRefusal {
  const opening = mayStart(ledger, session, at);
  return typeof opening === 'string' ? opening : withOpening(ledger, { ...opening, startedAt: at });
}

const withOpening = (ledger: Ledger, opening: Opening): Ledger => ({
  ...ledger,
  openings: new Map(ledger.openings).set(opening.session, opening),
});
