import { describe, expect, it } from 'vitest';
import {
  formatBox,
  formatRegionCertificate,
  formatRegionKey,
  parseBox,
  parseRegionCertificate,
  parseRegionKey,
  regionCertificateContext,
  regionKeySalt,
} from './sealing';

const bytes = (length: number, from = 0) => Uint8Array.from({ length }, (_, i) => (from + i) & 0xff);
const box = { nonce: bytes(12), ciphertext: bytes(32, 100), tag: bytes(16, 200) };

describe('sealed layouts', () => {
  it('reads back what it wrote', () => {
    expect(parseBox(formatBox(box))).toEqual(box);
    expect(parseRegionCertificate(formatRegionCertificate('EU', box))).toEqual({ region: 'EU', box });
    const ephemeral = Uint8Array.of(4, ...bytes(64));
    expect(parseRegionKey(formatRegionKey('CN', ephemeral, box))).toEqual({ region: 'CN', ephemeral, box });
  });

  it('refuses other versions, regions, lengths and spellings', () => {
    const good = formatRegionCertificate('EU', box);
    expect(parseRegionCertificate(good.replace('r1.', 'r2.'))).toBeNull();
    expect(parseRegionCertificate(good.replace('.EU.', '.XX.'))).toBeNull();
    expect(parseRegionCertificate(`${good}.`)).toBeNull();
    expect(parseRegionCertificate(`${good}=`)).toBeNull();
    expect(parseRegionCertificate(`${good}${'A'.repeat(512)}`)).toBeNull();
    expect(parseBox('')).toBeNull();
    expect(parseBox('A'.repeat(37))).toBeNull();
    expect(parseRegionKey(good.replace('r1.', 'e1.'))).toBeNull();
    expect(parseRegionKey(formatRegionKey('EU', Uint8Array.of(2, ...bytes(64)), box))).toBeNull();
  });

  it('has one text per value: stray bits in the last character are refused', () => {
    const text = formatBox({ ...box, ciphertext: bytes(1) });
    expect(text.length % 4).toBe(3);
    const stray = `${text.slice(0, -1)}${text.endsWith('8') ? '9' : String.fromCharCode(text.charCodeAt(text.length - 1) + 1)}`;
    expect(parseBox(text)).not.toBeNull();
    expect(parseBox(stray)).toBeNull();
  });

  it('names the row in the context and both keys in the salt', () => {
    expect(regionCertificateContext('JP', 'a'.repeat(32), 'crt_1')).toBe(
      `region-certificate|JP|${'a'.repeat(32)}|crt_1`,
    );
    expect([...regionKeySalt(Uint8Array.of(1, 2), Uint8Array.of(3))]).toEqual([1, 2, 3]);
  });
});
