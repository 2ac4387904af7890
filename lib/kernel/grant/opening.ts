import type { Terms } from '../act';
import { isChannelName } from '../token/names';
import type { Ledger, LedgerRefusal, Signed } from './entry';
import { standingOf } from './standing';
import { isId } from './words';

/** One session of somebody with a grant, confirmed by their passkey for one target and one way in. */
export interface Opening extends Way {
  readonly request: string;
  /** Unix seconds. */
  readonly at: number;
  readonly startedAt: number | null;
  /** SHA-256 of the token it was used for, hex: which one lets somebody watch. Null on a host. */
  readonly token: string | null;
}

/** What is confirmed. */
export interface Way {
  /** `ssn_…` */
  readonly session: string;
  readonly target: string;
  /** `web terminal`, or `key SHA256:…`: who holds that key and nobody else. `media-plane` for an App ID, and for nothing else. */
  readonly through: string;
  /** Which channel is watched; null unless it is through the media-plane. */
  readonly channel: string | null;
  /** The address it is confirmed from, and may come from; null for any. */
  readonly address: string | null;
}

/** Seconds in which a confirmed session must begin. */
export const OPEN_SECONDS = 120;

export const MEDIA_PLANE = 'media-plane';
const THROUGH = /^(?:web terminal|key SHA256:[A-Za-z0-9+/]{43})$/;
const HOST = /^host:[a-z0-9-]{1,63}$/;
const APP = /^app:[0-9a-f]{32}$/;
/** In form only. */
const ADDRESS = /^[0-9A-Fa-f.:]{2,45}$/;
const ANY_ADDRESS = 'any';

/** What is shown and signed. Throws `RangeError` for what is no way in. */
export function openingTerms({ session, target, through, channel, address }: Way): Terms {
  const terms: Terms = [
    ['Session', session],
    ['Target', target],
    ['Through', through],
    ...(channel === null ? [] : [['Channel', channel] as const]),
    ['Address', address ?? ANY_ADDRESS],
  ];
  if (!readOpening(terms)) throw new RangeError('opening terms');
  return terms;
}

/** The way in that terms stand for, or null when `openingTerms` would not have written them so. */
export function readOpening(terms: Terms): Way | null {
  const of = Object.fromEntries(terms) as Record<string, string>;
  const isWatching = of.Through === MEDIA_PLANE;
  const names = ['Session', 'Target', 'Through', ...(isWatching ? ['Channel'] : []), 'Address'];
  if (terms.map(([name]) => name).join() !== names.join()) return null;
  const { Session: session, Target: target, Through: through, Address: address } = of as Named;
  const channel = isWatching ? of.Channel! : null;
  const isOne =
    isId('ssn', session) &&
    (channel === null ? HOST.test(target) && THROUGH.test(through) : APP.test(target) && isChannel(channel)) &&
    (address === ANY_ADDRESS || ADDRESS.test(address));
  return isOne ? { session, target, through, channel, address: address === ANY_ADDRESS ? null : address } : null;
}

type Named = Record<'Session' | 'Target' | 'Through' | 'Address', string>;

/** Of those with a space at an end a reader would not see which one is meant. */
const isChannel = (text: string): boolean => isChannelName(text) && text === text.trim();

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
  return withOpening(ledger, { ...way, request: act.object, at, startedAt: null, token: null });
}

/** Whether a session may begin at `now` (Unix seconds) on an opening. An entry `start` uses the opening up. */
export function mayStart(ledger: Ledger, session: string, now: number): Opening | LedgerRefusal {
  const opening = ledger.openings.get(session);
  if (!opening || opening.startedAt !== null || now >= opening.at + OPEN_SECONDS) return 'grant.unknown';
  const request = ledger.requests.get(opening.request);
  return request && standingOf(request, now).state === 'active' ? opening : 'grant.not_active';
}

/** `token` is the observer's, through the media-plane; on a host there is none. */
export function start(
  ledger: Ledger,
  session: string,
  at: number,
  token: string | null = null,
): Ledger | LedgerRefusal {
  const opening = mayStart(ledger, session, at);
  if (typeof opening === 'string') return opening;
  if ((opening.through === MEDIA_PLANE) !== (token !== null)) return 'grant.target';
  return withOpening(ledger, { ...opening, startedAt: at, token });
}

/**
 * What lets an observer watch at `now` (Unix seconds): the token, and until when; null when nothing does. The session was confirmed for the App
 * ID, has begun, and its grant runs.
 */
export function watching(
  ledger: Ledger,
  session: string,
  appId: string,
  now: number,
): { token: string; until: number } | null {
  const opening = ledger.openings.get(session);
  if (!opening || opening.token === null || opening.target !== `app:${appId}`) return null;
  const request = ledger.requests.get(opening.request);
  const { state, deadline } = request ? standingOf(request, now) : { state: null, deadline: null };
  return state === 'active' && deadline !== null ? { token: opening.token, until: deadline } : null;
}

const withOpening = (ledger: Ledger, opening: Opening): Ledger => ({
  ...ledger,
  openings: new Map(ledger.openings).set(opening.session, opening),
});
