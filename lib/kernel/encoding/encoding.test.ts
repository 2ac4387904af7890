/** Each codec against the host's own, which accepts more or less the same language, and against what must be refused. */
import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalJson,
  crc32,
  decodeBase64,
  encodeBase64,
  fromHex,
  fromUtf8,
  isHex,
  Reader,
  toHex,
  toUtf8,
  Writer,
} from './index';

const bytes = fc.uint8Array({ maxLength: 600 });

describe('base64', () => {
  it('agrees with the host and comes back', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect(encodeBase64(value)).toBe(Buffer.from(value).toString('base64'));
        expect(decodeBase64(encodeBase64(value))).toEqual(value);
      }),
    );
  });

  it('reads a text only if it is the one spelling of its bytes', () => {
    const text = fc.string({ unit: fc.constantFrom(...'AZaz09+/=-_ é'), maxLength: 12 });
    fc.assert(
      fc.property(text, (candidate) => {
        const decoded = decodeBase64(candidate);
        const canonical = Buffer.from(candidate, 'base64').toString('base64') === candidate;
        expect(decoded !== null).toBe(canonical);
      }),
      { numRuns: 5000 },
    );
  });

  it.each(['A', 'AA', 'AAA', 'AA=A', 'AB==', 'AAB=', 'AA-_', 'AAAA=', '====', 'A===', 'AAAA\n', 'AAÁA'])(
    'refuses %s',
    (text) => {
      expect(decodeBase64(text)).toBeNull();
    },
  );
});

describe('utf-8', () => {
  it('agrees with the host on text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(toUtf8(text)).toEqual(new TextEncoder().encode(text));
        expect(fromUtf8(toUtf8(text)!)).toBe(text);
      }),
    );
  });

  it('agrees with the strict host decoder on any bytes', () => {
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const tricky = fc.array(
      fc.constantFrom(0x41, 0x80, 0xbf, 0xc0, 0xc2, 0xe0, 0xa0, 0xed, 0xef, 0xf0, 0x90, 0xf4, 0x8f, 0xf5, 0xff),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(tricky, (list) => {
        const value = Uint8Array.from(list);
        let expected: string | null = null;
        try {
          expected = strict.decode(value);
        } catch {}
        expect(fromUtf8(value)).toBe(expected);
      }),
      { numRuns: 20_000 },
    );
  });

  it('has no bytes for a lone surrogate', () => {
    for (const text of ['\ud800', 'a\udc00', '\ud800\ud800\udc00', '\ud800a']) expect(toUtf8(text)).toBeNull();
  });
});

describe('hex and crc', () => {
  it('agree with the host', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (value) => {
        expect(toHex(value)).toBe(Buffer.from(value).toString('hex'));
        expect(fromHex(toHex(value).toUpperCase())).toEqual(value);
        expect(crc32(value)).toBe(zlibCrc32(value));
      }),
    );
  });

  it.each(['a', 'ag', '0x', ' 1', '１１'])('refuses %s', (text) => {
    expect(fromHex(text)).toBeNull();
  });

  it('checks the length', () => {
    expect([isHex('aB09', 4), isHex('aB09', 3), isHex('', 0)]).toEqual([true, false, true]);
  });
});

describe('reader and writer', () => {
  it('fails once and stays failed, without going past the end', () => {
    const reader = new Reader(Uint8Array.of(1, 2, 3));
    expect([reader.u16(), reader.u16(), reader.failed, reader.remaining]).toEqual([0x0201, 0, true, 1]);
    expect([reader.text(), reader.block().length, reader.u32()]).toEqual(['', 0, 0]);
  });

  it('refuses a block longer than what is left, and text that is not UTF-8', () => {
    const short = new Reader(Uint8Array.of(5, 0, 1, 2));
    expect([short.block().length, short.failed]).toEqual([0, true]);
    const foreign = new Reader(Uint8Array.of(1, 0, 0xff));
    expect([foreign.text(), foreign.failed]).toEqual(['', true]);
  });

  it('reads what was written, beyond the first buffer', () => {
    const long = new Uint8Array(700).fill(7);
    const reader = new Reader(new Writer().u32(0xfffffffe).u16(65_535).block(long).u16(0xfffe).finish());
    expect([reader.u32(), reader.u16()]).toEqual([0xfffffffe, 65_535]);
    expect(reader.block()).toEqual(long);
    expect([reader.i16(), reader.remaining, reader.failed]).toEqual([-2, 0, false]);
  });
});

describe('canonical JSON', () => {
  it('reproduces the example of RFC 8785', () => {
    const value = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts keys by UTF-16 code units', () => {
    const keys = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6'];
    const sorted = Object.keys(JSON.parse(canonicalJson(Object.fromEntries(keys.map((key) => [key, 0])))));
    expect(sorted.sort()).toEqual([...keys].sort());
    expect(canonicalJson({ '\ufb33': 0, '\ud83d\ude00': 0 })).toBe('{"\ud83d\ude00":0,"\ufb33":0}');
  });

  it('says the same for any order of keys, and JSON reads it back', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ noUnicodeString: false })), (value) => {
        const shuffled = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(shuffled)).toBe(canonicalJson(value));
        expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value));
      }),
    );
  });

  it.each([
    [undefined],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [1n],
    ['\ud800'],
    [new Date(0)],
    [new Map()],
    [{ a: undefined }],
    [() => 0],
  ])('refuses %s', (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  it('takes 64 lists inside each other, whatever is in the last', () => {
    const inside = (value: unknown, lists: number) => {
      for (let i = 0; i < lists; i++) value = [value];
      return value;
    };
    for (const [value, levels] of [
      [0, 0],
      [[], 1],
      [{}, 1],
    ] as const) {
      expect(canonicalJson(inside(value, 64 - levels))).toMatch(/^\[{63}/);
      expect(() => canonicalJson(inside(value, 65 - levels))).toThrow(/deep/);
    }
  });

  it('refuses nesting that would exhaust the stack', () => {
    let deep: unknown = 0;
    for (let i = 0; i < 100; i++) deep = [deep];
    expect(() => canonicalJson(deep)).toThrow(/deep/);
  });
});
