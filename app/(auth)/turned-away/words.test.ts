import { describe, expect, it } from 'vitest';
import { turnedAwayWords } from './words';

const found = (code: string) => ({
  code,
  passwordMaxAgeDays: 90,
  sessionIdleMinutes: 15,
  sessionHours: 1,
  factor: 'passkey' as const,
  address: '198.51.100.7',
});
const words = (code: string, passkeys = 0) => turnedAwayWords(found(code), 'Acme', passkeys);

describe('what somebody who was turned away is told', () => {
  it('is what the organisation asks for, and the way back in', () => {
    expect(words('policy.session_idle')).toMatchObject({ text: expect.stringMatching(/15 minutes/), way: 'sign-in' });
    expect(words('policy.session_expired')).toMatchObject({
      text: expect.stringMatching(/1 hour after/),
      way: 'sign-in',
    });
    expect(words('policy.password_expired')).toMatchObject({ text: expect.stringMatching(/90 days/), way: 'password' });
    expect(words('policy.factor_required', 1)).toMatchObject({
      text: expect.stringMatching(/one device/),
      way: 'passkey',
    });
    expect(words('policy.address')).toMatchObject({ text: expect.stringMatching(/from 198\.51\.100\.7/), way: null });
  });

  it('is to add a passkey first for those who have none', () => {
    expect(words('policy.passkey_required')).toMatchObject({ text: expect.stringMatching(/Add one/), way: 'passkey' });
    expect(words('policy.passkey_required', 1)).toMatchObject({
      text: expect.stringMatching(/with yours/),
      way: 'sign-in',
    });
  });

  it('names nothing else of the organisation, and the provider in its own words', () => {
    for (const code of [
      'session_idle',
      'session_expired',
      'passkey_required',
      'factor_required',
      'password_expired',
      'address',
    ])
      expect(words(`policy.${code}`).text.startsWith('Acme ')).toBe(true);
    expect(turnedAwayWords(found('policy.session_idle'), 'The provider', 1).text).toMatch(/^The provider asks/);
  });
});
