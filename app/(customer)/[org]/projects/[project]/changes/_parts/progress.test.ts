import { describe, expect, it } from 'vitest';
import type { Enforcement } from '@/lib/policy/schemas';
import { changeHref, closed, slowestFirst, slowestMs, steps } from './progress';

const edge = (name: string, stage: Enforcement['edges'][number]['stage'], at: string | null = null) => ({
  name,
  region: 'EU' as const,
  stage,
  at,
  cut: 0,
});
const now = (...edges: Enforcement['edges']): Enforcement => ({
  seq: 7,
  edges,
  applied: edges.filter(({ stage }) => stage === 'applied' || stage === 'enforced').length,
  enforced: edges.filter(({ stage }) => stage === 'enforced').length,
  expected: edges.filter(({ stage }) => stage !== 'offline').length,
});
const T = '2026-11-21T09:00:00.000Z';
const later = (ms: number) => new Date(Date.parse(T) + ms).toISOString();

describe('a change on its way', () => {
  it('is closed when every edge in contact enforces it, and not before anybody does', () => {
    expect(closed(now(edge('a', 'enforced', T), edge('b', 'applied', T)))).toBe(false);
    expect(closed(now(edge('a', 'enforced', T), edge('b', 'offline')))).toBe(true);
    expect(closed(now(edge('b', 'offline')))).toBe(false);
    expect(closed(now())).toBe(false);
  });

  it('lists what is waited for first, then the slowest', () => {
    const order = slowestFirst([
      edge('fast', 'enforced', later(100)),
      edge('gone', 'offline'),
      edge('slow', 'enforced', later(280)),
      edge('at-work', 'applied', T),
      edge('waiting', 'pending'),
    ]);
    expect(order.map(({ name }) => name)).toEqual(['waiting', 'at-work', 'slow', 'fast', 'gone']);
  });

  it('times from the ask, and gives no time where it cannot be right', () => {
    const state = now(edge('a', 'enforced', later(100)), edge('b', 'enforced', later(280)));
    expect(slowestMs(state, Date.parse(T))).toBe(280);
    expect(slowestMs(state, null)).toBeNull();
    expect(slowestMs(state, Date.parse(T) + 10_000)).toBeNull();
    expect(slowestMs(now(edge('a', 'pending')), Date.parse(T))).toBeNull();
  });

  it('says each step in its turn', () => {
    const states = (...edges: Enforcement['edges']) => steps(now(...edges)).map(({ state }) => state);
    expect(states(edge('a', 'pending'))).toEqual(['done', 'done', 'now', 'todo', 'todo']);
    expect(states(edge('a', 'applied', T))).toEqual(['done', 'done', 'done', 'now', 'todo']);
    expect(states(edge('a', 'enforced', T))).toEqual(['done', 'done', 'done', 'done', 'done']);
  });

  it('keeps in its address what it takes to put the old fence back', () => {
    expect(changeHref('/o/projects/p', 7, { since: 1, was: ['EU', 'IN'], version: 12 })).toBe(
      '/o/projects/p/changes/7?since=1&was=EU%2CIN&version=12',
    );
  });
});
