import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountOf, readSheet, type Sheet, sheetText } from '.';

const id = (n: number) => `grt_${n.toString(16).padStart(32, '0')}`;
const grant = (n: number) => ({ id: id(n), account: accountOf(id(n)), startsAt: 100, deadline: 200 });
const sheet = (over: Partial<Sheet> = {}): Sheet => ({
  ...{ target: 'host:eu-1', seq: 1, issuedAt: 100, freshUntil: 160, grants: [grant(1), grant(2)] },
  ...over,
});

describe('readSheet', () => {
  it('reads what sheetText writes', () => {
    const some = fc.record({
      target: fc.constantFrom('host:a', 'host:eu-1'),
      seq: fc.integer({ min: 1 }),
      issuedAt: fc.integer({ min: 1, max: 1000 }),
      freshUntil: fc.integer({ min: 1001, max: 2000 }),
      grants: fc.uniqueArray(fc.integer({ min: 0, max: 99 })).map((numbers) => numbers.map(grant)),
    });
    fc.assert(
      fc.property(some, (written) => {
        expect(readSheet(sheetText(written))).toEqual(written);
      }),
    );
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['half of one', sheetText(sheet()).slice(0, -9)],
    ['another order of fields', JSON.stringify(sheet())],
    ['a space', `${sheetText(sheet())} `],
    ['a field more', sheetText({ ...sheet(), more: 1 } as Sheet)],
    ['a field more of a grant', sheetText(sheet({ grants: [{ ...grant(1), shell: '/bin/sh' } as never] }))],
    ['a target that is no host', sheetText(sheet({ target: 'app:1' }))],
    ['no number', sheetText(sheet({ seq: 0 }))],
    ['half a second', sheetText(sheet({ freshUntil: 160.5 }))],
    ['one that was never fresh', sheetText(sheet({ freshUntil: 100 }))],
    ['an account of its own choice', sheetText(sheet({ grants: [{ ...grant(1), account: 'root' }] }))],
    ['a grant twice', sheetText(sheet({ grants: [grant(1), grant(1)] }))],
    ['a grant that ends before it starts', sheetText(sheet({ grants: [{ ...grant(1), deadline: 99 }] }))],
    ['a grant that is none', sheetText(sheet({ grants: [null as never] }))],
    ['grants that are no list', sheetText(sheet({ grants: {} as never }))],
    ['too much', sheetText(sheet({ grants: Array.from({ length: 3000 }, (_, n) => grant(n)) }))],
  ])('refuses %s', (_, text) => expect(readSheet(text)).toBeNull());
});
