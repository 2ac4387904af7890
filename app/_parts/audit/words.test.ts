import { expect, it } from 'vitest';
import type { AuditView } from '@/lib/audit-log/schemas';
import { confirmationOf, eventName, eventOptions, readable } from './words';

it('offers families of several events before the events', () => {
  expect(
    eventOptions(['fence.changed', 'project.created', 'project.frozen', 'sign-in']).map(({ value }) => value),
  ).toEqual(['project', 'fence.changed', 'project.created', 'project.frozen', 'sign-in']);
});

it('names an event without its version', () => {
  expect(eventName('project.mode_changed@12')).toBe('project.mode_changed');
});

it('reads lists with commas, and leaves everything else as it is recorded', () => {
  expect(['["EU","IN"]', '[]', '[not json', 'null', '', '{"a":1}'].map(readable)).toEqual([
    'EU, IN',
    'none',
    '[not json',
    '–',
    '–',
    '{"a":1}',
  ]);
});

it('tells a signed confirmation from a code, and from one that was erased', () => {
  const field = (name: string, value: string, state: 'present' | 'erased' = 'present') =>
    ({ name, value, personal: true, state }) as const;
  const of = (...fields: AuditView['fields']) => confirmationOf({ fields });
  const evidence = JSON.stringify({ passkeyId: 'psk_1', origin: 'https://console.example' });
  expect(of(field('statement', 'cordon-act/1'), field('evidence', evidence))).toEqual({
    statement: 'cordon-act/1',
    passkeyId: 'psk_1',
    origin: 'https://console.example',
    erased: false,
  });
  expect(of(field('statement', ''), field('evidence', ''))).toEqual({ statement: '', erased: false });
  expect(of(field('statement', '', 'erased'), field('evidence', '', 'erased'))).toEqual({
    statement: '',
    erased: true,
  });
  expect(of(field('statement', ''), field('evidence', '"[1]"'))).toEqual({ statement: '', erased: false });
});
