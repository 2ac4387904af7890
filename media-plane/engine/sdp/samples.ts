/** Offers as real clients write them, shortened to what matters, with fixed credentials. For tests. */
const FINGERPRINT = `a=fingerprint:sha-256 ${new Array(32).fill('7C').join(':')}`;
const ICE = [
  'a=ice-ufrag:EsAw',
  'a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1',
  'a=ice-options:trickle',
  FINGERPRINT,
  'a=setup:actpass',
];

const sdp = (...lines: (string | string[])[]) => `${lines.flat().join('\r\n')}\r\n`;
const head = (bundle: string) => [
  'v=0',
  'o=- 4962303333179871722 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  `a=group:BUNDLE ${bundle}`,
  'a=extmap-allow-mixed',
  'a=msid-semantic: WMS stream',
];

const chromiumAudio = (mid: string, direction: string, extra: string[] = []) => [
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0',
  'c=IN IP4 0.0.0.0',
  'a=rtcp:9 IN IP4 0.0.0.0',
  ...ICE,
  `a=mid:${mid}`,
  'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  'a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid',
  `a=${direction}`,
  'a=rtcp-mux',
  'a=rtpmap:111 opus/48000/2',
  'a=rtcp-fb:111 transport-cc',
  ...extra,
  'a=fmtp:111 minptime=10;useinbandfec=1',
  'a=rtpmap:63 red/48000/2',
  'a=fmtp:63 111/111',
  'a=rtpmap:9 G722/8000',
  'a=rtpmap:0 PCMU/8000',
];

const feedback = (payloadType: number) =>
  ['goog-remb', 'transport-cc', 'ccm fir', 'nack', 'nack pli'].map((kind) => `a=rtcp-fb:${payloadType} ${kind}`);

const chromiumVideo = (mid: string, direction: string) => [
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97 103 104 109 114 116',
  'c=IN IP4 0.0.0.0',
  'a=rtcp:9 IN IP4 0.0.0.0',
  ...ICE,
  `a=mid:${mid}`,
  'a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  `a=${direction}`,
  'a=rtcp-mux',
  'a=rtcp-rsize',
  'a=rtpmap:96 VP8/90000',
  ...feedback(96),
  'a=rtpmap:97 rtx/90000',
  'a=fmtp:97 apt=96',
  'a=rtpmap:103 H264/90000',
  ...feedback(103),
  'a=fmtp:103 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f',
  'a=rtpmap:104 H264/90000',
  'a=fmtp:104 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f',
  'a=rtpmap:109 H264/90000',
  ...feedback(109),
  'a=fmtp:109 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
  'a=rtpmap:114 red/90000',
  'a=rtpmap:116 ulpfec/90000',
];

const chromiumData = (mid: string) => [
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 0.0.0.0',
  ...ICE,
  `a=mid:${mid}`,
  'a=sctp-port:5000',
  'a=max-message-size:262144',
];

export const CHROMIUM_PUBLISHER = sdp(
  head('0 1 2'),
  chromiumAudio('0', 'sendonly'),
  'a=ssrc:3570614608 cname:4TOk42mSjXCkVIa6',
  chromiumVideo('1', 'sendonly'),
  'a=ssrc-group:FID 2231627014 632943048',
  chromiumData('2'),
);

export const CHROMIUM_PLAYER = sdp(
  head('0 1'),
  chromiumVideo('0', 'recvonly'),
  chromiumAudio('1', 'recvonly', ['a=rtcp-fb:111 nack']),
);

export const GSTREAMER_PUBLISHER = sdp(
  ['v=0', 'o=- 1 0 IN IP4 0.0.0.0', 's=-', 't=0 0', 'a=ice-options:trickle', 'a=group:BUNDLE video0 audio1'],
  ['m=video 9 UDP/TLS/RTP/SAVPF 98', 'c=IN IP4 0.0.0.0', 'a=setup:actpass', 'a=ice-ufrag:gstufrag'],
  ['a=ice-pwd:gstreamerPasswordWithChars22', 'a=rtcp-mux', 'a=rtcp-rsize', 'a=sendrecv', 'a=rtpmap:98 VP8/90000'],
  ['a=rtcp-fb:98 nack pli', 'a=mid:video0', FINGERPRINT],
  [
    'm=audio 0 UDP/TLS/RTP/SAVPF 100',
    'c=IN IP4 0.0.0.0',
    'a=setup:actpass',
    'a=bundle-only',
    'a=rtcp-mux',
    'a=sendrecv',
  ],
  ['a=rtpmap:100 OPUS/48000/2', 'a=mid:audio1', FINGERPRINT],
);
