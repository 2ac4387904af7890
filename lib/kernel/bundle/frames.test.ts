import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame, MAX_HEADER } from './frames';

describe('frames', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.uint8Array(), (fields, payload) => {
        const header = { ...(JSON.parse(JSON.stringify(fields)) as object), type: 'Delta' };
        const decoded = decodeFrame(encodeFrame(header, payload), 1 << 20);
        expect(decoded).toEqual({ ok: true, frame: { header, payload } });
      }),
    );
  });

  it('never throw on hostile bytes, even when they lie in a larger buffer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const view = new Uint8Array([255, ...bytes, 255]).subarray(1, bytes.length + 1);
        const decoded = decodeFrame(view, 1 << 20);
        if (decoded.ok) expect(typeof decoded.frame.header.type).toBe('string');
      }),
    );
  });

  it('are refused by limit before anything is parsed', () => {
    const frame = encodeFrame({ type: 'Beat' }, new Uint8Array(100));
    expect(decodeFrame(frame, frame.length - 1)).toEqual({ ok: false, error: 'frame.too_large' });
    expect(decodeFrame(Uint8Array.of(0, 0, 0), 100)).toEqual({ ok: false, error: 'frame.truncated' });
    expect(decodeFrame(Uint8Array.of(0, 0, 0, 9, 123), 100)).toEqual({ ok: false, error: 'frame.truncated' });
    expect(decodeFrame(Uint8Array.of(0xff, 0xff, 0xff, 0xff), 100)).toEqual({
      ok: false,
      error: 'frame.header_too_large',
    });
    expect(() => encodeFrame({ type: 'x', padding: 'x'.repeat(MAX_HEADER) } as { type: string })).toThrow(RangeError);
  });

  it('need a JSON object with a type', () => {
    for (const text of ['null', '[]', '1', '{}', '{"type":1}', '{"type":"Beat"', '\u0000']) {
      const bytes = new TextEncoder().encode(text);
      expect(decodeFrame(Uint8Array.of(0, 0, 0, bytes.length, ...bytes), 100)).toEqual({
        ok: false,
        error: 'frame.header_invalid',
      });
    }
    expect(decodeFrame(Uint8Array.of(0, 0, 0, 2, 0xc3, 0x28), 100)).toEqual({
      ok: false,
      error: 'frame.header_invalid',
    });
  });
});
