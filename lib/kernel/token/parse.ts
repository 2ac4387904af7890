import type { Primitives } from '../primitives';
import { MAX_TEXT_LENGTH } from './limits';
import { parse006 } from './parse-006';
import { parse007 } from './parse-007';
import type { ParseResult } from './types';

/** Reads hostile text as a token. Never throws, never does more than the limits allow, says nothing about validity. */
export function parseToken(text: string, primitives: Primitives): ParseResult {
  if (text.length > MAX_TEXT_LENGTH) return { ok: false, reason: 'text_too_long' };
  if (text.startsWith('007')) return parse007(text, primitives);
  if (text.startsWith('006')) return parse006(text);
  return { ok: false, reason: 'version_unsupported' };
}
