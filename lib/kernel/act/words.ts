import { areTerms } from './statement';

/** Characters a statement cannot hold: they could imitate another line, or change on their way through UTF-8. */
const REFUSED = /[\p{Cc}\u2028\u2029]|\p{Cs}|\\/gu;

/**
 * A stored name as the value of a term. What a statement cannot hold stands as `\u{a}`, a backslash doubled, so that two names never read the
 * same and somebody with an odd name can still be acted upon.
 */
export const termText = (text: string): string =>
  text.replace(REFUSED, (character) =>
    character === '\\' ? '\\\\' : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );

/** What somebody typed, in one line: line breaks and runs of space become one space. */
export const oneLine = (text: string): string => text.replace(/\s+/gu, ' ').trim();

/** Whether a text can stand in a statement as it is. */
export const isTermText = (text: string): boolean => areTerms([['text', text]]);

/** An ISO 8601 time in UTC as people read it, `2026-11-21 09:42:06 UTC`, with milliseconds where there are any. */
export const termTime = (iso: string): string => `${iso.replace('T', ' ').replace(/(?:\.000)?Z$/, '')} UTC`;
