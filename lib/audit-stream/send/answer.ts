import type { AnswerCode } from '../schemas';

/** What came of sending something. */
export interface Answer {
  code: AnswerCode;
  /** Of HTTP, when there was an answer. */
  status: number | null;
  /** What the receiver asks to wait (RFC 9110, 10.2.3). */
  retryAfterSeconds: number | null;
}

/** Why nothing was sent, or nobody said that it came. */
export class Unsent extends Error {
  override name = 'Unsent';
  constructor(
    readonly code: AnswerCode,
    options?: ErrorOptions,
  ) {
    super(code, options);
  }
}

/**
 * Runs a sending to its answer, for so long and until `stop`: whatever goes wrong on the way is one. `stop` lives as long as the process, so nothing
 * is left hanging on it.
 */
export async function answerOf(
  work: (signal: AbortSignal) => Promise<Answer>,
  timeoutMs: number,
  stop: AbortSignal,
): Promise<Answer> {
  const within = new AbortController();
  const end = () => within.abort();
  const timer = setTimeout(end, timeoutMs);
  stop.addEventListener('abort', end);
  if (stop.aborted) end();
  try {
    return await work(within.signal);
  } catch (error) {
    return { code: codeOf(error, within.signal), status: null, retryAfterSeconds: null };
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', end);
  }
}

const CODES: Readonly<Record<string, AnswerCode>> = {
  ECONNREFUSED: 'connection_refused',
  ECONNRESET: 'connection_reset',
  EPIPE: 'connection_reset',
  ETIMEDOUT: 'timeout',
};

function codeOf(error: unknown, within: AbortSignal): AnswerCode {
  if (error instanceof Unsent) return error.code;
  if (within.aborted) return 'timeout';
  const code = String((error as NodeJS.ErrnoException | null)?.code ?? '');
  if (Object.hasOwn(CODES, code)) return CODES[code]!;
  if (code.startsWith('HPE_')) return 'protocol';
  return isCertificateError(code) ? 'certificate' : 'network';
}

/** Names of OpenSSL's verification errors as Node passes them on, and Node's own of a wrong name. */
const isCertificateError = (code: string): boolean =>
  /^(?:ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH)/.test(code);
