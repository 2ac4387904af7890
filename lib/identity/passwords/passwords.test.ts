import { describe, expect, it } from 'vitest';
import { FIRST_GUESSES } from '@/test/support/first-guesses';
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
    for (const guess of [
      ...FIRST_GUESSES,
      'Password1234',
      'QWERTYUIOP123',
      'aaaaaaaaaaaaaa',
      'abcabcabcabcabc',
      '1212121212121',
    ]) {
      expect(code(guess), guess).toBe('identity.password.common');
      expect(code(guess.toUpperCase()), guess).toBe('identity.password.common');
    }
    for (const guess of [
      'p@ssw0rdp@ssw0rd',
      'Summer2026!!',
      'qazwsxedcrfv',
      'october311987',
      'The quick brown fox',
      'a'.repeat(256),
    ])
      expect(code(guess), guess).toBe('identity.password.common');
  });

  it('is not made of the words around the account', () => {
    const around = ['ada.lovelace@analytical-engines.example', 'Ada Lovelace', 'Analytical Engines'];
    for (const guess of [
      'ada.lovelace@analytical-engines.example',
      'lovelaceada12',
      'AdaLovelace1815',
      'analyticalengines',
      'Cordon2026!!!',
    ]) {
      expect(() => checkNewPassword(guess, around), guess).toThrow(/attackers try first/);
    }
    expect(code('Grace@Example.org', 'grace@example.org')).toBe('identity.password.common');
    expect(code('lovelaceada12')).toBe('ok');
  });

  it('may be any few words that are nobody else’s', () => {
    for (const fine of [
      'zwolf charac',
      'gate mural lantern',
      'kdjfhgksjdhf',
      'tK4$vB9zQw1n',
      '482915730264',
      'schöne alte Gießkanne',
    ])
      expect(code(fine), fine).toBe('ok');
  });

  it('of any length takes little work to judge', () => {
    const worst = ['a4@e3i1!o0s5$t7'.repeat(30), 'p@ssw0rd1234'.repeat(20), 'x1'.repeat(128), 'ⅷ'.repeat(256)];
    code('warm up the dictionary');
    for (const password of worst) {
      const started = process.cpuUsage();
      code(password.slice(0, 256));
      expect(process.cpuUsage(started).user / 1000, password.slice(0, 16)).toBeLessThan(300);
    }
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
