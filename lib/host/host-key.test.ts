import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatCertificate } from '@/lib/kernel/ssh';
import { certify, hostTerms, sshKey, userTerms } from '@/test/support/ssh';
import { type HostKey, openHostKey } from './host-key';

const [ca, own, other] = [sshKey(), sshKey(), sshKey()];
const HOUR = 3600;
let folder: string;
let file: string;
let now: number;
let reloads: number;
let key: HostKey;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cordon-host-key-'));
  file = join(folder, 'ssh_host_ed25519_key');
  writeFileSync(`${file}.pub`, `${own.line} root@db-1\n`);
  now = 1_800_000_000;
  reloads = 0;
  const reload = async () => void reloads++;
  key = openHostKey({ file, name: 'db-1', now: () => now * 1000, reload });
});
afterEach(() => rmSync(folder, { recursive: true }));

const times = () => ({ validAfter: now, validBefore: now + 24 * HOUR });
const line = (over: Partial<ReturnType<typeof hostTerms>> = {}) =>
  formatCertificate(
    certify(ca, hostTerms({ publicKey: own.publicKey, principals: ['db-1'], ...times(), ...over })),
    '',
  );

describe('the SSH certificate of a host', () => {
  it('is asked for until there is one, and again once half of its life is over', async () => {
    expect(await key.due()).toBe(own.line);
    const first = line();
    expect(await key.take(first)).toBeNull();
    expect(readFileSync(`${file}-cert.pub`, 'utf8')).toBe(`${first}\n`);
    expect(statSync(`${file}-cert.pub`).mode & 0o022).toBe(0);
    expect(reloads).toBe(1);
    now += 12 * HOUR - 1;
    expect(await key.due()).toBeNull();
    now += 1;
    expect(await key.due()).toBe(own.line);
  });

  it('is asked for when the key of the host has changed', async () => {
    await key.take(line());
    writeFileSync(`${file}.pub`, other.line);
    expect(await key.due()).toBe(other.line);
  });

  it('is not taken for another host or key, as a user, or when it is none', async () => {
    const user = formatCertificate(
      certify(ca, userTerms({ publicKey: own.publicKey, principals: ['db-1'], ...times() })),
      '',
    );
    for (const wrong of [line({ principals: ['db-2'] }), line({ publicKey: other.publicKey }), user])
      expect(await key.take(wrong)).toBe('certificate.other');
    for (const wrong of ['', own.line, `${line()}\n${line()}`, `${line()}\nHostKey /tmp/key`])
      expect(await key.take(wrong)).toBe('certificate.malformed');
    expect(reloads).toBe(0);
    expect(await key.due()).toBe(own.line);
  });

  it('is told to sshd again until it takes it', async () => {
    let refusals = 2;
    const reload = async () => {
      if (refusals-- > 0) throw new Error('sshd');
    };
    key = openHostKey({ file, name: 'db-1', now: () => now * 1000, reload });
    await expect(key.take(line())).rejects.toThrow('sshd');
    await expect(key.due()).rejects.toThrow('sshd');
    expect(await key.due()).toBeNull();
    expect(await key.due()).toBeNull();
    expect(refusals).toBe(-1);
  });

  it('needs a key', async () => {
    writeFileSync(`${file}.pub`, 'ssh-rsa AAAA');
    await expect(key.due()).rejects.toThrow('no Ed25519 key');
  });
});
