import { describe, expect, it } from 'vitest';
import { checkNewPassword, DUMMY_HASH, hashPassword, verifyPassword } from './passwords';

const code = (password: string, email = 'ada@example.com') => {
  try {
    checkNewPassword(password, email);
    return 'ok';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a new password', () => {
  it('has 12 to 256 characters, counted as a person counts them', () => {
    expect(code('elf charact')).toBe('identity.password.short');
    expect(code('zwolf charac')).toBe('ok');
    // Twelve characters outside the BMP are twelve characters, not twenty-four.
    expect(code('🦊🐙🦉🐝🦋🐢🦀🐬🦔🐌🦜')).toBe('identity.password.short');
    expect(code('🦊🐙🦉🐝🦋🐢🦀🐬🦔🐌🦜🦥')).toBe('ok');
    expect(code(`${'ab'.repeat(120)}unequal suffix.`)).toBe('ok');
    expect(code('x1'.repeat(129))).toBe('identity.password.long');
    expect(code('x'.repeat(1_000_000))).toBe('identity.password.long');
  });

  it('is not among the first guesses, in any case', () => {
    for (const guess of ['Password1234', 'QWERTYUIOP123', 'aaaaaaaaaaaaaa', 'abcabcabcabcabc', '121212121212']) {
      expect(code(guess), guess).toBe('identity.password.common');
    }
    expect(code('Grace@Example.org', 'grace@example.org')).toBe('identity.password.common');
  });
});

describe('stored passwords', () => {
  it('are argon2id with the stated parameters, as is the hash unknown accounts are verified against', async () => {
    const head = '$argon2id$v=19$m=19456,t=2,p=1$';
    const stored = await hashPassword('correct gate mural lantern');
    expect(stored.startsWith(head)).toBe(true);
    expect(DUMMY_HASH.startsWith(head)).toBe(true);
    expect(DUMMY_HASH.length).toBe(stored.length);
  });

  it('fit their password only, however it was composed on the keyboard', async () => {
    const stored = await hashPassword('caf\u00e9 gate mural lantern');
    expect(await verifyPassword(stored, 'cafe\u0301 gate mural lantern')).toBe(true);
    expect(await verifyPassword(stored, 'cafe gate mural lantern')).toBe(false);
    expect(await verifyPassword(stored, 'x'.repeat(5000))).toBe(false);
  });

  it('of an unknown account fit nothing', async () => {
    expect(await verifyPassword(null, 'anything at all here')).toBe(false);
    expect(await verifyPassword(null, '')).toBe(false);
  });
});
