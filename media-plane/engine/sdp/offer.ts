/**
 * What a client's offer means to this engine: validated transport parameters and, per media section, the codecs it carries
 * that we can forward. Nothing else of the offer ever reaches the native library.
 * Sources: RFC 8829 and 9143 (bundle), RFC 8839 (ICE), RFC 8122 (fingerprints), RFC 9725 (WHIP).
 */
import { type Codec, readCodecs, type SdpCodec } from './codecs';
import { SdpError } from './error';
import { attribute, attributes, parseSdp, type Sdp, type SdpSection } from './parse';

export type { Codec, SdpCodec };

export interface MediaSection {
  kind: 'audio' | 'video';
  mid: string;
  /** One entry per codec, in the client's order of preference; never empty. */
  codecs: SdpCodec[];
}

export interface DataSection {
  kind: 'application';
  mid: string;
  sctpPort: number;
}

export interface Offer {
  iceUfrag: string;
  icePwd: string;
  fingerprint: { algorithm: string; value: string };
  /** In the order of the client's m-lines, which the answer must keep. */
  sections: (MediaSection | DataSection)[];
}

const MID = /^[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,64}$/;
const UFRAG = /^[A-Za-z0-9+/]{4,256}$/;
const PWD = /^[A-Za-z0-9+/]{22,256}$/;
const FINGERPRINT = /^(sha-256|sha-384|sha-512) ([0-9A-F]{2}(?::[0-9A-F]{2}){31,63})$/i;
const FINGERPRINT_BYTES: Record<string, number> = { 'sha-256': 32, 'sha-384': 48, 'sha-512': 64 };

/** `sends` is the client's side: a WHIP client sends, a WHEP client does not. Throws `SdpError`. */
export function readOffer(text: unknown, client: { sends: boolean }): Offer {
  const sdp = parseSdp(text);
  if (sdp.sections.length === 0) throw new SdpError('invalid', 'the offer has no media section');
  const sections = sdp.sections.map((section) => readSection(section, sdp, client.sends));
  const kinds = new Set(sections.map((section) => section.kind));
  const mids = sections.map((section) => section.mid);
  if (kinds.size !== sections.length) throw new SdpError('unsupported', 'more than one media section of a kind');
  if (new Set(mids).size !== mids.length) throw new SdpError('invalid', 'two media sections share a mid');

  const bundle = attributes('group', sdp.attributes)
    .map((group) => group.split(' '))
    .find((group) => group[0] === 'BUNDLE')
    ?.slice(1);
  if (sections.length > 1 && !mids.every((mid) => bundle?.includes(mid))) {
    throw new SdpError('unsupported', 'all media sections must be bundled');
  }
  // The transport is that of the section the bundle names first (RFC 9143 §7.1); all others ride on it.
  const tagged = sdp.sections[Math.max(0, mids.indexOf(bundle?.[0] ?? ''))]!;
  return { ...transport(tagged, sdp), sections };
}

function transport(section: SdpSection, sdp: Sdp) {
  const find = (name: string) => attribute(name, section.attributes, sdp.attributes) ?? '';
  const iceUfrag = find('ice-ufrag');
  const icePwd = find('ice-pwd');
  const fingerprint = FINGERPRINT.exec(find('fingerprint'));
  if (!UFRAG.test(iceUfrag)) throw new SdpError('invalid', 'ice-ufrag is missing or malformed');
  if (!PWD.test(icePwd)) throw new SdpError('invalid', 'ice-pwd is missing or malformed');
  const algorithm = (fingerprint?.[1] ?? '').toLowerCase();
  const value = (fingerprint?.[2] ?? '').toUpperCase();
  if (value.length !== (FINGERPRINT_BYTES[algorithm] ?? 0) * 3 - 1) {
    throw new SdpError('invalid', 'the DTLS fingerprint is missing or malformed');
  }
  const setup = find('setup') || 'actpass';
  // We answer `passive`: browsers then negotiate the stronger SRTP suite. A client that insists on it too cannot be served.
  if (setup !== 'actpass' && setup !== 'active')
    throw new SdpError('unsupported', 'the client must offer setup:actpass');
  return { iceUfrag, icePwd, fingerprint: { algorithm, value } };
}

function readSection(section: SdpSection, sdp: Sdp, sends: boolean): MediaSection | DataSection {
  const mid = attribute('mid', section.attributes) ?? '';
  if (!MID.test(mid)) throw new SdpError('invalid', 'a media section has no valid mid');
  // Port 0 means a rejected section, except on a `bundle-only` one (RFC 9143 §6), which GStreamer writes.
  if (section.port === 0 && !section.attributes.includes('bundle-only')) {
    throw new SdpError('unsupported', 'a media section is disabled');
  }
  if (section.kind === 'application') return readData(section, mid);
  if (section.kind !== 'audio' && section.kind !== 'video') {
    throw new SdpError('unsupported', 'a media section is neither audio, video nor data');
  }
  if (!/^UDP\/TLS\/RTP\/SAVPF?$/.test(section.protocol)) throw new SdpError('unsupported', 'media must be DTLS-SRTP');
  if (!section.attributes.includes('rtcp-mux')) throw new SdpError('unsupported', 'rtcp-mux is required');
  const direction =
    ['sendrecv', 'sendonly', 'recvonly', 'inactive'].find((word) => section.attributes.includes(word)) ??
    ['sendonly', 'recvonly', 'inactive'].find((word) => sdp.attributes.includes(word)) ??
    'sendrecv';
  if (direction !== 'sendrecv' && direction !== (sends ? 'sendonly' : 'recvonly')) {
    throw new SdpError('invalid', sends ? 'a publisher must offer to send' : 'a player must offer to receive');
  }
  const codecs = readCodecs(section.kind, section);
  if (codecs.length === 0) throw new SdpError('unsupported', `no supported ${section.kind} codec is offered`);
  return { kind: section.kind, mid, codecs };
}

function readData(section: SdpSection, mid: string): DataSection {
  if (!/^(UDP|TCP)\/DTLS\/SCTP$/.test(section.protocol) || section.formats[0] !== 'webrtc-datachannel') {
    throw new SdpError('unsupported', 'a data section must be a WebRTC data channel');
  }
  const port = attribute('sctp-port', section.attributes) ?? '';
  if (!/^\d{1,5}$/.test(port) || Number(port) === 0 || Number(port) > 65_535) {
    throw new SdpError('invalid', 'sctp-port is missing or malformed');
  }
  return { kind: 'application', mid, sctpPort: Number(port) };
}
