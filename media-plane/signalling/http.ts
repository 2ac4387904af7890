import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Log, messageOf } from '../log';
import type { EdgeContext, Via } from './context';
import { preflight, setCors } from './cors';
import { sendProblem } from './problem';
import { session } from './session';
import { negotiate } from './whip';

/**
 * The HTTP surface of an edge (README.md has the table). One function answers both the public listener and the
 * mutual-TLS one; `Via` says which. A fault of ours becomes a 500 without inner text and a log line with it.
 */
export type Handler = (request: IncomingMessage, response: ServerResponse, via: Via) => void;

/** Limits of both listeners: slow or oversized requests end before they cost anything. */
export const HTTP_LIMITS = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
} as const;

const MAX_URL = 2048;

export const newTraceId = (): string => randomBytes(16).toString('hex');

export function createHandler(context: EdgeContext, isLocal: (request: IncomingMessage) => boolean, log: Log): Handler {
  return (request, response, via) => {
    route(context, isLocal, request, response, via).catch((error: unknown) => {
      // The client going away while its body is read is no fault of anybody's.
      if (request.destroyed && !request.complete) return response.destroy();
      log('error', 'request failed', { traceId: via.traceId, method: request.method, error: messageOf(error) });
      if (response.headersSent) response.destroy();
      else sendProblem(response, 500, 'The edge failed to answer.', { traceId: via.traceId });
    });
  };
}

async function route(
  context: EdgeContext,
  isLocal: (request: IncomingMessage) => boolean,
  request: IncomingMessage,
  response: ServerResponse,
  via: Via,
): Promise<void> {
  const url = request.url ?? '/';
  if (url.length > MAX_URL) return sendProblem(response, 414, 'The address is longer than 2048 characters.');
  const [path = '/', search = ''] = url.split(/\?(.*)/s);
  const parts = path.split('/').slice(1).map(decode);
  const [first, second, third] = parts;

  if (first === 'whip' || first === 'whep') {
    setCors(response);
    if (request.method === 'OPTIONS') return preflight(response);
    if (parts.length !== 3 || second == null || third == null) return sendProblem(response, 404, 'No such address.');
    if (request.method !== 'POST') return methodNotAllowed(response, 'OPTIONS, POST');
    const direction = first === 'whip' ? 'publish' : 'subscribe';
    return negotiate(
      context,
      { direction, appId: second, channel: third, query: new URLSearchParams(search) },
      via,
      request,
      response,
    );
  }
  if (first === 'session' && parts.length === 2 && second != null) {
    setCors(response);
    if (request.method === 'OPTIONS') return preflight(response);
    if (request.method !== 'DELETE' && request.method !== 'PATCH')
      return methodNotAllowed(response, 'OPTIONS, DELETE, PATCH');
    return session(context, second, via, request, response);
  }
  if (via.relayed === null && parts.length === 1 && isProbe(first)) {
    if (request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowed(response, 'GET, HEAD');
    return probe(context, first, isLocal(request), response);
  }
  sendProblem(response, 404, 'No such address.');
}

type Probe = 'healthz' | 'readyz' | 'metrics';
const isProbe = (name: string | null | undefined): name is Probe =>
  name === 'healthz' || name === 'readyz' || name === 'metrics';

function probe(context: EdgeContext, name: Probe, local: boolean, response: ServerResponse): void {
  response.setHeader('Cache-Control', 'no-store');
  if (name === 'metrics') {
    // Elsewhere the page does not exist.
    if (!local) sendProblem(response, 404, 'No such address.');
    else response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' }).end(context.metrics());
    return;
  }
  // Both are read by pages of the console, which live on another origin.
  setCors(response);
  const { name: edge, region } = context.edge;
  const policy = context.policy.position !== null;
  const engine = context.engineUp();
  const ok = name === 'healthz' || (policy && engine);
  const body = JSON.stringify(
    name === 'healthz' ? { status: 'ok', edge, region } : { ready: ok, edge, region, policy, engine },
  );
  response.writeHead(ok ? 200 : 503, { 'Content-Type': 'application/json' }).end(body);
}

function methodNotAllowed(response: ServerResponse, allow: string): void {
  response.setHeader('Allow', allow);
  sendProblem(response, 405, 'This method is not allowed here.');
}

/** Null for a part that is not valid percent-encoding. */
function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
