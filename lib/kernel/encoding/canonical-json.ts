import { utf8Length } from './utf8';

const MAX_DEPTH = 64;

/**
 * The JSON Canonicalization Scheme (RFC 8785): keys sorted by UTF-16 code units, no white space, numbers as ECMAScript
 * prints them. Throws a TypeError on what JSON cannot say exactly: undefined, functions, bigint, NaN, infinities, lone
 * surrogates, class instances and nesting deeper than 64.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

function write(value: unknown, depth: number): string {
  if (depth > MAX_DEPTH) throw new TypeError('canonical JSON: nested too deeply');
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('canonical JSON: number is not finite');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`canonical JSON: ${typeof value} has no form`);
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError('canonical JSON: not a plain object');
  const record = value as Record<string, unknown>;
  // The default sort of strings compares UTF-16 code units, which is what the RFC asks for.
  const members = Object.keys(record).sort();
  return `{${members.map((key) => `${text(key)}:${write(record[key], depth + 1)}`).join(',')}}`;
}

function text(value: string): string {
  if (utf8Length(value) < 0) throw new TypeError('canonical JSON: text holds a lone surrogate');
  return JSON.stringify(value);
}
