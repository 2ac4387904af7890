import { randomBytes } from 'node:crypto';
import { type NextRequest, NextResponse } from 'next/server';
import {
  BARE_POLICY,
  contentSecurityPolicy,
  parseEdgeOrigins,
  securityHeaders,
  TILES,
} from '@/lib/identity/request/headers';
import { type Origins, parseOrigins } from '@/lib/identity/request/origins';
import { route } from '@/lib/identity/request/routing';
import { readVerifier } from '@/lib/verifier';

/**
 * Runs before every page and route: knows the two hosts of the console, keeps staff and customers on their own
 * origins, refuses forms sent from elsewhere, and gives each answer its security headers with a fresh script nonce.
 */
let read: { origins: Origins; edges: string[] } | undefined;
const settings = () =>
  (read ??= { origins: parseOrigins(process.env), edges: parseEdgeOrigins(process.env.CORDON_EDGE_ORIGINS) });

export function proxy(request: NextRequest): NextResponse {
  const { origins, edges } = settings();
  const path = request.nextUrl.pathname;
  const verdict = route(origins, {
    method: request.method,
    path,
    host: request.headers.get('host'),
    origin: request.headers.get('origin'),
    fetchSite: request.headers.get('sec-fetch-site'),
  });

  if (verdict.act === 'refuse') return refuse(verdict, origins.customer);
  if (verdict.act === 'redirect') {
    return bare(NextResponse.redirect(verdict.to, { status: 307 }), new URL(verdict.to).origin);
  }
  // Next would carry an action over to another page by asking itself, and its own address would then be taken for the client's.
  if (request.headers.has('x-action-forwarded')) {
    return refuse({ status: 403, code: 'action.forwarded' }, verdict.origin);
  }
  // Files whose name holds the hash of their content: the same for everybody, kept for good.
  if (path.startsWith('/_next/static/')) return secured(NextResponse.next(), verdict.origin, BARE_POLICY);

  const nonce = randomBytes(16).toString('base64');
  const policy = path === '/verify' ? verifierPolicy() : contentSecurityPolicy(nonce, verdict.origin, edges);
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  headers.set('content-security-policy', policy);
  headers.set('x-cordon-path', path + request.nextUrl.search);
  // What the client wrote here must not decide which origin links and cookies are made for.
  const url = new URL(verdict.origin);
  headers.set('x-forwarded-host', url.host);
  headers.set('x-forwarded-proto', url.protocol.slice(0, -1));
  headers.delete('x-forwarded-port');

  const response = secured(NextResponse.next({ request: { headers } }), verdict.origin, policy);
  if (!TILES.test(path)) response.headers.set('Cache-Control', 'private, no-store');
  return response;
}

/** The verifier brings a policy of its own: scripts by hash, no connection. Without it there is nothing to allow. */
function verifierPolicy(): string {
  try {
    return readVerifier().policy;
  } catch {
    return BARE_POLICY;
  }
}

function refuse({ status, code }: { status: number; code: string }, origin: string): NextResponse {
  return bare(
    NextResponse.json(
      { type: 'about:blank', status, code },
      { status, headers: { 'Content-Type': 'application/problem+json' } },
    ),
    origin,
  );
}

/** An answer of ours that is no page. */
function bare(response: NextResponse, origin: string): NextResponse {
  response.headers.set('Cache-Control', 'no-store');
  return secured(response, origin, BARE_POLICY);
}

function secured(response: NextResponse, origin: string, policy: string): NextResponse {
  response.headers.set('Content-Security-Policy', policy);
  for (const [name, value] of Object.entries(securityHeaders(origin))) response.headers.set(name, value);
  return response;
}
