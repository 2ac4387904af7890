import { describe, expect, it } from 'vitest';
import { clientAddress } from '../admission/address';
import { effectiveBits } from '../channels';
import { readRelayHeaders, relayHeaders } from '../relay/headers';
import { edgePeerOf } from '../relay/identity';
import { bearerOf } from './body';
import { parseClientMessage, permissionNames } from './protocol';
import { messageBucket } from './websocket';

describe('client messages', () => {
  it.each([
    [
      { type: 'join', appId: 'a', channel: 'c', account: '' },
      { type: 'join', appId: 'a', channel: 'c', account: '', token: null },
    ],
    [
      { type: 'join', appId: 'a', channel: 'c', account: 'x', token: '' },
      { type: 'join', appId: 'a', channel: 'c', account: 'x', token: null },
    ],
    [
      { type: 'offer', id: '1', direction: 'publish', sdp: 's', extra: 1 },
      { type: 'offer', id: '1', direction: 'publish', sdp: 's', publisher: null },
    ],
    [
      { type: 'leave', id: '1' },
      { type: 'leave', id: '1' },
    ],
    [
      { type: 'renew', token: 't' },
      { type: 'renew', token: 't' },
    ],
    [{ type: 'ping' }, { type: 'ping' }],
  ])('%j is read', (sent, value) => {
    expect(parseClientMessage(JSON.stringify(sent))).toEqual({ ok: true, value });
  });

  it.each([
    ['', 'the frame is not JSON'],
    ['[]', 'the frame is not an object'],
    ['null', 'the frame is not an object'],
    ['{"type":"nonsense"}', 'type is not known'],
    ['{"type":"join","appId":1,"channel":"c","account":""}', 'appId is not a short text'],
    ['{"type":"join","appId":"a","channel":"c","account":"","token":{}}', 'token is not a text'],
    [
      JSON.stringify({ type: 'join', appId: 'a', channel: 'x'.repeat(300), account: '' }),
      'channel is not a short text',
    ],
    ['{"type":"offer","id":"","direction":"publish","sdp":""}', 'id is not a short text'],
    ['{"type":"offer","id":"1","direction":"both","sdp":""}', 'direction is neither publish nor subscribe'],
    ['{"type":"offer","id":"1","direction":"subscribe","sdp":"","publisher":5}', 'publisher is not a short text'],
  ])('%s is not', (frame, detail) => {
    expect(parseClientMessage(frame)).toEqual({ ok: false, detail });
  });

  it('names bits and their ends', () => {
    expect(permissionNames(1 | 2 | 8 | 16)).toEqual(['audio', 'data']);
    const granted = { permissions: 15, expiresAt: { join: 100, audio: 50, video: 100, data: 0 } } as Parameters<
      typeof effectiveBits
    >[0];
    expect([effectiveBits(granted, 49_999), effectiveBits(granted, 50_000), effectiveBits(granted, 100_000)]).toEqual([
      7, 5, 0,
    ]);
  });
});

/** A small generator with a seed, so that a failure can be repeated (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

it('survives 100,000 mutated frames and headers', () => {
  const next = random(20_261_121);
  const pick = (limit: number) => Math.floor(next() * limit);
  const seeds = [
    JSON.stringify({ type: 'join', appId: 'a'.repeat(32), channel: 'room', account: 'alice', token: '007abc' }),
    JSON.stringify({ type: 'offer', id: 'x', direction: 'subscribe', sdp: 'v=0\r\na=mid:0\r\n', publisher: null }),
    JSON.stringify({ type: 'renew', token: '007abc' }),
    'Bearer 007abc==',
    '1.2.3.4, ::ffff:5.6.7.8',
    'URI:spiffe://cordon/region/EU/edge/eu-1',
  ];
  const parts = [
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    'null',
    '1e999',
    '\u0000',
    '\ud800',
    '__proto__',
    'Bearer ',
    '%',
    '::',
    'type',
    ' ',
  ];
  const addressOf = clientAddress(['10.0.0.0/8']);
  let read = 0;
  for (let i = 0; i < 100_000; i++) {
    let text = seeds[pick(seeds.length)] ?? '';
    for (let edits = 1 + pick(6); edits > 0; edits--) {
      const at = pick(text.length + 1);
      const insert = next() < 0.5 ? (parts[pick(parts.length)] ?? '') : String.fromCharCode(pick(256));
      text = text.slice(0, at) + insert + text.slice(at + pick(4));
    }
    const parsed = parseClientMessage(text);
    if (parsed.ok) read++;
    const request = {
      headers: { authorization: text, 'x-forwarded-for': text },
      socket: { remoteAddress: '10.0.0.1' },
    } as never;
    const bearer = bearerOf(request);
    // Plain comparisons: an assertion object for each of them would be most of the time.
    const sound =
      (parsed.ok || parsed.detail.length < 80) &&
      (bearer === null || /^\S+$/.test(bearer)) &&
      /^[0-9a-f.:]+$/i.test(addressOf(request));
    if (!sound) throw new Error(`unsound answer to ${JSON.stringify(text)}`);
    edgePeerOf({ subjectaltname: text });
    readRelayHeaders({ 'x-cordon-generation': text, 'x-cordon-client-address': text, 'x-cordon-trace': text });
  }
  expect(read).toBeGreaterThan(100);
});

describe('what edges tell each other', () => {
  it('comes back as it was sent', () => {
    const sent = { generation: 7, clientAddress: '2001:db8::1', traceId: 'a'.repeat(32) };
    expect(readRelayHeaders(relayHeaders(sent))).toEqual(sent);
    expect(readRelayHeaders({ ...relayHeaders(sent), 'x-cordon-generation': '-1' })).toBeNull();
  });

  it.each([
    ['URI:spiffe://cordon/region/EU/edge/eu-1', { name: 'eu-1', region: 'EU' }],
    ['DNS:x, URI:spiffe://cordon/region/JP/edge/jp-2', { name: 'jp-2', region: 'JP' }],
    ['URI:spiffe://cordon/region/XX/edge/eu-1', null],
    ['URI:spiffe://other/region/EU/edge/eu-1', null],
    ['URI:spiffe://cordon/control', null],
    ['URI:spiffe://cordon/region/EU/edge/eu-1, URI:spiffe://cordon/region/NA/edge/na-1', null],
    ['DNS:spiffe://cordon/region/EU/edge/eu-1', null],
    [undefined, null],
  ])('a certificate with %s is %j', (subjectaltname, peer) => {
    expect(edgePeerOf({ subjectaltname } as never)).toEqual(peer);
  });
});

it('gives each socket sixty messages at once and twenty a second', () => {
  const take = messageBucket();
  const taken = (now: number, count: number) => Array.from({ length: count }, () => take(now)).filter(Boolean).length;
  expect([taken(0, 100), taken(500, 100), taken(10_000, 100)]).toEqual([60, 10, 60]);
});
