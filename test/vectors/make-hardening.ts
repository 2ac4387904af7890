/**
 * Writes `hardening.json`: tokens that a strict verifier must tell apart, most of them correctly signed. Run with
 * `npx tsx test/vectors/make-hardening.ts` after adding a case. The texts are kept because zlib output may differ between
 * versions; what a case means is its bytes.
 */
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { Writer } from '@/lib/kernel/encoding';
import { APP_ID, ISSUED_AT, PRIMARY, SECONDARY, tokenOf } from './world';

const ascii = (text: string) => Uint8Array.from(Buffer.from(text));
const JOIN = [{ id: 1, seconds: 0 }];
const MAX_U32 = 4_294_967_295;

/** Signs any bytes whatever, as only the holder of the certificate can. */
function sign(signed: Uint8Array, { signature = (full: Buffer) => full, level = 6 } = {}): string {
  const k1 = createHmac('sha256', Buffer.from(signed.subarray(34, 38))).update(PRIMARY).digest();
  const k2 = createHmac('sha256', Buffer.from(signed.subarray(42, 46))).update(k1).digest();
  const mac = signature(createHmac('sha256', k2).update(signed).digest());
  const payload = new Writer().block(mac).raw(signed).finish();
  return `007${deflateSync(payload, { level }).toString('base64')}`;
}

const head = (services: number, lifetime = 3600) =>
  new Writer().block(ascii(APP_ID)).u32(ISSUED_AT).u32(lifetime).u32(1).u16(services);
const rtcJoin = (writer: Writer) => writer.u16(1).u16(1).u16(1).u32(0).block(ascii('room')).block(ascii('alice'));
const UNKNOWN_TYPE = 999;

const cases: Record<string, { token: string; channel?: string; account?: string; expect: object }> = {
  'valid-rtc-join-only': { token: tokenOf({ privileges: JOIN }), expect: { code: 'ok', permissions: 1 } },
  'valid-reencoded-level1': {
    token: sign(rtcJoin(head(1)).finish(), { level: 1 }),
    expect: { code: 'ok', permissions: 1, sameTokenAs: 'valid-rtc-join-only' },
  },
  'valid-secondary-certificate': {
    token: tokenOf({ certificate: SECONDARY }),
    expect: { code: 'ok', permissions: 15, certificateId: 'cert_2' },
  },
  'bad-signature-bit': {
    token: sign(rtcJoin(head(1)).finish(), {
      signature: (full) => {
        full[31]! ^= 1;
        return full;
      },
    }),
    expect: { code: 'token.signature' },
  },
  'tampered-privilege': { token: tampered(), expect: { code: 'token.signature' } },
  'wrong-certificate': { token: tokenOf({ certificate: 'f'.repeat(32) }), expect: { code: 'token.signature' } },
  'short-signature': {
    token: sign(rtcJoin(head(1)).finish(), { signature: (full) => full.subarray(0, 31) }),
    expect: { reason: 'signature_length', code: 'token.malformed' },
  },
  'empty-signature': {
    token: sign(rtcJoin(head(1)).finish(), { signature: (full) => full.subarray(0, 0) }),
    expect: { reason: 'signature_length', code: 'token.malformed' },
  },
  'trailing-bytes-signed': {
    token: sign(rtcJoin(head(1)).u16(0).finish()),
    expect: { reason: 'trailing_bytes', code: 'token.malformed' },
  },
  'bytes-after-zlib-stream': {
    token: appendAfterStream(tokenOf({ privileges: JOIN })),
    expect: { reason: 'zlib_trailing_bytes', code: 'token.malformed' },
  },
  'characters-after-base64': {
    token: `${tokenOf({ privileges: JOIN })}!!`,
    expect: { reason: 'base64_not_canonical', code: 'token.malformed' },
  },
  'unknown-service-last': {
    token: sign(rtcJoin(head(2)).u16(UNKNOWN_TYPE).u16(0).finish()),
    expect: { code: 'ok', permissions: 1, unknownService: UNKNOWN_TYPE },
  },
  'unknown-service-first': {
    token: sign(rtcJoin(head(2).u16(UNKNOWN_TYPE).u16(0)).finish()),
    expect: { code: 'privilege.join_missing', unknownService: UNKNOWN_TYPE },
  },
  'duplicate-rtc-services': {
    token: tokenOf({
      services: [
        { kind: 'rtc', channel: 'room', account: 'alice', privileges: JOIN },
        { kind: 'rtc', channel: 'room', account: 'alice', privileges: [{ id: 2, seconds: 0 }] },
        { kind: 'rtc', channel: 'room', account: 'bob', privileges: [{ id: 3, seconds: 0 }] },
      ],
    }),
    expect: { code: 'ok', permissions: 3 },
  },
  'duplicate-privilege': {
    token: sign(head(1).u16(1).u16(2).u16(1).u32(1).u16(1).u32(0).block(ascii('room')).block(ascii('alice')).finish()),
    expect: { reason: 'privileges_malformed', code: 'token.malformed' },
  },
  'privilege-after-token': {
    token: tokenOf({ privileges: [{ id: 1, seconds: 7200 }], lifetimeSeconds: 3600 }),
    expect: { code: 'ok', permissions: 1, joinEndsAt: ISSUED_AT + 3600 },
  },
  'privilege-before-token': {
    token: tokenOf({ privileges: [...JOIN, { id: 2, seconds: 90 }, { id: 3, seconds: 30 }] }),
    expect: { code: 'ok', permissions: 3, joinEndsAt: ISSUED_AT + 3600 },
  },
  'privilege-zero': {
    token: tokenOf({ privileges: JOIN, lifetimeSeconds: 120 }),
    expect: { code: 'ok', permissions: 1, joinEndsAt: ISSUED_AT + 120 },
  },
  'lifetime-over-24h': {
    token: tokenOf({ privileges: JOIN, lifetimeSeconds: 90_000 }),
    expect: { code: 'ok', permissions: 1, joinEndsAt: ISSUED_AT + 86_400 },
  },
  'lifetime-max-u32': {
    token: tokenOf({ privileges: [{ id: 1, seconds: MAX_U32 }], lifetimeSeconds: MAX_U32 }),
    expect: { code: 'ok', permissions: 1, joinEndsAt: ISSUED_AT + 86_400 },
  },
  'service-count-too-big': {
    token: sign(rtcJoin(head(2)).finish()),
    expect: { reason: 'truncated', code: 'token.malformed' },
  },
  'service-count-zero': {
    token: sign(head(0).finish()),
    expect: { reason: 'services_none', code: 'token.malformed' },
  },
  'wildcard-uid-empty': {
    token: tokenOf({ account: '', privileges: JOIN }),
    account: 'carol',
    expect: { code: 'ok', permissions: 1, wildcardUser: true },
  },
  'wildcard-channel-star': {
    token: tokenOf({ channel: '*', privileges: JOIN }),
    channel: 'anywhere',
    expect: { code: 'ok', permissions: 1, wildcardUser: false },
  },
  'wildcard-pattern': {
    token: tokenOf({ channel: '1*a*2', privileges: JOIN }),
    channel: '1-xx-a-yy-2',
    expect: { code: 'ok', permissions: 1 },
  },
  'wildcard-pattern-elsewhere': {
    token: tokenOf({ channel: '1*a*2', privileges: JOIN }),
    channel: '1-xx-b-yy-2',
    expect: { code: 'token.wrong_channel' },
  },
  'apaas-role-minus1': {
    token: tokenOf({
      services: [{ kind: 'apaas', room: 'room', user: 'alice', role: -1, privileges: [{ id: 1, seconds: 0 }] }],
    }),
    expect: { code: 'privilege.join_missing', role: -1 },
  },
  'apaas-role-zero': {
    token: tokenOf({
      services: [{ kind: 'apaas', room: 'room', user: 'alice', role: 0, privileges: [{ id: 1, seconds: 0 }] }],
    }),
    expect: { code: 'privilege.join_missing', role: 0 },
  },
  'rtc-with-login': {
    token: tokenOf({
      services: [
        { kind: 'rtc', channel: 'room', account: 'alice', privileges: JOIN },
        { kind: 'rtm', user: 'alice', privileges: [{ id: 1, seconds: 0 }] },
      ],
    }),
    expect: { code: 'ok', permissions: 17 },
  },
  'login-of-another-user': {
    token: tokenOf({
      services: [
        { kind: 'rtc', channel: 'room', account: 'alice', privileges: JOIN },
        { kind: 'rtm', user: 'bob', privileges: [{ id: 1, seconds: 0 }] },
      ],
    }),
    expect: { code: 'ok', permissions: 1 },
  },
};

/** Keeps the signature of a join-only token and turns its privilege into publishing. */
function tampered(): string {
  const signed = rtcJoin(head(1)).finish();
  const k1 = createHmac('sha256', Buffer.from(signed.subarray(34, 38))).update(PRIMARY).digest();
  const k2 = createHmac('sha256', Buffer.from(signed.subarray(42, 46))).update(k1).digest();
  const mac = createHmac('sha256', k2).update(signed).digest();
  const other = head(1).u16(1).u16(1).u16(2).u32(0).block(ascii('room')).block(ascii('alice')).finish();
  return `007${deflateSync(new Writer().block(mac).raw(other).finish()).toString('base64')}`;
}

function appendAfterStream(token: string): string {
  const stream = Buffer.from(token.slice(3), 'base64');
  return `007${Buffer.concat([stream, Buffer.from('junk')]).toString('base64')}`;
}

const about =
  'Tokens of the published test project and certificate, issued at 1700000000, to be decided at 1700000060 for channel "room" and user "alice" unless stated, with wildcards allowed and a 24 h cap. `reason` is why the text is not a token; `code` is the decision.';
const file = {
  about,
  cases: Object.entries(cases).map(([name, { channel = 'room', account = 'alice', ...rest }]) => ({
    name,
    channel,
    account,
    ...rest,
  })),
};
writeFileSync(new URL('hardening.json', import.meta.url), `${JSON.stringify(file, null, 1)}\n`);
