import { describe, expect, it } from 'vitest';
import { lastOwnerRefusal, roleRefusal, slugProblem, suggestSlug } from './rules';

describe('slugs', () => {
  it('are short, plain and free of words that mean something else', () => {
    for (const slug of ['acme', 'north-wind-2', 'a1b']) expect(slugProblem(slug), slug).toBeNull();
    for (const slug of [
      'ab',
      '-acme',
      'acme-',
      'a--b',
      'Acme',
      '1acme',
      'ac me',
      'acmé',
      'a'.repeat(41),
      'a/b',
      'a.b',
    ]) {
      expect(slugProblem(slug), slug).toBe('form');
    }
    for (const slug of ['staff', 'api', 'sign-in', 'audit', 'auditor', 'invite', 'transparency'])
      expect(slugProblem(slug), slug).toBe('reserved');
  });

  it('are suggested from names when something of them can be used', () => {
    expect(suggestSlug('Northwind Telehealth, Inc.')).toBe('northwind-telehealth-inc');
    expect(suggestSlug('Çelik Öztürk')).toBe('celik-ozturk');
    expect(suggestSlug('日本')).toBe('');
    expect(suggestSlug('Staff')).toBe('');
    expect(suggestSlug(`${'long '.repeat(20)}`)).toHaveLength(39);
  });
});

describe('roles', () => {
  it('let administrators manage everybody but owners', () => {
    expect(roleRefusal('owner', 'owner')).toBeNull();
    expect(roleRefusal('administrator', 'developer')).toBeNull();
    expect(roleRefusal('administrator', 'owner')).toMatch(/owner/);
    expect(roleRefusal('developer', 'auditor')).not.toBeNull();
    expect(roleRefusal('auditor', 'auditor')).not.toBeNull();
  });

  it('keep one owner', () => {
    expect(lastOwnerRefusal({ role: 'owner' }, 1)).not.toBeNull();
    expect(lastOwnerRefusal({ role: 'owner' }, 2)).toBeNull();
    expect(lastOwnerRefusal({ role: 'developer' }, 1)).toBeNull();
  });
});
