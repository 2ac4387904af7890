/** RTCP packets (RFC 3550 §6, RFC 4585, RFC 5104) the forwarder reads and writes. Input is hostile and bounded. */

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const SDES = 202;
const TRANSPORT_FEEDBACK = 205;
const PAYLOAD_FEEDBACK = 206;
/** Sub-packets read of one compound packet, and lost packets read of one NACK. */
const MAX_PARTS = 16;
const MAX_NACKED = 512;

export interface RtcpHandlers {
  senderReport(report: SenderReport): void;
  nack(mediaSsrc: number, sequences: number[]): void;
  /** PLI or FIR. */
  keyFrame(mediaSsrc: number): void;
}

export interface SenderReport {
  ssrc: number;
  /** 64-bit NTP time as two 32-bit words. */
  ntpHigh: number;
  ntpLow: number;
  rtpTimestamp: number;
}

/** Reads a compound packet as far as it is well-formed. */
export function readRtcp(packet: Buffer, handlers: RtcpHandlers): void {
  let offset = 0;
  for (let part = 0; part < MAX_PARTS && offset + 8 <= packet.length; part++) {
    if (packet[offset]! >> 6 !== 2) return;
    const end = offset + (packet.readUInt16BE(offset + 2) + 1) * 4;
    if (end > packet.length) return;
    readPart(packet.subarray(offset, end), handlers);
    offset = end;
  }
}

function readPart(part: Buffer, handlers: RtcpHandlers): void {
  const format = part[0]! & 0x1f;
  const type = part[1]!;
  if (type === SENDER_REPORT && part.length >= 28) {
    handlers.senderReport({
      ssrc: part.readUInt32BE(4),
      ntpHigh: part.readUInt32BE(8),
      ntpLow: part.readUInt32BE(12),
      rtpTimestamp: part.readUInt32BE(16),
    });
  } else if (type === TRANSPORT_FEEDBACK && format === 1 && part.length >= 16) {
    handlers.nack(part.readUInt32BE(8), nacked(part));
  } else if (type === PAYLOAD_FEEDBACK && format === 1 && part.length >= 12) {
    handlers.keyFrame(part.readUInt32BE(8));
  } else if (type === PAYLOAD_FEEDBACK && format === 4) {
    for (let at = 12; at + 8 <= part.length && at < 12 + 8 * MAX_PARTS; at += 8)
      handlers.keyFrame(part.readUInt32BE(at));
  }
}

function nacked(part: Buffer): number[] {
  const sequences: number[] = [];
  for (let at = 12; at + 4 <= part.length && sequences.length < MAX_NACKED; at += 4) {
    const first = part.readUInt16BE(at);
    sequences.push(first);
    for (let bits = part.readUInt16BE(at + 2), next = first + 1; bits !== 0; bits >>= 1, next++) {
      if (bits & 1) sequences.push(next & 0xffff);
    }
  }
  return sequences;
}

function feedback(type: number, format: number, sender: number, media: number, words: number): Buffer {
  const packet = Buffer.alloc(12 + words * 4);
  packet[0] = 0x80 | format;
  packet[1] = type;
  packet.writeUInt16BE(2 + words, 2);
  packet.writeUInt32BE(sender, 4);
  packet.writeUInt32BE(media, 8);
  return packet;
}

/** Generic NACK (RFC 4585 §6.2.1) for 16-bit sequence numbers in ascending order. */
export function writeNack(sender: number, media: number, sequences: number[]): Buffer {
  const entries: [number, number][] = [];
  for (const sequence of sequences) {
    const last = entries.at(-1);
    const distance = last ? (sequence - last[0]) & 0xffff : 0;
    if (last && distance >= 1 && distance <= 16) last[1] |= 1 << (distance - 1);
    else entries.push([sequence, 0]);
  }
  const packet = feedback(TRANSPORT_FEEDBACK, 1, sender, media, entries.length);
  entries.forEach(([first, bits], index) => {
    packet.writeUInt32BE(((first << 16) | bits) >>> 0, 12 + index * 4);
  });
  return packet;
}

/** Picture loss indication (RFC 4585 §6.3.1). */
export function writePli(sender: number, media: number): Buffer {
  return feedback(PAYLOAD_FEEDBACK, 1, sender, media, 0);
}

/** Full intra request (RFC 5104 §4.3.1); `count` distinguishes a new request from a repetition. */
export function writeFir(sender: number, media: number, count: number): Buffer {
  const packet = feedback(PAYLOAD_FEEDBACK, 4, sender, 0, 2);
  packet.writeUInt32BE(media, 12);
  packet[16] = count & 0xff;
  return packet;
}

export interface ReportBlock {
  ssrc: number;
  /** Loss since the last report, in 1/256. */
  fractionLost: number;
  cumulativeLost: number;
  /** Extended highest sequence number. */
  highest: number;
  /** In RTP clock ticks. */
  jitter: number;
  /** Middle 32 bits of the last sender report's NTP time, and the delay since it in 1/65536 s. */
  lastReport: number;
  delay: number;
}

/** Receiver report with SDES CNAME. */
export function writeReceiverReport(sender: number, blocks: ReportBlock[], name: string): Buffer {
  const report = Buffer.alloc(8 + blocks.length * 24);
  report[0] = 0x80 | blocks.length;
  report[1] = RECEIVER_REPORT;
  report.writeUInt16BE(report.length / 4 - 1, 2);
  report.writeUInt32BE(sender, 4);
  blocks.forEach((block, index) => {
    const at = 8 + index * 24;
    report.writeUInt32BE(block.ssrc, at);
    const lost = Math.max(-0x800000, Math.min(0x7fffff, block.cumulativeLost)) & 0xffffff;
    report.writeUInt32BE((((block.fractionLost & 0xff) << 24) | lost) >>> 0, at + 4);
    report.writeUInt32BE(block.highest >>> 0, at + 8);
    report.writeUInt32BE(block.jitter >>> 0, at + 12);
    report.writeUInt32BE(block.lastReport >>> 0, at + 16);
    report.writeUInt32BE(block.delay >>> 0, at + 20);
  });
  return Buffer.concat([report, sdes(sender, name)]);
}

/** Sender report with SDES CNAME, counts being packets and payload octets sent under `report.ssrc`. */
export function writeSenderReport(report: SenderReport, packets: number, octets: number, name: string): Buffer {
  const packet = Buffer.alloc(28);
  packet[0] = 0x80;
  packet[1] = SENDER_REPORT;
  packet.writeUInt16BE(6, 2);
  packet.writeUInt32BE(report.ssrc, 4);
  packet.writeUInt32BE(report.ntpHigh, 8);
  packet.writeUInt32BE(report.ntpLow, 12);
  packet.writeUInt32BE(report.rtpTimestamp >>> 0, 16);
  packet.writeUInt32BE(packets >>> 0, 20);
  packet.writeUInt32BE(octets >>> 0, 24);
  return Buffer.concat([packet, sdes(report.ssrc, name)]);
}

function sdes(ssrc: number, name: string): Buffer {
  const text = Buffer.from(name.slice(0, 64), 'latin1');
  // One chunk: SSRC, CNAME item, then one to four zero bytes up to a word boundary.
  const packet = Buffer.alloc(8 + Math.ceil((text.length + 3) / 4) * 4);
  packet[0] = 0x81;
  packet[1] = SDES;
  packet.writeUInt16BE(packet.length / 4 - 1, 2);
  packet.writeUInt32BE(ssrc, 4);
  packet[8] = 1;
  packet[9] = text.length;
  text.copy(packet, 10);
  return packet;
}
