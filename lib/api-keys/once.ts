import { systemClock } from '@/lib/platform';
import { apiKeyErrors } from './errors';
import * as store from './store';

const REMEMBERED_MS = 86_400_000;
/** A request that has not answered for this long died with its process. */
const ABANDONED_MS = 60_000;

export interface Answer {
  status: number;
  body: object;
}

/**
 * Runs `act` once per Idempotency-Key and API key within a day; a repetition of the same request gets the first one's answer.
 * An act that throws has changed nothing, so the key is free again. `hash`: SHA-256 of method, path and body.
 * `keep` false: the answer is not for storing (a token); a repetition runs again, another request is refused all the same.
 * Throws `idempotency.mismatch`, `idempotency.in_progress`.
 */
export async function once(
  { apiKey, key, hash, keep }: { apiKey: string; key: string; hash: Uint8Array<ArrayBuffer>; keep: boolean },
  act: () => Promise<Answer>,
): Promise<Answer & { replayed: boolean }> {
  if (!/^[\x21-\x7e]{1,128}$/.test(key)) throw apiKeyErrors('idempotency.invalid');
  const now = systemClock.now();
  const found = await store.takeOnce(apiKey, key, hash, {
    forget: new Date(now - REMEMBERED_MS),
    abandoned: new Date(now - ABANDONED_MS),
  });
  if (found) {
    if (Buffer.compare(found.requestHash, hash) !== 0) throw apiKeyErrors('idempotency.mismatch');
    if (found.status === 0) throw apiKeyErrors('idempotency.in_progress', { retryAfterSeconds: 1 });
    if (keep) return { status: found.status, body: found.response as object, replayed: true };
    return { ...(await act()), replayed: false };
  }
  let answer: Answer;
  try {
    answer = await act();
  } catch (error) {
    await store.releaseOnce(apiKey, key);
    throw error;
  }
  await store.keepAnswer(apiKey, key, hash, answer.status, keep ? answer.body : {});
  return { ...answer, replayed: false };
}
