import { createHash, createHmac, KeyObject, sign, webcrypto } from 'node:crypto';
import { decodeAttestationObject, isoCBOR } from '@simplewebauthn/server/helpers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { termsDigest } from '@/lib/kernel/act';
import { SoftPasskey } from '@/lib/launch/demo-passkey';
import { primitives } from '@/lib/primitives';
import { type Call, enrol, type Holder, registration, signed } from '@/test/support/soft-passkeys';
import type { Input, Purpose } from '../protocol';
import { openTestKeyring, type TestKeyring } from '../test-support';
import { loadX509 } from '../x509';
import { run } from './index';

let keyring: TestKeyring;
const call: Call = (operation, input) => run(keyring.context, operation, input);
const seconds = () => Math.floor(keyring.clock.now / 1000);
const hmac = (text: string) => createHmac('sha256', keyring.context.keys.proofKey).update(text).digest('hex');
const welcomed = async (userId: string, choices = {}) => {
  await call('staff.welcome', { userId, ttlSeconds: 3600 });
  return await enrol(call, { realm: 'staff', userId, choices });
};

beforeEach(async () => {
  keyring = await openTestKeyring();
});
afterEach(() => keyring.close());

/** The same registration with a full `packed` attestation (WebAuthn section 8.2) by a certificate of its own making. */
async function certified(body: Input<'passkey.register'>): Promise<Input<'passkey.register'>> {
  const x509 = await loadX509();
  const keys = (await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair;
  const subject = 'C=XX, O=Maker, OU=Authenticator Attestation, CN=Key';
  const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' };
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: '01',
      subject,
      issuer: 'CN=Maker',
      notBefore: new Date(Date.now() - 86_400_000),
      notAfter: new Date(Date.now() + 86_400_000),
      publicKey: keys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm,
      extensions: [new x509.BasicConstraintsExtension(false)],
    },
    webcrypto as Crypto,
  );
  const { clientDataJSON, attestationObject } = body.attestation.response;
  const data = decodeAttestationObject(new Uint8Array(Buffer.from(attestationObject, 'base64url'))).get('authData');
  const client = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest();
  const privateKey = KeyObject.from(keys.privateKey as Parameters<typeof KeyObject.from>[0]);
  const attStmt = new Map<string, unknown>([
    ['alg', -7],
    ['sig', new Uint8Array(sign('sha256', Buffer.concat([data, client]), privateKey))],
    ['x5c', [new Uint8Array(certificate.rawData)]],
  ]);
  const encoded = isoCBOR.encode(
    new Map<string, unknown>([
      ['fmt', 'packed'],
      ['attStmt', attStmt],
      ['authData', data],
    ]) as never,
  );
  const response = { ...body.attestation.response, attestationObject: Buffer.from(encoded).toString('base64url') };
  return { ...body, attestation: { ...body.attestation, response } };
}

const somebody = { passkeyId: 'psk_1', userId: 'usr_1', sessionId: 'ses_1', realm: 'customer' as const };

describe('passkey.register', () => {
  it.each([
    [true, 5],
    [false, null],
  ])('keeps a customer’s passkey at once (device-bound: %s), and proves it', async (deviceBound, counter) => {
    const { registered, passkey, passkeyId, userId, sessionId } = await enrol(call, {
      choices: { deviceBound, counter },
    });
    const { credentialId } = passkey;
    expect(registered).toMatchObject({ credentialId, deviceBound, state: 'active', transports: ['internal'] });
    expect(registered.aaguid).toBe('00000000-0000-0000-0000-000000000000');
    const bound = deviceBound ? '1' : '0';
    const about = [sessionId, userId, passkeyId, credentialId, registered.publicKey, bound, 'active', seconds()];
    expect(registered.proof).toBe(hmac(['passkey-add', ...about].join('|')));
    expect(keyring.context.credentials.find(credentialId)).toMatchObject({ passkeyId, userId, state: 'active' });
  });

  it.each([
    ['for another act', { challenge: { action: 'passkey.add' } }],
    ['for another passkey', { challenge: { object: 'psk_2' } }],
    ['for another user', { challenge: { userId: 'usr_2' } }],
    ['for another session', { challenge: { sessionId: 'ses_2' } }],
    ['for the other realm', { challenge: { realm: 'staff' as const } }],
    ['made on a look-alike origin', { origin: 'http://localhost.example:3000' }],
    ['for another relying party', { rpId: 'example' }],
  ])('refuses one %s', async (_, over) => {
    const body = await registration(call, somebody, new SoftPasskey(), over);
    await expect(call('passkey.register', body)).rejects.toMatchObject({ code: 'passkey.refused' });
    expect(keyring.context.credentials.get('psk_1')).toBeUndefined();
  });

  it('refuses one without user verification, from a frame, with an id that is not its own, and an assertion in its place', async () => {
    const careless = await registration(call, somebody, new SoftPasskey({ userVerified: false }));
    await expect(call('passkey.register', careless)).rejects.toMatchObject({ code: 'passkey.refused' });
    const body = await registration(call, somebody, new SoftPasskey());
    const framed = await registration(call, somebody, new SoftPasskey({ crossOrigin: true }));
    await expect(call('passkey.register', framed)).rejects.toMatchObject({ code: 'passkey.refused' });
    const renamed = { ...body, attestation: { ...body.attestation, id: 'AAAA' } };
    await expect(call('passkey.register', renamed)).rejects.toMatchObject({ code: 'passkey.refused' });
    const { assertion } = await signed(call, await enrol(call));
    const { clientDataJSON, authenticatorData } = assertion.response;
    const instead = {
      ...body,
      attestation: { id: assertion.id, response: { clientDataJSON, attestationObject: authenticatorData } },
    };
    await expect(call('passkey.register', instead)).rejects.toMatchObject({ code: 'passkey.refused' });
    await expect(call('passkey.register', body)).resolves.toMatchObject({ state: 'active' });
  });

  it('uses a statement up, and keeps one credential once, also when twenty come at the same moment', async () => {
    const passkey = new SoftPasskey();
    const body = await registration(call, somebody, passkey);
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => call('passkey.register', body)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const again = await registration(call, { ...somebody, passkeyId: 'psk_2', userId: 'usr_2' }, passkey);
    await expect(call('passkey.register', again)).rejects.toMatchObject({ code: 'passkey.registered' });
    await call('passkey.remove', { passkeyIds: ['psk_1'] });
    await expect(call('passkey.register', body)).rejects.toMatchObject({ code: 'passkey.refused' });
    await enrol(call, { passkeyId: 'psk_1' });
    const sameId = await registration(call, somebody, new SoftPasskey());
    await expect(call('passkey.register', sameId)).rejects.toMatchObject({ code: 'passkey.registered' });
  });

  it('takes no certificate of a maker, however genuine: it reads none', async () => {
    const body = await registration(call, somebody, new SoftPasskey());
    const made = await certified(body);
    await expect(call('passkey.register', made)).rejects.toMatchObject({ code: 'passkey.refused' });
    await expect(call('passkey.register', body)).resolves.toMatchObject({ state: 'active' });
  });

  it('refuses ids that could imitate others', async () => {
    for (const over of [{ passkeyId: 'a.b' }, { passkeyId: 'a|b' }, { userId: 'usr|1' }, { sessionId: 'ses|1' }]) {
      const body = await registration(call, somebody, new SoftPasskey());
      await expect(call('passkey.register', { ...body, ...over })).rejects.toMatchObject({ code: 'request.invalid' });
    }
  });
});

describe('staff passkeys', () => {
  const terms: [string, string][] = [['Person', 'Demo support engineer']];
  const signIn = { action: 'sign-in', object: '', version: '', terms: [] };
  const works = async (of: Holder) => (await call('act.verify', await signed(call, of, { act: signIn }))).valid;

  /** The body of `passkey.endorse`, after `by` has signed for it. */
  async function word(by: Holder, passkeyId: string): Promise<Input<'passkey.endorse'>> {
    const act = { action: 'passkey.endorse', object: passkeyId, version: '', terms, verdict: 'endorse' as const };
    const result = await call('act.verify', await signed(call, by, { act }));
    if (!result.valid) throw new Error('the signature was refused');
    return { passkeyId, ticket: result.ticket, purpose: purposeOf(by, passkeyId) };
  }
  const purposeOf = ({ sessionId, userId }: Holder, object: string): Purpose => ({
    sessionId,
    userId,
    action: 'passkey.endorse',
    object,
    terms: termsDigest('', terms, primitives),
  });
  const refused = { code: 'ticket.refused' };

  it('wait and prove nothing, until a second person of the staff has signed for them', async () => {
    const officer = await welcomed('usr_officer');
    const waiting = await enrol(call, { realm: 'staff' });
    expect(waiting.registered.state).toBe('pending');
    expect(await works(waiting)).toBe(false);
    const { issuedAt, proof } = await call('passkey.endorse', await word(officer, waiting.passkeyId));
    expect({ issuedAt, proof }).toEqual({
      issuedAt: seconds(),
      proof: hmac(`passkey-endorse|${waiting.passkeyId}|usr_officer|${seconds()}`),
    });
    expect(await works(waiting)).toBe(true);
  });

  it('may be endorsed once more, for a database that did not hear of it', async () => {
    const officer = await welcomed('usr_officer');
    const waiting = await enrol(call, { realm: 'staff' });
    const first = await word(officer, waiting.passkeyId);
    await call('passkey.endorse', first);
    await expect(call('passkey.endorse', first)).rejects.toMatchObject(refused);
    await expect(call('passkey.endorse', await word(officer, waiting.passkeyId))).resolves.toBeDefined();
  });

  it('are endorsed by nobody for themselves, by no customer, by no code and by no waiting passkey', async () => {
    const officer = await welcomed('usr_officer');
    const second = await enrol(call, { realm: 'staff', userId: 'usr_officer' });
    await expect(call('passkey.endorse', await word(officer, second.passkeyId))).rejects.toMatchObject(refused);
    const waiting = await enrol(call, { realm: 'staff' });
    const customer = await enrol(call);
    await expect(call('passkey.endorse', await word(customer, waiting.passkeyId))).rejects.toMatchObject(refused);
    const { tickets } = keyring.context;
    for (const by of ['', second.passkeyId, 'psk_unknown']) {
      const ticket = tickets.issue(purposeOf(officer, waiting.passkeyId), by, keyring.clock.now);
      const purpose = purposeOf(officer, waiting.passkeyId);
      await expect(call('passkey.endorse', { passkeyId: waiting.passkeyId, ticket, purpose })).rejects.toMatchObject(
        refused,
      );
    }
    expect(await works(waiting)).toBe(false);
  });

  it('are not endorsed by a word given for another passkey, person, act or agreement', async () => {
    const officer = await welcomed('usr_officer');
    const [waiting, other] = [await enrol(call, { realm: 'staff' }), await enrol(call, { realm: 'staff' })];
    const body = await word(officer, other.passkeyId);
    const { purpose } = body;
    for (const over of [
      { passkeyId: waiting.passkeyId },
      { passkeyId: waiting.passkeyId, purpose: { ...purpose, object: waiting.passkeyId } },
      { purpose: { ...purpose, userId: 'usr_other' } },
      { purpose: { ...purpose, action: 'edge.ban' } },
      { purpose: { ...purpose, terms: '' } },
    ]) {
      await expect(call('passkey.endorse', { ...body, ...over })).rejects.toMatchObject(refused);
    }
    // Genuine tickets: for another act on the passkey, and in another person's name.
    for (const over of [{ action: 'edge.ban' }, { userId: 'usr_other' }]) {
      const changed = { ...purpose, ...over };
      const ticket = keyring.context.tickets.issue(changed, officer.passkeyId, keyring.clock.now);
      const attempt = call('passkey.endorse', { passkeyId: other.passkeyId, ticket, purpose: changed });
      await expect(attempt).rejects.toMatchObject(refused);
    }
    await expect(call('passkey.endorse', body)).resolves.toBeDefined();
  });

  it('are alone in this: a customer’s passkey is not endorsed', async () => {
    const officer = await welcomed('usr_officer');
    const customer = await enrol(call);
    await expect(call('passkey.endorse', await word(officer, customer.passkeyId))).rejects.toMatchObject(refused);
  });

  it('are no more endorsed by somebody whose own was removed in between, nor are removed ones', async () => {
    const officer = await welcomed('usr_officer');
    const waiting = await enrol(call, { realm: 'staff' });
    const body = await word(officer, waiting.passkeyId);
    await call('passkey.remove', { passkeyIds: [officer.passkeyId] });
    await expect(call('passkey.endorse', body)).rejects.toMatchObject(refused);
    const another = await welcomed('usr_another');
    const late = await word(another, waiting.passkeyId);
    await call('passkey.remove', { passkeyIds: [waiting.passkeyId, 'psk_unknown'] });
    await expect(call('passkey.endorse', late)).rejects.toMatchObject(refused);
  });

  it('need no endorsement for whom the installer welcomed: the next one, once, until the welcome ends', async () => {
    await call('staff.welcome', { userId: 'usr_1', ttlSeconds: 60 });
    const states = async (userId: string) => (await enrol(call, { realm: 'staff', userId })).registered.state;
    expect(await states('usr_2')).toBe('pending');
    expect(await states('usr_1')).toBe('active');
    expect(await states('usr_1')).toBe('pending');
    await call('staff.welcome', { userId: null, ttlSeconds: 60 });
    expect((await enrol(call)).registered.state).toBe('active');
    expect(await states('usr_3')).toBe('active');
    expect(await states('usr_4')).toBe('pending');
    await call('staff.welcome', { userId: 'usr_5', ttlSeconds: 60 });
    keyring.clock.now += 60_000;
    expect(await states('usr_5')).toBe('pending');
  });

  it('use up a welcome of their own before that of whoever comes first', async () => {
    await call('staff.welcome', { userId: null, ttlSeconds: 60 });
    await call('staff.welcome', { userId: 'usr_1', ttlSeconds: 60 });
    const states = async (userId: string) => (await enrol(call, { realm: 'staff', userId })).registered.state;
    expect([await states('usr_1'), await states('usr_2'), await states('usr_3')]).toEqual([
      'active',
      'active',
      'pending',
    ]);
  });
});

it('keeps no more than fifty passkeys for one person', async () => {
  for (let i = 0; i < 50; i += 1) await enrol(call, { userId: 'usr_many' });
  await expect(enrol(call, { userId: 'usr_many' })).rejects.toMatchObject({ code: 'passkey.refused' });
  await expect(enrol(call, { userId: 'usr_other' })).resolves.toBeDefined();
});
