/** Signatures of passkeys of each algorithm, judged by the kernel on Node and on what a browser has, and by the library that the keyring uses. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifyAssertion } from '@/lib/keyring/assertion';
import { packHost } from '@/lib/primitives/pack-host';
import { host as browserHost } from '@/lib/verifier/page/host';
import { readCoseKey } from './cose';
import { rawSignature } from './ecdsa';
import { assertionFault, fromBase64url, isDeviceBound, type SignedAct } from './index';

const ORIGIN = 'https://staff.example:8443';
const STATEMENT = 'cordon-act/1\n';
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest();
const jwkOf = (key: KeyObject) => key.export({ format: 'jwk' }) as Record<'x' | 'y' | 'n' | 'e', string>;
const bytesOf = (text: string) => Buffer.from(text, 'base64url');
const item = (bytes: Uint8Array) => [
  bytes.length > 255 ? Buffer.of(0x59, bytes.length >> 8, bytes.length & 255) : Buffer.of(0x58, bytes.length),
  bytes,
];

/** A new key: as COSE, and what signs with it. */
const KEYS: Record<string, () => { cose: Buffer; sign: (data: Buffer) => Buffer }> = {
  ES256: () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x, y } = jwkOf(publicKey);
    const point = [Buffer.of(0x21), ...item(bytesOf(x)), Buffer.of(0x22), ...item(bytesOf(y))];
    return {
      cose: Buffer.concat([Buffer.from('a5010203262001', 'hex'), ...point]),
      sign: (data) => sign('sha256', data, privateKey),
    };
  },
  EdDSA: () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const point = [Buffer.of(0x21), ...item(bytesOf(jwkOf(publicKey).x))];
    return {
      cose: Buffer.concat([Buffer.from('a4010103272006', 'hex'), ...point]),
      sign: (data) => sign(null, data, privateKey),
    };
  },
  RS256: () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { n, e } = jwkOf(publicKey);
    const parts = [Buffer.of(0x20), ...item(bytesOf(n)), Buffer.of(0x21, 0x43), bytesOf(e)];
    return {
      cose: Buffer.concat([Buffer.from('a4010303390100', 'hex'), ...parts]),
      sign: (data) => sign('sha256', data, privateKey),
    };
  },
};

interface Choices {
  client?: object;
  flags?: number;
  site?: string;
}
function signedWith(
  { cose, sign }: ReturnType<(typeof KEYS)[string]>,
  { client, flags = 5, site = 'staff.example' }: Choices = {},
): SignedAct {
  const challenge = sha256(STATEMENT).toString('base64url');
  const clientData = Buffer.from(JSON.stringify({ type: 'webauthn.get', challenge, origin: ORIGIN, ...client }));
  const data = Buffer.concat([sha256(site), Buffer.of(flags), Buffer.alloc(4)]);
  return {
    statement: STATEMENT,
    origin: ORIGIN,
    publicKey: cose.toString('base64url'),
    clientDataJSON: clientData.toString('base64url'),
    authenticatorData: data.toString('base64url'),
    signature: sign(Buffer.concat([data, sha256(clientData)])).toString('base64url'),
  };
}

/** What each of the three says; they agree. */
async function faultOf(signed: SignedAct): Promise<string | null> {
  const inBrowser = { ...browserHost, verifyJwk: browserHost.verifyJwk! };
  const [node, browser] = await Promise.all([packHost, inBrowser].map((host) => assertionFault(host, signed)));
  const library = await verifyAssertion({ ...signed, credentialId: 'AAAA', counter: 0 });
  expect([browser, library.good ? null : library.fault]).toEqual([node, node]);
  return node!;
}

describe.each(Object.keys(KEYS))('a signature with %s', (algorithm) => {
  const key = KEYS[algorithm]!();

  it('is good, and not with one bit of it, or of the key, changed', async () => {
    const good = signedWith(key);
    expect(await faultOf(good)).toBeNull();
    const flipped = (text: string, at: number) => {
      const bytes = bytesOf(text);
      bytes[(at + bytes.length) % bytes.length]! ^= 1;
      return bytes.toString('base64url');
    };
    for (const at of [0, 3, 40, -1])
      expect(await faultOf({ ...good, signature: flipped(good.signature, at) })).toBe('signature');
    for (const at of [0, 2, 20, -1])
      expect(await faultOf({ ...good, publicKey: flipped(good.publicKey, at) })).toBe('signature');
    expect(await faultOf({ ...good, authenticatorData: flipped(good.authenticatorData, -1) })).toBe('signature');
    expect(await faultOf({ ...good, publicKey: KEYS[algorithm]!().cose.toString('base64url') })).toBe('signature');
  });
});

describe('what was signed', () => {
  const key = KEYS.ES256!();

  it.each<[string, Choices]>([
    ['challenge', { client: { challenge: 'AAAA' } }],
    ['origin', { client: { origin: 'https://staff.example' } }],
    ['origin', { client: { crossOrigin: true } }],
    ['malformed', { client: { type: 'webauthn.create' } }],
    ['relying_party', { site: 'example' }],
    ['user_verification', { flags: 1 }],
  ])('is refused as %s: %o', async (fault, choices) => {
    expect(await faultOf(signedWith(key, choices))).toBe(fault);
  });

  it('has to have been touched', async () => {
    expect(await assertionFault(packHost, signedWith(key, { flags: 4 }))).toBe('user_verification');
  });

  it('has nothing after it that it does not announce', async () => {
    const good = signedWith(key);
    expect(
      await assertionFault(packHost, { ...good, authenticatorData: `${good.authenticatorData.slice(0, -2)}AAAA` }),
    ).toBe('malformed');
    for (const origin of [
      'staff.example',
      'https://staff.example:8443/',
      'ftp://staff.example',
      'https://a@staff.example',
    ])
      expect(await assertionFault(packHost, { ...good, origin })).toBe('origin');
  });

  it('says whether the passkey can be copied', () => {
    expect(isDeviceBound(signedWith(key).authenticatorData)).toBe(true);
    expect(isDeviceBound(signedWith(key, { flags: 13 }).authenticatorData)).toBe(false);
    expect(isDeviceBound('AAAA')).toBe(false);
  });
});

describe('keys and numbers', () => {
  const { cose } = KEYS.EdDSA!();

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['something after it', Buffer.concat([cose, Buffer.of(0)])],
    ['its end missing', cose.subarray(0, -1)],
    ['a member twice', Buffer.concat([Buffer.of(0xa5), cose.subarray(1), Buffer.of(0x03, 0x27)])],
    ['another algorithm', Buffer.concat([Buffer.from('a4010103383020', 'hex'), cose.subarray(6)])],
    ['no end', Buffer.concat([Buffer.of(0xbf), cose.subarray(1), Buffer.of(0xff)])],
    ['more members than any key', Buffer.of(0xb8, 200)],
    ['too many bytes', Buffer.concat([cose, Buffer.alloc(2000)])],
  ])('is no key with %s', (_, bytes) => expect(readCoseKey(bytes)).toBeNull());

  it.each<[string, string]>([
    ['negative', '3006020181020101'],
    ['with a zero too many', '300702020001020101'],
    ['with nothing in it', '30050200020101'],
    ['too long', `3026022101${'00'.repeat(32)}020101`],
    ['with something after it', '300602010102010100'],
    ['of another type', '3006030101020101'],
    ['cut off', '30060201010201'],
    ['no bytes', ''],
  ])('is no signature: %s', (_, hex) => expect(rawSignature(Buffer.from(hex, 'hex'))).toBeNull());

  it('are filled up to 32 bytes', () => {
    const raw = rawSignature(Buffer.from('30070201010202' + '00ff', 'hex'))!;
    expect([raw[31], raw[63], raw.length]).toEqual([1, 255, 64]);
  });

  it.each(['A', 'AAA=', 'A+A', 'AB', ' AAA'])('are no bytes: %s', (text) => expect(fromBase64url(text)).toBeNull());
});
