import type { Received } from '../support/http';

/** What every answer of the console says about itself, whatever it answers; gives what is missing or wrong. */
export interface Expected {
  secure: boolean;
  /** A page runs scripts by nonce; anything else runs none, but for the verifier, which runs the one whose hash it has. A file is the same for everybody and is kept; a tile is kept by whoever may have it. */
  kind: 'page' | 'data' | 'file' | 'tile';
}

const YEAR_SECONDS = 31_536_000;

export function headerFaults({ headers, setCookies, body, status }: Received, { secure, kind }: Expected): string[] {
  const faults: string[] = [];
  const must = (holds: boolean, fault: string) => {
    if (!holds) faults.push(fault);
  };
  const csp = directives(headers['content-security-policy'] ?? '');
  must(csp.get('default-src') === "'none'", 'default-src is not none');
  must(csp.get('frame-ancestors') === "'none'", 'may be framed');
  must(csp.get('base-uri') === "'none'", 'base-uri is not none');
  must(["'self'", "'none'"].includes(csp.get('form-action') ?? ''), 'form-action leaves the origin');
  const script = csp.get('script-src');
  if (script !== undefined)
    must(
      /^(?:'self' 'nonce-[A-Za-z0-9+/]{22}==' 'strict-dynamic'|'sha256-[A-Za-z0-9+/]{43}=')$/.test(script),
      `scripts: ${script}`,
    );
  must(headers['x-content-type-options'] === 'nosniff', 'may be sniffed');
  must(headers['x-frame-options'] === 'DENY', 'X-Frame-Options is missing');
  must(headers['referrer-policy'] === 'same-origin', 'the referrer leaves the origin');
  must(headers['cross-origin-opener-policy'] === 'same-origin', 'may be opened by others');
  must(headers['cross-origin-resource-policy'] === 'same-origin', 'may be embedded by others');
  must(/geolocation=\(\).*payment=\(\)/.test(headers['permissions-policy'] ?? ''), 'Permissions-Policy is missing');
  const hsts = /^max-age=(\d+); includeSubDomains/.exec(headers['strict-transport-security'] ?? '')?.[1];
  must(secure ? Number(hsts) >= YEAR_SECONDS : hsts === undefined, 'Strict-Transport-Security');
  must(!headers['x-powered-by'] && !headers.server, 'says what it runs on');

  const cache = headers['cache-control'] ?? '';
  if (kind === 'file') must(/public.*immutable/.test(cache), `a file is not kept: ${cache}`);
  else if (kind === 'tile')
    must(/^(public|private), max-age=31536000, immutable$/.test(cache), `a tile is not kept: ${cache}`);
  else must(/\bno-store\b/.test(cache) && !/\bpublic\b/.test(cache), `may be stored: ${cache}`);
  must(!headers['access-control-allow-origin'], 'may be read from other origins');

  if (kind === 'page' && headers['content-type']?.startsWith('text/html') && status !== 307) {
    const nonce = nonceOf(headers);
    must(nonce !== null, 'no nonce');
    for (const [tag] of body.matchAll(/<script\b[^>]*>/g))
      must(tag.includes(`nonce="${nonce}"`), `without nonce: ${tag}`);
    must(!/<[^>]+\son[a-z]+=/i.test(body.replaceAll(/<script\b[\s\S]*?<\/script>/g, '')), 'an inline handler');
  }
  for (const cookie of setCookies) faults.push(...cookieFaults(cookie, secure));
  return faults;
}

export function cookieFaults(cookie: string, secure: boolean): string[] {
  const [pair = '', ...rest] = cookie.split(';').map((part) => part.trim());
  const name = pair.split('=')[0] ?? '';
  const has = (attribute: string) => rest.some((each) => each.toLowerCase() === attribute.toLowerCase());
  const faults: string[] = [];
  if (secure !== name.startsWith('__Host-')) faults.push('its name is not pinned to the host');
  if (secure !== has('Secure')) faults.push('is not Secure');
  if (!has('HttpOnly')) faults.push('scripts can read it');
  if (!has('SameSite=Lax') && !has('SameSite=Strict')) faults.push('goes along from other sites');
  if (!has('Path=/')) faults.push('its path is not /');
  if (rest.some((each) => /^domain=/i.test(each))) faults.push('goes to other hosts');
  return faults.map((fault) => `cookie ${name}: ${fault}`);
}

export const nonceOf = (headers: Record<string, string>): string | null =>
  /'nonce-([^']+)'/.exec(headers['content-security-policy'] ?? '')?.[1] ?? null;

const directives = (policy: string): Map<string, string> =>
  new Map(
    policy
      .split(';')
      .map((part) => part.trim())
      .filter(Boolean)
      .map((part) => {
        const [name = '', ...values] = part.split(/\s+/);
        return [name, values.join(' ')];
      }),
  );
