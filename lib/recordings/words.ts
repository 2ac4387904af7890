/** Words of a query, and how long one may be. The rest is left out, of what is written down and of what is asked for alike. */
const MOST_ASKED = 8;
const MOST_WRITTEN = 400;
const MOST_CHARACTERS = 64;
/** Scripts that put no space between words: each character is one. */
const RUN_ON = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}`;
const WORD = new RegExp(`[${RUN_ON}]|(?:(?![${RUN_ON}])[\\p{L}\\p{N}\\p{M}])+`, 'gu');

const all = (text: string): string[] =>
  [...new Set(text.normalize('NFKC').toLowerCase().match(WORD) ?? [])].map((word) =>
    [...word].slice(0, MOST_CHARACTERS).join(''),
  );

/** The words of a line of a screen, each once: letters, digits and marks. Everything else parts words: `/var/log/x.1` has four. */
export const wordsOf = (text: string): string[] => all(text).slice(0, MOST_WRITTEN);

/**
 * A tsquery of PostgreSQL: every word begins a word of the line. Null when nothing is asked for. Only letters, digits and marks come through,
 * so that nothing can be said in the language of queries.
 */
export function queryOf(text: string): string | null {
  const words = all(text).slice(0, MOST_ASKED);
  return words.length === 0 ? null : words.map((word) => `'${word}':*`).join(' & ');
}
