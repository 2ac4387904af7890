import { describe, expect, it } from 'vitest';
import { ACTIONS, may, type Subject } from '@/lib/authz';
import { isOwn, KEY_ACTS, MEMBER_MATRIX, STAFF_MATRIX } from './matrix';

const ACTS = Object.entries(ACTIONS).reduce(
  (sum, [subject, actions]) => sum + actions.filter((action) => !isOwn(subject as Subject, action)).length,
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
      'Membership end-sessions',
      'Membership offer-reset',
    ]);
  });

  it('marks the acts that are confirmed, in the realm that confirms them', () => {
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
      'AuditStream create',
      'AuditStream change',
      'AuditRetention change',
      'AuditHold release',
      'AuditPruning propose',
      'AuditPruning approve',
      'AuditErasure erase',
      'AccessPolicy change',
      'ProviderAccess decide',
      'LockboxSetting change',
    ]);
    expect(marked(STAFF_MATRIX)).toEqual([
      'AuditStream create',
      'AuditStream change',
      'AuditRetention change',
      'AuditHold release',
      'AuditPruning propose',
      'AuditPruning approve',
      'AuditErasure erase',
      'AccessPolicy change',
      'Edge enrol',
      'Edge ban',
      'CommitteeDecision vote',
      'Delegation give',
      'AgreementSignature sign',
      'AccessRequest create',
      'AccessRequest vote',
      'AccessRequest review',
      'ProductionSession open',
      'SessionRecording copy',
      'SessionRecording share',
      'Passkey endorse',
    ]);
  });

  it('says of passkeys who endorses a colleague’s, and nothing of one’s own', () => {
    const passkeys = STAFF_MATRIX.filter(({ subject }) => subject === 'Passkey');
    expect(passkeys.map(({ action }) => action)).toEqual(['read', 'endorse']);
    expect(passkeys[1]!.cells).toEqual({ administrator: 'all', security: 'all', support: 'none', auditor: 'none' });
    expect(STAFF_MATRIX.some(({ subject }) => subject === 'RecoveryCode')).toBe(false);
  });

  it('gives staff nothing of a customer’s projects', () => {
    for (const { subject, action, cells } of STAFF_MATRIX)
      if (['Project', 'Certificate', 'Token', 'Decision', 'MediaSession'].includes(subject))
        expect(Object.values(cells), `${subject} ${action}`).toEqual(['none', 'none', 'none', 'none']);
  });
});
