/** The three authorities: each signs what it is told, with its own key, and homes from before there were any get them. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Certificate, parseCertificateLine, parsePublicKey, verifyCertificate } from '@/lib/kernel/ssh';
import { verifyEd25519 } from '@/lib/primitives/ed25519';
import { sshKey, userTerms } from '@/test/support/ssh';
import { closeContext, openContext } from './open';
import { run } from './operations';
import { randomSerial, signHostCertificate, signUserCertificate, sshCas, type UserCertificate } from './ssh';
import { ORIGINS, openTestKeyring, type TestKeyring } from './test-support';

let keyring: TestKeyring;
beforeEach(async () => {
  keyring = await openTestKeyring();
});
afterEach(() => keyring.close());

const { publicKey } = sshKey();
function says(over: Partial<UserCertificate> = {}): UserCertificate {
  const { type: _, nonce: __, ...rest } = userTerms({ publicKey, ...over });
  return rest;
}
const read = (line: string): Certificate => parseCertificateLine(line) ?? expect.fail('no certificate');
const authorityOf = (ca: 'gateway' | 'production' | 'host') =>
  parsePublicKey(sshCas(keyring.context.keys)[ca])!.publicKey;

describe('a user certificate', () => {
  it.each(['gateway', 'production'] as const)('of the %s authority says what was asked for, and no more', (ca) => {
    const asked = says({ forceCommand: 'id', sourceAddresses: ['10.0.0.1'], principals: ['app', 'grant-1'] });
    const { type, nonce, authority, toBeSigned, signature, ...rest } = read(
      signUserCertificate(keyring.context.keys, ca, asked),
    );
    expect(rest).toEqual(asked);
    expect([type, nonce.length]).toEqual(['user', 32]);
    expect(verifyEd25519(authority, toBeSigned, signature)).toBe(true);
    expect(authority).toEqual(authorityOf(ca));
  });

  it('counts for its own authority alone', async () => {
    const line = signUserCertificate(keyring.context.keys, 'gateway', says());
    const { validAfter: now } = read(line);
    const bytes = Buffer.from(line.split(' ')[1]!, 'base64');
    const outcome = (ca: 'gateway' | 'production' | 'host') =>
      verifyCertificate(
        bytes,
        { type: 'user', authorities: [authorityOf(ca)], principal: 'app', now, comesFrom: () => false },
        verifyEd25519,
      );
    expect(await outcome('gateway')).toMatchObject({ ok: true });
    for (const ca of ['production', 'host'] as const)
      expect(await outcome(ca)).toEqual({ ok: false, reason: 'authority_unknown' });
  });

  it('has a nonce of its own each time', () => {
    const asked = says();
    const [a, b] = [0, 1].map(() => read(signUserCertificate(keyring.context.keys, 'production', asked)));
    expect(a!.nonce).not.toEqual(b!.nonce);
  });

  it('is not signed for everybody', () => {
    expect(() => signUserCertificate(keyring.context.keys, 'production', says({ principals: [] }))).toThrow(
      'ssh.terms',
    );
  });
});

it('a host certificate has no options, whatever else is handed in', () => {
  const certificate = read(signHostCertificate(keyring.context.keys, says({ forceCommand: 'id' })));
  expect(certificate).toMatchObject({ type: 'host', forceCommand: null, sourceAddresses: [], extensions: [] });
  expect(certificate.authority).toEqual(authorityOf('host'));
});

it('random serials have 63 bits and differ', () => {
  const serials = Array.from({ length: 1000 }, randomSerial);
  expect(new Set(serials).size).toBe(1000);
  expect(serials.every((serial) => serial > 0n && serial < 2n ** 63n)).toBe(true);
});

describe('the keys of the authorities', () => {
  const reopen = async () => {
    await closeContext(keyring.context);
    keyring.context = await openContext(keyring.home, () => keyring.clock.now, ORIGINS);
    return await run(keyring.context, 'trust.describe', {});
  };
  const path = () => join(keyring.home, 'keys.json');
  const change = async (how: (file: Record<string, unknown>) => Record<string, unknown>) =>
    await writeFile(path(), JSON.stringify(how(JSON.parse(await readFile(path(), 'utf8')))));

  it('are three, published as lines, and stay', async () => {
    const { sshCas: cas } = await run(keyring.context, 'trust.describe', {});
    expect(Object.keys(cas!)).toEqual(['gateway', 'production', 'host']);
    expect(new Set(Object.values(cas!).map((line) => line.split(' ')[1])).size).toBe(3);
    for (const [ca, line] of Object.entries(cas!)) expect(parsePublicKey(line)?.comment).toBe(`cordon-${ca}-ca`);
    expect((await reopen()).sshCas).toEqual(cas);
  });

  it('are made for a home from before, without touching the others, and then stay', async () => {
    const before = await run(keyring.context, 'trust.describe', {});
    await change(({ sshKeys: _, ...rest }) => rest);
    const made = await reopen();
    expect(made.sshCas).not.toEqual(before.sshCas);
    expect({ ...made, sshCas: null }).toEqual({ ...before, sshCas: null });
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    expect((await reopen()).sshCas).toEqual(made.sshCas);
  });

  it('are not made one by one: a file without one of them is damaged', async () => {
    await change((file) => ({ ...file, sshKeys: { ...(file.sshKeys as object), host: undefined } }));
    await expect(openContext(keyring.home, Date.now, ORIGINS)).rejects.toThrow('keys.json is damaged');
  });
});
