/**
 * Splits hostile SDP text (RFC 8866) into a session part and media sections, within hard limits. It knows line syntax only;
 * what the lines mean is `offer.ts`.
 */
import { SdpError } from './error';

export const SDP_LIMITS = { bytes: 65_536, lines: 2_000, lineLength: 2_048, sections: 3, formats: 128 } as const;

export interface SdpSection {
  kind: string;
  port: number;
  protocol: string;
  formats: string[];
  /** Attribute lines without `a=`, in order. */
  attributes: string[];
}

export interface Sdp {
  attributes: string[];
  sections: SdpSection[];
}

const LINE = /^([a-z])=(\P{Cc}*)$/u;
const MEDIA = /^([a-z]{1,16}) (\d{1,5})(?:\/\d{1,5})? ([A-Z/]{1,24})((?: [A-Za-z0-9-]{1,32})+)$/;

/** Throws `SdpError` for anything that is not SDP within `SDP_LIMITS`. */
export function parseSdp(text: unknown): Sdp {
  if (typeof text !== 'string') throw new SdpError('invalid', 'the offer is not text');
  if (text.length > SDP_LIMITS.bytes || Buffer.byteLength(text) > SDP_LIMITS.bytes) {
    throw new SdpError('invalid', 'the offer is larger than 64 KiB');
  }
  const lines = text.split(/\r?\n/, SDP_LIMITS.lines + 1);
  if (lines.length > SDP_LIMITS.lines) throw new SdpError('invalid', 'the offer has too many lines');
  if (lines.at(-1) === '') lines.pop();
  if (lines[0] !== 'v=0') throw new SdpError('invalid', 'the offer does not begin with v=0');

  const sdp: Sdp = { attributes: [], sections: [] };
  for (const line of lines) {
    if (line.length > SDP_LIMITS.lineLength) throw new SdpError('invalid', 'a line is too long');
    const match = LINE.exec(line);
    if (!match) throw new SdpError('invalid', 'a line is not of the form type=value');
    const value = match[2]!;
    if (match[1] === 'm') sdp.sections.push(section(value, sdp.sections.length));
    else if (match[1] === 'a') (sdp.sections.at(-1)?.attributes ?? sdp.attributes).push(value);
  }
  return sdp;
}

function section(value: string, before: number): SdpSection {
  if (before >= SDP_LIMITS.sections) throw new SdpError('unsupported', 'more than three media sections');
  const match = MEDIA.exec(value);
  if (!match) throw new SdpError('invalid', 'a media line is malformed');
  const formats = match[4]!.slice(1).split(' ');
  const port = Number(match[2]);
  if (formats.length > SDP_LIMITS.formats) throw new SdpError('invalid', 'a media line lists too many formats');
  if (port > 65_535) throw new SdpError('invalid', 'a media line has no valid port');
  return { kind: match[1]!, port, protocol: match[3]!, formats, attributes: [] };
}

/** The value of the first `name:value` attribute, looked up in the section first, then in the session. */
export function attribute(name: string, ...levels: string[][]): string | null {
  const prefix = `${name}:`;
  for (const level of levels) {
    const found = level.find((line) => line.startsWith(prefix));
    if (found !== undefined) return found.slice(prefix.length);
  }
  return null;
}

/** The values of all `name:value` attributes of one level. */
export function attributes(name: string, level: string[]): string[] {
  const prefix = `${name}:`;
  return level.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length));
}
