/**
 * Errors as the outside sees them. One class; each capability declares its closed set of dotted codes with `defineErrors`.
 * Whatever is not a `CordonError` becomes `internal`: its text never reaches a response.
 */
export interface ErrorOptions {
  /** Rule or permission that refused, shown as the reason. */
  why?: string;
  /** What happened, for the log only. */
  internal?: string;
  cause?: unknown;
  /** Field of a form the error belongs to. */
  field?: string;
  /** Seconds after which trying again makes sense (Retry-After). */
  retryAfterSeconds?: number;
  /** What the person would have to confirm for this to be done. */
  ask?: Ask;
}

/** An act that wants a second factor at this moment, in the terms to be confirmed (lib/kernel/act). */
export interface Ask {
  readonly action: string;
  readonly object: string;
  readonly version: string;
  readonly terms: readonly (readonly [name: string, value: string])[];
  /** Of acts of agreement: what the person says, and as what. Others are confirmed, in the role of the person. */
  readonly verdict?: 'confirm' | 'approve' | 'deny';
  readonly role?: string;
}

export class CordonError<C extends string = string> extends Error {
  override name = 'CordonError';
  readonly code: C;
  /** HTTP status; a domain outcome keeps it here so that the two faces (forms, API) need no second table. */
  readonly status: number;
  readonly publicMessage: string;
  readonly why: string | undefined;
  readonly field: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly ask: Ask | undefined;

  constructor(code: C, status: number, publicMessage: string, options: ErrorOptions = {}) {
    super(options.internal ?? publicMessage, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = status;
    this.publicMessage = publicMessage;
    this.why = options.why;
    this.field = options.field;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.ask = options.ask;
  }
}

export const isCordonError = (error: unknown): error is CordonError => error instanceof CordonError;

/**
 * A capability's errors, in one table: code, HTTP status and public words.
 * `const errors = defineErrors({ 'project.not_found': [404, 'Not found.'] }); throw errors('project.not_found');`
 */
export function defineErrors<const T extends Record<string, readonly [status: number, says: string]>>(table: T) {
  type Code = keyof T & string;
  const make = <C extends Code>(code: C, options?: ErrorOptions): CordonError<C> => {
    const [status, says] = table[code]!;
    return new CordonError(code, status, says, options);
  };
  return Object.assign(make, {
    codes: Object.keys(table) as Code[],
    is: (error: unknown): error is CordonError<Code> => isCordonError(error) && Object.hasOwn(table, error.code),
  });
}

/** RFC 9457 problem details. `code` is the stable name; `type` is the same as a URI. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  why?: string;
  /** Shown to the person so that support finds the log line. */
  requestId?: string;
}

export function toProblem(error: unknown, requestId?: string): Problem {
  const { code, status, publicMessage, why } = isCordonError(error)
    ? error
    : { code: 'internal', status: 500, publicMessage: 'Something went wrong on our side.', why: undefined };
  return {
    type: `urn:cordon:problem:${code}`,
    title: publicMessage,
    status,
    code,
    ...(why === undefined ? {} : { why }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** What a server action answers to its form when it refuses. The design system's form state has the same members. */
export interface FormRefusal {
  ok?: false;
  /** Stable dotted code. */
  code: string;
  /** What happened, the reason and when trying again makes sense. */
  message?: string;
  /** Instead of the message when one field is to blame. */
  fields?: Record<string, string>;
  /** With `authz.step_up_required`. */
  ask?: Ask;
}

export function toFormRefusal(error: unknown): FormRefusal {
  const { code, title, why } = toProblem(error);
  const { field, retryAfterSeconds, ask } = isCordonError(error)
    ? error
    : { field: undefined, retryAfterSeconds: undefined, ask: undefined };
  if (field) return { code, fields: { [field]: [title, why].filter(Boolean).join(' ') } };
  const wait = retryAfterSeconds ? `Try again in ${span(retryAfterSeconds)}.` : undefined;
  return { code, message: [title, why, wait].filter(Boolean).join(' '), ...(ask ? { ask } : {}) };
}

const span = (seconds: number) => (seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`);
