/** One kind of one publisher: what arrives, how much of it, and the recent packets kept for retransmission. */
import { GapList } from './nack-in';
import { Ring } from './ring';
import type { ReportBlock, SenderReport } from './rtcp';
import type { RtpView } from './rtp';
import type { SdpCodec } from './sdp/offer';
import { Sequence } from './sequence';

/** About a second of video at 4 Mb/s, and 2.5 s of 20 ms audio. */
const RING_PACKETS = { audio: 128, video: 512 } as const;
/** A publisher may change its SSRC, but not so often that subscribers are kept re-anchoring. */
const SSRC_CHANGE_MS = 100;

export class Source {
  readonly sequence = new Sequence();
  readonly gaps = new GapList();
  readonly ring: Ring;
  ssrc = -1;
  /** Unix milliseconds of the last accepted packet; 0 before the first. */
  lastAt = 0;
  /** Told to the outside as "sends this kind now". */
  active = false;
  #ssrcSince = 0;
  #base = 0;
  #received = 0;
  #expectedBefore = 0;
  #receivedBefore = 0;
  #transit = 0;
  #jitter = 0;
  #report: { middle: number; at: number } | null = null;

  constructor(
    readonly kind: 'audio' | 'video',
    readonly codec: SdpCodec,
  ) {
    this.ring = new Ring(RING_PACKETS[kind]);
  }

  get recovers(): boolean {
    return this.codec.feedback.includes('nack');
  }

  /** The extended sequence number to forward under, or -1 to drop: out of range, a duplicate, or a flapping SSRC. */
  accept(view: RtpView, now: number): number {
    if (view.ssrc !== this.ssrc && !this.#adopt(view.ssrc, now)) return -1;
    const before = this.sequence.highest;
    const generation = this.sequence.generation;
    const number = this.sequence.accept(view.sequence);
    if (number < 0 || (number <= before && this.ring.has(number))) return -1;
    if (generation !== this.sequence.generation) this.#restart(number);
    else if (this.recovers) this.gaps.arrived(number, before, now);
    this.#count(view.timestamp, now);
    this.lastAt = now;
    return number;
  }

  /** Used when the kind is denied: nothing of it may be retransmitted, and what is not wanted is not asked for. */
  suspend(): void {
    this.ring.clear();
    this.gaps.clear();
    this.sequence.reset();
    this.#report = null;
  }

  senderReport(report: SenderReport, now: number): void {
    this.#report = { middle: ((report.ntpHigh << 16) | (report.ntpLow >>> 16)) >>> 0, at: now };
  }

  /** RFC 3550 A.3; null before the first packet. */
  reportBlock(now: number): ReportBlock | null {
    if (this.ssrc < 0 || this.#received === 0) return null;
    const expected = this.sequence.highest - this.#base + 1;
    const expectedNow = expected - this.#expectedBefore;
    const lostNow = expectedNow - (this.#received - this.#receivedBefore);
    this.#expectedBefore = expected;
    this.#receivedBefore = this.#received;
    return {
      ssrc: this.ssrc,
      fractionLost: expectedNow > 0 && lostNow > 0 ? Math.min(255, Math.floor((lostNow * 256) / expectedNow)) : 0,
      cumulativeLost: expected - this.#received,
      highest: this.#cycles(expected),
      jitter: Math.floor(this.#jitter),
      lastReport: this.#report?.middle ?? 0,
      delay: this.#report ? Math.round(((now - this.#report.at) * 65_536) / 1_000) : 0,
    };
  }

  /** The publisher's own extended highest number: its 16 bits, with the wraps counted since `#base`. */
  #cycles(expected: number): number {
    const low = this.sequence.original(this.sequence.highest);
    const first = this.sequence.original(this.#base);
    return Math.floor((first + expected - 1) / 65_536) * 65_536 + low;
  }

  #adopt(ssrc: number, now: number): boolean {
    if (this.ssrc >= 0 && now - this.#ssrcSince < SSRC_CHANGE_MS) return false;
    if (this.ssrc >= 0) this.suspend();
    this.ssrc = ssrc;
    this.#ssrcSince = now;
    return true;
  }

  #restart(number: number): void {
    this.ring.clear();
    this.gaps.clear();
    this.#base = number;
    this.#received = 0;
    this.#expectedBefore = 0;
    this.#receivedBefore = 0;
    this.#transit = 0;
    this.#jitter = 0;
  }

  /** RFC 3550 A.8. */
  #count(timestamp: number, now: number): void {
    this.#received++;
    const transit = ((now * this.codec.clockRate) / 1_000 - timestamp) % 4_294_967_296;
    if (this.#transit !== 0) {
      const distance = Math.abs(transit - this.#transit);
      if (distance < 2_147_483_648) this.#jitter += (distance - this.#jitter) / 16;
    }
    this.#transit = transit;
  }
}
