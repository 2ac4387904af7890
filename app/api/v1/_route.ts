import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { type Answer, createRateLimit, once } from '@/lib/api-keys';
import { type Access, guarded } from '@/lib/authz';
import { auditSource } from '@/lib/identity';
import { type CordonError, newId, systemClock, toProblem } from '@/lib/platform';
import { parseJson, readBody } from './_body';
import { apiErrors } from './_errors';
import type { Input, Operation } from './_operation';

/**
 * What stands around every operation: the rate, the key and its right, limits and form of what is sent, repetition, and the form
 * of the answer. Operations themselves know nothing of HTTP.
 */
type Context = { params: Promise<Record<string, string>> };
export type Handler = ((request: Request, context: Context) => Promise<Response>) & { readonly access: Access };

const HEADERS = { 'cache-control': 'no-store' };
const rate = createRateLimit({ perSecond: 20, burst: 60 });

export function apiRoute(operation: Operation): Handler {
  const [subject, action] = operation.need;
  const door = guarded(
    { realm: 'api', subject, action: action as never },
    async (principal, request: Request, context: Context) => {
      if (operation.serversOnly && request.headers.has('origin')) throw apiErrors('origin.forbidden');
      const bytes = operation.method === 'GET' ? new Uint8Array() : await readBody(request);
      const read = {
        params: operation.params?.safeParse(await context.params),
        query: operation.query?.safeParse(Object.fromEntries(new URL(request.url).searchParams)),
        body: operation.body?.safeParse(parseJson(request, bytes)),
      };
      const wrong = Object.values(read).find((part) => part?.success === false);
      if (wrong?.error) return invalid(wrong.error);
      const input: Input = {
        caller: { kind: 'api-key', key: principal.key, source: await auditSource(request.headers) },
        projectId: principal.projectId,
        params: read.params?.data,
        query: read.query?.data,
        body: read.body?.data,
      };
      const act = async (): Promise<Answer> => ({
        status: operation.status,
        body: (await operation.run(input)) as object,
      });
      const key = operation.idempotency ? request.headers.get('idempotency-key') : null;
      if (key === null) return answer(await act());
      const answered = await once(
        { apiKey: principal.key, key, hash: hashOf(request, bytes), keep: operation.idempotency === 'keep' },
        act,
      );
      return answer(answered, answered.replayed ? { 'idempotency-replayed': 'true' } : {});
    },
  );
  const handler = async (request: Request, context: Context): Promise<Response> => {
    const waitSeconds = rate.take(
      createHash('sha256')
        .update(request.headers.get('authorization') ?? '')
        .digest('base64'),
      systemClock.now(),
    );
    if (waitSeconds > 0) return problem(apiErrors('rate.limited'), { 'retry-after': String(waitSeconds) });
    const response = await door(request, context);
    if (response.status === 401) response.headers.set('www-authenticate', 'Bearer');
    return response;
  };
  return Object.assign(handler, { access: door.access });
}

const answer = ({ status, body }: Answer, headers: Record<string, string> = {}): Response =>
  Response.json(body, { status, headers: { ...HEADERS, ...headers } });

function problem(error: CordonError, headers: Record<string, string> = {}, more: object = {}): Response {
  const body = { ...toProblem(error, newId('req')), ...more };
  return Response.json(body, {
    status: body.status,
    headers: { ...HEADERS, 'content-type': 'application/problem+json', ...headers },
  });
}

/** Names what does not fit, never what was sent: a message could carry a token. */
function invalid(error: z.ZodError): Response {
  const errors = error.issues.slice(0, 16).map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
  return problem(apiErrors('request.invalid'), {}, { errors });
}

function hashOf(request: Request, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const { pathname, search } = new URL(request.url);
  return new Uint8Array(createHash('sha256').update(`${request.method}\n${pathname}${search}\n`).update(body).digest());
}
