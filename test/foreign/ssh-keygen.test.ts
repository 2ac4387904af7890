/** OpenSSH's own ssh-keygen reads our keys and certificates, and we read those it makes. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  fingerprint,
  formatCertificate,
  formatPrivateKey,
  formatPublicKey,
  parseCertificateLine,
  parsePublicKey,
  toBeSigned,
  verifyCertificate,
} from '@/lib/kernel/ssh';
import { primitives } from '@/lib/primitives';
import { verifyEd25519 } from '@/lib/primitives/ed25519';
import { certify, hostTerms, sshKey, userTerms } from '../support/ssh';
import { scratch } from './disk';
import { has } from './skip';

const here = has('ssh', ['-V'], 'OpenSSH certificates by ssh-keygen');
const write = scratch();
const bytes = (text: string) => Buffer.from(text);
const [authority, holder] = [sshKey(), sshKey()];

function keygen(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('ssh-keygen', args, {
    encoding: 'utf8',
    env: { ...process.env, TZ: 'UTC' },
  });
  if (status !== 0) throw new Error(`ssh-keygen ${args.join(' ')}: ${stderr}`);
  return stdout;
}
/** What `ssh-keygen -L` prints, without file name and indentation. */
const shown = (certificate: Uint8Array) =>
  keygen('-L', '-f', write('shown-cert.pub', bytes(formatCertificate(certificate))))
    .split('\n')
    .slice(1, -1)
    .map((line) => line.trim());
const privateFile = (key: typeof holder) => {
  const path = write('key', bytes(key.file));
  spawnSync('chmod', ['600', path]);
  return path;
};

/** A certificate that ssh-keygen makes of `holder`'s key, signed with `authority`'s. */
function made(...options: string[]): string {
  const folderKey = write('holder.pub', bytes(`${holder.line} a comment\n`));
  keygen('-q', '-s', privateFile(authority), '-I', 'grant=g1', ...options, folderKey);
  return readFileSync(folderKey.replace(/\.pub$/, '-cert.pub'), 'utf8').trimEnd();
}
const FROM = 1_795_305_600;
const VALID = ['-V', '20261122000000Z:20261122000100Z'];

describe.skipIf(!here)('ssh-keygen', () => {
  it('shows a user certificate of ours with all it says', () => {
    const certificate = certify(
      authority,
      userTerms({
        publicKey: holder.publicKey,
        serial: 2n ** 64n - 1n,
        keyId: 'grant=g1;user=u 1',
        principals: ['app', 'grant-1'],
        validAfter: FROM,
        validBefore: FROM + 60,
        forceCommand: 'systemctl restart "edge"',
        sourceAddresses: ['10.0.0.1', '2001:db8::/32'],
        extensions: ['permit-agent-forwarding', 'permit-pty'],
      }),
    );
    expect(shown(certificate)).toEqual([
      'Type: ssh-ed25519-cert-v01@openssh.com user certificate',
      `Public key: ED25519-CERT ${fingerprint(primitives, holder.publicKey)}`,
      `Signing CA: ED25519 ${fingerprint(primitives, authority.publicKey)} (using ssh-ed25519)`,
      'Key ID: "grant=g1;user=u 1"',
      'Serial: 18446744073709551615',
      'Valid: from 2026-11-22T00:00:00 to 2026-11-22T00:01:00',
      'Principals:',
      'app',
      'grant-1',
      'Critical Options:',
      'force-command systemctl restart "edge"',
      'source-address 10.0.0.1,2001:db8::/32',
      'Extensions:',
      'permit-agent-forwarding',
      'permit-pty',
    ]);
  });

  it('shows a host certificate of ours, and one for nothing but a command', () => {
    const host = shown(
      certify(authority, hostTerms({ publicKey: holder.publicKey, principals: ['a.example', '::1'] })),
    );
    expect(host[0]).toBe('Type: ssh-ed25519-cert-v01@openssh.com host certificate');
    expect(host.slice(6)).toEqual([
      'Principals:',
      'a.example',
      '::1',
      'Critical Options: (none)',
      'Extensions: (none)',
    ]);
    const bare = shown(certify(authority, userTerms({ publicKey: holder.publicKey, extensions: [] })));
    expect(bare.slice(-2)).toEqual(['Critical Options: (none)', 'Extensions: (none)']);
  });

  it('refuses to show what we would not read either', () => {
    const good = certify(authority, userTerms({ publicKey: holder.publicKey }));
    const flipped = good.slice();
    flipped[flipped.length - 1]! ^= 1;
    for (const bad of [flipped, good.subarray(0, -1), Buffer.concat([good, Buffer.of(0)])])
      expect(() => shown(bad)).toThrow('invalid key');
  });

  it('makes user certificates that we read and verify', async () => {
    const options = ['-O', 'force-command=id -u', '-O', 'source-address=10.0.0.0/8,::1', '-O', 'no-x11-forwarding'];
    const line = made('-n', 'app,grant-1', '-z', '18446744073709551615', ...VALID, ...options);
    const certificate = parseCertificateLine(line);
    expect(certificate).toMatchObject({
      type: 'user',
      publicKey: holder.publicKey,
      serial: 2n ** 64n - 1n,
      keyId: 'grant=g1',
      principals: ['app', 'grant-1'],
      validAfter: FROM,
      validBefore: FROM + 60,
      forceCommand: 'id -u',
      sourceAddresses: ['10.0.0.0/8', '::1'],
      extensions: ['permit-agent-forwarding', 'permit-port-forwarding', 'permit-pty', 'permit-user-rc'],
      authority: authority.publicKey,
    });
    // Ed25519 has one signature for a text, so ours would be the same bytes.
    const again = toBeSigned(certificate!, authority.publicKey);
    expect(again).toEqual(certificate!.toBeSigned);
    expect(authority.sign(again)).toEqual(certificate!.signature);
    const use = { type: 'user', authorities: [authority.publicKey], principal: 'app', now: FROM } as const;
    const whole = Buffer.from(line.split(' ')[1]!, 'base64');
    expect(await verifyCertificate(whole, { ...use, comesFrom: () => true }, verifyEd25519)).toMatchObject({
      ok: true,
    });
  });

  it('makes host certificates that we read, and all extensions there are', () => {
    expect(parseCertificateLine(made('-h', '-z', '7', '-n', 'a.example', ...VALID))).toMatchObject({
      type: 'host',
      principals: ['a.example'],
      extensions: [],
    });
    const all = ['-O', 'no-touch-required', '-O', 'extension:x@example.org', '-O', 'permit-x11-forwarding'];
    expect(parseCertificateLine(made('-z', '7', '-n', 'app', ...VALID, ...all))?.extensions).toHaveLength(7);
    expect(parseCertificateLine(made('-z', '7', '-n', 'app', ...VALID, '-O', 'clear'))?.extensions).toEqual([]);
  });

  it.each([
    ['for everybody', ['-z', '7', ...VALID]],
    ['for ever', ['-z', '7', '-n', 'app']],
    ['without a serial', ['-n', 'app', ...VALID]],
    ['for any host', ['-n', 'app,*', '-z', '7', ...VALID]],
    ['with a critical option of somebody else', ['-n', 'app', '-z', '7', ...VALID, '-O', 'critical:x@example.org=1']],
    ['with a critical option of security keys', ['-n', 'app', '-z', '7', ...VALID, '-O', 'verify-required']],
    ['with a value in an extension', ['-n', 'app', '-z', '7', ...VALID, '-O', 'extension:x@example.org=1']],
  ])('makes certificates that we do not take: %s', (_, options) => {
    expect(parseCertificateLine(made('-n', 'app', '-z', '7', ...VALID))).not.toBeNull();
    expect(parseCertificateLine(made(...options))).toBeNull();
  });

  it('reads our private keys, finds the same public key, and prints the same fingerprint', () => {
    for (const [i, length] of [0, 1, 255].entries()) {
      const key = sshKey(new Uint8Array(32).fill(length));
      const path = privateFile({ ...key, file: formatPrivateKey(new Uint8Array(32).fill(length), key.publicKey, i) });
      expect(keygen('-y', '-f', path).trim()).toBe(formatPublicKey(key.publicKey));
      const listed = keygen('-l', '-f', write('line.pub', bytes(formatPublicKey(key.publicKey, 'a comment'))));
      expect(listed).toBe(`256 ${fingerprint(primitives, key.publicKey)} a comment (ED25519)\n`);
    }
  });

  it('makes keys whose lines we read', () => {
    const path = write('fresh', bytes(''));
    spawnSync('rm', [path]);
    keygen('-q', '-t', 'ed25519', '-N', '', '-C', 'who@where of it', '-f', path);
    const line = readFileSync(`${path}.pub`, 'utf8').trimEnd();
    const { publicKey, comment } = parsePublicKey(line)!;
    expect(comment).toBe('who@where of it');
    expect(formatPublicKey(publicKey, comment)).toBe(line);
    expect(keygen('-l', '-f', `${path}.pub`)).toContain(fingerprint(primitives, publicKey));
  });
});
