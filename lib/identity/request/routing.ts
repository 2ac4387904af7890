import { type Origins, type Realm, realmOfHost } from './origins';

/**
 * What the console does with a request before any page sees it. Pure, so that the rules can be read and tested on
 * their own; proxy.ts turns the verdict into a response.
 */
export type Verdict =
  | { readonly act: 'pass'; readonly realm: Realm; readonly origin: string }
  | { readonly act: 'redirect' /** Absolute. */; readonly to: string }
  | { readonly act: 'refuse'; readonly status: 403 | 404 | 421; readonly code: string };

/** Pages both realms have, each on its own origin. */
const SHARED = [
  '/sign-in',
  '/sign-out',
  '/second-factor',
  '/enrol',
  '/recover',
  '/forgot',
  '/reset',
  '/invite',
  '/account',
  '/turned-away',
  '/api/auth',
  // Transparency logs: staff read the provider's with their session, and everybody the operator's.
  '/audit',
  '/transparency',
  '/verify',
];
/** What browsers and crawlers fetch beside pages. */
const FILES = ['/_next', '/.well-known', '/favicon.ico', '/icon.svg', '/apple-icon.png', '/robots.txt'];
/** Pages that exist for staff only. The set-up link makes a staff administrator. */
const STAFF = ['/staff', '/setup'];

const under = (path: string, roots: readonly string[]) =>
  roots.some((root) => path === root || path.startsWith(`${root}/`));

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly host: string | null;
  /** The Origin header of the request. */
  readonly origin: string | null;
  /** The Sec-Fetch-Site header of the request. */
  readonly fetchSite: string | null;
}

export function route(origins: Origins, asked: Asked): Verdict {
  const realm = realmOfHost(origins, asked.host);
  if (!realm) return { act: 'refuse', status: 421, code: 'host.unknown' };
  const origin = origins[realm];

  // The REST API carries keys, no cookies, and may be called from anywhere; everything else is a page of this origin.
  const api = under(asked.path, ['/api/v1']);
  if (!api && asked.method !== 'GET' && asked.method !== 'HEAD') {
    if (asked.origin !== null && asked.origin !== origin) {
      return { act: 'refuse', status: 403, code: 'origin.foreign' };
    }
    if (asked.fetchSite !== null && asked.fetchSite !== 'same-origin' && asked.fetchSite !== 'none') {
      return { act: 'refuse', status: 403, code: 'origin.foreign' };
    }
    // Every browser says one or the other with such a request. Whatever says neither is no browser, and has no business with a cookie.
    if (asked.origin === null && asked.fetchSite === null) {
      return { act: 'refuse', status: 403, code: 'origin.missing' };
    }
  }

  if (under(asked.path, SHARED) || under(asked.path, FILES)) return { act: 'pass', realm, origin };
  if (realm === 'staff' && asked.path === '/') return { act: 'redirect', to: `${origin}/staff` };
  if (under(asked.path, STAFF) !== (realm === 'staff')) {
    return { act: 'refuse', status: 404, code: 'not_found' };
  }
  return { act: 'pass', realm, origin };
}
