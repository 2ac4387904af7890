import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHostKey } from '@/lib/host/host-key';
import { sshdFindings } from '@/lib/host/sshd-config';
import { reloadSshd } from '@/lib/host/sshd-reload';
import { formatCertificate } from '@/lib/kernel/ssh';
import { certify, hostTerms, sshKey } from '../support/ssh';
import { hasSshd, type Sshd, startSshd } from '../support/sshd';

const [ca, own] = [sshKey(), sshKey()];
const certificate = (keyId: string) =>
  formatCertificate(certify(ca, hostTerms({ publicKey: own.publicKey, principals: ['db-1'], keyId })), '');

describe.runIf(hasSshd('that a real sshd takes a new certificate of its host'))('a real sshd', () => {
  const first = certificate('first');
  let sshd: Sshd;
  beforeEach(async () => {
    sshd = await startSshd({
      ...{ productionCa: ca.line, hostKey: own.file, hostCertificate: first },
      ...{ principalsCommand: '#!/bin/sh\n', accounts: [] },
    });
    writeFileSync(`${sshd.hostKey}.pub`, own.line);
  });
  afterEach(() => sshd.stop());

  const bytesOf = (line: string) => line.split(' ')[1];
  /** What it shows to whoever connects. */
  const shown = () =>
    execFileSync('ssh-keyscan', ['-c', '-t', 'ed25519', '-p', String(sshd.port), '127.0.0.1'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .trim()
      .split(' ')
      .at(-1);
  const keyOf = (config: string) => openHostKey({ file: sshd.hostKey, name: 'db-1', reload: () => reloadSshd(config) });

  it('shows the new certificate of its host without being started anew', async () => {
    expect(shown()).toBe(bytesOf(first));
    const second = certificate('second');
    expect(await keyOf(sshd.config).take(second)).toBeNull();
    await sshd.said(/Received SIGHUP/);
    await expect.poll(shown, { timeout: 30_000 }).toBe(bytesOf(second));
  });

  it('is left alone when its configuration would end it', async () => {
    writeFileSync(`${sshd.config}.wrong`, 'Port none\n');
    await expect(keyOf(`${sshd.config}.wrong`).take(certificate('second'))).rejects.toThrow('Bad');
    expect(sshd.lines().join()).not.toContain('SIGHUP');
  });

  it('prints its settings as they are looked for', () => {
    const printed = execFileSync('/usr/sbin/sshd', ['-T', '-f', sshd.config], { encoding: 'utf8' });
    expect(sshdFindings(printed, '/elsewhere', `${sshd.hostKey}-cert.pub`)).not.toContain('hostcertificate');
    expect(sshdFindings(printed, '/elsewhere', '/elsewhere')).toContain('hostcertificate');
  });
});
