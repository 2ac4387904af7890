import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountOf } from '@/lib/kernel/grant';
import { newLines } from './follow';
import { loginOf } from './logins';
import { sshdFindings } from './sshd-config';

const grant = `grt_${'0'.repeat(31)}1`;
const account = accountOf(grant);
const held = [{ grant, account, uid: 66_000, startsAt: 1, deadline: 2 }];
const keyId = `grant=${grant};session=ssn_1;user=usr_1`;
const accepted = (over: { account?: string; keyId?: string } = {}) =>
  `Accepted publickey for ${over.account ?? account} from 127.0.0.1 port 4711 ssh2: ED25519-CERT SHA256:abc ID ${over.keyId ?? keyId} (serial 18446744073709551615) CA ED25519 SHA256:def`;

describe('loginOf', () => {
  const login = { kind: 'host.login', at: 5, grant, account, serial: '18446744073709551615', keyId, port: 4711 };
  it.each(['', 'Nov 22 09:44:58 eu-1 sshd[4711]: ', '2026-11-22T09:44:58.000000+00:00 eu-1 sshd-session[4711]: '])(
    'knows a login of a grant behind %j',
    (prefix) => expect(loginOf(prefix + accepted(), held, 5)).toEqual(login),
  );

  it.each([
    ['an account of no grant', accepted({ account: 'deploy' })],
    ['a certificate of another grant', accepted({ keyId: keyId.replace('1;session', '2;session') })],
    ['a bare key', `Accepted publickey for ${account} from 127.0.0.1 port 1 ssh2: ED25519 SHA256:abc`],
    ['a password', `Accepted password for ${account} from 127.0.0.1 port 1 ssh2`],
  ])('finds %s', (_, line) => expect(loginOf(line, held, 5)).toMatchObject({ code: 'login.unknown' }));

  it.each(['', 'Accepted certificate ID "x"', 'Failed publickey for root from 127.0.0.1 port 1 ssh2: RSA SHA256:x'])(
    'says nothing of %j',
    (line) => expect(loginOf(line, held, 5)).toBeNull(),
  );
});

describe('newLines', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cordon-follow-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives each whole line once, from the end on, and goes on after a rotation and a cut', () => {
    const path = join(folder, 'log');
    expect(newLines(path, null)).toBeNull();
    writeFileSync(path, 'old\n');
    let { lines, place } = newLines(path, null)!;
    const next = () => {
      ({ lines, place } = newLines(path, place)!);
      return lines;
    };
    expect(lines).toEqual([]);
    writeFileSync(path, 'one\ntwo\nthr', { flag: 'a' });
    expect(next()).toEqual([
      { text: 'one', end: 8 },
      { text: 'two', end: 12 },
    ]);
    expect(next()).toEqual([]);
    writeFileSync(path, 'ee\n', { flag: 'a' });
    expect(next()).toEqual([{ text: 'three', end: 18 }]);
    const { inode } = place;
    renameSync(path, `${path}.1`);
    writeFileSync(path, 'four\n');
    expect(next()).toEqual([{ text: 'four', end: 5 }]);
    expect(place.inode).not.toBe(inode);
    // The same file from its beginning: its lines are others, though they may end where earlier ones did.
    writeFileSync(path, 'é\n');
    expect(next()).toEqual([{ text: 'é', end: 3 }]);
    expect(place.cuts).toBe(1);
  });
});

describe('sshdFindings', () => {
  const program = '/run/cordon-host/cordon-host-principals';
  const certificate = '/etc/ssh/ssh_host_ed25519_key-cert.pub';
  const good = `hostcertificate /etc/ssh/ssh_host_rsa_key-cert.pub
hostcertificate ${certificate}
authorizedkeysfile none
authorizedprincipalscommand ${program} %u
authorizedprincipalscommanduser nobody
trustedusercakeys /etc/ssh/production-ca.pub
passwordauthentication no
permitrootlogin no
`;
  it('has nothing to say of settings as they should be', () =>
    expect(sshdFindings(good, program, certificate)).toEqual([]));
  it.each([
    ['authorizedkeysfile', 'authorizedkeysfile none', 'authorizedkeysfile .ssh/authorized_keys'],
    ['trustedusercakeys', 'trustedusercakeys /etc/ssh/production-ca.pub', 'trustedusercakeys none'],
    ['passwordauthentication', 'passwordauthentication no', 'passwordauthentication yes'],
    ['permitrootlogin', 'permitrootlogin no', 'permitrootlogin prohibit-password'],
    ['authorizedprincipalscommand', `${program} %u`, '/usr/bin/true'],
    ['hostcertificate', certificate, '/etc/ssh/other-cert.pub'],
    ['authorizedprincipalscommanduser', 'user nobody', 'user root'],
  ])('names %s', (name, from, to) =>
    expect(sshdFindings(good.replace(from, to), program, certificate)).toEqual([name]),
  );
});
