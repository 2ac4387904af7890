import { describe, expect, it } from 'vitest';
import { beginsKeyFrame, KeyFrameThrottle } from './keyframe';
import type { Codec } from './sdp/offer';

const begins = (codec: Codec, ...bytes: number[]) => beginsKeyFrame(codec, Buffer.from(bytes), 0, bytes.length);

describe('key frames', () => {
  it.each([
    ['vp8 start of a key frame', 'vp8', [0x10, 0x00], true],
    ['vp8 start of an inter frame', 'vp8', [0x10, 0x01], false],
    ['vp8 continuation', 'vp8', [0x00, 0x00], false],
    ['vp8 other partition', 'vp8', [0x11, 0x00], false],
    ['vp8 with picture id of 15 bits, TL0, TID', 'vp8', [0x90, 0xf0, 0x80, 0x01, 0x05, 0x20, 0x00], true],
    ['vp8 with picture id of 7 bits', 'vp8', [0x90, 0x80, 0x01, 0x01], false],
    ['vp8 cut short', 'vp8', [0x90, 0xf0, 0x80], false],
    ['h264 IDR', 'h264', [0x65, 0x00], true],
    ['h264 SPS', 'h264', [0x67, 0x00], true],
    ['h264 slice', 'h264', [0x61, 0x00], false],
    ['h264 STAP-A with SPS second', 'h264', [0x78, 0, 1, 0x09, 0, 2, 0x67, 0], true],
    ['h264 STAP-A without', 'h264', [0x78, 0, 1, 0x09, 0, 2, 0x61, 0], false],
    ['h264 FU-A start of IDR', 'h264', [0x7c, 0x85], true],
    ['h264 FU-A middle of IDR', 'h264', [0x7c, 0x05], false],
    ['opus', 'opus', [0], true],
  ] as const)('%s', (_, codec, bytes, expected) => {
    expect(begins(codec, ...bytes)).toBe(expected);
  });

  it('are asked for once per interval, with one request waiting', () => {
    const throttle = new KeyFrameThrottle(500);
    expect(throttle.request(1_000)).toBe(true);
    expect(throttle.due(1_400)).toBe(false);
    expect([1_100, 1_200, 1_300].map((now) => throttle.request(now))).toEqual([false, false, false]);
    expect(throttle.due(1_499)).toBe(false);
    expect(throttle.due(1_500)).toBe(true);
    expect(throttle.due(2_100)).toBe(false);
  });
});
