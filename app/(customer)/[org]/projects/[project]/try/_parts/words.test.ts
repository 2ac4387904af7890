import { describe, expect, it } from 'vitest';
import { bitrate, cutWords, lifetimeToTry, suggestedName } from './words';

describe('words of the live test page', () => {
  it('writes bit rates', () => {
    expect([0, 640_400, 1_240_000].map(bitrate)).toEqual(['0 kbit/s', '640 kbit/s', '1.2 Mbit/s']);
  });
  it('explains a cut by its rule, and a restart as no refusal', () => {
    expect(cutWords('revoked.user')).toMatchObject({
      title: 'Cut by the rule revocation',
      says: 'The user is revoked.',
    });
    expect(cutWords('engine.restarted').says).toContain('Nobody was refused');
  });
  it('asks for short tokens within the cap', () => {
    expect([86_400, 300, 30].map(lifetimeToTry)).toEqual([900, 300, 60]);
    expect(suggestedName(0)).toBe('tester-1000');
    expect(suggestedName(0.9999)).toBe('tester-9999');
  });
});
