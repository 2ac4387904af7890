import { expect, it, vi } from 'vitest';
import type { LiveSession } from '@/lib/identity';
import { nextStep } from './next-step';

// Outside Next there is no client half of the router.
vi.mock('next/navigation', () => ({}));

type Standing = Pick<LiveSession, 'realm' | 'aal' | 'raisedBy' | 'hasTotp' | 'passkeys' | 'passkeysPending'>;
const nobody: Standing = { realm: 'customer', aal: 1, raisedBy: '', hasTotp: false, passkeys: 0, passkeysPending: 0 };

it.each<[string, Partial<Standing>, ReturnType<typeof nextStep>]>([
  ['a new customer', {}, 'enrol'],
  ['a customer with an authenticator', { hasTotp: true }, 'second-factor'],
  ['a customer with a passkey', { passkeys: 1 }, 'second-factor'],
  ['a customer after the code', { aal: 2, raisedBy: 'totp', hasTotp: true }, 'through'],
  ['a customer after the code who has a passkey as well', { aal: 2, raisedBy: 'totp', passkeys: 1 }, 'through'],
  ['a customer after a recovery code', { aal: 2, raisedBy: 'recovery', passkeys: 2, hasTotp: true }, 'enrol'],
  ['a new member of staff', { realm: 'staff' }, 'enrol'],
  ['staff who so far have an authenticator', { realm: 'staff', hasTotp: true }, 'second-factor'],
  ['those after the code', { realm: 'staff', aal: 2, raisedBy: 'totp', hasTotp: true }, 'enrol'],
  ['staff whose passkey waits', { realm: 'staff', passkeysPending: 1 }, 'wait'],
  ['the same with an authenticator', { realm: 'staff', hasTotp: true, passkeysPending: 1 }, 'second-factor'],
  ['the same after its code', { realm: 'staff', aal: 2, raisedBy: 'totp', hasTotp: true, passkeysPending: 1 }, 'wait'],
  ['staff whose passkey was endorsed while they waited', { realm: 'staff', passkeys: 1 }, 'second-factor'],
  ['the same, waiting with a code', { realm: 'staff', aal: 2, raisedBy: 'totp', passkeys: 1 }, 'second-factor'],
  ['staff with their passkey', { realm: 'staff', aal: 2, raisedBy: 'passkey', passkeys: 1 }, 'through'],
  ['staff after recovery codes', { realm: 'staff', aal: 2, raisedBy: 'recovery', passkeys: 1 }, 'enrol'],
  ['the same once the new passkey waits', { realm: 'staff', aal: 2, raisedBy: 'recovery', passkeysPending: 1 }, 'wait'],
])('%s', (_who, standing, step) => {
  expect(nextStep({ ...nobody, ...standing } as LiveSession)).toBe(step);
});
