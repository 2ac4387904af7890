import fc from 'fast-check';
import { expect, it } from 'vitest';
import { partsOf } from './foreign';

it.each([
  ['a line that turns round', 'paid\u202e001', [{ text: 'paid' }, { hidden: 'U+202E' }, { text: '001' }]],
  ['controls', 'a\u0000\u001b[2J', [{ text: 'a' }, { hidden: 'U+0000' }, { hidden: 'U+001B' }, { text: '[2J' }]],
  ['line ends', 'a\r\n\u2028', [{ text: 'a' }, { hidden: 'U+000D' }, { hidden: 'U+000A' }, { hidden: 'U+2028' }]],
  [
    'nothing between letters',
    'ad\u200bmin\u00ad',
    [{ text: 'ad' }, { hidden: 'U+200B' }, { text: 'min' }, { hidden: 'U+00AD' }],
  ],
  ['blanks that are not the common one', 'a b\u00a0c', [{ text: 'a b' }, { hidden: 'U+00A0' }, { text: 'c' }]],
  ['letters that are none', '\u3164\u115f', [{ hidden: 'U+3164' }, { hidden: 'U+115F' }]],
  ['beyond the first plane', '\u{e0041}', [{ hidden: 'U+E0041' }]],
  ['half a pair', '\ud83d', [{ hidden: 'U+D83D' }]],
  ['letters of the world', 'größer שלום 署名', [{ text: 'größer שלום 署名' }]],
  ['markup', '<script>', [{ text: '<script>' }]],
])('%s', (_, text, parts) => {
  expect(partsOf(text)).toEqual(parts);
});

it('of a long text shows the beginning and says so', () => {
  expect(partsOf('x'.repeat(5_000))).toEqual([{ text: 'x'.repeat(4_000) }, { hidden: '1000 more characters' }]);
});

it('loses nothing, and shows nothing that hides', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const back = partsOf(text).map((part) =>
        'text' in part ? part.text : String.fromCodePoint(Number.parseInt(part.hidden.slice(2), 16)),
      );
      expect(back.join('')).toBe(text);
      for (const part of partsOf(text)) if ('text' in part) expect(part.text).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    }),
  );
});
