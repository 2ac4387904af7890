import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPublicKey } from './public-key';

/** Made by ssh-keygen, with its own fingerprint of it. */
const LINE = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFTYBv5IQ/CK+Dz3taCIrpxhfcsTfXtOm9qsPUOIU1J1';

const sshLine = (): string => {
  const raw = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const text = (of: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, of.length]), of]);
  return `ssh-ed25519 ${Buffer.concat([text(Buffer.from('ssh-ed25519')), text(raw)]).toString('base64')}`;
};

const FINGERPRINT = 'SHA256:JOuz+6EvGbr9Q9OMI1MrGUSfMKP1CYE5tFXUSRWULMI';

describe('a pasted public key', () => {
  it('is read without its comment, whichever it has', () => {
    const line = sshLine();
    for (const text of [line, `${line} ada@laptop`, `  ${line}\tada \n`])
      expect(readPublicKey(text)).toEqual({ line, fingerprint: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/) });
  });

  it('is one line of one ed25519 key and nothing else', () => {
    const line = sshLine();
    for (const text of [
      '',
      'ssh-rsa AAAA',
      line.slice(0, -4),
      `${line}\n${sshLine()}`,
      line.replace('ssh-ed25519 ', 'ecdsa '),
      `command="x" ${line}`,
      `${line.slice(0, -1)}=`,
      'x'.repeat(2000),
    ])
      expect(readPublicKey(text)).toBeNull();
    fc.assert(fc.property(fc.string(), (text) => readPublicKey(text) === null));
  });

  it('has the fingerprint that OpenSSH shows', () => {
    expect(readPublicKey(LINE)?.fingerprint).toBe(FINGERPRINT);
  });
});
