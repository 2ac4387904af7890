import { describe, expect, it } from 'vitest';
import { canonicalRecoveryCode, hashRecoveryCode, newRecoveryCodes } from './recovery-codes';

describe('recovery codes', () => {
  it('are ten different codes of twenty-four base32 characters', () => {
    const codes = newRecoveryCodes();
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/);
  });

  it('use their bits: every character position takes every value', () => {
    const codes = Array.from({ length: 200 }, newRecoveryCodes).flat();
    for (let at = 0; at < 24; at++) {
      expect(new Set(codes.map((code) => code.replaceAll('-', '')[at])).size).toBe(32);
    }
  });

  it('are read as people write them down', () => {
    expect(canonicalRecoveryCode(' 0l23-abcd 4567-89oj wxyz-0000 ')).toBe('0123ABCD4567890JWXYZ0000');
    expect(canonicalRecoveryCode('0123-ABCD-4567-89UX-0123-0123')).toBeNull();
    expect(canonicalRecoveryCode('0123')).toBeNull();
    expect(canonicalRecoveryCode('A'.repeat(100_000))).toBeNull();
  });

  it('are stored as a hash of their one spelling', () => {
    const [code] = newRecoveryCodes();
    const canonical = canonicalRecoveryCode(code!)!;
    expect(hashRecoveryCode(canonical)).toEqual(hashRecoveryCode(canonicalRecoveryCode(code!.toLowerCase())!));
    expect(hashRecoveryCode(canonical)).toHaveLength(32);
  });
});
