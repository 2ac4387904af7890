import { describe, expect, it } from 'vitest';
import { reducedOffer, writeAnswer } from './answer';
import { SdpError } from './error';
import { readOffer } from './offer';
import { CHROMIUM_PLAYER, CHROMIUM_PUBLISHER, GSTREAMER_PUBLISHER } from './samples';

const LOCAL = {
  iceUfrag: 'ufrag',
  icePwd: 'p'.repeat(24),
  fingerprint: `sha-256 ${new Array(32).fill('AB').join(':')}`,
  address: '192.0.2.1',
  port: 4_000,
};
const OUTGOING = { audioSsrc: 11, videoSsrc: 22, stream: 'abc' };
const media = (sdp: string, kind: string) => sdp.split('\r\nm=').find((section) => section.startsWith(kind))!;

describe('offers', () => {
  it('of a browser that publishes', () => {
    const offer = readOffer(CHROMIUM_PUBLISHER, { sends: true });
    expect(offer.sections.map(({ kind, mid }) => [kind, mid])).toEqual([
      ['audio', '0'],
      ['video', '1'],
      ['application', '2'],
    ]);
    const video = offer.sections[1]!;
    if (video.kind !== 'video') throw new Error('order');
    expect(video.codecs.map(({ codec, payloadType, feedback }) => [codec, payloadType, feedback])).toEqual([
      ['vp8', 96, ['nack', 'nack pli', 'ccm fir']],
      ['h264', 109, ['nack', 'nack pli', 'ccm fir']],
    ]);
  });

  it('of GStreamer: port 0 with bundle-only, upper case codecs, named mids', () => {
    const offer = readOffer(GSTREAMER_PUBLISHER, { sends: true });
    expect(offer.sections.map(({ mid }) => mid)).toEqual(['video0', 'audio1']);
    expect(offer.iceUfrag).toBe('gstufrag');
  });

  it.each([
    ['no text', 7],
    ['empty', ''],
    ['too large', `v=0\r\n${'a=x\r\n'.repeat(20_000)}`],
    ['too many lines', `v=0\r\n${'a=\r\n'.repeat(2_001)}`],
    ['a long line', CHROMIUM_PLAYER.replace('s=-', `s=${'x'.repeat(3_000)}`)],
    ['a control character', CHROMIUM_PLAYER.replace('s=-', 's=\u0000')],
    ['no ufrag', CHROMIUM_PLAYER.replaceAll(/a=ice-ufrag:.*\r\n/g, '')],
    ['a ufrag with a space', CHROMIUM_PLAYER.replaceAll(/a=ice-ufrag:.*\r\n/g, 'a=ice-ufrag:ab cd\r\n')],
    ['a short password', CHROMIUM_PLAYER.replaceAll(/a=ice-pwd:.*\r\n/g, 'a=ice-pwd:short\r\n')],
    ['no fingerprint', CHROMIUM_PLAYER.replaceAll(/a=fingerprint:.*\r\n/g, '')],
    ['a fingerprint cut short', CHROMIUM_PLAYER.replaceAll(/(a=fingerprint:sha-256 (?:..:){31}).*\r\n/g, '$1\r\n')],
    ['a weak fingerprint', CHROMIUM_PLAYER.replaceAll(/a=fingerprint:sha-256/g, 'a=fingerprint:sha-1')],
    ['setup:passive', CHROMIUM_PLAYER.replaceAll('a=setup:actpass', 'a=setup:passive')],
    ['no mid', CHROMIUM_PLAYER.replaceAll(/a=mid:.*\r\n/g, '')],
    ['one mid twice', CHROMIUM_PLAYER.replaceAll(/a=mid:.*\r\n/g, 'a=mid:0\r\n')],
    ['no bundle', CHROMIUM_PLAYER.replaceAll(/a=group:.*\r\n/g, '')],
    ['no rtcp-mux', CHROMIUM_PLAYER.replaceAll('a=rtcp-mux\r\n', '')],
    ['plain RTP', CHROMIUM_PLAYER.replaceAll('UDP/TLS/RTP/SAVPF', 'RTP/AVP')],
    ['a second audio', CHROMIUM_PLAYER.replaceAll('m=video', 'm=audio')],
    ['an unknown section', CHROMIUM_PLAYER.replaceAll('m=video', 'm=text')],
    ['no codec we know', CHROMIUM_PLAYER.replaceAll(/VP8|H264/g, 'AV9')],
    ['a sender where a player is expected', CHROMIUM_PUBLISHER],
  ])('are refused with a typed error: %s', (_, text) => {
    expect(() => readOffer(text, { sends: false })).toThrow(SdpError);
  });
});

describe('answers', () => {
  it('to a publisher name one codec a section, are passive, and echo no extension or redundancy', () => {
    const answer = writeAnswer(readOffer(CHROMIUM_PUBLISHER, { sends: true }), LOCAL, null, '1');
    expect(media(answer, 'video')).toMatch(/^video 9 UDP\/TLS\/RTP\/SAVPF 96\r\n/);
    expect(media(answer, 'audio')).toMatch(/^audio 9 UDP\/TLS\/RTP\/SAVPF 111\r\n/);
    expect(answer.match(/a=setup:passive/g)?.length).toBe(3);
    expect(answer.match(/a=recvonly/g)?.length).toBe(2);
    expect(answer.match(/a=candidate:/g)?.length).toBe(1);
    expect(answer).toContain('a=candidate:1 1 UDP 2130706431 192.0.2.1 4000 typ host');
    expect(answer).toContain('a=group:BUNDLE 0 1 2');
    expect(answer).not.toMatch(/extmap|red|ulpfec|transport-cc|rtx|goog-remb/);
  });

  it('to a player name every codec, its own sources and one stream', () => {
    const answer = writeAnswer(readOffer(CHROMIUM_PLAYER, { sends: false }), LOCAL, OUTGOING, '1');
    expect(media(answer, 'video')).toMatch(/^video 9 UDP\/TLS\/RTP\/SAVPF 96 109\r\n/);
    expect(media(answer, 'video')).toContain('a=ssrc:22 cname:abc');
    expect(media(answer, 'video')).toContain(
      'a=fmtp:109 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
    );
    expect(media(answer, 'audio')).toContain('a=rtcp-fb:111 nack\r\n');
    expect(answer.match(/a=msid:abc /g)?.length).toBe(2);
    expect(answer.match(/a=sendonly/g)?.length).toBe(2);
  });

  it('refuse kinds that share a payload type', () => {
    const shared = CHROMIUM_PUBLISHER.replaceAll('111', '96');
    expect(() => writeAnswer(readOffer(shared, { sends: true }), LOCAL, null, '1')).toThrow(SdpError);
  });
});

describe('the reduced offer', () => {
  it('has one media section, the client’s credentials, and no address', () => {
    const reduced = reducedOffer(readOffer(CHROMIUM_PUBLISHER, { sends: true }));
    expect(reduced.match(/^m=/gm)?.length).toBe(2);
    expect(reduced).toContain('m=video 9 UDP/TLS/RTP/SAVPF 96\r\n');
    expect(reduced).toContain('a=mid:0\r\na=ice-ufrag:EsAw\r\n');
    expect(reduced).not.toContain('candidate');
  });
});
