import { describe, expect, it } from 'vitest';
import { areTerms } from './statement';
import { isTermText, oneLine, termText, termTime } from './words';

describe('words of a statement', () => {
  it('take any name, and never make two names read the same', () => {
    const names = ['ada', 'a\\b', 'a\u2028b', 'a\\u{2028}b', 'a\nb', 'a\\nb', 'a\ud800b', '\u0000', '名前', '😀'];
    const texts = names.map(termText);
    expect(areTerms(texts.slice(0, 8).map((text, i) => [`name ${i}`, text]))).toBe(true);
    expect(new Set(texts).size).toBe(names.length);
    expect(texts[2]).toBe('a\\u{2028}b');
    expect(texts.slice(-2)).toEqual(['名前', '😀']);
  });

  it('put what was typed in one line', () => {
    expect(oneLine('  left the company\r\n\r\n\tticket 4711\u2028 ')).toBe('left the company ticket 4711');
    expect(isTermText(oneLine('two\nlines'))).toBe(true);
    expect(isTermText('a bell \u0007')).toBe(false);
  });

  it('say a time as people read it', () => {
    expect(termTime('2026-11-21T09:42:06.000Z')).toBe('2026-11-21 09:42:06 UTC');
    expect(termTime('2026-11-21T09:42:06.120Z')).toBe('2026-11-21 09:42:06.120 UTC');
  });
});
