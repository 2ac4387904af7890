import { describe, expect, it } from 'vitest';
import { primitives } from '@/lib/primitives';
import type { EdgeRef, EdgesResource } from '../bundle/resources';
import type { Region } from '../region';
import { homeOf } from './home';

const edge = (name: string, region: Region, serving = true): EdgeRef => ({ name, region, url: '', relay: '', serving });
const edges = (...refs: EdgeRef[]): EdgesResource => ({
  kind: 'edges',
  id: 'edges',
  version: 1,
  generation: 1,
  edges: refs,
});
const APP = 'a'.repeat(32);
const channels = Array.from({ length: 2000 }, (_, i) => `room-${i}`);
const home = (channel: string, fence: Region[], all: EdgesResource) =>
  homeOf(APP, channel, fence, all, primitives)?.name;

describe('home of a channel', () => {
  const three = edges(edge('eu-1', 'EU'), edge('eu-2', 'EU'), edge('eu-3', 'EU'), edge('jp-1', 'JP'));

  it('lies in the first region of the fence that has a serving edge', () => {
    expect(home('room', ['JP', 'EU'], three)).toBe('jp-1');
    expect(home('room', ['CN', 'JP'], three)).toBe('jp-1');
    expect(home('room', ['EU', 'JP'], edges(edge('eu-1', 'EU', false), edge('jp-1', 'JP')))).toBe('jp-1');
    expect(home('room', ['CN'], three)).toBeUndefined();
  });

  it('does not depend on the order of the list', () => {
    const reversed = edges(...[...three.edges].reverse());
    for (const channel of channels) expect(home(channel, ['EU'], reversed)).toBe(home(channel, ['EU'], three));
  });

  it('spreads channels over the edges', () => {
    const counts = new Map<string | undefined, number>();
    for (const channel of channels) {
      const name = home(channel, ['EU'], three);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    for (const name of ['eu-1', 'eu-2', 'eu-3']) expect(counts.get(name)).toBeGreaterThan(550);
  });

  it('moves only the channels of an edge that goes', () => {
    const two = edges(...three.edges.map((ref) => ({ ...ref, serving: ref.name !== 'eu-2' })));
    for (const channel of channels) {
      const before = home(channel, ['EU'], three);
      if (before !== 'eu-2') expect(home(channel, ['EU'], two)).toBe(before);
    }
  });
});
