import { describe, expect, it } from 'vitest';
import { isRtcp, newRtpView, parseRtp, rewrite, stripHeader } from './rtp';

/** Header with two CSRCs, a one-word extension, four payload bytes and two bytes of padding. */
function full(): Buffer {
  const head = [0xb2, 0x80 | 96, 0x12, 0x34, 0xde, 0xad, 0xbe, 0xef, 0x01, 0x02, 0x03, 0x04];
  const csrc = [1, 1, 1, 1, 2, 2, 2, 2];
  const extension = [0xbe, 0xde, 0x00, 0x01, 0x10, 0xff, 0x00, 0x00];
  return Buffer.from([...head, ...csrc, ...extension, 9, 8, 7, 6, 0, 2]);
}

describe('RTP header', () => {
  it('is read with CSRC, extension and padding', () => {
    const view = newRtpView();
    expect(parseRtp(full(), view)).toBe(true);
    expect(view).toEqual({
      payloadType: 96,
      marker: 0x80,
      sequence: 0x1234,
      timestamp: 0xdeadbeef,
      ssrc: 0x01020304,
      payloadStart: 28,
      payloadEnd: 32,
    });
  });

  it('is refused when lengths do not fit', () => {
    const view = newRtpView();
    expect(parseRtp(full().subarray(0, 11), view)).toBe(false);
    expect(parseRtp(full().subarray(0, 20), view)).toBe(false);
    expect(parseRtp(full().subarray(0, 26), view)).toBe(false);
    const version = full();
    version[0] = 0x72;
    expect(parseRtp(version, view)).toBe(false);
    const padding = full();
    padding[padding.length - 1] = 200;
    expect(parseRtp(padding, view)).toBe(false);
    padding[padding.length - 1] = 0;
    expect(parseRtp(padding, view)).toBe(false);
    expect(parseRtp(Buffer.concat([full(), Buffer.alloc(1_500)]), view)).toBe(false);
  });

  it('loses CSRC and extension, keeps payload and padding, and takes a new header', () => {
    const view = newRtpView();
    const packet = full();
    parseRtp(packet, view);
    const stripped = stripHeader(packet, view);
    rewrite(stripped, view.marker, 120, 0xffff, 0xfffffffe, 0x89abcdef);
    expect(stripped.buffer).toBe(packet.buffer);
    const after = newRtpView();
    expect(parseRtp(stripped, after)).toBe(true);
    expect(after).toEqual({
      payloadType: 120,
      marker: 0x80,
      sequence: 0xffff,
      timestamp: 0xfffffffe,
      ssrc: 0x89abcdef,
      payloadStart: 12,
      payloadEnd: 16,
    });
    expect([...stripped.subarray(12)]).toEqual([9, 8, 7, 6, 0, 2]);
  });

  it('is told from RTCP by its second byte', () => {
    for (const type of [192, 200, 206, 223]) expect(isRtcp(Buffer.from([0x80, type]))).toBe(true);
    for (const type of [96, 111, 0x80 | 96, 0x80 | 63]) expect(isRtcp(Buffer.from([0x80, type]))).toBe(false);
  });
});
