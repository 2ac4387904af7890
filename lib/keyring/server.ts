import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clients } from './clients';
import type { Context } from './context';
import { isOperation, run } from './operations';
import { type Client, OPERATIONS, type Operation } from './protocol';
import { Refusal } from './refusal';

/**
 * The HTTP surface: `POST /v1/<operation>`, JSON in and out, Bearer token. The order is who, what, how fast, how large, and
 * only then is a body read. Errors are `{"code"}` and nothing more.
 */
const BODY_LIMIT_BYTES = 64 * 1024;
/** A snapshot carries every project of a region, about 1 KiB each. */
const POLICY_BODY_LIMIT_BYTES = 16 * 1024 * 1024;
/** A thousand sealed values of events, some hundred bytes each. */
const AUDIT_BODY_LIMIT_BYTES = 4 * 1024 * 1024;
/** 256 logs, each with a proof of some kilobytes. */
const LOG_BODY_LIMIT_BYTES = 1024 * 1024;
/** One batch of a stream: 256 KiB, or a single event that is larger; twice that as JSON inside JSON. */
const STREAM_BODY_LIMIT_BYTES = 2 * 1024 * 1024;
const BODY_LIMITS: Partial<Record<Operation, number>> = {
  'policy.sign': POLICY_BODY_LIMIT_BYTES,
  'audit.open': AUDIT_BODY_LIMIT_BYTES,
  'log.sign': LOG_BODY_LIMIT_BYTES,
  'stream.sign': STREAM_BODY_LIMIT_BYTES,
};

/** One line per operation: never values. `count` only on collapsed refusals. */
export interface LogLine {
  operation: Operation | 'unknown';
  client: Client | 'unknown';
  outcome: string;
  ms: number;
  /** Unknown callers since the last such line. */
  count?: number;
}

export function createKeyringServer(context: Context, clients: Clients, log: (line: LogLine) => void): Server {
  const strangers = collapse(context.now, log);
  const server = createServer(
    { maxHeaderSize: 8192, requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 60_000 },
    (request, response) => {
      answer(context, clients, request, response).then((line) =>
        line.client === 'unknown' ? strangers(line) : log(line),
      );
    },
  );
  server.maxConnections = 256;
  return server;
}

async function answer(
  context: Context,
  clients: Clients,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<LogLine> {
  const started = performance.now();
  const line: LogLine = { operation: 'unknown', client: 'unknown', outcome: 'ok', ms: 0 };
  let status = 200;
  let body: unknown;
  try {
    line.client = clients.identify(request.headers.authorization);
    const operation = route(request);
    line.operation = operation;
    if (!(OPERATIONS[operation].clients as readonly Client[]).includes(line.client))
      throw new Refusal('request.forbidden');
    clients.admit(line.client, context.now());
    body = await run(context, operation, await readJson(request, BODY_LIMITS[operation] ?? BODY_LIMIT_BYTES));
  } catch (error) {
    // Whatever else was thrown may quote values: only its kind is told.
    const refusal = error instanceof Refusal ? error : new Refusal('internal');
    line.outcome = refusal.code === 'internal' && error instanceof Error ? `internal:${error.name}` : refusal.code;
    status = refusal.status;
    body = { code: refusal.code };
  }
  send(request, response, status, body);
  line.ms = Math.round((performance.now() - started) * 100) / 100;
  return line;
}

function route(request: IncomingMessage): Operation {
  const name = /^\/v1\/([a-zA-Z.]{1,64})$/.exec(request.url ?? '')?.[1] ?? '';
  if (request.method !== 'POST' || !isOperation(name)) throw new Refusal('request.unknown_operation');
  return name;
}

async function readJson(request: IncomingMessage, limit: number): Promise<unknown> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw new Refusal('request.too_large');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new Refusal('request.too_large');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw new Refusal('request.invalid');
  }
}

function send(request: IncomingMessage, response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed) return;
  const text = JSON.stringify(body);
  // What is left of a refused body is not worth reading.
  const close = request.complete ? {} : { connection: 'close' };
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...close,
  });
  response.end(text);
}

/** At most one line a second for callers nobody knows, so that they cannot fill the disk with our log. */
function collapse(now: () => number, log: (line: LogLine) => void): (line: LogLine) => void {
  let count = 0;
  let last = Number.NEGATIVE_INFINITY;
  return (line) => {
    count += 1;
    if (Math.abs(now() - last) < 1000) return;
    log({ ...line, count });
    count = 0;
    last = now();
  };
}
