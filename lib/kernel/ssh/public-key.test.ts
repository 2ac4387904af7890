/** Lines of public keys, fingerprints and private key files: one spelling each, and nothing else is read. */
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { utils } from 'ssh2';
import { describe, expect, it } from 'vitest';
import { primitives } from '@/lib/primitives';
import { sshKey } from '@/test/support/ssh';
import { fingerprint, formatPrivateKey, formatPublicKey, keyBlob, parsePublicKey } from './index';

const { publicKey, line } = sshKey(new Uint8Array(32).fill(7));
const comment = fc.oneof(
  fc.constant(''),
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 64 }).filter((text) => text.trim() === text),
);

describe('the line of a public key', () => {
  it('comes back with its comment', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), comment, (seed, text) => {
        const key = sshKey(seed).publicKey;
        expect(parsePublicKey(formatPublicKey(key, text))).toEqual({ publicKey: key, comment: text });
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['no key', 'ssh-ed25519 '],
    ['another type', line.replace('ssh-ed25519', 'ssh-rsa')],
    ['options before it', `no-pty ${line}`],
    ['a second line', `${line}\n${line}`],
    ['a newline', `${line}\n`],
    ['a tab', line.replace(' ', '\t')],
    ['two spaces', line.replace(' ', '  ')],
    ['a space at its end', `${line} `],
    ['a control character', `${line} a\u001b[2J`],
    ['padding left out', line.replace(/.$/, '=')],
    ['a long comment', `${line} ${'x'.repeat(257)}`],
    ['a long line', `${line} ${'x'.repeat(20_000)}`],
    ['the key of small order', `ssh-ed25519 ${Buffer.from(keyBlob(new Uint8Array(32))).toString('base64')}`],
    [
      'bytes after the key',
      `ssh-ed25519 ${Buffer.concat([keyBlob(publicKey), Buffer.of(0, 0, 0)]).toString('base64')}`,
    ],
  ])('is refused with %s', (_, text) => {
    expect(parsePublicKey(line)?.publicKey).toEqual(publicKey);
    expect(parsePublicKey(text)).toBeNull();
  });

  it('never throws, and reads only what would be written the same', () => {
    const piece = fc.constantFrom('ssh-ed25519', ' ', line.slice(12), 'AAAA', '=', '\n', 'x');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 6 }).map((parts) => parts.join('')),
        ),
        (text) => {
          const parsed = parsePublicKey(text);
          if (parsed) expect(formatPublicKey(parsed.publicKey, parsed.comment)).toBe(text);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('is not made of what could not be read again', () => {
    expect(() => formatPublicKey(publicKey.subarray(1))).toThrow(new RangeError('ssh.key'));
    for (const bad of [' a', 'a ', 'a\nb', 'é']) expect(() => formatPublicKey(publicKey, bad)).toThrow(RangeError);
  });
});

it('prints the fingerprint of the published example', () => {
  // github.com's host key and its fingerprint, as GitHub's documentation prints them.
  const github = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
  expect(fingerprint(primitives, parsePublicKey(github)!.publicKey)).toBe(
    'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
  );
});

it('writes private keys that ssh2 reads, which reads no PKCS #8', () => {
  const key = sshKey();
  const read = utils.parseKey(key.file);
  if (read instanceof Error) expect.fail(read.message);
  expect([read.type, Uint8Array.from(read.getPublicSSH())]).toEqual(['ssh-ed25519', keyBlob(key.publicKey)]);
  const pkcs8 = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' });
  expect(utils.parseKey(pkcs8)).toBeInstanceOf(Error);
});

it('writes private keys of whole blocks, and refuses half a key', () => {
  const text = formatPrivateKey(new Uint8Array(32).fill(7), publicKey, 0xffff_ffff);
  const body = Buffer.from(text.split('\n').slice(1, -2).join(''), 'base64');
  expect(body.subarray(0, 15).toString('latin1')).toBe('openssh-key-v1\0');
  expect(body.includes(Buffer.from(publicKey))).toBe(true);
  expect(Math.max(...text.split('\n').map(({ length }) => length))).toBe(70);
  expect(() => formatPrivateKey(new Uint8Array(31), publicKey, 0)).toThrow(new RangeError('ssh.key'));
  expect(() => formatPrivateKey(new Uint8Array(32), publicKey.subarray(1), 0)).toThrow(new RangeError('ssh.key'));
});
