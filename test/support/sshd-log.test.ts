/** Lines as sshd 9.2 wrote them. */
import { describe, expect, it } from 'vitest';
import { sshdEntries } from './sshd-log';

const KEY = 'SHA256:ASA1LAoVontCTFjK7aFvCAY9Y6HbV6gSX39aMslMP00';
const CA = 'SHA256:HFy23oW6WHok64av/0OZElPcZdEuiuRFb5CnX6fGjn4';
const verdict = (word: string, keyId: string, account = 'app') =>
  `${word} publickey for ${account} from 127.0.0.1 port 49106 ssh2: ED25519-CERT ${KEY} ID ${keyId} (serial 18446744073709551615) CA ED25519 ${CA}`;
const PLAIN = `Failed publickey for app from 127.0.0.1 port 49110 ssh2: ED25519 ${KEY}`;

describe('the log of sshd', () => {
  it('says who came in, with which certificate', () => {
    const lines = [
      'Server listening on 127.0.0.1 port 35887.',
      'Connection from 127.0.0.1 port 49106 on 127.0.0.1 port 35887 rdomain ""',
      `Accepted certificate ID "g1" (serial 18446744073709551615) signed by ED25519 CA ${CA} via /run/ca.pub`,
      'Postponed publickey for app from 127.0.0.1 port 49106 ssh2 [preauth]',
      verdict('Accepted', 'grant=g1;user=u 1'),
      'Starting session: command for app from 127.0.0.1 port 49106 id 0',
    ];
    expect(sshdEntries(lines)).toEqual([
      {
        verdict: 'accepted',
        account: 'app',
        port: 49106,
        key: KEY,
        keyId: 'grant=g1;user=u 1',
        serial: 2n ** 64n - 1n,
        authority: CA,
        reason: '',
      },
    ]);
  });

  it('says who did not, and why: the reason is not carried to the next verdict', () => {
    const lines = [
      'error: Certificate invalid: expired',
      verdict('Failed', 'g1'),
      PLAIN,
      'Certificate does not contain an authorized principal [preauth]',
      verdict('Failed', 'g2', 'invalid user nobody-here'),
    ];
    expect(sshdEntries(lines).map(({ keyId, serial, account, reason }) => [keyId, serial, account, reason])).toEqual([
      ['g1', 2n ** 64n - 1n, 'app', 'Certificate invalid: expired'],
      [null, null, 'app', ''],
      ['g2', 2n ** 64n - 1n, 'nobody-here', 'Certificate does not contain an authorized principal'],
    ]);
  });

  it('says of an account that is barred why, and of which connection', () => {
    const lines = [
      'ROOT LOGIN REFUSED FROM 127.0.0.1 port 35044 [preauth]',
      'Connection from 127.0.0.1 port 35050 on 127.0.0.1 port 38137 rdomain ""',
      'Account app has expired',
      'User app not allowed because account is locked',
      'Connection closed by invalid user app 127.0.0.1 port 35050 [preauth]',
    ];
    const reason = 'Account app has expired; User app not allowed because account is locked';
    expect(sshdEntries(lines)).toMatchObject([{ verdict: 'refused', account: 'app', port: 35050, key: null, reason }]);
  });

  it('is not led astray by a key id that looks like the end of a line', () => {
    const keyId = `g1 (serial 7) CA ED25519 ${KEY}`;
    expect(sshdEntries([verdict('Failed', keyId)])).toMatchObject([{ keyId, serial: 2n ** 64n - 1n, authority: CA }]);
  });

  it('has no verdict without one', () => {
    expect(sshdEntries(['', 'Accepted', 'Certificate invalid: expired', 'User child is on pid 1'])).toEqual([]);
  });
});
