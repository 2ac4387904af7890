import { createCipheriv } from 'node:crypto';
import { canonicalJson } from '@/lib/kernel/encoding';
import { keyring } from '@/lib/keyring';
import { randomBytes } from '@/lib/platform';
import { subjectKeys } from './keys';

/**
 * Personal values at rest: per event and subject one sealed text, AES-256-GCM, `key id 8 | nonce 12 | ciphertext | tag 16`, bound to its
 * event. Inside is a JSON object: name of the field -> [salt (base64), value]. The salts go with the values: once the key is destroyed,
 * nobody can try values against the commitments that stay.
 */
export interface PersonalField {
  name: string;
  /** 16 bytes. */
  salt: Buffer;
  value: unknown;
  /** usr_…, or empty when it is nobody's. */
  subject: string;
}

export interface SealedValues {
  subject: string;
  sealed: Buffer;
}

/**
 * Whose key: a person's in this log, or the log's for what is nobody's. A person has another key in every log, so that no log's owner decides
 * over what stands in another's.
 */
export const keeperOf = (subject: string, organisationId: string | null): string => {
  const log = organisationId ?? 'provider';
  return subject ? `${log}/${subject}` : log;
};
const boundTo = (eventId: string) => `audit|${eventId}`;

export async function sealValues(
  eventId: string,
  organisationId: string | null,
  fields: readonly PersonalField[],
): Promise<SealedValues[]> {
  if (fields.length === 0) return [];
  const bySubject = new Map<string, Record<string, [string, unknown]>>();
  for (const { name, salt, value, subject } of fields) {
    const values = bySubject.get(subject) ?? {};
    values[name] = [salt.toString('base64'), value];
    bySubject.set(subject, values);
  }
  const keys = await subjectKeys([...new Set([...bySubject.keys()].map((of) => keeperOf(of, organisationId)))]);
  return Array.from(bySubject, ([subject, values]) => {
    const { keyId, key } = keys.get(keeperOf(subject, organisationId))!;
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(Buffer.from(boundTo(eventId)));
    const text = [cipher.update(canonicalJson(values), 'utf8'), cipher.final()];
    return { subject, sealed: Buffer.concat([keyId, nonce, ...text, cipher.getAuthTag()]) };
  });
}

export interface OpenedField {
  salt: Uint8Array;
  value: unknown;
}
/** What is left of sealed values: by name of the field; null when the key is gone; `altered` when they do not open for their event. */
export type Opened = Map<string, OpenedField> | null | 'altered';

const PER_QUESTION = 500;
const KEY_ID_BYTES = 8;
/** Whether a value (base64) is in the clear, since before values were sealed: its key id is zero bytes, so ten digits and most of another. */
export const isUnsealed = (sealed: string): boolean => /^A{10}[A-D]/.test(sealed);

/** Opens sealed values (base64) of many events. Throws `keyring.unavailable`. */
export async function openValues(rows: readonly { eventId: string; sealed: string }[]): Promise<Opened[]> {
  const opened: Opened[] = [];
  for (let from = 0; from < rows.length; from += PER_QUESTION) {
    const some = rows.slice(from, from + PER_QUESTION);
    const { values } = await keyring().call('audit.open', {
      values: some.map(({ eventId, sealed }) => ({ sealed, boundTo: boundTo(eventId) })),
    });
    for (const [i, answer] of values.entries()) {
      const { sealed } = some[i]!;
      if (isUnsealed(sealed)) opened.push(parse(Buffer.from(sealed, 'base64').subarray(KEY_ID_BYTES)));
      else if (answer.state === 'gone') opened.push(null);
      else opened.push(answer.state === 'open' ? parse(Buffer.from(answer.value, 'base64')) : 'altered');
    }
  }
  return opened;
}

/** One that cannot be read must not keep the others of a page from being read. */
function parse(text: Buffer): Opened {
  try {
    const values = JSON.parse(text.toString('utf8')) as Record<string, [string, unknown]>;
    return new Map(
      Object.entries(values).map(([name, [salt, value]]) => [name, { salt: Buffer.from(salt, 'base64'), value }]),
    );
  } catch {
    return 'altered';
  }
}

/** A field among the values of an event, whichever subject it is of. */
export function fieldIn(opened: readonly Opened[], name: string): OpenedField | undefined {
  for (const values of opened) {
    const found = values instanceof Map ? values.get(name) : undefined;
    if (found) return found;
  }
}
