import { expect, it } from 'vitest';
import { missingStep } from './missing-step';

const of = (realm: 'customer' | 'staff', aal: 1 | 2, raisedBy: '' | 'totp' | 'passkey' | 'recovery', factors = {}) =>
  missingStep({ realm, aal, raisedBy, hasTotp: false, passkeys: 0, ...factors });

it('asks for the second factor, or for setting one up where there is none', () => {
  expect(of('customer', 1, '')).toBe('/enrol');
  expect(of('customer', 1, '', { hasTotp: true })).toBe('/second-factor');
  expect(of('customer', 1, '', { passkeys: 1 })).toBe('/second-factor');
  // A passkey that waits is none yet.
  expect(of('staff', 1, '')).toBe('/enrol');
});

it('lets customers work with either factor, and staff with a passkey only', () => {
  expect(of('customer', 2, 'totp', { hasTotp: true })).toBeNull();
  expect(of('customer', 2, 'passkey', { passkeys: 1 })).toBeNull();
  expect(of('staff', 2, 'passkey', { passkeys: 1 })).toBeNull();
  expect(of('staff', 2, 'totp', { hasTotp: true })).toBe('/enrol');
  // Endorsed since: the passkey is there to be given.
  expect(of('staff', 2, 'totp', { hasTotp: true, passkeys: 1 })).toBe('/second-factor');
});

it('sends whoever came with recovery codes to set up a factor, whatever they still have', () => {
  for (const realm of ['customer', 'staff'] as const)
    expect(of(realm, 2, 'recovery', { hasTotp: true, passkeys: 2 })).toBe('/enrol');
});
