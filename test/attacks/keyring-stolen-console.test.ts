import { rm } from 'node:fs/promises';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { termsDigest } from '@/lib/kernel/act';
import type { Keyring } from '@/lib/keyring';
import { OPERATIONS, type Operation } from '@/lib/keyring/protocol';
import {
  createRequest,
  type KeyringProcess,
  spawnKeyring,
  stopKeyring,
  temporaryHome,
} from '@/lib/keyring/test-support';
import { primitives } from '@/lib/primitives';
import { asks, type Call, enrol, signed } from '../support/soft-passkeys';

/**
 * The attack: somebody runs code inside the console, and so holds the console's token for the keyring and every sealed value
 * of the database. He wants certificates, region keys and signatures. He asks for operations of other clients; he asks to
 * reveal certificates without a second factor, with a ticket of another certificate, with one used before; he copies sealed
 * values between rows, so that an open he may ask for opens one he may not. None of it may work, over the real socket.
 */
let home: string;
let keyring: KeyringProcess;
let stolen: Keyring;
beforeAll(async () => {
  home = await temporaryHome();
  keyring = await spawnKeyring(home);
  await keyring.ready;
  stolen = keyring.client('console');
});
afterAll(async () => {
  await stopKeyring(keyring);
  await rm(home, { recursive: true });
});

const appId = 'ab'.repeat(16);
const make = async (certificateId: string, projectId = 'prj_1') => {
  const row = { certificateId, projectId, appId };
  return { ...row, ...(await stolen.call('certificate.create', row)) };
};
const purposeFor = (object: string, sessionId = 'ses_1') => ({
  sessionId,
  userId: 'usr_1',
  action: 'certificate.reveal',
  object,
  terms: '',
});

let factors = 0;
/** A genuine second factor of a user, shown for one certificate. A new factor each time, because a code works once. */
async function ticketFor(object: string): Promise<string> {
  factors += 1;
  const who = { userId: 'usr_1', factorId: `fac_${factors}` };
  const { sealed, secret } = await stolen.call('totp.enrol', { ...who, label: 'a', issuer: 'Cordon' });
  const code = generateSync({ secret });
  const result = await stolen.call('totp.verify', { ...who, sealed, code, lastStep: 0, purpose: purposeFor(object) });
  if (!result.valid) throw new Error('the code was refused');
  return result.ticket;
}
const reveal = async (of: Awaited<ReturnType<typeof make>>, ticket: string, over: object = {}) =>
  await stolen.call('certificate.reveal', {
    certificateId: of.certificateId,
    projectId: of.projectId,
    appId: of.appId,
    sealed: of.sealed,
    ticket,
    purpose: purposeFor(of.certificateId),
    ...over,
  });

describe('with the token of the console', () => {
  it('every operation of another client is refused', async () => {
    const names = Object.keys(OPERATIONS) as Operation[];
    for (const who of ['console', 'control', 'installer', 'gateway'] as const) {
      const client = keyring.client(who);
      for (const name of names) {
        const allowed = (OPERATIONS[name].clients as readonly string[]).includes(who);
        const code = await client.call(name, { nonsense: true } as never).then(
          () => 'done',
          (error: { code: string }) => error.code,
        );
        expect(`${who} ${name} ${code === 'keyring.refused:request.forbidden'}`).toBe(`${who} ${name} ${!allowed}`);
      }
    }
  });

  it('a certificate is not revealed without a ticket, nor with one for another certificate, session or user', async () => {
    const mine = await make('crt_mine');
    const theirs = await make('crt_theirs');
    await expect(reveal(theirs, '')).rejects.toMatchObject({ code: 'keyring.refused:ticket.refused' });
    const ticket = await ticketFor(mine.certificateId);
    await expect(reveal(theirs, ticket)).rejects.toMatchObject({ code: 'keyring.refused:ticket.refused' });
    await expect(reveal(theirs, ticket, { purpose: purposeFor(mine.certificateId) })).rejects.toMatchObject({
      code: 'keyring.refused:ticket.refused',
    });
    await expect(reveal(mine, ticket, { purpose: purposeFor(mine.certificateId, 'ses_2') })).rejects.toMatchObject({
      code: 'keyring.refused:ticket.refused',
    });
    await expect(reveal(mine, ticket)).resolves.toEqual({ value: mine.value });
  });

  it('a ticket works once, also when twenty ask at the same moment', async () => {
    const mine = await make('crt_twenty');
    const ticket = await ticketFor(mine.certificateId);
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => reveal(mine, ticket)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('one code makes one ticket, also when twenty submit it at the same moment with an old last step', async () => {
    const who = { userId: 'usr_1', factorId: 'fac_race' };
    const { sealed, secret } = await stolen.call('totp.enrol', { ...who, label: 'a', issuer: 'Cordon' });
    const code = generateSync({ secret });
    const submit = () =>
      stolen.call('totp.verify', { ...who, sealed, code, lastStep: 0, purpose: purposeFor('crt_1') });
    // Ten, because more wrong answers than that close the factor for a minute.
    const results = await Promise.all(Array.from({ length: 10 }, submit));
    expect(results.filter(({ valid }) => valid)).toHaveLength(1);
  });

  it('a sealed value copied to a row of mine does not open, neither to reveal nor to mint nor to match', async () => {
    const mine = await make('crt_copy');
    const theirs = await make('crt_victim', 'prj_2');
    const moved = { ...mine, sealed: theirs.sealed };
    const unreadable = { code: 'keyring.refused:sealed.unreadable' };
    const ticket = await ticketFor(mine.certificateId);
    await expect(reveal(moved, ticket)).rejects.toMatchObject(unreadable);
    const { certificateId, projectId, sealed } = moved;
    const row = { certificateId, projectId, appId, sealed };
    const services = [{ kind: 'rtc', channel: 'a', account: '1', privileges: [] }];
    await expect(
      stolen.call('token.mint', { ...row, issuedAt: 1, lifetimeSeconds: 60, services }),
    ).rejects.toMatchObject(unreadable);
    const genuine = await stolen.call('token.mint', {
      ...row,
      sealed: mine.sealed,
      issuedAt: 1,
      lifetimeSeconds: 60,
      services,
    });
    await expect(
      stolen.call('token.match', { certificates: [row], token: genuine.token, channel: 'a', account: '1' }),
    ).rejects.toMatchObject(unreadable);
  });

  it('a TOTP secret does not open as a certificate', async () => {
    const mine = await make('crt_totp');
    const { sealed } = await stolen.call('totp.enrol', {
      userId: 'usr_2',
      factorId: 'fac_x',
      label: 'a',
      issuer: 'Cordon',
    });
    await expect(reveal({ ...mine, sealed }, await ticketFor(mine.certificateId))).rejects.toMatchObject({
      code: 'keyring.refused:sealed.unreadable',
    });
  });
});

/**
 * The same attacker goes for people. He may ask for statements, submit whatever answers, and register passkeys of his own; people go on
 * signing what their browsers show them, and he sees every assertion. He wants to be somebody, to have one signature confirm another
 * act, and to let his own passkey in among the staff's.
 */
describe('with the token of the console, against people with passkeys', () => {
  const call: Call = (operation, input) => stolen.call(operation, input);
  const signIn = { action: 'sign-in', object: '', version: '', terms: [] };
  const alone = { ...signIn, userId: '', sessionId: '' };
  const NO = { valid: false };
  const welcomed = async (userId: string) => {
    await keyring.client('installer').call('staff.welcome', { userId, ttlSeconds: 60 });
    return await enrol(call, { realm: 'staff', userId });
  };

  it('he is nobody who has a passkey: not with a key of his own, nor with an answer seen before', async () => {
    const victim = await enrol(call);
    const mine = await enrol(call);
    const seen = await signed(call, victim, { act: alone, sessionId: 'ses_theirs' });
    expect(await call('act.verify', seen)).toMatchObject({ valid: true, userId: victim.userId });
    // Again, in his session, and in answer to a statement of his own.
    expect(await call('act.verify', seen)).toEqual(NO);
    expect(await call('act.verify', { ...seen, sessionId: 'ses_his' })).toEqual(NO);
    const fresh = await signed(call, mine, { act: { ...signIn, userId: victim.userId } });
    expect(await call('act.verify', fresh)).toEqual(NO);
    expect(await call('act.verify', { ...fresh, assertion: seen.assertion })).toEqual(NO);
    expect(
      await call('act.verify', { ...fresh, assertion: { ...fresh.assertion, id: victim.passkey.credentialId } }),
    ).toEqual(NO);
    // His own signature says who he is, whatever he writes beside it.
    const own = await signed(call, mine, { act: alone });
    expect(await call('act.verify', own)).toMatchObject({ userId: mine.userId });
  });

  it('one signature confirms one thing, once: no other terms, object, act or session', async () => {
    const person = await enrol(call);
    const body = await signed(call, person);
    for (const [from, to] of [
      ['term Regions: EU, NA', 'term Regions: CN'],
      ['object: prj_1', 'object: prj_2'],
      ['action: fence.apply', 'action: project.freeze'],
      ['version: 3', 'version: 4'],
    ] as const) {
      expect(await call('act.verify', { ...body, statement: body.statement.replace(from, to) })).toEqual(NO);
    }
    const wide = await call('act.challenge', asks(person, { terms: [['Regions', 'CN']] }));
    expect(await call('act.verify', { ...body, statement: wide.statement, mac: wide.mac })).toEqual(NO);
    expect(await call('act.verify', { ...body, sessionId: 'ses_his' })).toEqual(NO);
    const results = await Promise.all(Array.from({ length: 20 }, () => call('act.verify', body)));
    expect(results.filter(({ valid }) => valid)).toHaveLength(1);
  });

  it('what a person signed for one certificate reveals no other, nor the same in other terms', async () => {
    const [mine, theirs] = [await make('crt_signed'), await make('crt_other')];
    const person = await enrol(call, { userId: 'usr_1', sessionId: 'ses_1' });
    const terms: [string, string][] = [['Certificate', 'primary of Consult']];
    const act = { action: 'certificate.reveal', object: mine.certificateId, version: '', terms };
    const result = await call('act.verify', await signed(call, person, { act }));
    const ticket = result.valid ? result.ticket : '';
    const purpose = { ...purposeFor(mine.certificateId), terms: termsDigest('', terms, primitives) };
    const refused = { code: 'keyring.refused:ticket.refused' };
    await expect(reveal(mine, ticket)).rejects.toMatchObject(refused);
    await expect(
      reveal(theirs, ticket, { purpose: { ...purpose, object: theirs.certificateId } }),
    ).rejects.toMatchObject(refused);
    await expect(reveal(mine, ticket, { purpose })).resolves.toEqual({ value: mine.value });
  });

  it('his passkey does not count among the staff: he cannot endorse it, nor be welcomed', async () => {
    const officer = await welcomed('usr_officer');
    const his = await enrol(call, { realm: 'staff', userId: 'usr_officer' });
    expect(his.registered.state).toBe('pending');
    expect(await call('act.verify', await signed(call, his, { act: alone }))).toEqual(NO);
    const purpose = { ...purposeFor(his.passkeyId), userId: 'usr_officer', action: 'passkey.endorse' };
    const refused = { code: 'keyring.refused:ticket.refused' };
    const endorse = (ticket: string, over: object = {}) =>
      call('passkey.endorse', { passkeyId: his.passkeyId, ticket, purpose: { ...purpose, ...over } });
    await expect(endorse('')).rejects.toMatchObject(refused);
    // A code he made up a user for; a customer's passkey of his own; a signature the officer gave for something else, or for the same person.
    const who = { userId: 'usr_officer', factorId: 'fac_his' };
    const { sealed, secret } = await stolen.call('totp.enrol', { ...who, label: 'a', issuer: 'Cordon' });
    const code = await stolen.call('totp.verify', {
      ...who,
      sealed,
      code: generateSync({ secret }),
      lastStep: 0,
      purpose,
    });
    await expect(endorse(code.valid ? code.ticket : '')).rejects.toMatchObject(refused);
    const customer = await enrol(call, { sessionId: 'ses_1' });
    const act = { action: 'passkey.endorse', object: his.passkeyId, version: '', terms: [] };
    const word = await call('act.verify', await signed(call, customer, { act }));
    const terms = termsDigest('', [], primitives);
    await expect(endorse(word.valid ? word.ticket : '', { userId: customer.userId, terms })).rejects.toMatchObject(
      refused,
    );
    const same = await call('act.verify', await signed(call, officer, { act }));
    await expect(endorse(same.valid ? same.ticket : '', { sessionId: officer.sessionId, terms })).rejects.toMatchObject(
      refused,
    );
    const elsewhere = await call('act.verify', await signed(call, officer, { act: { ...act, object: 'psk_honest' } }));
    await expect(
      endorse(elsewhere.valid ? elsewhere.ticket : '', { sessionId: officer.sessionId, terms }),
    ).rejects.toMatchObject(refused);
    await expect(call('staff.welcome', { userId: 'usr_officer', ttlSeconds: 60 })).rejects.toMatchObject({
      code: 'keyring.refused:request.forbidden',
    });
    expect(await call('act.verify', await signed(call, his, { act: alone }))).toEqual(NO);
  });

  // Worth something only once the database holds it too, which for an account with a factor takes that factor (`add_passkey`).
  it('what he can do, and the README says so: register a passkey in the name of any customer, and remove anybody’s', async () => {
    const his = await enrol(call, { userId: 'usr_customer_without_passkey' });
    expect(await call('act.verify', await signed(call, his, { act: alone }))).toMatchObject({
      valid: true,
      userId: 'usr_customer_without_passkey',
    });
    await call('passkey.remove', { passkeyIds: [his.passkeyId] });
    expect(await call('act.verify', await signed(call, his, { act: alone }))).toEqual(NO);
  });
});

describe('with the certificate of an edge', () => {
  it('the key of another region is refused', async () => {
    const control = keyring.client('control');
    const { csr } = await createRequest();
    const { certificate } = await control.call('edge.certificate', { name: 'one-eu', region: 'EU', csr, hosts: [] });
    await expect(control.call('edge.regionKey', { region: 'EU', certificate })).resolves.toBeDefined();
    for (const region of ['NA', 'AS', 'JP', 'IN', 'CN'] as const) {
      await expect(control.call('edge.regionKey', { region, certificate })).rejects.toMatchObject({
        code: 'keyring.refused:certificate.refused',
      });
    }
  });
});
