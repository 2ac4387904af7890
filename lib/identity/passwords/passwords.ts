import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { HASHING } from '../abuse/limits';
import { errors } from '../errors';
import { breached } from './breached';
import { strengthOf } from './strength';
import { createTurns } from './turns';

/** argon2id, 19 MiB, 2 passes, 1 lane: the first choice of the OWASP Password Storage Cheat Sheet. */
const OPTIONS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const;

/** The least any policy can ask for. */
const MIN_CHARACTERS = 12;
const MAX_CHARACTERS = 256;

/**
 * A hash no password fits: the random input was thrown away. Unknown accounts are verified against it, so they cost
 * the same work as known ones. Same parameters as OPTIONS; a test keeps them equal.
 */
export const DUMMY_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$mtBzi798QFbR4ScD11YvsA$KKJh5eMXiRKHdwGCabKmD63nfW6oo0ixd78Do0ZoVvs';

/** NFKC, as NIST SP 800-63B-4 asks, so that the same keys typed on another system give the same password. */
const normalise = (password: string) => password.normalize('NFKC');

/**
 * argon2 runs on libuv's four threads, which files and names of hosts wait for too, and on cores that pages are made on: 50 at once keep a file
 * waiting for 0.4 s on two cores. So never more than two at once, and one core is left alone.
 */
const inTurn = createTurns({
  ...HASHING,
  atOnce: Math.min(HASHING.mostAtOnce, Math.max(1, availableParallelism() - 1)),
});

/**
 * Refuses what is too short, too long, among an attacker's first guesses or on the operator's list of breached passwords; there are no rules about
 * kinds of characters. `around`: address, name and organisation of whoever chooses it. `minCharacters` is the strictest that the policies of
 * this person ask for. Throws `identity.password.*`.
 */
export function checkNewPassword(
  password: string,
  around: string | readonly string[],
  minCharacters = MIN_CHARACTERS,
): void {
  // Bounded before anything that costs time in its length; a character is at most two UTF-16 units.
  if (password.length > MAX_CHARACTERS * 2) throw errors('identity.password.long', { field: 'password' });
  const text = normalise(password);
  const characters = [...text].length;
  if (characters > MAX_CHARACTERS) throw errors('identity.password.long', { field: 'password' });
  if (characters < minCharacters) {
    const why = `Use at least ${minCharacters} characters; a few words in a row work well.`;
    throw errors('identity.password.short', { field: 'password', why });
  }
  if (strengthOf(text, [around].flat()) === 'guessed') throw errors('identity.password.common', { field: 'password' });
  if (breached(text)) throw errors('identity.password.breached', { field: 'password' });
}

/** PHC string for storage. The password must have passed `checkNewPassword`. Throws `identity.busy`. */
export const hashPassword = (password: string): Promise<string> =>
  inTurn('new passwords', () => hash(normalise(password), OPTIONS));

/**
 * True when the password fits. `stored` null stands for an unknown account: the same work is done and the answer is
 * false. Input beyond the limit is answered with the same work too. `place` is the client's network, which waits in a line of its own.
 * Throws `identity.busy`.
 */
export async function verifyPassword(stored: string | null, password: string, place = ''): Promise<boolean> {
  const tooLong = password.length > MAX_CHARACTERS * 2;
  const fits = await inTurn(place, () => verify(stored ?? DUMMY_HASH, tooLong ? '' : normalise(password)));
  return fits && stored !== null && !tooLong;
}
