import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Sheet, sheetInput, sheetText } from '@/lib/kernel/grant';
import { takeSheet } from './sheet';

const pair = () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { raw: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32), privateKey };
};
const ours = pair();
const sheet: Sheet = { target: 'host:eu-1', seq: 7, issuedAt: 100, freshUntil: 160, grants: [] };
const signed = (of: Sheet, by: KeyObject = ours.privateKey) => ({
  sheet: sheetText(of),
  signature: sign(null, sheetInput(of), by).toString('base64'),
});
const take = (of: Parameters<typeof takeSheet>[0], seq = 6) =>
  takeSheet(of, { target: 'host:eu-1', keys: [pair().raw, ours.raw], seq });

describe('takeSheet', () => {
  it('takes one of a pinned key for this host', () => expect(take(signed(sheet))).toEqual(sheet));

  it('refuses another key, another host, an older one and the same again', () => {
    expect(take(signed(sheet, pair().privateKey))).toBe('sheet.signature');
    expect(take(signed({ ...sheet, target: 'host:eu-2' }))).toBe('sheet.target');
    expect(take(signed(sheet), 7)).toBe('sheet.older');
    expect(take(signed(sheet), 8)).toBe('sheet.older');
  });

  it('refuses a signature over something else, or of another kind', () => {
    const { signature } = signed({ ...sheet, seq: 8 });
    expect(take({ sheet: sheetText(sheet), signature })).toBe('sheet.signature');
    const bare = sign(null, Buffer.from(sheetText(sheet)), ours.privateKey).toString('base64');
    expect(take({ sheet: sheetText(sheet), signature: bare })).toBe('sheet.signature');
  });

  it.each(['', 'AAAA', `${'A'.repeat(86)}=`, `${'A'.repeat(85)}B==`])('refuses the signature %s', (signature) =>
    expect(take({ sheet: sheetText(sheet), signature })).toBe('sheet.malformed'),
  );
});
