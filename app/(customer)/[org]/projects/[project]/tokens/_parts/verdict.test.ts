import { describe, expect, it } from 'vitest';
import type { Inspection } from '@/lib/tokens/schemas';
import { readable } from './instants';
import { ladderOf, verdictOf } from './verdict';

const inspection = (decision: Partial<Inspection['decision']>, steps: Inspection['steps'] = []): Inspection => ({
  token: null,
  unreadable: null,
  decision: {
    verdict: 'deny',
    code: 'fence.region_denied',
    rule: 'fence',
    says: 'Outside.',
    detail: null,
    next: null,
    status: 403,
    permissions: [],
    account: null,
    allowedRegions: [],
    ...decision,
  },
  steps,
  certificate: null,
  edge: { name: 'na-1', region: 'NA' },
  policy: { epoch: 1, seq: 7 },
  at: '2026-11-21T09:00:00.000Z',
});

describe('an inspection in words', () => {
  it('names the rule, the facts and the code', () => {
    expect(verdictOf(inspection({ detail: 'NA is not in EU' }))).toEqual({
      state: 'refused',
      title: 'Refused by the fence',
      text: 'Outside. NA is not in EU.',
      code: '403 fence.region_denied',
    });
  });

  it('says which rights an admitted token gives', () => {
    const verdict = verdictOf(
      inspection({
        verdict: 'allow',
        code: 'ok',
        permissions: [
          { name: 'join', expiresAt: '' },
          { name: 'audio', expiresAt: '' },
        ],
      }),
    );
    expect(verdict).toMatchObject({ state: 'allowed', text: 'Edge na-1 in NA admits it with join, audio.' });
  });

  it('keeps the order of the rules and puts the code at the one that refused', () => {
    const steps = ladderOf(
      inspection({}, [
        { rule: 'form', result: 'passed', detail: 'version 007' },
        { rule: 'fence', result: 'refused', detail: 'NA' },
        { rule: 'signature', result: 'not_reached', detail: '' },
      ]),
    );
    expect(steps.map(({ name, state, code }) => [name, state, code])).toEqual([
      ['Form', 'passed', 'form'],
      ['Fence', 'refused', 'fence.region_denied'],
      ['Signature', 'skipped', 'signature'],
    ]);
  });

  it('writes out times only where a rule is about time', () => {
    expect(readable('issued up to 1795295290', 'revoked.user')).toBe('issued up to 21 Nov 2026 21:08:10 UTC');
    expect(readable('user 1795295290', 'token.wrong_account')).toBe('user 1795295290');
  });

  it('puts times and names where edges note seconds and identifiers', () => {
    const found = {
      ...inspection({ verdict: 'allow', code: 'ok', permissions: [{ name: 'join', expiresAt: '' }] }, [
        { rule: 'signature', result: 'passed', detail: 'signed by certificate crt_1' },
        { rule: 'time', result: 'passed', detail: 'valid until 1795298704' },
        { rule: 'privilege', result: 'passed', detail: 'permission bits 1' },
      ]),
      certificate: { id: 'crt_1', slot: 'primary' as const },
    };
    expect(ladderOf(found).map(({ text }) => text)).toEqual([
      'matches the primary certificate',
      'valid until 21 Nov 2026 22:05:04 UTC',
      'join',
    ]);
  });
});
