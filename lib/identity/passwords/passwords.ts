import { hash, verify } from '@node-rs/argon2';
import { errors } from '../errors';
import { COMMON_PASSWORDS } from './common-passwords';

/** argon2id, 19 MiB, 2 passes, 1 lane: the first choice of the OWASP Password Storage Cheat Sheet. */
const OPTIONS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const;

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

const repeats = (text: string) => {
  for (const period of [1, 2, 3, 4]) {
    if ([...text].every((character, at) => character === text[at % period])) return true;
  }
  return false;
};

/**
 * Refuses what is too short, too long or among the first guesses; there are no rules about kinds of characters.
 * Throws `identity.password.*`.
 */
export function checkNewPassword(password: string, email: string): void {
  // Bounded before anything that costs time in its length; a character is at most two UTF-16 units.
  if (password.length > MAX_CHARACTERS * 2) throw errors('identity.password.long', { field: 'password' });
  const text = normalise(password);
  const characters = [...text].length;
  if (characters > MAX_CHARACTERS) throw errors('identity.password.long', { field: 'password' });
  if (characters < MIN_CHARACTERS) throw errors('identity.password.short', { field: 'password' });
  const lower = text.toLowerCase();
  if (COMMON_PASSWORDS.has(lower) || repeats(lower) || lower === email.toLowerCase()) {
    throw errors('identity.password.common', { field: 'password' });
  }
}

/** PHC string for storage. The password must have passed `checkNewPassword`. */
export const hashPassword = (password: string): Promise<string> => hash(normalise(password), OPTIONS);

/**
 * True when the password fits. `stored` null stands for an unknown account: the same work is done and the answer is
 * false. Input beyond the limit is answered with the same work too.
 */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  const tooLong = password.length > MAX_CHARACTERS * 2;
  const fits = await verify(stored ?? DUMMY_HASH, tooLong ? '' : normalise(password));
  return fits && stored !== null && !tooLong;
}
