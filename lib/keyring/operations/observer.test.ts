import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObservationResource } from '@/lib/kernel/bundle/resources';
import { observerAccount } from '@/lib/kernel/decision';
import { matchCertificate, parseToken, tokenIdentity } from '@/lib/kernel/token';
import { primitives } from '@/lib/primitives';
import { id } from '@/test/support/grants';
import { openProduction, type Production } from '@/test/support/production';
import type { Call } from '@/test/support/soft-passkeys';
import { closeContext, openContext } from '../open';
import { ORIGINS, openTestKeyring, type TestKeyring } from '../test-support';
import { run } from './index';

let keyring: TestKeyring;
let production: Production;
let certificate: { certificateId: string; projectId: string; appId: string; sealed: string };
let value: string;
const call: Call = (operation, input) => run(keyring.context, operation, input);
const seconds = () => Math.floor(keyring.clock.now / 1000);
const APP = 'ab'.repeat(16);
const [GRANT, SESSION] = [id('grt', 1), id('ssn', 1)];
const WAY = { session: SESSION, target: `app:${APP}`, through: 'media-plane', channel: 'room' };
const refused = (code: string) => ({ code });

const token = (over: object = {}) => call('observer.token', { session: SESSION, ...certificate, ...over });
const resource = (over: object = {}) => ({
  ...{ kind: 'observation', id: SESSION, version: 3, appId: APP, tokenId: '', until: 0 },
  ...over,
});
let seq = 0;
/** What the keyring signs when it is handed these. */
const signedOf = async (given: object): Promise<ObservationResource> => {
  seq += 1;
  const { payload } = await call('policy.sign', { type: 'Snapshot', region: 'EU', epoch: 1, seq, resources: [given] });
  return JSON.parse(Buffer.from(payload, 'base64').toString()).resources[0];
};

beforeEach(async () => {
  keyring = await openTestKeyring();
  const welcome = (userId: string) => call('staff.welcome', { userId, ttlSeconds: 3600 });
  production = await openProduction(call, welcome, seconds);
  await production.grant(GRANT, { targets: [`app:${APP}`, 'host:eu-1'] });
  const row = { certificateId: 'crt_1', projectId: 'prj_1', appId: APP };
  const made = await call('certificate.create', row);
  certificate = { ...row, sealed: made.sealed };
  value = made.value;
  seq = 0;
});
afterEach(() => keyring.close());

describe('observer.token', () => {
  it('is the project’s own, for the channel and name that were confirmed, and sends nothing', async () => {
    await production.open(GRANT, WAY);
    const made = await token();
    expect(made).toMatchObject({ account: observerAccount(SESSION), until: seconds() + 3600 });
    const read = parseToken(made.token, primitives);
    if (!read.ok || read.token.version !== '007') throw new Error('no token');
    expect(read.token).toMatchObject({ appId: APP, issuedAt: seconds(), lifetimeSeconds: 3600 });
    expect(read.token.services).toEqual([
      { kind: 'rtc', channel: 'room', account: made.account, privileges: [{ id: 1, seconds: 0 }] },
    ]);
    const candidates = [{ id: 'crt_1', value: Buffer.from(value, 'latin1') }];
    expect(matchCertificate(read.token, candidates, primitives, { channel: 'room', account: made.account })).toBe(
      'crt_1',
    );
    await expect(token()).rejects.toMatchObject(refused('grant.unknown'));
  });

  it('is one of twenty', async () => {
    await production.open(GRANT, WAY);
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => token()));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is made for nothing that was not confirmed, for no other project, and not for a host', async () => {
    await expect(token()).rejects.toMatchObject(refused('grant.unknown'));
    await production.open(GRANT, WAY);
    const elsewhere = { certificateId: 'crt_2', projectId: 'prj_2', appId: 'cd'.repeat(16) };
    const { sealed } = await call('certificate.create', elsewhere);
    await expect(token({ ...elsewhere, sealed })).rejects.toMatchObject(refused('grant.target'));
    await expect(token({ sealed })).rejects.toMatchObject(refused('sealed.unreadable'));
    const host = id('ssn', 2);
    await production.open(GRANT, { session: host });
    await expect(token({ session: host })).rejects.toMatchObject(refused('grant.target'));
    keyring.clock.now += 120_000;
    await expect(token()).rejects.toMatchObject(refused('grant.unknown'));
  });

  it('is not made after the grant, and opens no host', async () => {
    await production.open(GRANT, WAY);
    await expect(call('ssh.terminalTicket', { session: SESSION })).rejects.toMatchObject(refused('grant.other_terms'));
    await call('grant.end', { request: GRANT, why: 'revoked' });
    await expect(token()).rejects.toMatchObject(refused('grant.not_active'));
  });
});

describe('the policy', () => {
  it('says of an observer what was signed, whatever it is handed', async () => {
    const forged = resource({ tokenId: 'f'.repeat(64), until: seconds() + 86_400 });
    expect(await signedOf(forged)).toEqual(resource());
    await production.open(GRANT, WAY);
    expect(await signedOf(forged)).toEqual(resource());
    const made = await token();
    const read = parseToken(made.token, primitives);
    if (!read.ok) throw new Error('no token');
    const tokenId = tokenIdentity(read.token, primitives, { channel: 'room', account: made.account });
    const told = resource({ tokenId, until: made.until });
    expect(await signedOf(resource())).toEqual(told);
    expect(await signedOf(forged)).toEqual(told);
    expect(await signedOf(resource({ appId: 'cd'.repeat(16) }))).toMatchObject({ tokenId: '', until: 0 });
    // A restart has forgotten nothing.
    await closeContext(keyring.context);
    keyring.context = await openContext(keyring.home, () => keyring.clock.now, ORIGINS);
    expect(await signedOf(resource())).toEqual(told);
    await call('grant.end', { request: GRANT, why: 'revoked' });
    expect(await signedOf(forged)).toEqual(resource());
  });

  it('says nothing more of it at the deadline', async () => {
    await production.open(GRANT, WAY);
    await token();
    keyring.clock.now += 3_600_000;
    expect(await signedOf(resource())).toEqual(resource());
  });
});
