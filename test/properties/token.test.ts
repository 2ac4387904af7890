/**
 * Tokens against everything an attacker may write: what we build we read back, no altered token verifies, no text makes the
 * parser throw or inflate beyond its limit.
 */
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '@/lib/kernel/decision';
import { buildToken, matchCertificate, parseToken, type Service, tokenIdentity } from '@/lib/kernel/token';
import { primitives } from '@/lib/primitives';
import vectors from '@/test/vectors/access-token.json';
import { APP_ID, NOW, PRIMARY, tokenOf, worldOf } from '@/test/vectors/world';

const u16 = fc.integer({ min: 0, max: 65_535 });
const u32 = fc.integer({ min: 0, max: 4_294_967_295 });
const name = fc.string({ unit: 'binary', maxLength: 40 });
const hex32 = fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), minLength: 32, maxLength: 32 });
const privileges = fc
  .uniqueArray(fc.record({ id: u16, seconds: u32 }), { selector: ({ id }) => id, maxLength: 6 })
  .map(ascending);

function ascending<T extends { id: number }>(list: T[]): T[] {
  return [...list].sort((a, b) => a.id - b.id);
}

const service: fc.Arbitrary<Service> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('rtc' as const, 'streaming' as const, 'fcdn' as const),
    privileges,
    channel: name,
    account: name,
  }),
  fc.record({ kind: fc.constantFrom('rtm' as const, 'chat' as const), privileges, user: name }),
  fc.record({
    kind: fc.constant('apaas' as const),
    privileges,
    room: name,
    user: name,
    role: fc.integer({ min: -32_768, max: 32_767 }),
  }),
  fc.record({ kind: fc.constantFrom('fpa' as const, 'convoai' as const, 'stt' as const), privileges }),
  fc.record({
    kind: fc.constant('rtm2' as const),
    privileges,
    user: name,
    permissions: fc
      .uniqueArray(fc.record({ resource: fc.nat(4), permission: fc.nat(1), names: fc.array(name, { maxLength: 3 }) }), {
        selector: ({ resource, permission }) => `${resource}.${permission}`,
        maxLength: 4,
      })
      .map((list) => [...list].sort((a, b) => a.resource - b.resource || a.permission - b.permission)),
  }),
);

const ORDER = ['rtc', 'rtm', 'streaming', 'fpa', 'chat', 'fcdn', 'apaas', 'rtm2', 'convoai', 'stt'];
const content = fc.record({
  appId: hex32,
  issuedAt: u32,
  lifetimeSeconds: fc.integer({ min: 1, max: 4_294_967_295 }),
  salt: fc.integer({ min: 1, max: 4_294_967_295 }),
  services: fc.array(service, { minLength: 1, maxLength: 4 }),
});

describe('round trip', () => {
  it('reads back every field it wrote, and knows the certificate', () => {
    fc.assert(
      fc.property(content, hex32, hex32, (value, certificate, other) => {
        const result = parseToken(buildToken(value, Buffer.from(certificate), primitives), primitives);
        if (!result.ok) throw new Error(result.reason);
        const services = [...value.services].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
        expect(result.token).toMatchObject({ ...value, services, unknownService: null });
        const candidates = [
          { id: 'other', value: Buffer.from(other) },
          { id: 'own', value: Buffer.from(certificate) },
        ];
        expect(matchCertificate(result.token, candidates, primitives)).toBe(other === certificate ? 'other' : 'own');
      }),
      { numRuns: 500 },
    );
  });
});

describe('altered tokens', () => {
  const certificates = [{ id: 'own', value: Buffer.from(PRIMARY) }];
  const request = { appId: APP_ID, channel: 'room', account: 'alice' };

  it('no single bit of the inflated content can change', () => {
    const token = tokenOf();
    const whole = primitives.inflate(Buffer.from(token.slice(3), 'base64'), 65_536);
    if (!whole.ok) throw new Error(whole.reason);
    for (let bit = 0; bit < whole.output.length * 8; bit++) {
      const changed = Uint8Array.from(whole.output);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const result = parseToken(`007${deflateSync(changed).toString('base64')}`, primitives);
      if (result.ok) expect(matchCertificate(result.token, certificates, primitives)).toBeNull();
    }
  });

  it('no single bit of the text can change, unless it spells the same token', () => {
    const token = tokenOf();
    const original = parseToken(token, primitives);
    if (!original.ok) throw new Error(original.reason);
    for (let bit = 0; bit < token.length * 8; bit++) {
      const bytes = Buffer.from(token, 'latin1');
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      const text = bytes.toString('latin1');
      const decision = decide({ ...request, token: text }, worldOf(), NOW);
      // Bits that zlib ignores (its window size hint) may change; then it is the same token and is revoked with it.
      if (decision.verdict === 'allow') expect(decision.tokenId).toBe(tokenIdentity(original.token, primitives));
    }
  });

  it('no single bit of a 006 token can change without losing the signature', () => {
    const vector = vectors.published006[1]!;
    const audience = { channel: vector.channelName, account: vector.account };
    const head = vector.token.slice(0, 35);
    const content006 = Buffer.from(vector.token.slice(35), 'base64');
    for (let bit = 0; bit < content006.length * 8; bit++) {
      const changed = Buffer.from(content006);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const result = parseToken(head + changed.toString('base64'), primitives);
      if (result.ok) expect(matchCertificate(result.token, certificates, primitives, audience)).toBeNull();
    }
  });

  it('006 does not separate channel from user: both readings are one token, so revoking one revokes both', () => {
    const vector = vectors.published006[1]!;
    const identity = (channel: string, account: string) => {
      const content006 = Buffer.from(vector.token.slice(35), 'base64');
      content006.writeUInt32LE(crc(channel), 34);
      content006.writeUInt32LE(crc(account), 38);
      const result = parseToken(vector.token.slice(0, 35) + content006.toString('base64'), primitives);
      if (!result.ok) throw new Error(result.reason);
      expect(matchCertificate(result.token, certificates, primitives, { channel, account })).toBe('own');
      return tokenIdentity(result.token, primitives, { channel, account });
    };
    const moved = identity(vector.channelName + vector.account.slice(0, 3), vector.account.slice(3));
    expect(moved).toBe(identity(vector.channelName, vector.account));
  });
});

describe('hostile text', () => {
  /** Counts what the parser lets inflate. */
  let inflated = 0;
  const counting = {
    ...primitives,
    inflate(input: Uint8Array, maxOutput: number) {
      if (maxOutput > 65_536) throw new Error('asked for more than the limit');
      const result = primitives.inflate(input, maxOutput);
      inflated += result.ok ? result.output.length : 0;
      return result;
    },
  };

  it('never throws and never inflates beyond the limit: 100 000 mutated and random tokens', () => {
    const genuine = [...vectors.published007, ...vectors.published006].map(({ token }) => token);
    // A fixed pseudo-random sequence (xorshift): a failure can be repeated, and nothing is spent on shrinking.
    let state = 0x2545f491;
    const below = (limit: number) => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) % limit;
    };
    let most = 0;
    let parsed = 0;
    for (let run = 0; run < 100_000; run++) {
      const text = MUTATIONS[run % MUTATIONS.length]!(genuine[below(genuine.length)]!, below);
      inflated = 0;
      const result = parseToken(text, counting);
      most = Math.max(most, inflated);
      if (!result.ok) continue;
      parsed++;
      matchCertificate(result.token, [{ id: 'own', value: Buffer.from(PRIMARY) }], primitives, {
        channel: 'room',
        account: '1',
      });
    }
    expect(most).toBeLessThanOrEqual(65_536);
    // Enough of the noise gets through the form to reach the parts behind it.
    expect(parsed).toBeGreaterThan(10_000);
  });

  it('refuses a 265 KB bomb by its length, before anything is decoded', () => {
    const bomb = `007${deflateSync(Buffer.alloc(200 * 1024 * 1024), { level: 1 }).toString('base64')}`;
    expect(bomb.length).toBeGreaterThan(265_000);
    inflated = 0;
    expect(parseToken(bomb, counting)).toEqual({ ok: false, reason: 'text_too_long' });
    expect(inflated).toBe(0);
  });

  it('refuses a small bomb before 64 KiB exist', () => {
    const bomb = `007${deflateSync(Buffer.alloc(5_000_000)).toString('base64')}`;
    expect(bomb.length).toBeLessThan(8192);
    inflated = 0;
    expect(parseToken(bomb, counting)).toEqual({ ok: false, reason: 'inflates_too_large' });
    expect(inflated).toBe(0);
  });

  it('decides any request without throwing', () => {
    const anything = fc.record({
      appId: fc.anything(),
      channel: fc.anything(),
      account: fc.anything(),
      token: fc.anything(),
    });
    fc.assert(
      fc.property(anything, (request) => {
        const decision = decide(request as Parameters<typeof decide>[0], worldOf(), NOW);
        expect(decision.verdict).toBe('deny');
      }),
      { numRuns: 2000 },
    );
  });
});

type Below = (limit: number) => number;
const MUTATIONS: ((token: string, below: Below) => string)[] = [
  // One character of the text.
  (token, below) => {
    const at = below(token.length);
    return token.slice(0, at) + String.fromCharCode(below(128)) + token.slice(at + 1);
  },
  // Cut anywhere.
  (token, below) => token.slice(0, below(token.length)),
  // Some bytes of the inflated content, packed again: reaches the field parser.
  (token, below) => {
    if (!token.startsWith('007')) return token;
    const whole = primitives.inflate(Buffer.from(token.slice(3), 'base64'), 65_536);
    if (!whole.ok) return token;
    const changed = Uint8Array.from(whole.output);
    for (let i = below(4); i >= 0; i--) changed[below(changed.length)] = below(4) === 0 ? 255 : below(256);
    return `007${deflateSync(changed.subarray(0, below(3) === 0 ? below(changed.length) : changed.length)).toString('base64')}`;
  },
  // Noise with the right beginning.
  (_token, below) =>
    `00${6 + below(2)}${Buffer.from(Array.from({ length: below(200) }, () => below(256))).toString('base64')}`,
  // A 006 token with some bytes changed.
  (token, below) => {
    if (!token.startsWith('006')) return token;
    const bytes = Buffer.from(token.slice(35), 'base64');
    for (let i = below(4); i >= 0; i--) bytes[below(bytes.length)] = below(256);
    return token.slice(0, 35) + bytes.toString('base64');
  },
];

function crc(text: string): number {
  let value = ~0;
  for (const byte of Buffer.from(text)) {
    value ^= byte;
    for (let k = 0; k < 8; k++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return ~value >>> 0;
}
