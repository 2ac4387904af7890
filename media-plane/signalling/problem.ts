import type { ServerResponse } from 'node:http';
import { DENY_CODES, type DenyCode } from '@/lib/kernel/decision/codes';
import type { Deny } from '@/lib/kernel/decision/types';
import type { Refusal } from './protocol';

/**
 * Refusals as clients see them: problem+json (RFC 9457) on HTTP, the same members on the WebSocket. Every policy refusal
 * carries its code from DENY_CODES, the rule, the trace id of the join and the version of the bundle that decided.
 */
export function refusalOf(deny: Deny, traceId: string): Refusal {
  const { says, next } = DENY_CODES[deny.code];
  return {
    code: deny.code,
    rule: deny.rule,
    says,
    next,
    detail: deny.detail,
    traceId,
    bundle: deny.bundle,
    ...(deny.allowedRegions && { allowedRegions: deny.allowedRegions }),
    ...(deny.allowedEdges && {
      allowedEdges: deny.allowedEdges.map(({ name, region, url }) => ({ name, region, url })),
    }),
    ...(deny.retryAfter !== undefined && { retryAfter: deny.retryAfter }),
  };
}

/** Seconds a client should wait when a refusal of this status names no time itself. */
const DEFAULT_RETRY_SECONDS = 1;

export function sendRefusal(response: ServerResponse, deny: Deny, traceId: string, nowSeconds: number): void {
  const { status } = DENY_CODES[deny.code];
  if (status === 401) response.setHeader('WWW-Authenticate', challenge(deny.code));
  if (status === 429 || status === 503) {
    const wait =
      deny.retryAfter === undefined ? DEFAULT_RETRY_SECONDS : Math.max(1, Math.ceil(deny.retryAfter - nowSeconds));
    response.setHeader('Retry-After', String(wait));
  }
  const { says, ...rest } = refusalOf(deny, traceId);
  sendProblem(response, status, says, rest);
}

/** A problem that is not a policy refusal (unknown path, wrong method, body too large). */
export function sendProblem(response: ServerResponse, status: number, title: string, members: object = {}): void {
  const body = JSON.stringify({ type: 'about:blank', title, status, ...members });
  response.writeHead(status, {
    'Content-Type': 'application/problem+json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  });
  response.end(body);
}

/** RFC 6750 section 3.1: a request without any token gets the bare challenge. */
const challenge = (code: DenyCode): string => (code === 'token.missing' ? 'Bearer' : 'Bearer error="invalid_token"');
