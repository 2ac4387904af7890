import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCertificateLine, parsePublicKey } from '@/lib/kernel/ssh';
import { verifyEd25519 } from '@/lib/primitives/ed25519';
import { sshKey } from '@/test/support/ssh';
import { openTestKeyring, type TestKeyring } from '../test-support';
import { run } from './index';

let keyring: TestKeyring;
beforeAll(async () => {
  keyring = await openTestKeyring();
});
afterAll(() => keyring.close());

const host = sshKey();
const ask = (over: Record<string, unknown> = {}) =>
  run(keyring.context, 'ssh.hostCertificate', {
    hosts: ['db1.eu.example.org', '10.0.0.1'],
    publicKey: host.line,
    ...over,
  });

describe('ssh.hostCertificate', () => {
  it('names the hosts, for a day, under the published host authority', async () => {
    const { certificate, serial, expiresAt } = await ask({ publicKey: `${host.line} root@db1` });
    const { sshCas } = await run(keyring.context, 'trust.describe', {});
    const read = parseCertificateLine(certificate)!;
    expect(read).toMatchObject({
      type: 'host',
      publicKey: host.publicKey,
      serial: BigInt(serial),
      keyId: 'db1.eu.example.org',
      principals: ['db1.eu.example.org', '10.0.0.1'],
      validAfter: keyring.clock.now / 1000 - 60,
      validBefore: expiresAt / 1000,
      authority: parsePublicKey(sshCas!.host)!.publicKey,
    });
    expect(expiresAt - keyring.clock.now).toBe(86_400_000);
    expect(verifyEd25519(read.authority, read.toBeSigned, read.signature)).toBe(true);
  });

  it('gives every certificate another serial, of 63 bits', async () => {
    const serials = (await Promise.all(Array.from({ length: 8 }, () => ask()))).map(({ serial }) => BigInt(serial));
    expect(new Set(serials).size).toBe(8);
    expect(serials.every((serial) => serial > 0n && serial < 2n ** 63n)).toBe(true);
  });

  it('has room for the longest names', async () => {
    const long = Array.from({ length: 16 }, (_, i) => `${'a'.repeat(61)}.`.repeat(4) + String(i).padStart(5, 'b'));
    expect(long[0]).toHaveLength(253);
    expect(parseCertificateLine((await ask({ hosts: long })).certificate)?.principals).toEqual(long);
  });

  it('names a host once', async () => {
    const { certificate } = await ask({ hosts: ['a.example', 'a.example'] });
    expect(parseCertificateLine(certificate)?.principals).toEqual(['a.example']);
  });

  it.each([
    ['no host', { hosts: [] }],
    ['an empty host', { hosts: [''] }],
    ['a wildcard', { hosts: ['*.example.org'] }],
    ['every host', { hosts: ['*'] }],
    ['any one letter', { hosts: ['db?.example.org'] }],
    ['two hosts in one', { hosts: ['a.example,b.example'] }],
    ['a host and a port', { hosts: ['[a.example]:22'] }],
    ['upper case', { hosts: ['A.example'] }],
    ['a host with a line', { hosts: ['a.example\n'] }],
    ['an address with a zone', { hosts: ['fe80::1%eth0'] }],
    ['seventeen hosts', { hosts: Array.from({ length: 17 }, (_, i) => `h${i}`) }],
    ['no key', { publicKey: '' }],
    ['a key of another type', { publicKey: host.line.replace('ssh-ed25519', 'ssh-rsa') }],
    ['two lines', { publicKey: `${host.line}\n${host.line}` }],
    ['a certificate for a key', { publicKey: host.line.replace('ssh-ed25519', 'ssh-ed25519-cert-v01@openssh.com') }],
  ])('refuses %s', async (_, over) => {
    await expect(ask(over)).rejects.toMatchObject({ code: 'request.invalid' });
  });
});
