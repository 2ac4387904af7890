import { canonicalJson } from '../encoding';
import { malformed } from './faults';

/** Not in constant time: nothing here is secret. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** UTF-8 of text that this side made. Throws TypeError for a lone surrogate. */
export function utf8(text: string): Uint8Array {
  if (LONE_SURROGATE.test(text)) throw new TypeError('the text holds a lone surrogate');
  return encoder.encode(text);
}

/** Many lines at a time come through here, for which the host's own encoder is several times as fast as `toUtf8`. */
const encoder = new TextEncoder();
const LONE_SURROGATE = /\p{Surrogate}/u;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Strict UTF-8 without a byte order mark; null for anything else. */
export function textIn(bytes: Uint8Array): string | null {
  try {
    const text = decoder.decode(bytes);
    return text.startsWith('\ufeff') ? null : text;
  } catch {
    return null;
  }
}

/** The text of a pack's file. Throws PackFault. */
export function textOf(bytes: Uint8Array, file: string): string {
  const text = textIn(bytes);
  if (text === null) throw malformed('the file is not UTF-8, or begins with a byte order mark', file);
  return text;
}

/** A file that is one canonical JSON value (RFC 8785) and nothing after it. Throws PackFault. */
export function jsonOf(bytes: Uint8Array, file: string): unknown {
  const text = textOf(bytes, file);
  let value: unknown;
  try {
    value = JSON.parse(text);
    if (canonicalJson(value) === text) return value;
  } catch {
    throw malformed('the file is not JSON', file);
  }
  throw malformed('the file is not canonical JSON', file);
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a value is an object with exactly these members. */
export const hasExactly = (value: unknown, members: readonly string[]): value is Record<string, unknown> =>
  isObject(value) &&
  Object.keys(value).length === members.length &&
  members.every((member) => Object.hasOwn(value, member));

export const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
