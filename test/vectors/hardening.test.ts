/** The cases that the published verifiers get wrong or leave open, each with the decision it must lead to. */
import { describe, expect, it } from 'vitest';
import { decide } from '@/lib/kernel/decision';
import { parseToken, tokenIdentity } from '@/lib/kernel/token';
import { primitives } from '@/lib/primitives';
import file from './hardening.json';
import { APP_ID, NOW, worldOf } from './world';

interface Expected {
  code: string;
  reason?: string;
  permissions?: number;
  certificateId?: string;
  joinEndsAt?: number;
  wildcardUser?: boolean;
  unknownService?: number;
  role?: number;
  sameTokenAs?: string;
}

const identity = (text: string) => {
  const result = parseToken(text, primitives);
  return result.ok ? tokenIdentity(result.token, primitives) : null;
};

describe('hardening vectors', () => {
  it.each(file.cases.map((entry) => [entry.name, entry] as const))('%s', (_, { token, channel, account, ...entry }) => {
    const expected: Expected = entry.expect;
    const result = parseToken(token, primitives);
    expect(result.ok ? undefined : result.reason).toBe(expected.reason);
    if (result.ok && result.token.version === '007') {
      expect(result.token.unknownService).toBe(expected.unknownService ?? null);
      if (expected.role !== undefined) expect(result.token.services[0]).toMatchObject({ role: expected.role });
    }

    const decision = decide({ appId: APP_ID, channel, account, token }, worldOf(), NOW);
    expect(decision.code).toBe(expected.code);
    if (decision.verdict === 'allow') {
      expect(decision.permissions).toBe(expected.permissions);
      if (expected.joinEndsAt !== undefined) expect(decision.expiresAt.join).toBe(expected.joinEndsAt);
    }
    if (expected.certificateId) expect(decision.certificateId).toBe(expected.certificateId);
    if (expected.wildcardUser !== undefined) expect(decision.wildcardUser).toBe(expected.wildcardUser);
    if (expected.sameTokenAs) {
      const other = file.cases.find(({ name }) => name === expected.sameTokenAs)!;
      expect(token).not.toBe(other.token);
      expect(identity(token)).toBe(identity(other.token));
    }
  });
});
