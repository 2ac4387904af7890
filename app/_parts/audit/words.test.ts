import { expect, it } from 'vitest';
import { eventName, eventOptions, readable } from './words';

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
