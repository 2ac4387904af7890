import { createHmac } from 'node:crypto';
import { generateSync } from 'otplib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Input } from '../protocol';
import { openTestKeyring, type TestKeyring } from '../test-support';
import { run } from './index';

let keyring: TestKeyring;
beforeEach(async () => {
  keyring = await openTestKeyring();
});
afterEach(() => keyring.close());

const who = { userId: 'usr_1', factorId: 'fac_1' };
const purpose = { sessionId: 'ses_1', userId: 'usr_1', action: 'sign-in', object: '', terms: '' };
const seconds = () => Math.floor(keyring.clock.now / 1000);
const enrol = () => run(keyring.context, 'totp.enrol', { ...who, label: 'a@example.org', issuer: 'Cordon' });
const codeAt = (secret: string, epoch: number) => generateSync({ secret, epoch });
const verify = (sealed: string, code: string, over: Partial<Input<'totp.verify'>> = {}) =>
  run(keyring.context, 'totp.verify', { ...who, sealed, code, lastStep: 0, purpose, ...over });

describe('totp.enrol', () => {
  it('gives a base32 secret of 160 bits and an otpauth address', async () => {
    const { secret, uri } = await enrol();
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(new URL(uri).searchParams.get('secret')).toBe(secret);
  });
});

describe('totp.verify', () => {
  it('gives the step, and the proof text the database checks', async () => {
    const { sealed, secret } = await enrol();
    const timeStep = Math.floor(seconds() / 30);
    const result = await verify(sealed, codeAt(secret, seconds()));
    const { key } = await run(keyring.context, 'database.proofKey', {});
    const text = `raise|ses_1|usr_1|fac_1|${timeStep}|${seconds()}`;
    const proof = createHmac('sha256', Buffer.from(key, 'hex')).update(text).digest('hex');
    expect(result).toMatchObject({ valid: true, timeStep, issuedAt: seconds(), proof });
  });

  it('proves a step-up with its act, object and terms', async () => {
    const { sealed, secret } = await enrol();
    const stepUp = { ...purpose, action: 'certificate.reveal', object: 'crt_1', terms: 'ab12' };
    const result = await verify(sealed, codeAt(secret, seconds()), { purpose: stepUp });
    const text = `stepup|ses_1|usr_1|fac_1|${Math.floor(seconds() / 30)}|${seconds()}|certificate.reveal|crt_1|ab12`;
    expect(result).toMatchObject({
      proof: createHmac('sha256', keyring.context.keys.proofKey).update(text).digest('hex'),
    });
    expect(result.valid && keyring.context.tickets.use(result.ticket, stepUp, keyring.clock.now)).toEqual({
      passkeyId: '',
    });
  });

  it.each([
    { what: 'that ended one second ago', forwardSeconds: -1, step: -1, valid: false },
    { what: 'that begins in one second', forwardSeconds: 27, step: 1, valid: false },
  ])('takes a code of a step $what: $valid', async ({ forwardSeconds, step, valid }) => {
    keyring.clock.now += forwardSeconds * 1000;
    const { sealed, secret } = await enrol();
    expect((await verify(sealed, codeAt(secret, seconds() + step * 30))).valid).toBe(valid);
  });

  it('refuses a code at or before the last step, and one it took itself', async () => {
    const { sealed, secret } = await enrol();
    const code = codeAt(secret, seconds());
    const step = Math.floor(seconds() / 30);
    expect(await verify(sealed, code, { lastStep: step })).toEqual({ valid: false });
    expect(await verify(sealed, code, { lastStep: step + 1000 })).toEqual({ valid: false });
    expect((await verify(sealed, code, { lastStep: step - 1 })).valid).toBe(true);
    expect(await verify(sealed, code, { lastStep: step - 1 })).toEqual({ valid: false });
  });

  it.each(['', '12345', '1234567', '12345a', '１２３４５６', '-12345', '123 45'])(
    'takes %j for a wrong code',
    async (code) => {
      const { sealed } = await enrol();
      expect(await verify(sealed, code)).toEqual({ valid: false });
    },
  );

  it('does not open a secret moved to another user or factor, nor prove for another user', async () => {
    const { sealed, secret } = await enrol();
    const code = codeAt(secret, seconds());
    const other = { ...purpose, userId: 'usr_2' };
    await expect(verify(sealed, code, { userId: 'usr_2', purpose: other })).rejects.toMatchObject({
      code: 'sealed.unreadable',
    });
    await expect(verify(sealed, code, { factorId: 'fac_2' })).rejects.toMatchObject({ code: 'sealed.unreadable' });
    await expect(verify(sealed, code, { purpose: other })).rejects.toMatchObject({ code: 'request.invalid' });
    const forged = { ...purpose, action: 'x|y' };
    await expect(verify(sealed, code, { purpose: forged })).rejects.toMatchObject({ code: 'request.invalid' });
  });

  it('refuses for a minute after eleven failures, right code or not', async () => {
    const { sealed, secret } = await enrol();
    const right = codeAt(secret, seconds());
    const wrong = right === '000000' ? '000001' : '000000';
    for (let i = 0; i < 11; i += 1) expect(await verify(sealed, wrong)).toEqual({ valid: false });
    await expect(verify(sealed, right)).rejects.toMatchObject({ code: 'totp.throttled' });
    keyring.clock.now += 60_000;
    expect((await verify(sealed, codeAt(secret, seconds()))).valid).toBe(true);
  });
});
