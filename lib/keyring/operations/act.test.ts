import { createHash, createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseStatement, termsDigest } from '@/lib/kernel/act';
import { primitives } from '@/lib/primitives';
import { asks, type Call, enrol, type Holder, signed } from '@/test/support/soft-passkeys';
import type { Input } from '../protocol';
import { openTestKeyring, type TestKeyring } from '../test-support';
import { run } from './index';

let keyring: TestKeyring;
let person: Holder;
const call: Call = (operation, input) => run(keyring.context, operation, input);
const seconds = () => Math.floor(keyring.clock.now / 1000);
const hmac = (text: string) => createHmac('sha256', keyring.context.keys.proofKey).update(text).digest('hex');
const verify = (input: Input<'act.verify'>) => call('act.verify', input);
const NO = { valid: false };

beforeEach(async () => {
  keyring = await openTestKeyring();
  person = await enrol(call, { userId: 'usr_1', sessionId: 'ses_1', choices: { counter: 5 } });
});
afterEach(() => keyring.close());

describe('act.challenge', () => {
  it('makes a statement that says everything, with a nonce of its own and five minutes to live', async () => {
    const made = await call('act.challenge', asks(person));
    expect(parseStatement(made.statement)).toEqual({
      nonce: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      realm: 'customer',
      user: 'usr_1',
      session: 'ses_1',
      action: 'fence.apply',
      object: 'prj_1',
      version: '3',
      terms: [['Regions', 'EU, NA']],
      verdict: 'confirm',
      role: 'owner',
      issuedAt: seconds(),
      expiresAt: seconds() + 300,
    });
    expect(made.challenge).toBe(createHash('sha256').update(made.statement).digest('base64url'));
    expect((await call('act.challenge', asks(person))).challenge).not.toBe(made.challenge);
  });

  it.each([
    ['a line break in a value', { terms: [['Regions', 'EU\nterm Reason: none']] }],
    ['a colon in a name', { terms: [['Regions: EU', 'x']] }],
    ['a lone surrogate', { terms: [['Regions', '\ud800']] }],
    ['an act in nobody’s name', { userId: '' }],
    ['an act outside a session', { sessionId: '' }],
    ['signing in to something', { action: 'sign-in', object: 'prj_1' }],
    ['an object that could imitate its neighbour in a proof', { object: 'prj_1|x' }],
    ['a user that could', { userId: 'usr|1' }],
  ])('refuses %s', async (_, over) => {
    await expect(call('act.challenge', asks(person, over as object))).rejects.toMatchObject({
      code: 'request.invalid',
    });
  });

  it('is remembered only once it is signed, and no longer than it lives', async () => {
    const { acts } = keyring.context;
    // The statement of the registration.
    expect(acts.remembered).toBe(1);
    for (let i = 0; i < 1000; i += 1) await call('act.challenge', asks(person));
    expect(acts.remembered).toBe(1);
    await verify(await signed(call, person));
    expect(acts.remembered).toBe(2);
    keyring.clock.now += 300_000;
    await verify(await signed(call, person));
    expect(acts.remembered).toBe(1);
  });
});

describe('act.verify', () => {
  it('proves a step-up with its terms, and gives a ticket that remembers the passkey', async () => {
    const body = await signed(call, person);
    const result = await verify(body);
    const nonce = parseStatement(body.statement)?.nonce;
    const terms = termsDigest('3', [['Regions', 'EU, NA']], primitives);
    const { passkeyId } = person;
    expect(result).toMatchObject({
      valid: true,
      passkeyId,
      userId: 'usr_1',
      counter: 7,
      issuedAt: seconds(),
      nonce,
      publicKey: person.registered.publicKey,
      proof: hmac(`passkey-stepup|ses_1|usr_1|${passkeyId}|7|${seconds()}|fence.apply|prj_1|${terms}|${nonce}`),
    });
    const purpose = { sessionId: 'ses_1', userId: 'usr_1', action: 'fence.apply', object: 'prj_1', terms };
    const ticket = result.valid ? result.ticket : '';
    expect(keyring.context.tickets.use(ticket, purpose, keyring.clock.now)).toEqual({ passkeyId });
  });

  it('proves a session that begins, and one that is raised', async () => {
    const signIn = { action: 'sign-in', object: '', version: '', terms: [] };
    const { passkeyId } = person;
    const alone = await signed(call, person, { act: { ...signIn, userId: '', sessionId: '' }, sessionId: 'ses_new' });
    expect(await verify(alone)).toMatchObject({
      userId: 'usr_1',
      proof: hmac(`passkey-begin|ses_new|usr_1|${passkeyId}|7|${seconds()}`),
    });
    expect(await verify(await signed(call, person, { act: signIn }))).toMatchObject({
      proof: hmac(`passkey-raise|ses_1|usr_1|${passkeyId}|8|${seconds()}`),
    });
  });

  it.each([
    ['made on a look-alike origin', { origin: 'http://localhost.example:3000' }],
    ['made on another port', { origin: 'http://localhost:3001' }],
    ['made on the staff origin', { origin: 'http://staff.localhost:3000' }],
    ['for another relying party', { rpId: 'staff.localhost' }],
    ['over another challenge', { challenge: Buffer.alloc(32).toString('base64url') }],
    ['for another session', { sessionId: 'ses_2' }],
    ['with a counter that stood still', { counter: 7 }],
    ['over a statement for somebody else', { act: { userId: 'usr_2' } }],
    ['over a statement for the other realm', { act: { realm: 'staff' as const } }],
  ])('does not take an assertion %s', async (_, over) => {
    expect(await verify(await signed(call, person, over))).toEqual(NO);
    expect((await verify(await signed(call, person))).valid).toBe(true);
  });

  it('does not take one without user verification, from a frame, of another key, or for another user handle', async () => {
    person.passkey.choices.userVerified = false;
    expect(await verify(await signed(call, person))).toEqual(NO);
    person.passkey.choices.userVerified = true;
    person.passkey.choices.crossOrigin = true;
    expect(await verify(await signed(call, person))).toEqual(NO);
    person.passkey.choices.crossOrigin = false;
    const body = await signed(call, person);
    const other = await signed(call, await enrol(call));
    expect(await verify({ ...body, assertion: { ...other.assertion, id: body.assertion.id } })).toEqual(NO);
    const { assertion } = body;
    const userHandle = Buffer.from('usr_2').toString('base64url');
    const moved = { ...body, assertion: { ...assertion, response: { ...assertion.response, userHandle } } };
    expect(await verify(moved)).toEqual(NO);
    const quiet = { ...assertion.response, userHandle: undefined };
    expect(await verify({ ...body, assertion: { ...assertion, response: quiet } })).toMatchObject({ valid: true });
  });

  it('does not take a registration for a signature', async () => {
    const { challenge, ...made } = await call('act.challenge', asks(person));
    const created = person.passkey.register(
      {
        challenge,
        rp: { name: 'Cordon', id: 'localhost' },
        user: { id: 'dXNyXzE', name: '', displayName: '' },
        pubKeyCredParams: [],
      },
      'http://localhost:3000',
    );
    const { assertion } = await signed(call, person);
    const response = { ...assertion.response, clientDataJSON: created.response.clientDataJSON };
    const body = { ...made, assertion: { ...assertion, response }, sessionId: 'ses_1', counter: 0 };
    expect(await verify(body)).toEqual(NO);
  });

  it('takes only statements it made, whole, and for five minutes', async () => {
    const body = await signed(call, person);
    expect(await verify({ ...body, statement: body.statement.replace('EU, NA', 'EU, CN') })).toEqual(NO);
    expect(await verify({ ...body, mac: Buffer.alloc(32).toString('base64url') })).toEqual(NO);
    expect(await verify({ ...body, mac: '' })).toEqual(NO);
    keyring.clock.now += 300_000;
    expect(await verify(body)).toEqual(NO);
    const late = await signed(call, person);
    keyring.clock.now += 299_000;
    expect(await verify(late)).toMatchObject({ valid: true });
  });

  it('takes one of twenty submissions of an assertion, also from a passkey that does not count', async () => {
    const synced = await enrol(call, { choices: { deviceBound: false, counter: null } });
    for (const holder of [person, synced]) {
      const body = await signed(call, holder);
      const results = await Promise.all(Array.from({ length: 20 }, () => verify(body)));
      expect(results.filter(({ valid }) => valid)).toHaveLength(1);
      // Nor does sending it again count as a failure.
      for (let i = 0; i < 12; i += 1) expect(await verify(body)).toEqual(NO);
      expect(await verify(await signed(call, holder))).toMatchObject({ valid: true });
    }
  });

  it('takes no counter at or below one it has seen itself', async () => {
    const body = await signed(call, person);
    person.passkey.choices.counter = 6;
    const clone = await signed(call, person);
    expect(await verify(body)).toMatchObject({ valid: true, counter: 7 });
    expect(await verify(clone)).toEqual(NO);
    // Nor do two that come at the same moment.
    const next = await signed(call, person);
    person.passkey.choices.counter = 7;
    const results = await Promise.all([next, await signed(call, person)].map(verify));
    expect(results.filter(({ valid }) => valid)).toHaveLength(1);
  });

  it('knows a passkey no more once it is removed', async () => {
    const body = await signed(call, person);
    await call('passkey.remove', { passkeyIds: [person.passkeyId] });
    expect(await verify(body)).toEqual(NO);
  });

  it('confirms acts on the fleet only with a passkey that stays on its device', async () => {
    await call('staff.welcome', { userId: 'usr_s', ttlSeconds: 3600 });
    const synced = await enrol(call, {
      realm: 'staff',
      userId: 'usr_s',
      choices: { deviceBound: false, counter: null },
    });
    for (const action of ['edge.enrol', 'edge.ban']) {
      await expect(verify(await signed(call, synced, { act: { action } }))).rejects.toMatchObject({
        code: 'passkey.device_bound_required',
      });
    }
    expect(await verify(await signed(call, synced, { act: { action: 'passkey.add' } }))).toMatchObject({ valid: true });
    await call('staff.welcome', { userId: 'usr_d', ttlSeconds: 3600 });
    const bound = await enrol(call, { realm: 'staff', userId: 'usr_d' });
    expect(await verify(await signed(call, bound, { act: { action: 'edge.ban' } }))).toMatchObject({ valid: true });
  });

  it('closes a passkey for a minute after eleven failures', async () => {
    person.passkey.choices.userVerified = false;
    for (let i = 0; i < 11; i += 1) expect(await verify(await signed(call, person))).toEqual(NO);
    person.passkey.choices.userVerified = true;
    await expect(verify(await signed(call, person))).rejects.toMatchObject({ code: 'passkey.throttled' });
    keyring.clock.now += 60_000;
    expect(await verify(await signed(call, person))).toMatchObject({ valid: true });
  });
});
