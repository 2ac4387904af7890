import { describe, expect, it } from 'vitest';
import { ACTIONS, may, type Subject } from '@/lib/authz';
import { KEY_ACTS, MEMBER_MATRIX, OWN, STAFF_MATRIX } from './matrix';

const ACTS = Object.entries(ACTIONS).reduce(
  (sum, [subject, actions]) => sum + (OWN.includes(subject as Subject) ? 0 : actions.length),
  0,
);

describe('who can do what', () => {
  it('lists every act once, but those about oneself', () => {
    for (const matrix of [MEMBER_MATRIX, STAFF_MATRIX, KEY_ACTS]) {
      expect(matrix).toHaveLength(ACTS);
      expect(new Set(matrix.map(({ subject, action }) => `${subject} ${action}`)).size).toBe(ACTS);
    }
  });

  it('says for each role what its guard says', () => {
    for (const { subject, action, cells } of MEMBER_MATRIX)
      for (const role of ['owner', 'administrator', 'developer', 'auditor'] as const)
        expect(cells[role] !== 'none', `${role} ${subject} ${action}`).toBe(
          may(
            { kind: 'member', userId: 'u', sessionId: 's', organisationId: 'o', role, secret: '' },
            action as never,
            subject as Subject,
          ),
        );
    for (const { subject, action, cells } of STAFF_MATRIX)
      for (const role of ['administrator', 'security', 'support', 'auditor'] as const)
        expect(cells[role] !== 'none', `${role} ${subject} ${action}`).toBe(
          may({ kind: 'staff', userId: 'u', sessionId: 's', role, secret: '' }, action as never, subject as Subject),
        );
  });

  it('marks rights that hold for part of the rows only', () => {
    const remove = MEMBER_MATRIX.find(({ subject, action }) => subject === 'Membership' && action === 'remove')!;
    expect(remove.cells).toMatchObject({ owner: 'all', administrator: 'some', developer: 'none' });
    // The legend explains the half glyph by this one condition.
    const some = [...MEMBER_MATRIX, ...STAFF_MATRIX].filter(({ cells }) => Object.values(cells).includes('some'));
    expect(some.map(({ subject, action }) => `${subject} ${action}`)).toEqual([
      'Membership change',
      'Membership remove',
    ]);
  });

  it('marks the acts that ask for a code, in the realm that gives it', () => {
    const marked = (matrix: typeof MEMBER_MATRIX) =>
      matrix.filter(({ stepUp }) => stepUp).map(({ subject, action }) => `${subject} ${action}`);
    expect(marked(MEMBER_MATRIX)).toEqual([
      'Project freeze',
      'Project archive',
      'Project change-mode',
      'Project change-environment',
      'Project change-fence',
      'Certificate disable',
      'Certificate delete',
      'Certificate reveal',
      'Revocation create',
      'ApiKey create',
    ]);
    expect(marked(STAFF_MATRIX)).toEqual(['Edge enrol', 'Edge ban']);
  });

  it('gives staff nothing of a customer’s projects', () => {
    for (const { subject, action, cells } of STAFF_MATRIX)
      if (['Project', 'Certificate', 'Token', 'Decision', 'MediaSession'].includes(subject))
        expect(Object.values(cells), `${subject} ${action}`).toEqual(['none', 'none', 'none', 'none']);
  });
});
