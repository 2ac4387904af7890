import 'server-only';
import type { Ending } from '@/lib/kernel/grant';
import { KeyringError, keyring, type Output } from '@/lib/keyring';
import { isCordonError } from '@/lib/platform';
import { errors } from './errors';

/** What the keyring's ledger of signed statements says: the one place where it is known what is open. Times are Unix seconds. */
export type Described = Output<'grant.describe'>['requests'][number];

/** The keyring describes so many at once. */
const AT_ONCE = 200;

/** Where these stand; those it knows nothing of are left out. Throws `grant.keyring`. */
export async function standingsOf(ids: readonly string[]): Promise<Map<string, Described>> {
  const found = new Map<string, Described>();
  for (let i = 0; i < ids.length; i += AT_ONCE) {
    const { requests } = await answered(() =>
      keyring().call('grant.describe', { requests: ids.slice(i, i + AT_ONCE) as string[] }),
    );
    for (const one of requests) found.set(one.id, one);
  }
  return found;
}

/** The same for pages: null when the keyring does not answer, and what is shown is the copy. */
export const standingsOrNot = (ids: readonly string[]): Promise<Map<string, Described> | null> =>
  standingsOf(ids).catch((error) => {
    if (errors.is(error)) return null;
    throw error;
  });

/** One that must be there. Throws `grant.keyring`, `grant.not_signed`. */
export async function standingOf(id: string): Promise<Described> {
  const found = (await standingsOf([id])).get(id);
  if (!found) throw errors('grant.not_signed');
  return found;
}

/** Ends a request or a grant, now. Taking away needs no signature. Throws `grant.keyring`. */
export const end = (request: string, why: Ending): Promise<unknown> =>
  answered(() => keyring().call('grant.end', { request, why }));

/** Whether the keyring refused, or did not answer at all. */
export const isSilent = (error: unknown): boolean =>
  error instanceof KeyringError || (isCordonError(error) && error.code === 'keyring.unavailable');

async function answered<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (isSilent(error)) throw errors('grant.keyring', { cause: error });
    throw error;
  }
}

export const dateOf = (seconds: number | null): Date | null => (seconds === null ? null : new Date(seconds * 1000));
