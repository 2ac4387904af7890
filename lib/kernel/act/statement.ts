import { toHex, toUtf8 } from '../encoding';
import type { Primitives } from '../primitives';

/**
 * What a person puts their passkey to: one act, on one object, in its exact terms. A passkey signs a challenge, and the challenge is the
 * SHA-256 of this text, so the signature says what was agreed to and anybody who holds the text, the assertion and the public key can check
 * it later. The text is made by the keyring, which adds nonce and times.
 */
export interface ActStatement {
  /** 32 random bytes, base64url. */
  readonly nonce: string;
  readonly realm: 'customer' | 'staff';
  /** Empty where nobody is known yet: signing in with a passkey alone. */
  readonly user: string;
  readonly session: string;
  /** `sign-in`, or the guarded act, for example `fence.apply`. */
  readonly action: string;
  /** Id of what is acted upon; empty for sign-in. */
  readonly object: string;
  /** Version of the object the terms were read at; empty where it has none. */
  readonly version: string;
  readonly terms: Terms;
  readonly verdict: Verdict;
  /** The person's role in what is acted upon, as they were told. */
  readonly role: string;
  /** Unix seconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** What is agreed to, as names and values, in the words and the order the person saw. */
export type Terms = readonly (readonly [name: string, value: string])[];

export const VERDICTS = ['confirm', 'approve', 'deny', 'endorse'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Limits of a statement; beyond them it is refused, never cut. */
export const ACT_LIMITS = { terms: 32, name: 64, value: 1024, field: 256, text: 16_384 } as const;

const HEAD = 'cordon-act/1';
const FIELDS = ['nonce', 'realm', 'user', 'session', 'action', 'object', 'version', 'verdict', 'role'] as const;

/** Whether terms can stand in a statement: within the limits, and without control characters, which could imitate another line. */
export const areTerms = (terms: Terms): boolean =>
  terms.length <= ACT_LIMITS.terms &&
  terms.every(
    ([name, value]) =>
      name.length > 0 && isLine(name, ACT_LIMITS.name) && !name.includes(':') && isLine(value, ACT_LIMITS.value),
  );

/** The canonical text, one `name: value` a line, each line ended by LF. Throws `RangeError` beyond the limits. */
export function statementText(statement: ActStatement): string {
  for (const field of FIELDS)
    if (!isLine(statement[field], ACT_LIMITS.field)) throw new RangeError(`act statement: ${field}`);
  if (!areTerms(statement.terms)) throw new RangeError('act statement: terms');
  const lines = [
    HEAD,
    ...FIELDS.map((field) => `${field}: ${statement[field]}`),
    `issued: ${statement.issuedAt}`,
    `expires: ${statement.expiresAt}`,
    ...statement.terms.map(([name, value]) => `term ${name}: ${value}`),
  ];
  const text = `${lines.join('\n')}\n`;
  if (text.length > ACT_LIMITS.text) throw new RangeError('act statement: text');
  return text;
}

/** The statement a text stands for, or null when `statementText` would not have written it so. */
export function parseStatement(text: string): ActStatement | null {
  if (text.length > ACT_LIMITS.text || !text.endsWith('\n')) return null;
  const [head, ...lines] = text.slice(0, -1).split('\n');
  if (head !== HEAD || lines.length < FIELDS.length + 2) return null;
  const take = (name: string) => {
    const line = lines.shift() ?? '';
    return line.startsWith(`${name}: `) ? line.slice(name.length + 2) : null;
  };
  const fields = Object.fromEntries(FIELDS.map((field) => [field, take(field)]));
  const issuedAt = seconds(take('issued'));
  const expiresAt = seconds(take('expires'));
  if (issuedAt === null || expiresAt === null || Object.values(fields).includes(null)) return null;
  const terms: [string, string][] = [];
  for (const line of lines) {
    const [, name, value] = /^term ([^:]+): (.*)$/s.exec(line) ?? [];
    if (name === undefined || value === undefined) return null;
    terms.push([name, value]);
  }
  const statement = { ...fields, issuedAt, expiresAt, terms } as unknown as ActStatement;
  if (!['customer', 'staff'].includes(statement.realm) || !VERDICTS.includes(statement.verdict)) return null;
  try {
    return statementText(statement) === text ? statement : null;
  } catch {
    return null;
  }
}

/** The challenge a passkey signs: SHA-256 of the statement's UTF-8 bytes, 32 bytes. */
export const challengeOf = (text: string, { sha256 }: Pick<Primitives, 'sha256'>): Uint8Array => sha256(toUtf8(text)!);

/**
 * Names what was agreed to apart from who and when: hex SHA-256 of version and terms, for binding a confirmation to the act that uses it.
 * Throws `RangeError` on what could not stand in a statement: a version of two lines could imitate a term.
 */
export function termsDigest(version: string, terms: Terms, { sha256 }: Pick<Primitives, 'sha256'>): string {
  if (!isLine(version, ACT_LIMITS.field) || !areTerms(terms)) throw new RangeError('act terms');
  const text = [`version: ${version}`, ...terms.map(([name, value]) => `term ${name}: ${value}`)].join('\n');
  return toHex(sha256(toUtf8(text)!));
}

/**
 * Printable in one line, and read in the order it is written: embeddings, overrides and isolates of direction could show another order than
 * the one that is signed. Lone surrogates would change on their way through UTF-8.
 */
const isLine = (text: string, max: number): boolean =>
  typeof text === 'string' &&
  text.length <= max &&
  !/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Cs}/u.test(text);

const seconds = (text: string | null): number | null =>
  text !== null && /^(0|[1-9][0-9]{0,11})$/.test(text) ? Number(text) : null;
