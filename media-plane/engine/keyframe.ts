/** Recognises packets that begin a key frame, and limits how often a publisher is asked for one. */
import type { Codec } from './sdp/offer';

/** Whether the RTP payload `packet[start..end)` begins a key frame. Audio packets always stand alone. */
export function beginsKeyFrame(codec: Codec, packet: Buffer, start: number, end: number): boolean {
  if (codec === 'opus') return true;
  return codec === 'vp8' ? vp8(packet, start, end) : h264(packet, start, end);
}

/** RFC 7741 §4.2: start of partition 0, then the inverse key frame bit P of the payload header is 0. */
function vp8(packet: Buffer, start: number, end: number): boolean {
  if (end - start < 2) return false;
  const first = packet[start]!;
  if ((first & 0x10) === 0 || (first & 0x07) !== 0) return false;
  let at = start + 1;
  if (first & 0x80) {
    const extension = packet[at++]!;
    if (extension & 0x80) at += (packet[at] ?? 0) & 0x80 ? 2 : 1;
    if (extension & 0x40) at++;
    if (extension & 0x30) at++;
  }
  return at < end && (packet[at]! & 0x01) === 0;
}

/** RFC 6184 §5: an IDR slice (5) or parameter set (7), alone, inside STAP-A (24), or at the start of FU-A (28). */
function h264(packet: Buffer, start: number, end: number): boolean {
  if (end - start < 2) return false;
  const type = packet[start]! & 0x1f;
  if (type === 5 || type === 7) return true;
  if (type === 28) {
    const header = packet[start + 1]!;
    const inner = header & 0x1f;
    return (header & 0x80) !== 0 && (inner === 5 || inner === 7);
  }
  if (type !== 24) return false;
  for (let at = start + 1; at + 3 <= end; ) {
    const size = (packet[at]! << 8) | packet[at + 1]!;
    const inner = packet[at + 2]! & 0x1f;
    if (inner === 5 || inner === 7) return true;
    at += 2 + size;
  }
  return false;
}

/** One request per interval and publisher, with at most one more waiting for the interval to pass. */
export class KeyFrameThrottle {
  #last = Number.NEGATIVE_INFINITY;
  #waiting = false;

  constructor(readonly intervalMs: number) {}

  /** True: ask now. False: remembered, ask when `due` says so. */
  request(now: number): boolean {
    if (now - this.#last >= this.intervalMs) {
      this.#last = now;
      this.#waiting = false;
      return true;
    }
    this.#waiting = true;
    return false;
  }

  due(now: number): boolean {
    return this.#waiting && this.request(now);
  }

  cancel(): void {
    this.#waiting = false;
  }
}
