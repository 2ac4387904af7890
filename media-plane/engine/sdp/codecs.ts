/** Which of the offered payload types this engine forwards: VP8, H.264 with packetization-mode=1, and Opus. */
import { attributes, type SdpSection } from './parse';

export type Codec = 'vp8' | 'h264' | 'opus';

export interface SdpCodec {
  codec: Codec;
  payloadType: number;
  /** As the client wrote it, e.g. `opus/48000/2`. */
  map: string;
  /** RTP clock in Hz. */
  clockRate: number;
  fmtp: string | null;
  /** Of `nack`, `nack pli` and `ccm fir`, those the client offers for this payload type. */
  feedback: Feedback[];
}

export type Feedback = 'nack' | 'nack pli' | 'ccm fir';
const FEEDBACK: readonly Feedback[] = ['nack', 'nack pli', 'ccm fir'];
const RTPMAP = /^(\d{1,3}) ([A-Za-z0-9._-]{1,32}\/\d{1,9}(?:\/\d{1,2})?)$/;
const KNOWN: Record<string, { codec: Codec; kind: string; clockRate: number }> = {
  'vp8/90000': { codec: 'vp8', kind: 'video', clockRate: 90_000 },
  'h264/90000': { codec: 'h264', kind: 'video', clockRate: 90_000 },
  'opus/48000/2': { codec: 'opus', kind: 'audio', clockRate: 48_000 },
};

/** One entry per codec, in the order of the media line. Malformed or unknown payload types are passed over. */
export function readCodecs(kind: 'audio' | 'video', section: SdpSection): SdpCodec[] {
  const maps = table(attributes('rtpmap', section.attributes), RTPMAP);
  const fmtps = table(attributes('fmtp', section.attributes), /^(\d{1,3}) ([\x20-\x7e]{1,512})$/);
  const best = new Map<Codec, { rank: number; entry: SdpCodec }>();
  for (const format of section.formats) {
    const map = maps.get(format);
    const known = map === undefined ? undefined : KNOWN[map.toLowerCase()];
    if (!map || known?.kind !== kind || !usable(Number(format))) continue;
    const fmtp = fmtps.get(format) ?? null;
    const rank = known.codec === 'h264' ? h264Rank(fmtp) : 0;
    const before = best.get(known.codec);
    if (rank === null || (before && before.rank <= rank)) continue;
    const { codec, clockRate } = known;
    const feedback = readFeedback(format, section);
    const entry = { codec, payloadType: Number(format), map, clockRate, fmtp, feedback };
    // Replacing keeps the codec's place in the client's order of preference.
    best.set(codec, { rank, entry });
  }
  return [...best.values()].map(({ entry }) => entry);
}

/** Payload types 64–95 look like RTCP once the marker bit is set and RTCP shares the port (RFC 5761 §4). */
function usable(payloadType: number): boolean {
  return payloadType < 64 || (payloadType > 95 && payloadType < 128);
}

/** Lower is better, null is not usable. Every browser decodes constrained baseline 3.1. */
function h264Rank(fmtp: string | null): number | null {
  const parameters = new Map(
    (fmtp ?? '').split(';').map((part) => part.trim().toLowerCase().split('=', 2) as [string, string]),
  );
  if (parameters.get('packetization-mode') !== '1') return null;
  const profile = parameters.get('profile-level-id') ?? '';
  if (profile === '42e01f') return 0;
  if (profile.startsWith('42e0') || profile.startsWith('42c0')) return 1;
  return profile.startsWith('42') ? 2 : 3;
}

function readFeedback(format: string, section: SdpSection): Feedback[] {
  const offered = new Set<string>();
  for (const line of attributes('rtcp-fb', section.attributes)) {
    const space = line.indexOf(' ');
    const target = line.slice(0, space);
    if (target === format || target === '*') offered.add(line.slice(space + 1).trim());
  }
  return FEEDBACK.filter((feedback) => offered.has(feedback));
}

function table(lines: string[], pattern: RegExp): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of lines) {
    const match = pattern.exec(line);
    if (match && !found.has(match[1]!)) found.set(match[1]!, match[2]!);
  }
  return found;
}
