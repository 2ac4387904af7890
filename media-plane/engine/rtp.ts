/** RTP header (RFC 3550 §5.1) read and rewritten in place, without allocation. */

/** Reused for every packet; valid until the next `parseRtp`. */
export interface RtpView {
  payloadType: number;
  marker: number;
  sequence: number;
  timestamp: number;
  ssrc: number;
  /** Where the payload begins, after CSRC list and header extension. */
  payloadStart: number;
  /** Where it ends, before padding. */
  payloadEnd: number;
}

export const RTP_HEADER_BYTES = 12;
/** Larger datagrams do not fit an Ethernet path and are dropped. */
const MAX_PACKET_BYTES = 1_500;

export function newRtpView(): RtpView {
  return { payloadType: 0, marker: 0, sequence: 0, timestamp: 0, ssrc: 0, payloadStart: 0, payloadEnd: 0 };
}

/** With RTP and RTCP on one port, the second byte tells them apart (RFC 5761 §4). */
export function isRtcp(packet: Uint8Array): boolean {
  const second = packet[1] ?? 0;
  return second >= 192 && second <= 223;
}

/** Fills `view`; false when the packet is not well-formed RTP version 2. */
export function parseRtp(packet: Buffer, view: RtpView): boolean {
  const length = packet.length;
  if (length < RTP_HEADER_BYTES || length > MAX_PACKET_BYTES) return false;
  const first = packet[0]!;
  if (first >> 6 !== 2) return false;
  let start = RTP_HEADER_BYTES + (first & 0x0f) * 4;
  if (first & 0x10) {
    if (start + 4 > length) return false;
    start += 4 + (((packet[start + 2]! << 8) | packet[start + 3]!) << 2);
  }
  let end = length;
  if (first & 0x20) {
    const padding = packet[length - 1]!;
    if (padding === 0) return false;
    end -= padding;
  }
  if (start > end) return false;
  view.marker = packet[1]! & 0x80;
  view.payloadType = packet[1]! & 0x7f;
  view.sequence = (packet[2]! << 8) | packet[3]!;
  view.timestamp = ((packet[4]! << 24) | (packet[5]! << 16) | (packet[6]! << 8) | packet[7]!) >>> 0;
  view.ssrc = ((packet[8]! << 24) | (packet[9]! << 16) | (packet[10]! << 8) | packet[11]!) >>> 0;
  view.payloadStart = start;
  view.payloadEnd = end;
  return true;
}

/**
 * Drops CSRC list and header extension by giving back the tail of the same memory, with room for a plain 12-byte header in
 * front of the payload. `rewrite` must fill it before it is sent.
 */
export function stripHeader(packet: Buffer, view: RtpView): Buffer {
  const padded = packet[0]! & 0x20;
  const tail = view.payloadStart === RTP_HEADER_BYTES ? packet : packet.subarray(view.payloadStart - RTP_HEADER_BYTES);
  tail[0] = 0x80 | padded;
  return tail;
}

/** Writes one subscriber's header. The binding copies on send, so the same memory serves all subscribers in turn. */
export function rewrite(
  packet: Buffer,
  marker: number,
  payloadType: number,
  sequence: number,
  timestamp: number,
  ssrc: number,
): void {
  packet[1] = marker | payloadType;
  packet[2] = sequence >> 8;
  packet[3] = sequence & 0xff;
  packet[4] = timestamp >>> 24;
  packet[5] = (timestamp >>> 16) & 0xff;
  packet[6] = (timestamp >>> 8) & 0xff;
  packet[7] = timestamp & 0xff;
  packet[8] = ssrc >>> 24;
  packet[9] = (ssrc >>> 16) & 0xff;
  packet[10] = (ssrc >>> 8) & 0xff;
  packet[11] = ssrc & 0xff;
}
