import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type RtcpHandlers,
  readRtcp,
  type SenderReport,
  writeFir,
  writeNack,
  writePli,
  writeReceiverReport,
  writeSenderReport,
} from './rtcp';

function read(packet: Buffer) {
  const seen = { reports: [] as SenderReport[], nacks: [] as [number, number[]][], keyFrames: [] as number[] };
  const handlers: RtcpHandlers = {
    senderReport: (report) => seen.reports.push(report),
    nack: (ssrc, sequences) => seen.nacks.push([ssrc, sequences]),
    keyFrame: (ssrc) => seen.keyFrames.push(ssrc),
  };
  readRtcp(packet, handlers);
  return seen;
}

describe('RTCP', () => {
  it('carries a NACK across the wrap and over more than seventeen numbers', () => {
    const sequences = [65_534, 65_535, 0, 3, 40, 41, 56, 57, 900];
    expect(read(writeNack(1, 0xfffffffe, sequences)).nacks).toEqual([[0xfffffffe, sequences]]);
    expect(writeNack(1, 2, [7]).length).toBe(16);
  });

  it('carries key frame requests of both forms', () => {
    expect(read(Buffer.concat([writePli(1, 5), writeFir(1, 6, 300)])).keyFrames).toEqual([5, 6]);
  });

  it('carries a sender report in a compound packet', () => {
    const report = { ssrc: 7, ntpHigh: 0xe0000000, ntpLow: 0x80000000, rtpTimestamp: 0xffffffff };
    const packet = writeSenderReport(report, 10, 2_000, 'name');
    expect(read(packet).reports).toEqual([report]);
    expect([packet.readUInt32BE(20), packet.readUInt32BE(24)]).toEqual([10, 2_000]);
    expect(packet.length % 4).toBe(0);
    expect(packet[packet.length - 1]).toBe(0);
  });

  it('writes receiver report blocks with a negative loss count', () => {
    const block = {
      ssrc: 3,
      fractionLost: 12,
      cumulativeLost: -2,
      highest: 70_000,
      jitter: 9,
      lastReport: 5,
      delay: 6,
    };
    const packet = writeReceiverReport(1, [block], 'n');
    expect([packet[0], packet[1], packet.readUInt16BE(2)]).toEqual([0x81, 201, 7]);
    expect(packet.readUInt32BE(12)).toBe(0x0cfffffe);
    expect(packet.readUInt32BE(16)).toBe(70_000);
  });

  it('never throws on hostile bytes and reads a bounded number of parts and numbers', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1_500 }), fc.constantFrom(200, 201, 205, 206), (bytes, type) => {
        const packet = Buffer.from(bytes);
        if (packet.length > 1) packet[1] = type;
        for (const [, sequences] of read(packet).nacks) expect(sequences.length).toBeLessThan(512 + 17);
      }),
      { numRuns: 2_000 },
    );
    const flood = Buffer.concat(new Array(100).fill(writePli(1, 5)));
    expect(read(flood).keyFrames.length).toBe(16);
  });
});
