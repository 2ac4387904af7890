import { isSecureOrigin } from './origins';

/**
 * The Content-Security-Policy of every page, the same in development and production. Scripts run by nonce only.
 * Inline styles stay allowed because components place themselves with style attributes; nothing a style could fetch
 * (images, fonts) leaves the origin, so a style cannot carry anything out.
 */
export function contentSecurityPolicy(nonce: string, origin: string, edgeOrigins: readonly string[]): string {
  const connect = ["'self'", ...edgeOrigins.flatMap((edge) => [edge, edge.replace(/^http/, 'ws')])];
  const directives = [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "media-src 'self' blob:",
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    `connect-src ${connect.join(' ')}`,
    "object-src 'none'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ];
  if (isSecureOrigin(origin)) directives.push('upgrade-insecure-requests');
  return directives.join('; ');
}

/** Tiles of a transparency log: they never change, and their route says who may keep them. Everything else is kept by nobody. */
export const TILES = /^\/audit\/(?:provider\/former\/)?[^/]+\/tile\//;

/** The policy of answers that are no page: nothing may be loaded, run or framed from them. */
export const BARE_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Headers of every answer. Referrer stays within the origin; `no-referrer` would turn a form's Origin into `null`. */
export function securityHeaders(origin: string): Record<string, string> {
  const headers: Record<string, string> = {
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy':
      'camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=(), browsing-topics=()',
  };
  if (isSecureOrigin(origin)) headers['Strict-Transport-Security'] = 'max-age=63072000; includeSubDomains';
  return headers;
}

/** `CORDON_EDGE_ORIGINS`: origins the browser may reach edges at, separated by spaces or commas. */
export function parseEdgeOrigins(text: string | undefined): string[] {
  return (text ?? '')
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((entry) => {
      let url: URL;
      try {
        url = new URL(entry);
      } catch {
        throw new Error('CORDON_EDGE_ORIGINS holds something that is not a URL');
      }
      if (url.protocol !== 'http:' && url.protocol !== 'https:') {
        throw new Error('CORDON_EDGE_ORIGINS must hold http or https origins');
      }
      return url.origin;
    });
}
