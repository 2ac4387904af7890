import type { z } from 'zod';
import type { ApiScope } from '@/lib/api-keys/schemas';
import type { Caller, Need } from '@/lib/authz';

/** One operation of the interface: what its handler does, what its description says and what its test expects come from here. */
export interface Operation {
  id: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Below `/api/v1`, parameters in braces. */
  path: string;
  summary: string;
  description?: string;
  /** Any one of these admits. */
  scopes: readonly ApiScope[];
  /** The same right in the words of lib/authz. */
  need: Need;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  status: 200 | 201;
  response: z.ZodType;
  /** Codes beside the ones every operation can answer. */
  errors: readonly string[];
  example: { body?: unknown; response: unknown };
  /** POST only. `keep`: a repetition gets the first answer. `again`: the answer is not stored, a repetition runs again. */
  idempotency?: 'keep' | 'again';
  /** Refuse requests of browsers, which must not hold a key. */
  serversOnly?: boolean;
  run(input: Input): Promise<unknown>;
}

export interface Input {
  caller: Caller;
  projectId: string;
  /** Parsed by the operation's own schemas. */
  params: unknown;
  query: unknown;
  body: unknown;
}

type Parsed<T, Fallback> = T extends z.ZodType ? z.output<T> : Fallback;

/** Ties `run` to the operation's own schemas. */
export function operation<
  const P extends z.ZodObject | undefined = undefined,
  const Q extends z.ZodObject | undefined = undefined,
  const B extends z.ZodType | undefined = undefined,
>(
  described: Omit<Operation, 'params' | 'query' | 'body' | 'run'> & {
    params?: P;
    query?: Q;
    body?: B;
    run(input: {
      caller: Caller;
      projectId: string;
      params: Parsed<P, null>;
      query: Parsed<Q, null>;
      body: Parsed<B, null>;
    }): Promise<unknown>;
  },
): Operation {
  return described as unknown as Operation;
}
