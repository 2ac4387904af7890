import { describe, expect, it } from 'vitest';
import { landingPath, organisationPath, safePath } from './paths';

describe('the page asked for before signing in', () => {
  it('is kept when it is a path of this origin', () => {
    expect(safePath('/acme/projects/p1?tab=fence#x')).toBe('/acme/projects/p1?tab=fence#x');
    expect(safePath('/staff')).toBe('/staff');
    expect(safePath('/invite')).toBe('/invite');
  });

  it('is dropped when a browser could read it as another place', () => {
    for (const wish of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      '\\\\evil.example',
      '/\t/evil.example',
      '\t//evil.example',
      '/%2e%2e//evil.example/..//evil.example',
      '/..//evil.example',
      '/a/..//evil.example',
      'javascript:alert(1)',
      '/\u0000/evil.example',
      'acme',
      '',
      ' /acme',
      `/${'a'.repeat(600)}`,
      null,
      ['/acme'],
    ]) {
      expect(safePath(wish), String(wish)).toBeNull();
    }
  });

  it('is dropped when it would loop back into signing in or out', () => {
    for (const wish of ['/sign-in', '/sign-out', '/api/auth/signout', '/second-factor?x', '/enrol', '/_next/x']) {
      expect(safePath(wish), wish).toBeNull();
    }
    expect(safePath('/sign-inspection')).toBe('/sign-inspection');
  });
});

describe('the first page', () => {
  const acme = { organisationId: 'org_1', slug: 'acme', name: 'Acme', role: 'owner' } as const;
  const audited = { ...acme, slug: 'northwind', role: 'auditor' } as const;
  it('is where the work is', () => {
    expect(landingPath('staff', [])).toBe('/staff');
    expect(landingPath('customer', [acme])).toBe('/acme');
    expect(landingPath('customer', [audited])).toBe('/auditor?organisation=northwind');
    expect(landingPath('customer', [acme, audited])).toBe('/choose');
    expect(landingPath('customer', [])).toBe('/choose');
    expect(organisationPath(acme)).toBe('/acme');
  });
});
