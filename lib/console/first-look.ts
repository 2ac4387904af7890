import type { IncomingMessage, ServerResponse } from 'node:http';
import { BARE_POLICY, securityHeaders, TILES } from '@/lib/identity/request/headers';

/**
 * Before Next sees a request: what can be read in two ways, by us and by something in front of us, is refused; and every answer gets its
 * security headers, also those that Next gives before proxy.ts has run (addresses it cleans up, addresses it cannot read). For pages
 * proxy.ts then puts others in their place.
 */
export function ambiguity({ rawHeaders, url = '' }: Pick<IncomingMessage, 'rawHeaders' | 'url'>): string | null {
  const hosts = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host');
  // RFC 9112, 3.2: a server must refuse more than one, and none.
  if (hosts.length !== 1) return 'host.count';
  // Names another host than the header does, and Next would redirect to it.
  if (!url.startsWith('/')) return 'target.form';
  try {
    decodeURIComponent(url.split('?', 1)[0] ?? '');
  } catch {
    return 'target.encoding';
  }
  return null;
}

/** `origin` says whether there is TLS. */
export function secure(response: ServerResponse, { url = '' }: Pick<IncomingMessage, 'url'>, origin: string): void {
  const headers = { ...securityHeaders(origin), 'Content-Security-Policy': BARE_POLICY };
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  // Next gives its files a longer life, and tiles of a log have one, unless something was said before.
  if (!url.startsWith('/_next/static/') && !TILES.test(url)) response.setHeader('Cache-Control', 'no-store');
}

export function refuse(response: ServerResponse, code: string): void {
  response.writeHead(400, { 'Content-Type': 'application/problem+json', Connection: 'close' });
  response.end(JSON.stringify({ type: 'about:blank', status: 400, code }));
}
