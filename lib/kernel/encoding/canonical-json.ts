import { utf8Length } from './utf8';

const MAX_DEPTH = 64;

/**
 * The JSON Canonicalization Scheme (RFC 8785): keys sorted by UTF-16 code units, no white space, numbers as ECMAScript
 * prints them. Throws a TypeError on what JSON cannot say exactly: undefined, functions, bigint, NaN, infinities, lone
 * surrogates, class instances and more than 64 lists and objects inside each other.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return text(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('canonical JSON: number is not finite');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth === MAX_DEPTH) throw new TypeError('canonical JSON: nested too deeply');
      return Array.isArray(value) ? list(value, depth) : record(value, depth);
    default:
      throw new TypeError(`canonical JSON: ${typeof value} has no form`);
  }
}

function list(values: readonly unknown[], depth: number): string {
  let written = '';
  for (const value of values) written += (written && ',') + write(value, depth + 1);
  return `[${written}]`;
}

function record(value: object, depth: number): string {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError('canonical JSON: not a plain object');
  let written = '';
  // The default sort of strings compares UTF-16 code units, which is what the RFC asks for.
  for (const key of Object.keys(value).sort())
    written += `${written && ','}${text(key)}:${write((value as Record<string, unknown>)[key], depth + 1)}`;
  return `{${written}}`;
}

/** Nothing in it to escape; most of what is written is such. */
const PLAIN = /^[ !#-[\]-~]*$/;

function text(value: string): string {
  if (PLAIN.test(value)) return `"${value}"`;
  if (utf8Length(value) < 0) throw new TypeError('canonical JSON: text holds a lone surrogate');
  return JSON.stringify(value);
}
