import { rm } from 'node:fs/promises';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Keyring } from '@/lib/keyring';
import { OPERATIONS, type Operation } from '@/lib/keyring/protocol';
import {
  createRequest,
  type KeyringProcess,
  spawnKeyring,
  stopKeyring,
  temporaryHome,
} from '@/lib/keyring/test-support';

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
    for (const who of ['console', 'control', 'installer'] as const) {
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
