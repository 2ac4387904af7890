import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csvCell, csvLine } from './csv';

it('lets no cell begin as a formula does', () => {
  for (const first of ['=', '+', '-', '@', '\t', '\r', '\n']) {
    const cell = csvCell(`${first}HYPERLINK("http://x","y")`);
    expect(cell.replace(/^"/, '')[0], JSON.stringify(first)).toBe("'");
  }
  expect(csvCell('a=1')).toBe('a=1');
  expect(csvCell('')).toBe('');
});

it('gives every cell back as it was, but for the apostrophe', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 6 }), (cells) => {
      const guarded = cells.map((cell) => (/^[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : cell));
      const rows = parse(csvLine(cells), {
        record_delimiter: '\r\n',
        skip_empty_lines: false,
        bom: false,
      }) as string[][];
      expect(rows).toEqual([guarded]);
    }),
  );
});
