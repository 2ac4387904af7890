/** Certificates come back as they went out, count only where they should, and hostile bytes are refused without an exception. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyEd25519 } from '@/lib/primitives/ed25519';
import { certify, hostTerms, sshKey, userTerms } from '@/test/support/ssh';
import {
  areTerms,
  type CertificateTerms,
  type CertificateUse,
  formatCertificate,
  parseCertificate,
  parseCertificateLine,
  toBeSigned,
  verifyCertificate,
  withSignature,
} from './index';
import { concat, string, u32, u64 } from './wire';

const keyOf = (n: number) => sshKey(Uint8Array.from({ length: 32 }, () => n));
const [authority, holder, other] = [keyOf(1), keyOf(2), keyOf(3)];
const full = (over: Partial<CertificateTerms> = {}) =>
  userTerms({
    publicKey: holder.publicKey,
    forceCommand: 'systemctl restart edge',
    sourceAddresses: ['10.0.0.1', '2001:db8::/32'],
    extensions: ['permit-agent-forwarding', 'permit-pty'],
    ...over,
  });

const time = fc.integer({ min: 0, max: 2 ** 40 });
const word = (alphabet: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: 1, maxLength });
const options = fc.record({
  forceCommand: fc.option(word('ab ;"\'$(/', 60)),
  sourceAddresses: fc.array(fc.oneof(fc.ipV4(), fc.constantFrom('10.0.0.0/8', '::1', '2001:db8::/32')), {
    maxLength: 16,
  }),
  extensions: fc
    .uniqueArray(fc.constantFrom('permit-pty', 'permit-user-rc', 'permit-port-forwarding', 'a', 'b@example.org'))
    .map((names) => names.sort()),
});
const terms: fc.Arbitrary<CertificateTerms> = fc
  .record({
    type: fc.constantFrom('user' as const, 'host' as const),
    nonce: fc.uint8Array({ minLength: 16, maxLength: 64 }),
    publicKey: fc.constantFrom(holder.publicKey, other.publicKey),
    serial: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
    keyId: word('abc=;: 019{}', 256),
    principals: fc.uniqueArray(word('abc_019', 20), { minLength: 1, maxLength: 64 }),
    validAfter: time,
    length: fc.integer({ min: 1, max: 2 ** 40 }),
    options,
  })
  .map(({ length, options: some, ...rest }) => ({
    ...rest,
    validBefore: rest.validAfter + length,
    ...(rest.type === 'user' ? some : { forceCommand: null, sourceAddresses: [], extensions: [] }),
  }));

describe('a certificate', () => {
  it('comes back as it went out, as bytes and as a line', () => {
    fc.assert(
      fc.property(terms, (given) => {
        const bytes = certify(authority, given);
        const { authority: by, toBeSigned: signed, signature, ...rest } = parseCertificate(bytes)!;
        expect(rest).toEqual(given);
        expect(by).toEqual(authority.publicKey);
        expect(withSignature(signed, signature)).toEqual(bytes);
        expect(parseCertificateLine(formatCertificate(bytes, 'for g1'))).toEqual(parseCertificate(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, Partial<CertificateTerms>]>([
    ['no principal', { principals: [] }],
    ['an empty principal', { principals: [''] }],
    ['a principal twice', { principals: ['app', 'app'] }],
    ['a principal with a wildcard', { principals: ['*'] }],
    ['two principals in one', { principals: ['app,root'] }],
    ['more than 64 principals', { principals: Array.from({ length: 65 }, (_, i) => `p${i}`) }],
    ['no serial', { serial: 0n }],
    ['a serial beyond u64', { serial: 2n ** 64n }],
    ['a key id that ends its quotes in a log', { keyId: 'g1" (serial 7) signed by' }],
    ['a key id of two lines', { keyId: 'g1\nAccepted' }],
    ['no key id', { keyId: '' }],
    ['no time at all', { validAfter: 7, validBefore: 7 }],
    ['no end', { validBefore: Number(2n ** 64n - 1n) }],
    ['a time before 1970', { validAfter: -1 }],
    ['half a second', { validAfter: 0.5 }],
    ['a key of small order', { publicKey: new Uint8Array(32) }],
    ['half a key', { publicKey: holder.publicKey.subarray(16) }],
    ['a short nonce', { nonce: new Uint8Array(15) }],
    ['an empty command', { forceCommand: '' }],
    ['a command of two lines', { forceCommand: 'true\nfalse' }],
    ['two source addresses in one', { sourceAddresses: ['10.0.0.1,0.0.0.0/0'] }],
    ['a negated source address', { sourceAddresses: ['!10.0.0.1'] }],
    ['extensions in another order', { extensions: ['permit-pty', 'permit-agent-forwarding'] }],
    ['an extension twice', { extensions: ['permit-pty', 'permit-pty'] }],
    ['options for a host', { type: 'host' }],
  ])('cannot have %s', (_, over) => {
    expect(areTerms(full())).toBe(true);
    expect(areTerms(full(over))).toBe(false);
    expect(() => toBeSigned(full(over), authority.publicKey)).toThrow(new RangeError('ssh.terms'));
  });

  it('cannot be larger than what is parsed', () => {
    const large = (bytes: number) =>
      full({
        forceCommand: 'x'.repeat(4096),
        principals: Array.from({ length: 16 }, (_, i) => `p${i}`.padEnd(bytes, '.')),
      });
    expect(parseCertificate(certify(authority, large(200)))).not.toBeNull();
    expect(() => toBeSigned(large(255), authority.publicKey)).toThrow(new RangeError('ssh.terms'));
  });
});

/** A certificate's fields as they stand there, one of them replaced, correctly signed. */
function handMade(over: Record<string, Uint8Array>): Uint8Array {
  const option = (name: string, data: Uint8Array) => concat(string(name), string(data));
  const fields: Record<string, Uint8Array> = {
    algorithm: string('ssh-ed25519-cert-v01@openssh.com'),
    nonce: string(new Uint8Array(32)),
    key: string(holder.publicKey),
    serial: u64(7n),
    type: u32(1),
    keyId: string('g1'),
    principals: string(string('app')),
    validAfter: u64(1n),
    validBefore: u64(2n),
    critical: string(option('force-command', string('true'))),
    extensions: string(option('permit-pty', new Uint8Array())),
    reserved: string(''),
    authority: string(concat(string('ssh-ed25519'), string(authority.publicKey))),
    ...over,
  };
  const signed = concat(...Object.values(fields));
  return withSignature(signed, authority.sign(signed));
}

describe('the parser', () => {
  const option = (name: string, data: Uint8Array) => concat(string(name), string(data));
  const flag = (name: string) => option(name, new Uint8Array());

  it('takes a certificate that was put together by hand', () => {
    expect(parseCertificate(handMade({}))).toMatchObject({
      serial: 7n,
      forceCommand: 'true',
      extensions: ['permit-pty'],
    });
  });

  it.each<[string, Record<string, Uint8Array>]>([
    ['no principals, which OpenSSH takes for everybody', { principals: string('') }],
    ['an empty principal', { principals: string(string('')) }],
    ['a principal that is cut short', { principals: string(concat(string('app'), u32(9))) }],
    ['another type', { type: u32(3) }],
    ['another algorithm', { algorithm: string('ssh-rsa-cert-v01@openssh.com') }],
    ['an end beyond all numbers', { validBefore: u64(2n ** 64n - 1n) }],
    ['an end that a number would round', { validBefore: u64(2n ** 53n + 1n) }],
    ['an unknown critical option', { critical: string(option('verify-required', string('x'))) }],
    ['a critical option without its inner string', { critical: string(option('force-command', toBytes('true'))) }],
    ['more inside a critical option', { critical: string(option('force-command', concat(string('a'), string('b')))) }],
    [
      'a critical option twice',
      { critical: string(concat(option('force-command', string('a')), option('force-command', string('b')))) },
    ],
    [
      'critical options in another order',
      { critical: string(concat(option('source-address', string('::1')), option('force-command', string('a')))) },
    ],
    ['a source address of nothing', { critical: string(option('source-address', string(''))) }],
    ['an extension twice', { extensions: string(concat(flag('permit-pty'), flag('permit-pty'))) }],
    ['extensions in another order', { extensions: string(concat(flag('permit-user-rc'), flag('permit-pty'))) }],
    ['an extension with a value', { extensions: string(option('permit-pty', string('yes'))) }],
    ['an extension without a name', { extensions: string(flag('')) }],
    ['something reserved', { reserved: string('x') }],
    ['an authority of another type', { authority: string(concat(string('ssh-rsa'), string(authority.publicKey))) }],
    [
      'more after the authority',
      { authority: string(concat(string('ssh-ed25519'), string(authority.publicKey), u32(0))) },
    ],
    ['a key id that is not UTF-8', { keyId: string(Uint8Array.of(0xff)) }],
  ])('refuses %s', (_, over) => {
    expect(parseCertificate(handMade(over))).toBeNull();
  });

  it('refuses every cut and every byte too many', () => {
    const bytes = certify(authority, full());
    for (let length = 0; length < bytes.length; length++)
      expect(parseCertificate(bytes.subarray(0, length))).toBeNull();
    expect(parseCertificate(concat(bytes, Uint8Array.of(0)))).toBeNull();
    expect(parseCertificate(new Uint8Array(8193))).toBeNull();
  });

  it('never throws, and reads only what would be written the same', () => {
    const whole = [
      certify(authority, full()),
      certify(authority, hostTerms({ publicKey: other.publicKey })),
      handMade({}),
    ];
    const damage = fc.array(fc.tuple(fc.nat(900), fc.integer({ min: 0, max: 255 }), fc.nat(3)), { maxLength: 4 });
    const damaged = fc.tuple(fc.constantFrom(...whole), damage).map(([bytes, places]) => {
      let out = [...bytes];
      for (const [place, value, kind] of places) {
        const at = place % out.length;
        if (kind === 0) out = [...out.slice(0, at), value, ...out.slice(at)];
        else if (kind === 1) out.splice(at, 1 + (value % 8));
        else out[at] = kind === 2 ? value : (out[at] ?? 0) ^ (1 << (value % 8));
      }
      return Uint8Array.from(out);
    });
    let read = 0;
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 400 })), (bytes) => {
        const parsed = parseCertificate(bytes);
        if (!parsed) return;
        read++;
        expect(areTerms(parsed)).toBe(true);
        expect(withSignature(toBeSigned(parsed, parsed.authority), parsed.signature)).toEqual(bytes);
      }),
      { numRuns: 1500 },
    );
    expect(read).toBeGreaterThan(30);
  });

  it('reads no line that is not exactly one certificate', () => {
    const line = formatCertificate(handMade({}), 'a comment');
    expect(parseCertificateLine(line)?.keyId).toBe('g1');
    for (const bad of ['', ` ${line}`, `${line}\n`, `${line} `, line.replace(' ', '  '), line.replace('cert', 'Cert')])
      expect(parseCertificateLine(bad)).toBeNull();
  });
});

describe('whether a certificate counts', () => {
  const { validAfter, validBefore } = full();
  const use: CertificateUse = {
    type: 'user',
    authorities: [authority.publicKey],
    principal: 'app',
    now: validAfter + 1,
    comesFrom: (addresses) => addresses.includes('10.0.0.1'),
  };
  const outcome = async (bytes: Uint8Array, over: Partial<CertificateUse> = {}) => {
    const result = await verifyCertificate(bytes, { ...use, ...over }, verifyEd25519);
    return result.ok ? result.certificate.keyId : result.reason;
  };
  const given = full({ validAfter, validBefore });
  const bytes = certify(authority, given);
  const flipped = bytes.slice();
  flipped[flipped.length - 1]! ^= 1;
  const host = certify(authority, hostTerms({ publicKey: holder.publicKey }));

  it.each<[string, Uint8Array, Partial<CertificateUse>, string]>([
    ['a good one', bytes, {}, given.keyId],
    ['its first second', bytes, { now: validAfter }, given.keyId],
    ['its last second', bytes, { now: validBefore - 1 }, given.keyId],
    ['one of several authorities', bytes, { authorities: [other.publicKey, authority.publicKey] }, given.keyId],
    ['no bytes', new Uint8Array(), {}, 'certificate_malformed'],
    ['a host certificate used by a user', host, {}, 'certificate_type'],
    ['another authority', bytes, { authorities: [other.publicKey] }, 'authority_unknown'],
    ['no authority', bytes, { authorities: [] }, 'authority_unknown'],
    ['a key that certified itself', certify(holder, given), {}, 'authority_unknown'],
    ['a signature with one bit changed', flipped, {}, 'signature_invalid'],
    ['a second too early', bytes, { now: validAfter - 1 }, 'certificate_not_yet_valid'],
    ['its end', bytes, { now: validBefore }, 'certificate_expired'],
    ['a broken clock', bytes, { now: Number.NaN }, 'certificate_not_yet_valid'],
    ['another account', bytes, { principal: 'root' }, 'principal_missing'],
    ['another address', bytes, { comesFrom: () => false }, 'source_address_refused'],
  ])('%s', async (_, certificate, over, expected) => {
    expect(await outcome(certificate, over)).toBe(expected);
  });

  it('refuses a name of the right authority over the signature of another', async () => {
    const signed = toBeSigned(given, authority.publicKey);
    expect(await outcome(withSignature(signed, other.sign(signed)))).toBe('signature_invalid');
  });

  it('does not ask where the connection comes from when the certificate does not', async () => {
    const anywhere = certify(authority, full({ validAfter, validBefore, sourceAddresses: [] }));
    expect(await outcome(anywhere, { comesFrom: () => expect.fail('asked') })).toBe(given.keyId);
  });

  it('refuses every single bit changed', async () => {
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at]! ^= 1 << (at % 8);
      expect(await outcome(changed)).not.toBe(given.keyId);
    }
  });
});

function toBytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text));
}
