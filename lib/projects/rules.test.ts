import { describe, expect, it } from 'vitest';
import { certificateCan, environmentCan, freeSlot, type ProjectAct, projectCan } from './rules';
import { createProject, tokenPolicy } from './schemas';

const state = (
  status: 'active' | 'frozen' | 'archived',
  environment: 'development' | 'production' = 'development',
  mode: 'token' | 'app-id' = 'token',
) => ({ status, environment, mode });

describe('what may be done to a project', () => {
  const table: [ProjectAct, active: boolean, frozen: boolean, archived: boolean][] = [
    ['change', true, true, false],
    ['freeze', true, false, false],
    ['unfreeze', false, true, false],
    ['archive', false, true, false],
    ['restore', false, false, true],
    ['open', true, true, false],
    ['mint', true, false, false],
  ];
  it.each(table)('%s: active %s, frozen %s, archived %s', (act, ...expected) => {
    const verdicts = (['active', 'frozen', 'archived'] as const).map((status) => projectCan(act, state(status)));
    expect(verdicts.map(({ allowed }) => allowed)).toEqual(expected);
    for (const verdict of verdicts) if (!verdict.allowed) expect(verdict.why).toMatch(/\.$/);
  });

  it('production and the App-ID-only door exclude each other, whichever comes first', () => {
    expect(projectCan('open', state('active', 'production')).allowed).toBe(false);
    expect(environmentCan('production', state('active', 'development', 'app-id')).allowed).toBe(false);
    expect(environmentCan('staging', state('active', 'development', 'app-id')).allowed).toBe(true);
    expect(environmentCan('production', state('active')).allowed).toBe(true);
    expect(environmentCan('staging', state('archived')).allowed).toBe(false);
  });
});

describe('what may be done to a certificate', () => {
  const certificate = (status: 'enabled' | 'disabled' | 'deleted') => ({ id: 'crt', slot: 'primary' as const, status });

  it('is disabled before it is deleted, and deleted for good', () => {
    const can = (act: 'enable' | 'disable' | 'delete' | 'reveal', status: 'enabled' | 'disabled' | 'deleted') =>
      certificateCan(act, certificate(status), []).allowed;
    expect(['enable', 'disable', 'delete', 'reveal'].map((act) => can(act as 'enable', 'enabled'))).toEqual([
      false,
      true,
      false,
      true,
    ]);
    expect(['enable', 'disable', 'delete', 'reveal'].map((act) => can(act as 'enable', 'disabled'))).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect(['enable', 'disable', 'delete', 'reveal'].map((act) => can(act as 'enable', 'deleted'))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it('takes the free one of two places', () => {
    expect(freeSlot([])).toBe('primary');
    expect(freeSlot([{ slot: 'primary' }])).toBe('secondary');
    expect(freeSlot([{ slot: 'secondary' }])).toBe('primary');
    expect(
      certificateCan('add', null, [certificate('enabled'), { ...certificate('disabled'), slot: 'secondary' }]).allowed,
    ).toBe(false);
  });
});

describe('what may be asked', () => {
  it('a region once, a name, a life of a day at most', () => {
    expect(createProject.safeParse({ name: 'A', environment: 'staging', fence: ['EU', 'EU'] }).success).toBe(false);
    expect(createProject.safeParse({ name: ' ', environment: 'staging' }).success).toBe(false);
    expect(createProject.parse({ name: 'A', environment: 'staging' }).fence).toHaveLength(6);
    expect(tokenPolicy.partial().safeParse({ maxLifetimeSeconds: 86_401 }).success).toBe(false);
  });
});
