/**
 * Writes the two descriptions of a connection: the reduced offer the native library sees, which has one media section
 * whatever the client offered, and the real answer the client gets. With a single media section the library hands over every
 * RTP and RTCP packet of any SSRC, so payload types, codecs and feedback are entirely ours.
 */
import { SdpError } from './error';
import type { MediaSection, Offer, SdpCodec } from './offer';

/** Largest data channel message forwarded, in bytes; larger ones are dropped. */
export const MAX_DATA_MESSAGE_BYTES = 16_384;

export interface LocalTransport {
  iceUfrag: string;
  icePwd: string;
  /** `sha-256 AB:CD:…` */
  fingerprint: string;
  /** Where clients reach the UDP port. */
  address: string;
  port: number;
}

/** SSRC per kind and the stream they belong to, for a player. */
export interface OutgoingIdentity {
  audioSsrc: number;
  videoSsrc: number;
  stream: string;
}

/** The mid given to the library's carrier track, or null when the offer is data only. */
export function carrierMid(offer: Offer): string | null {
  return offer.sections.find((section) => section.kind !== 'application')?.mid ?? null;
}

/** Contains no candidate: the engine only answers checks and never sends to an address named in an offer. */
export function reducedOffer(offer: Offer): string {
  const media = carrierMid(offer);
  const data = offer.sections.find((section) => section.kind === 'application');
  const mids = [media, data?.mid].filter((mid): mid is string => typeof mid === 'string');
  const common = (mid: string) => [
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    `a=ice-ufrag:${offer.iceUfrag}`,
    `a=ice-pwd:${offer.icePwd}`,
    `a=fingerprint:${offer.fingerprint.algorithm} ${offer.fingerprint.value}`,
    'a=setup:active',
  ];
  const lines = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', `a=group:BUNDLE ${mids.join(' ')}`];
  if (media !== null) {
    // Payload type 96 is a dummy; the library only encrypts.
    lines.push('m=video 9 UDP/TLS/RTP/SAVPF 96', ...common(media), 'a=sendrecv', 'a=rtcp-mux', 'a=rtpmap:96 VP8/90000');
  }
  if (data) {
    lines.push('m=application 9 UDP/DTLS/SCTP webrtc-datachannel', ...common(data.mid), `a=sctp-port:${data.sctpPort}`);
    lines.push(`a=max-message-size:${MAX_DATA_MESSAGE_BYTES}`);
  }
  return `${lines.join('\r\n')}\r\n`;
}

/**
 * The codecs answered: exactly one per section towards a publisher, so that the forwarder knows what arrives; all of them
 * towards a player, because the payload type follows the current publisher.
 */
export function answeredCodecs(section: MediaSection, clientSends: boolean): SdpCodec[] {
  return clientSends ? section.codecs.slice(0, 1) : section.codecs;
}

/** Throws `SdpError` when audio and video would share a payload type. */
export function writeAnswer(
  offer: Offer,
  local: LocalTransport,
  outgoing: OutgoingIdentity | null,
  sessionId: string,
): string {
  const clientSends = outgoing === null;
  rejectSharedPayloadTypes(offer, clientSends);
  const lines = ['v=0', `o=- ${sessionId} 1 IN IP4 127.0.0.1`, 's=-', 't=0 0'];
  lines.push(`a=group:BUNDLE ${offer.sections.map((section) => section.mid).join(' ')}`, 'a=msid-semantic: WMS *');
  offer.sections.forEach((section, index) => {
    const codecs = section.kind === 'application' ? [] : answeredCodecs(section, clientSends);
    lines.push(
      section.kind === 'application'
        ? 'm=application 9 UDP/DTLS/SCTP webrtc-datachannel'
        : `m=${section.kind} 9 UDP/TLS/RTP/SAVPF ${codecs.map((codec) => codec.payloadType).join(' ')}`,
      'c=IN IP4 0.0.0.0',
      `a=mid:${section.mid}`,
      `a=ice-ufrag:${local.iceUfrag}`,
      `a=ice-pwd:${local.icePwd}`,
      `a=fingerprint:${local.fingerprint}`,
      'a=setup:passive',
    );
    if (section.kind === 'application') {
      lines.push('a=sctp-port:5000', `a=max-message-size:${MAX_DATA_MESSAGE_BYTES}`);
    } else {
      lines.push('a=rtcp-mux', clientSends ? 'a=recvonly' : 'a=sendonly');
      for (const codec of codecs) lines.push(...codecLines(codec));
      if (outgoing) lines.push(...sourceLines(section.kind, outgoing));
    }
    if (index === 0) {
      lines.push(`a=candidate:1 1 UDP 2130706431 ${local.address} ${local.port} typ host`, 'a=end-of-candidates');
    }
  });
  return `${lines.join('\r\n')}\r\n`;
}

function codecLines(codec: SdpCodec): string[] {
  const lines = [`a=rtpmap:${codec.payloadType} ${codec.map}`];
  if (codec.fmtp !== null) lines.push(`a=fmtp:${codec.payloadType} ${codec.fmtp}`);
  return lines.concat(codec.feedback.map((feedback) => `a=rtcp-fb:${codec.payloadType} ${feedback}`));
}

/** Players attach only streams, so both kinds carry the same stream id. */
function sourceLines(kind: 'audio' | 'video', outgoing: OutgoingIdentity): string[] {
  const ssrc = kind === 'audio' ? outgoing.audioSsrc : outgoing.videoSsrc;
  return [
    `a=msid:${outgoing.stream} ${kind}`,
    `a=ssrc:${ssrc} cname:${outgoing.stream}`,
    `a=ssrc:${ssrc} msid:${outgoing.stream} ${kind}`,
  ];
}

function rejectSharedPayloadTypes(offer: Offer, clientSends: boolean): void {
  const seen = new Set<number>();
  for (const section of offer.sections) {
    if (section.kind === 'application') continue;
    for (const { payloadType } of answeredCodecs(section, clientSends)) {
      if (seen.has(payloadType)) throw new SdpError('invalid', 'audio and video share a payload type');
      seen.add(payloadType);
    }
  }
}
