import { describe, expect, it } from 'vitest';
import { Output } from './output';
import { newRtpView, parseRtp } from './rtp';
import { Source } from './source';

const VP8 = {
  codec: 'vp8',
  payloadType: 96,
  map: 'VP8/90000',
  clockRate: 90_000,
  fmtp: null,
  feedback: ['nack'],
} as const;

function source() {
  return new Source('video', { ...VP8, feedback: [...VP8.feedback] });
}

function raw(sequence: number, timestamp: number, ssrc = 1): Buffer {
  const packet = Buffer.alloc(20);
  packet[0] = 0x80;
  packet[1] = 96;
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE(timestamp >>> 0, 4);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}

/** A publisher at 20 packets a second into one subscriber; gives back what the subscriber was sent. */
class Rig {
  now = 1_000_000;
  sequence = 65_000;
  readonly sent: { sequence: number; timestamp: number; payloadType: number; ssrc: number }[] = [];

  constructor(
    readonly from: Source,
    readonly output: Output,
  ) {}

  packet(allowed = true, key = false, skip = 0): void {
    this.now += 50;
    this.sequence += 1 + skip;
    if (!allowed) return;
    this.deliver(raw(this.sequence, this.now * 90), key);
  }

  deliver(packet: Buffer, key: boolean): void {
    const view = newRtpView();
    parseRtp(packet, view);
    const number = this.from.accept(view, this.now);
    if (number < 0) return;
    this.from.ring.put(number, packet, view.timestamp, view.marker, this.now);
    if (!this.output.write(packet, number, view.timestamp, view.marker, key, this.now)) return;
    parseRtp(packet, view);
    const { sequence, timestamp, payloadType, ssrc } = view;
    this.sent.push({ sequence, timestamp, payloadType, ssrc });
  }

  /** Numbers missing between those sent, counted forwards. */
  phantom(): number {
    let lost = 0;
    for (let index = 1; index < this.sent.length; index++) {
      lost += ((this.sent[index]!.sequence - this.sent[index - 1]!.sequence - 1) << 16) >> 16;
    }
    return lost;
  }
}

function rig(): Rig {
  const from = source();
  const output = new Output(4_242, { vp8: 120 }, 65_000);
  output.attach(from);
  return new Rig(from, output);
}

describe('one kind towards one subscriber', () => {
  it('waits for a key frame, then keeps the publisher’s spacing under its own numbers', () => {
    const r = rig();
    r.packet();
    expect(r.sent).toEqual([]);
    expect(r.output.waiting).toBe(true);
    r.packet(true, true);
    r.packet();
    expect(r.output.waiting).toBe(false);
    expect(r.sent.map(({ payloadType, ssrc }) => [payloadType, ssrc])).toEqual([
      [120, 4_242],
      [120, 4_242],
    ]);
    expect((r.sent[1]!.timestamp - r.sent[0]!.timestamp) >>> 0).toBe(4_500);
  });

  it('shows no phantom loss after five denials, and time goes on', () => {
    const r = rig();
    r.packet(true, true);
    for (let round = 0; round < 5; round++) {
      for (let index = 0; index < 20; index++) r.packet();
      r.from.suspend();
      for (let index = 0; index < 10; index++) r.packet(false);
      r.packet();
      r.packet(true, true);
    }
    expect(r.sent.length).toBe(1 + 5 * 21);
    expect(r.phantom()).toBe(0);
    const elapsed = (r.sent.at(-1)!.timestamp - r.sent[0]!.timestamp) >>> 0;
    expect(Math.abs(elapsed - 5 * 32 * 4_500)).toBeLessThan(4_500);
  });

  it('keeps real gaps, and passes a recovered packet under the number it was missed by', () => {
    const r = rig();
    r.packet(true, true);
    r.packet(true, false, 1);
    expect(r.phantom()).toBe(1);
    r.deliver(raw(r.sequence - 1, 0), false);
    expect(r.sent.map(({ sequence }) => sequence - r.sent[0]!.sequence)).toEqual([0, 2, 1]);
  });

  it('retransmits what was sent, not what was sent before the anchor or under another source', () => {
    const r = rig();
    r.packet();
    r.packet(true, true);
    r.packet();
    const [first, second] = r.sent;
    const again = r.output.retransmit(second!.sequence)!;
    const view = newRtpView();
    parseRtp(again, view);
    expect([view.sequence, view.timestamp, view.ssrc]).toEqual([second!.sequence, second!.timestamp, 4_242]);
    expect(r.output.retransmit((first!.sequence - 1) & 0xffff)).toBeNull();
    expect(r.output.retransmit((second!.sequence + 1) & 0xffff)).toBeNull();
    r.from.suspend();
    expect(r.output.retransmit(second!.sequence)).toBeNull();
  });

  it('moves to another publisher without a gap, and never sends a codec that was not answered', () => {
    const r = rig();
    r.packet(true, true);
    r.packet();
    const next = source();
    r.output.attach(next);
    const moved = new Rig(next, r.output);
    moved.sequence = 12;
    moved.now = r.now;
    moved.packet(true, true);
    expect((moved.sent[0]!.sequence - r.sent[1]!.sequence) & 0xffff).toBe(1);
    const h264 = new Source('video', { ...VP8, codec: 'h264', feedback: [] });
    r.output.attach(h264);
    const silent = new Rig(h264, r.output);
    silent.packet(true, true);
    expect(silent.sent).toEqual([]);
    expect(r.output.waiting).toBe(false);
  });

  it('never runs backwards when a publisher restarts its numbering', () => {
    const r = rig();
    r.packet(true, true);
    for (const start of [30_000, 10, 40_000, 3, 50_000]) {
      r.sequence = start;
      for (let index = 0; index < 30; index++) r.packet(true, true);
    }
    expect(r.phantom()).toBe(0);
    for (let index = 1; index < r.sent.length; index++) {
      expect((r.sent[index]!.sequence - r.sent[index - 1]!.sequence) & 0xffff).toBe(1);
    }
  });
});

describe('receiver reports', () => {
  it('count loss, and only since the last report as a fraction', () => {
    const r = rig();
    r.packet(true, true);
    for (let index = 0; index < 98; index++) r.packet(true, false, index === 50 ? 1 : 0);
    const block = r.from.reportBlock(r.now)!;
    expect(block.cumulativeLost).toBe(1);
    expect(block.fractionLost).toBe(2);
    expect(block.highest & 0xffff).toBe(r.sequence & 0xffff);
    expect(r.from.reportBlock(r.now)!.fractionLost).toBe(0);
    for (let index = 0; index < 1_000; index++) r.packet();
    expect(r.from.reportBlock(r.now)!.highest).toBe(r.sequence);
  });

  it('ignore a publisher that flaps between SSRCs', () => {
    const r = rig();
    r.packet(true, true);
    const generation = r.from.sequence.generation;
    for (let index = 0; index < 20; index++) r.deliver(raw(index, 0, 2 + index), true);
    expect(r.from.sequence.generation - generation).toBe(0);
  });
});
