/** The way of a join on the map: a flat arc to the edge, cut where it meets the fence when it was refused. */
import type { Region } from '@/lib/kernel/region';
import { bezier, inside, type Point, rings } from './projection';
import { LINES } from './world';

const shapes = new Map<Region, Point[][]>();
function shape(region: Region): Point[][] {
  const known = shapes.get(region);
  if (known) return known;
  const made = rings(LINES[region]);
  shapes.set(region, made);
  return made;
}

const STEPS = 64;
const one = (n: number) => Math.round(n * 10) / 10;

export interface JoinPath {
  path: string;
  /** Where the fence stopped it, with the direction of travel in degrees. */
  bar: { x: number; y: number; angle: number } | null;
  start: Point;
}

/** `stoppedBy`: the region whose enclosure ends the line; null lets it through to the edge. */
export function joinPath(from: Point, to: Point, stoppedBy: Region | null): JoinPath {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const via: Point = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2 - length * 0.16];
  const fence = stoppedBy ? shape(stoppedBy) : null;
  const travelled: Point[] = [from];
  for (let i = 1; i <= STEPS; i++) {
    const at = bezier(from, via, to, i / STEPS);
    travelled.push(at);
    if (fence && inside(at, fence)) {
      const before = travelled.at(-2)!;
      const angle = (Math.atan2(at[1] - before[1], at[0] - before[0]) * 180) / Math.PI;
      return {
        path: draw(travelled),
        bar: { x: one(at[0]), y: one(at[1]), angle: Math.round(angle) },
        start: [one(from[0]), one(from[1])],
      };
    }
  }
  return { path: draw(travelled), bar: null, start: [one(from[0]), one(from[1])] };
}

const draw = (points: readonly Point[]) => `M${points.map(([x, y]) => `${one(x)} ${one(y)}`).join('L')}`;
