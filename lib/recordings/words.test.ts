import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queryOf, wordsOf } from './words';

describe('words of a screen', () => {
  it('are letters and digits, and everything else parts them', () => {
    expect(wordsOf('cat /var/log/x.1 | grep "ICE restart"')).toEqual([
      ...['cat', 'var', 'log', 'x', '1', 'grep', 'ice', 'restart'],
    ]);
  });

  it('are single characters where a script has no spaces', () => {
    expect(wordsOf('mysql 用户表 ok')).toEqual(['mysql', '用', '户', '表', 'ok']);
  });

  it('are asked for by their beginnings, all of them', () => {
    expect(queryOf('ICE rest')).toBe("'ice':* & 'rest':*");
    expect(queryOf('  |&!<->  ')).toBeNull();
  });

  it('say nothing in the language of queries, whatever is asked', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const query = queryOf(text);
        if (query !== null) expect(query).toMatch(/^'[\p{L}\p{N}\p{M}]+':\*(?: & '[\p{L}\p{N}\p{M}]+':\*){0,7}$/u);
      }),
    );
  });
});
