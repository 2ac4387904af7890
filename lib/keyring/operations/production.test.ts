import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountOf, principalOf } from '@/lib/kernel/grant';
import { fingerprint, parseCertificateLine, parsePublicKey } from '@/lib/kernel/ssh';
import { primitives } from '@/lib/primitives';
import { verifyEd25519 } from '@/lib/primitives/ed25519';
import { acts, CAST, id, request } from '@/test/support/grants';
import { openProduction, type Production } from '@/test/support/production';
import type { Call } from '@/test/support/soft-passkeys';
import { sshKey } from '@/test/support/ssh';
import { openTestKeyring, type TestKeyring } from '../test-support';
import { run } from './index';

let keyring: TestKeyring;
let production: Production;
const call: Call = (operation, input) => run(keyring.context, operation, input);
const seconds = () => Math.floor(keyring.clock.now / 1000);
const { asker, security, onCall } = CAST;
const GRANT = id('grt', 1);
const SESSION = id('ssn', 1);
const employee = sshKey();
const gateway = sshKey();
const through = `key ${fingerprint(primitives, employee.publicKey)}`;
const refused = (code: string) => ({ code });

const employees = (over: object = {}) =>
  call('ssh.employeeCertificate', { session: SESSION, publicKey: employee.line, address: null, ...over });
const enter = (over: object = {}) =>
  call('ssh.productionCertificate', {
    ...{ session: SESSION, publicKey: gateway.line, sourceAddress: '10.0.0.9', ticket: null },
    ...over,
  });
const read = async (line: string, ca: 'gateway' | 'production') => {
  const certificate = parseCertificateLine(line)!;
  const { sshCas } = await call('trust.describe', {});
  expect(certificate.authority).toEqual(parsePublicKey(sshCas![ca])!.publicKey);
  expect(verifyEd25519(certificate.authority, certificate.toBeSigned, certificate.signature)).toBe(true);
  return certificate;
};

beforeEach(async () => {
  keyring = await openTestKeyring();
  const welcome = (userId: string) => call('staff.welcome', { userId, ttlSeconds: 3600 });
  production = await openProduction(call, welcome, seconds);
  await production.grant(GRANT);
});
afterEach(() => keyring.close());

describe('ssh.employeeCertificate', () => {
  it('certifies the key that was confirmed, for its session, for two minutes', async () => {
    await production.open(GRANT, { session: SESSION, through });
    const { certificate, validBefore } = await employees({ address: '192.0.2.7' });
    expect(await read(certificate, 'gateway')).toMatchObject({
      type: 'user',
      publicKey: employee.publicKey,
      principals: [SESSION],
      keyId: `session=${SESSION};user=${asker}`,
      validBefore: seconds() + 120,
      sourceAddresses: ['192.0.2.7'],
      extensions: ['permit-pty'],
      forceCommand: null,
    });
    expect(validBefore).toBe(seconds() + 120);
  });

  it('certifies no other key, and none for the web terminal', async () => {
    await production.open(GRANT, { session: SESSION, through });
    await expect(employees({ publicKey: gateway.line })).rejects.toMatchObject(refused('grant.other_terms'));
    await expect(employees({ publicKey: 'ssh-rsa AAAA' })).rejects.toMatchObject(refused('request.invalid'));
    await expect(employees({ session: id('ssn', 2) })).rejects.toMatchObject(refused('grant.unknown'));
    await production.open(GRANT, { session: id('ssn', 2) });
    await expect(employees({ session: id('ssn', 2) })).rejects.toMatchObject(refused('grant.other_terms'));
  });

  it('keeps to the address that was confirmed', async () => {
    await production.open(GRANT, { session: SESSION, through, address: '192.0.2.7' });
    await expect(employees({ address: '192.0.2.8' })).rejects.toMatchObject(refused('grant.other_terms'));
    const { certificate } = await employees();
    expect((await read(certificate, 'gateway')).sourceAddresses).toEqual(['192.0.2.7']);
  });

  it('certifies nothing after the grant, the two minutes, or the beginning', async () => {
    await production.open(GRANT, { session: SESSION, through });
    keyring.clock.now += 120_000;
    await expect(employees()).rejects.toMatchObject(refused('grant.unknown'));
    await production.open(GRANT, { session: id('ssn', 2), through });
    await call('grant.end', { request: GRANT, why: 'revoked' });
    await expect(employees({ session: id('ssn', 2) })).rejects.toMatchObject(refused('grant.not_active'));
  });
});

describe('ssh.productionCertificate', () => {
  it('lets the gateway into the account of the grant, for a minute, once', async () => {
    await production.open(GRANT, { session: SESSION, through });
    const { certificate, ...said } = await enter();
    const keyId = `grant=${GRANT};session=${SESSION};user=${asker}`;
    const principal = principalOf(GRANT);
    expect(said).toEqual({
      ...{ grant: GRANT, target: 'host:eu-1', person: asker, account: accountOf(GRANT), principal, keyId },
      ...{ command: null, files: false, deadline: seconds() + 3600, serial: expect.stringMatching(/^[1-9][0-9]*$/) },
    });
    expect(await read(certificate, 'production')).toMatchObject({
      publicKey: gateway.publicKey,
      principals: [principal],
      keyId,
      serial: BigInt(said.serial),
      validAfter: seconds() - 60,
      validBefore: seconds() + 60,
      sourceAddresses: ['10.0.0.9'],
      extensions: ['permit-pty'],
      forceCommand: null,
    });
    await expect(enter()).rejects.toMatchObject(refused('grant.unknown'));
    await expect(employees()).rejects.toMatchObject(refused('grant.unknown'));
    expect((await call('grant.describe', { requests: [GRANT] })).requests[0]?.sessions).toEqual([
      { session: SESSION, target: 'host:eu-1', through, at: seconds(), startedAt: seconds() },
    ]);
  });

  it('begins one of twenty', async () => {
    await production.open(GRANT, { session: SESSION, through });
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => enter()));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('forces the command that was agreed to, without a terminal', async () => {
    const other = id('grt', 2);
    const terms = request(seconds(), { command: 'systemctl restart edge' });
    await production.act(asker, acts.ask(other, terms));
    await production.act(security, acts.vote(other, terms, 'security'));
    await production.act(onCall, acts.vote(other, terms, 'on-call'));
    await production.open(other, { session: SESSION, through });
    const { certificate, command } = await enter();
    expect(command).toBe('systemctl restart edge');
    expect(await read(certificate, 'production')).toMatchObject({ forceCommand: command, extensions: [] });
  });

  it('is not valid beyond the deadline', async () => {
    keyring.clock.now += 3_590_000;
    await production.open(GRANT, { session: SESSION, through });
    const { certificate, deadline } = await enter();
    expect((await read(certificate, 'production')).validBefore).toBe(deadline);
  });

  it('begins nothing that was not confirmed, has ended, or is long ago', async () => {
    await expect(enter()).rejects.toMatchObject(refused('grant.unknown'));
    await production.open(GRANT, { session: SESSION, through });
    keyring.clock.now += 120_000;
    await expect(enter()).rejects.toMatchObject(refused('grant.unknown'));
    await production.open(GRANT, { session: id('ssn', 2), through });
    await call('grant.leave', { userId: asker });
    await expect(enter({ session: id('ssn', 2) })).rejects.toMatchObject(refused('grant.not_active'));
  });

  it('begins a web terminal for the holder of its ticket alone', async () => {
    await production.open(GRANT, { session: SESSION });
    const ticketOf = (session: string) => call('ssh.terminalTicket', { session });
    await expect(enter()).rejects.toMatchObject(refused('ticket.refused'));
    const { ticket } = await ticketOf(SESSION);
    await expect(ticketOf(SESSION)).rejects.toMatchObject(refused('grant.exists'));
    await production.open(GRANT, { session: id('ssn', 2) });
    const other = await ticketOf(id('ssn', 2));
    for (const wrong of ['', null, other.ticket, ticket.slice(1), ticket.toUpperCase()])
      await expect(enter({ ticket: wrong })).rejects.toMatchObject(refused('ticket.refused'));
    await expect(enter({ ticket })).resolves.toMatchObject({ grant: GRANT });
    await expect(enter({ ticket })).rejects.toMatchObject(refused('grant.unknown'));
  });

  it('gives no ticket for a session by key, and begins none with one', async () => {
    await production.open(GRANT, { session: SESSION, through });
    const ticket = call('ssh.terminalTicket', { session: SESSION });
    await expect(ticket).rejects.toMatchObject(refused('grant.other_terms'));
    await expect(enter({ ticket: 'x' })).rejects.toMatchObject(refused('ticket.refused'));
  });
});
