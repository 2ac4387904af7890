/**
 * What a real sshd makes of certificates: the table of OpenSSH's own regression tests (regress/cert-userkey.sh), with OpenSSH's client on the other
 * side and sshd's own log as the witness. A production host trusts the production authority alone.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CertificateTerms, fingerprint, formatCertificate } from '@/lib/kernel/ssh';
import { primitives } from '@/lib/primitives';
import { freePort } from '../support/database';
import { certify, hostTerms, type SshKey, sshKey, userTerms } from '../support/ssh';
import { accountName, expireAccount, hasSshd, type Sshd, startSshd } from '../support/sshd';

const here = hasSshd('that a real sshd admits and refuses by our certificates');

const [production, gateway, hostCa, host, holder] = [sshKey(), sshKey(), sshKey(), sshKey(), sshKey()];
const [account, leaver] = [accountName(), accountName()];
const ADMITS = '#!/bin/sh\necho app\n';
let sshd: Sshd;
let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  if (!here) return;
  folder = mkdtempSync(join(tmpdir(), 'cordon-ssh-'));
  writeFileSync(at('key'), holder.file, { mode: 0o600 });
  sshd = await startSshd({
    productionCa: production.line,
    hostKey: host.file,
    hostCertificate: formatCertificate(certify(hostCa, hostTerms({ publicKey: host.publicKey }))),
    principalsCommand: ADMITS,
    accounts: [account, leaver],
  });
  trust(hostCa);
});
afterAll(async () => {
  if (!here) return;
  await sshd.stop();
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  if (!here) return;
  sshd.answerPrincipals(ADMITS);
  sshd.revoke(new Uint8Array());
});

const trust = (ca: SshKey) => writeFileSync(at('known_hosts'), `@cert-authority 127.0.0.1 ${ca.line}\n`);

interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

/** OpenSSH's client with this certificate, or none. It takes nothing from this machine's own settings, and no host on trust. */
async function ssh(certificate: Uint8Array | null, ...args: string[]): Promise<Outcome> {
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${at('known_hosts')}`,
    'GlobalKnownHostsFile=none',
    'IdentityAgent=none',
    'IdentitiesOnly=yes',
    // The fastest there is: not what is under test.
    'KexAlgorithms=curve25519-sha256',
    ...(certificate ? [`CertificateFile=${at('certificate.pub')}`] : []),
  ];
  if (certificate) writeFileSync(at('certificate.pub'), `${formatCertificate(certificate)}\n`);
  const child = spawn(
    'ssh',
    ['-F', 'none', '-i', at('key'), ...options.flatMap((option) => ['-o', option]), '-p', String(sshd.port), ...args],
    { stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000 },
  );
  let [out, err] = ['', ''];
  child.stdout.on('data', (piece) => (out += piece));
  child.stderr.on('data', (piece) => (err += piece));
  const [code] = await once(child, 'close');
  return { code, out, err };
}
const who = `${account}@127.0.0.1`;
const denied = { code: 255, err: expect.stringContaining('Permission denied (publickey).') };

/** A certificate for the holder's key: admitted, unless something of it is not as it should be. */
const certificate = (over: Partial<CertificateTerms> = {}, by = production) => {
  const terms = userTerms({ publicKey: holder.publicKey, ...over });
  return { terms, bytes: certify(by, terms) };
};
const logOf = ({ serial }: CertificateTerms) => sshd.logged((entry) => entry.serial === serial);

function revocation(serial: bigint): Uint8Array {
  writeFileSync(at('ca.pub'), `${production.line}\n`);
  writeFileSync(at('serials'), `serial: ${serial}\n`);
  const { status, stderr } = spawnSync('ssh-keygen', ['-q', '-k', '-f', at('krl'), '-s', at('ca.pub'), at('serials')]);
  if (status !== 0) throw new Error(String(stderr));
  return readFileSync(at('krl'));
}

describe.skipIf(!here)('sshd', () => {
  const now = Math.floor(Date.now() / 1000);

  it('admits a certificate of the production authority, and names it in its log', async () => {
    const { terms, bytes } = certificate({ keyId: 'grant=g1;user=u 1' });
    expect(await ssh(bytes, who, 'id -un')).toEqual({ code: 0, out: `${account}\n`, err: '' });
    expect(await logOf(terms)).toEqual({
      verdict: 'accepted',
      account,
      port: expect.any(Number),
      key: fingerprint(primitives, holder.publicKey),
      keyId: 'grant=g1;user=u 1',
      serial: terms.serial,
      authority: fingerprint(primitives, production.publicKey),
      reason: '',
    });
  });

  it.each<[string, Partial<CertificateTerms>, RegExp, SshKey?]>([
    ['has expired', { validAfter: now - 60, validBefore: now - 1 }, /^Certificate invalid: expired$/],
    ['is not yet valid', { validAfter: now + 60, validBefore: now + 120 }, /^Certificate invalid: not yet valid$/],
    ['has another principal', { principals: ['other'] }, /^Certificate does not contain an authorized principal$/],
    [
      'has the account for a principal',
      { principals: [account] },
      /^Certificate does not contain an authorized principal$/,
    ],
    [
      'comes from another address',
      { sourceAddresses: ['192.0.2.1'] },
      /^cert: Authentication tried for \S+ with valid certificate but not from a permitted source address \(127\.0\.0\.1\)\.; Refused by certificate options$/,
    ],
    // It says nothing of authorities that it does not know; the log has their fingerprint.
    ['is an employee’s, for the gateway', {}, /^$/, gateway],
    ['is of the host authority', {}, /^$/, hostCa],
    ['is signed with the key it certifies', {}, /^$/, holder],
  ])('refuses a certificate that %s', async (_, over, reason, by = production) => {
    const { terms, bytes } = certificate(over, by);
    expect(await ssh(bytes, who, 'true')).toMatchObject(denied);
    expect(await logOf(terms)).toMatchObject({
      verdict: 'refused',
      account,
      keyId: terms.keyId,
      authority: fingerprint(primitives, by.publicKey),
      reason: expect.stringMatching(reason),
    });
  });

  it('refuses a plain key', async () => {
    const plain = sshKey();
    writeFileSync(at('plain'), plain.file, { mode: 0o600 });
    expect(await ssh(null, '-i', at('plain'), who, 'true')).toMatchObject(denied);
    const key = fingerprint(primitives, plain.publicKey);
    const verdict = { verdict: 'refused', account, keyId: null, serial: null, authority: null, reason: '' };
    expect(await sshd.logged((entry) => entry.key === key)).toMatchObject(verdict);
  });

  it('refuses root, whatever the certificate says', async () => {
    const { terms, bytes } = certificate({ principals: ['app', 'root'] });
    expect(await ssh(bytes, 'root@127.0.0.1', 'true')).toMatchObject(denied);
    const reason = expect.stringMatching(/^ROOT LOGIN REFUSED FROM /);
    expect(await logOf(terms)).toMatchObject({ verdict: 'refused', account: 'root', reason });
  });

  it('refuses an account that has expired, whatever the certificate says', async () => {
    const { bytes } = certificate();
    expect(await ssh(bytes, `${leaver}@127.0.0.1`, 'true')).toMatchObject({ code: 0 });
    expireAccount(leaver);
    expect(await ssh(bytes, `${leaver}@127.0.0.1`, 'true')).toMatchObject(denied);
    const refused = await sshd.logged((entry) => entry.account === leaver && entry.verdict === 'refused');
    expect(refused).toMatchObject({ key: null, reason: expect.stringMatching(`^Account ${leaver} has expired`) });
  });

  it('refuses a revoked serial, and everybody without the list', async () => {
    const { terms, bytes } = certificate({ serial: 77n });
    sshd.revoke(revocation(77n));
    expect(await ssh(bytes, who, 'true')).toMatchObject(denied);
    expect((await logOf(terms)).reason).toMatch(/^Authentication key ED25519-CERT \S+ revoked by file /);
    const other = certificate({ serial: 78n });
    expect(await ssh(other.bytes, who, 'true')).toMatchObject({ code: 0 });
    sshd.revoke(null);
    const late = certificate({ serial: 79n });
    expect(await ssh(late.bytes, who, 'true')).toMatchObject(denied);
    expect((await logOf(late.terms)).reason).toMatch(/^Error checking authentication key .* in revoked keys file /);
  });

  it.each([
    ['says no', '#!/bin/sh\nexit 0\n', /^Certificate does not contain an authorized principal$/],
    [
      'fails',
      '#!/bin/sh\necho app\nexit 3\n',
      /^AuthorizedPrincipalsCommand .* failed, status 3; Certificate does not/,
    ],
    [
      'is killed',
      '#!/bin/sh\necho app\nkill -9 $$\n',
      /^AuthorizedPrincipalsCommand .* exited on signal 9; Certificate/,
    ],
  ])('refuses everybody when the command for principals %s', async (_, program, reason) => {
    sshd.answerPrincipals(program);
    const { terms, bytes } = certificate();
    expect(await ssh(bytes, who, 'true')).toMatchObject(denied);
    expect(await logOf(terms)).toMatchObject({ verdict: 'refused', reason: expect.stringMatching(reason) });
  });

  it('asks the command with account, serial and key id', async () => {
    const { terms, bytes } = certificate({ keyId: 'grant=g 1' });
    const asked = `[ "$#|$1|$2|$3" = "3|${account}|${terms.serial}|grant=g 1" ]`;
    sshd.answerPrincipals(`#!/bin/sh\n${asked} && echo app\n`);
    expect(await ssh(bytes, who, 'true')).toMatchObject({ code: 0 });
  });

  it('runs the forced command and nothing else', async () => {
    const { terms, bytes } = certificate({ forceCommand: 'echo "forced, not $SSH_ORIGINAL_COMMAND"' });
    expect(await ssh(bytes, who, 'id')).toMatchObject({ code: 0, out: 'forced, not id\n' });
    const { port } = await logOf(terms);
    expect(await sshd.said(new RegExp(`^Starting session: .* port ${port} `))).toContain('forced-command (key-option)');
  });

  it('gives a terminal to who has permit-pty, and to nobody else', async () => {
    const session = async (extensions?: string[]) => {
      const { terms, bytes } = certificate(extensions ? { extensions } : {});
      const { out, err } = await ssh(bytes, '-tt', who, 'tty');
      const { port } = await logOf(terms);
      return { out: out.trim(), err, line: await sshd.said(new RegExp(`^Starting session: .* port ${port} `)) };
    };
    const permitted = await session();
    expect(permitted.out).toMatch(/^\/dev\/pts\/\d+$/);
    expect(permitted.line).toMatch(/^Starting session: command on pts\/\d+ for /);
    const refused = await session([]);
    expect(refused.out).toBe('');
    expect(refused.err).toContain('PTY allocation request failed');
    expect(refused.line).toMatch(/^Starting session: command for /);
  });

  it('forwards nothing, neither -W nor -L', async () => {
    const target = `127.0.0.1:${sshd.port}`;
    const direct = certificate();
    const { code, err } = await ssh(direct.bytes, '-W', target, who);
    expect([code, err]).toEqual([255, expect.stringContaining('administratively prohibited')]);
    expect(await logOf(direct.terms)).toMatchObject({ verdict: 'accepted' });
    const refusal = new RegExp(`^refused local port forward: .* target 127\\.0\\.0\\.1 port ${sshd.port}$`);
    await sshd.said(refusal);
    const refusals = () => sshd.lines().filter((line) => refusal.test(line)).length;
    expect(refusals()).toBe(1);

    const listening = certificate();
    const port = await freePort();
    // Client and host are one machine: the command itself knocks at the client's port, and ends when that closes.
    const command = `exec 3<>/dev/tcp/127.0.0.1/${port}; cat <&3`;
    const forwarding = ssh(listening.bytes, '-L', `127.0.0.1:${port}:${target}`, who, `bash -c '${command}'`);
    expect(await forwarding).toMatchObject({ out: '', err: expect.stringContaining('administratively prohibited') });
    expect(refusals()).toBe(2);
  });
});

describe.skipIf(!here)('a client', () => {
  it('does not go on to a host that the host authority has not certified', async () => {
    trust(production);
    try {
      const { bytes } = certificate();
      const { code, err } = await ssh(bytes, who, 'true');
      expect([code, err]).toEqual([255, expect.stringContaining('Host key verification failed')]);
    } finally {
      trust(hostCa);
    }
  });
});
