import { describe, expect, it } from 'vitest';
import { archiveForm, tokenPolicyForm } from './forms';

const posted = { projectId: 'prj_1', maxLifetimeSeconds: '3600', clockSkewSeconds: '30', stalenessSeconds: '300' };

describe('forms of the settings page', () => {
  it('reads a box that is not posted as off, and one that is as on', () => {
    expect(tokenPolicyForm.parse({ ...posted, wildcardUser: 'on' })).toEqual({
      projectId: 'prj_1',
      maxLifetimeSeconds: 3600,
      clockSkewSeconds: 30,
      stalenessSeconds: 300,
      wildcardUser: true,
      wildcardChannel: false,
      legacy006: false,
    });
  });
  it('refuses a lifetime past 24 h at its field', () => {
    const refused = tokenPolicyForm.safeParse({ ...posted, maxLifetimeSeconds: '86401' });
    expect(refused.error?.issues.map(({ path }) => path[0])).toEqual(['maxLifetimeSeconds']);
  });
  it('wants a reason for archiving', () => {
    expect(
      archiveForm.safeParse({ projectId: 'prj_1', confirm: 'Consult', reason: ' ' }).error?.issues[0]?.path,
    ).toEqual(['reason']);
  });
});
