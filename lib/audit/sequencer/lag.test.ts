import { describe, expect, it } from 'vitest';
import { LagWatch } from './lag';
import type { SequencerState } from './state';

const state = (over: Partial<SequencerState> = {}): SequencerState => ({
  oldestAt: null,
  horizon: 10n,
  next: 10n,
  unsigned: 0,
  signedAt: null,
  systemKnown: true,
  ...over,
});

describe('what is late', () => {
  it('is nothing while everything has its place and is signed', () => {
    const watch = new LagWatch();
    for (const now of [0, 60_000]) expect(watch.see(state(), now)).toBeNull();
  });

  it('is an event that waits for more than ten seconds', () => {
    const watch = new LagWatch();
    expect(watch.see(state({ oldestAt: 1_000 }), 11_000)).toBeNull();
    expect(watch.see(state({ oldestAt: 1_000 }), 11_001)).toEqual({ milliseconds: 10_001, reason: 'backlog' });
  });

  it('is the fault of an open transaction when the horizon stands still, and only then', () => {
    const held = state({ oldestAt: 0, next: 12n });
    const watch = new LagWatch();
    watch.see(held, 0);
    expect(watch.see(held, 10_001)).toMatchObject({ reason: 'open_transaction' });
    expect(watch.see({ ...held, horizon: 11n }, 20_002)).toMatchObject({ reason: 'backlog' });
    const idle = new LagWatch();
    idle.see(state({ oldestAt: 0 }), 0);
    expect(idle.see(state({ oldestAt: 0 }), 10_001)).toMatchObject({ reason: 'backlog' });
  });

  it('is a checkpoint that is missing for more than ten seconds, counted anew after each', () => {
    const watch = new LagWatch();
    expect(watch.see(state({ unsigned: 2 }), 0)).toBeNull();
    expect(watch.see(state({ unsigned: 1 }), 10_001)).toEqual({ milliseconds: 10_001, reason: 'unsigned' });
    expect(watch.see(state(), 11_000)).toBeNull();
    expect(watch.see(state({ unsigned: 1 }), 12_000)).toBeNull();
  });
});
