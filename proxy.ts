import { randomBytes } from 'node:crypto';
import { type NextRequest, NextResponse } from 'next/server';
import { contentSecurityPolicy, parseEdgeOrigins, securityHeaders } from '@/lib/identity/request/headers';
import { type Origins, parseOrigins } from '@/lib/identity/request/origins';
import { route } from '@/lib/identity/request/routing';

/**
 * Runs before every page and route: knows the two hosts of the console, keeps staff and customers on their own
 * origins, refuses forms sent from elsewhere, and gives each answer its security headers with a fresh script nonce.
 */
let read: { origins: Origins; edges: string[] } | undefined;
const settings = () =>
  (read ??= { origins: parseOrigins(process.env), edges: parseEdgeOrigins(process.env.CORDON_EDGE_ORIGINS) });

export function proxy(request: NextRequest): NextResponse {
  const { origins, edges } = settings();
  const verdict = route(origins, {
    method: request.method,
    path: request.nextUrl.pathname,
    host: request.headers.get('host'),
    origin: request.headers.get('origin'),
    fetchSite: request.headers.get('sec-fetch-site'),
  });

  if (verdict.act === 'refuse') {
    return NextResponse.json(
      { type: 'about:blank', status: verdict.status, code: verdict.code },
      { status: verdict.status, headers: { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' } },
    );
  }
  if (verdict.act === 'redirect') {
    return NextResponse.redirect(verdict.to, { status: 307, headers: { 'Cache-Control': 'no-store' } });
  }

  const nonce = randomBytes(16).toString('base64');
  const policy = contentSecurityPolicy(nonce, verdict.origin, edges);
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  headers.set('content-security-policy', policy);
  headers.set('x-cordon-path', request.nextUrl.pathname + request.nextUrl.search);
  // What the client wrote here must not decide which origin links and cookies are made for.
  const url = new URL(verdict.origin);
  headers.set('x-forwarded-host', url.host);
  headers.set('x-forwarded-proto', url.protocol.slice(0, -1));
  headers.delete('x-forwarded-port');

  const response = NextResponse.next({ request: { headers } });
  response.headers.set('Content-Security-Policy', policy);
  response.headers.set('Cache-Control', 'private, no-store');
  for (const [name, value] of Object.entries(securityHeaders(verdict.origin))) response.headers.set(name, value);
  return response;
}

export const config = {
  // Everything but files whose name holds the hash of their content.
  matcher: ['/((?!_next/static/).*)'],
};
