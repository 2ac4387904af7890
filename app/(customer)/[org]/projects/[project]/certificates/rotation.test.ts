import { describe, expect, it } from 'vitest';
import { rotationSteps } from './rotation';

const old = {
  status: 'enabled' as const,
  createdAt: '2026-01-01T00:00:00.000Z',
  fingerprint: 'c1:aaaa…11',
  joinsLastDay: 17,
};
const fresh = {
  status: 'enabled' as const,
  createdAt: '2026-11-21T00:00:00.000Z',
  fingerprint: 'c2:bbbb…22',
  joinsLastDay: 606,
};
const at = (held: Parameters<typeof rotationSteps>[0]) =>
  rotationSteps(held).find(({ state }) => state === 'now')?.title;

describe('steps of a rotation', () => {
  it('has not begun with one certificate', () => {
    expect(rotationSteps([old]).map(({ state }) => state)).toEqual(['todo', 'todo', 'todo', 'todo', 'todo']);
  });
  it('waits for the new one to be used, then for the old one to fall silent', () => {
    expect(at([old, { ...fresh, joinsLastDay: 0 }])).toBe('Switch');
    expect(at([old, fresh])).toBe('Drain');
    expect(at([{ ...old, joinsLastDay: 0 }, fresh])).toBe('Retire');
  });
  it('tells old from new by age, not by place', () => {
    expect(rotationSteps([fresh, old])[0]!.note).toContain(fresh.fingerprint);
  });
  it('asks for the new one to be enabled, and for the disabled old one to be deleted', () => {
    expect(at([old, { ...fresh, status: 'disabled' }])).toBe('Both valid');
    expect(rotationSteps([{ ...old, status: 'disabled' }, fresh])[4]!.note).toContain('delete');
  });
});
