import { describe, expect, it } from 'vitest';
import { createKeyForm } from './form';

const form = createKeyForm(Date.UTC(2026, 10, 21));
const posted = { projectId: 'prj_1', name: 'Production server', 'scope.token:mint': 'on', days: '90' };

describe('form of a new API key', () => {
  it('collects the boxes and counts the days', () => {
    expect(form.parse(posted)).toEqual({
      projectId: 'prj_1',
      name: 'Production server',
      scopes: ['token:mint'],
      expiresAt: '2027-02-19T00:00:00.000Z',
    });
  });
  it('asks for the same end when it is sent once more later that day', () => {
    const ends = [1, 86_399_999].map((later) => createKeyForm(Date.UTC(2026, 10, 21) + later).parse(posted).expiresAt);
    expect(ends).toEqual(['2027-02-20T00:00:00.000Z', '2027-02-20T00:00:00.000Z']);
  });
  it('lives until revoked without days, and ignores days nobody offered', () => {
    expect(form.parse({ ...posted, days: '' }).expiresAt).toBeUndefined();
    expect(form.parse({ ...posted, days: '9999' }).expiresAt).toBeUndefined();
  });
  it('takes no scope the page does not offer', () => {
    expect(
      form.safeParse({ projectId: 'prj_1', name: 'x', 'scope.audit:read': 'on', days: '' }).error?.issues[0]?.path,
    ).toEqual(['scopes']);
  });
});
