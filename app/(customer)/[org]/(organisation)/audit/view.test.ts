import { expect, it } from 'vitest';
import { eventName, eventOptions } from './view';

it('offers families of several events before the events', () => {
  expect(
    eventOptions(['fence.changed', 'project.created', 'project.frozen', 'sign-in']).map(({ value }) => value),
  ).toEqual(['project', 'fence.changed', 'project.created', 'project.frozen', 'sign-in']);
});

it('names an event without its version', () => {
  expect(eventName('project.mode_changed@12')).toBe('project.mode_changed');
});
