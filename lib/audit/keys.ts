import { keyring } from '@/lib/keyring';
import { systemClock } from '@/lib/platform';

/**
 * The keys this process seals personal values with: one per subject, from the keyring, held for a minute at most. So an erased
 * subject's key is gone from every process soon after it is gone from the keyring.
 */
export interface SubjectKey {
  /** 8 bytes. */
  readonly keyId: Buffer;
  /** 32 bytes. */
  readonly key: Buffer;
  /** Unix milliseconds. */
  readonly until: number;
}

interface Held {
  readonly key: Promise<SubjectKey>;
  /** Unix milliseconds; while the answer is on its way, for ever: a crowd that misses the same key asks once. */
  until: number;
}

const HELD_AT_MOST = 10_000;
const held = new Map<string, Held>();

/** Keys of these subjects, by subject. Throws `keyring.unavailable`: what cannot be sealed is not recorded, and its act not done. */
export async function subjectKeys(subjects: readonly string[]): Promise<Map<string, SubjectKey>> {
  const keys = await Promise.all(subjects.map(keyOf));
  return new Map(subjects.map((subject, i) => [subject, keys[i]!]));
}

function keyOf(subject: string): Promise<SubjectKey> {
  const known = held.get(subject);
  if (known && known.until > systemClock.now()) return known.key;
  if (held.size >= HELD_AT_MOST) forgetSubjectKeys();
  const asked: Held = { key: ask(subject), until: Number.POSITIVE_INFINITY };
  held.set(subject, asked);
  asked.key.then(
    ({ until }) => {
      asked.until = until;
      // Not only unused after that, but gone: nothing of it is left in this process.
      setTimeout(() => held.get(subject) === asked && held.delete(subject), until - systemClock.now()).unref();
    },
    () => held.get(subject) === asked && held.delete(subject),
  );
  return asked.key;
}

async function ask(subject: string): Promise<SubjectKey> {
  const { keys, until } = await keyring().call('audit.keys', { subjects: [subject] });
  const { keyId, key } = keys[0]!;
  return { keyId: Buffer.from(keyId, 'hex'), key: Buffer.from(key, 'base64'), until };
}

/** Drops all keys; the next event asks the keyring again. */
export const forgetSubjectKeys = (): void => held.clear();
