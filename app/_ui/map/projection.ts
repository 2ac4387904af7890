/**
 * Longitude and latitude to the coordinates of world.ts: the Natural Earth projection (Patterson, Šavrič,
 * Jenny: polynomial form), turned 11 degrees east, scaled and moved as the map data was.
 */
export type Position = readonly [longitude: number, latitude: number];
export type Point = readonly [x: number, y: number];

const TURN_DEG = 11;
const SCALE = 178;
const X0 = 469.98;
const Y0 = 262.07;

/** Degrees in, map units out. */
export function project([longitude, latitude]: Position): Point {
  const turned = ((((longitude - TURN_DEG + 180) % 360) + 360) % 360) - 180;
  const l = (turned * Math.PI) / 180;
  const p = (latitude * Math.PI) / 180;
  const p2 = p * p;
  const p4 = p2 * p2;
  const x = l * (0.8707 - 0.131979 * p2 + p4 * (-0.013791 + p4 * (0.003971 * p2 - 0.001529 * p4)));
  const y = p * (1.007226 + p2 * (0.015085 + p4 * (-0.044475 + 0.028874 * p2 - 0.005916 * p4)));
  return [X0 + SCALE * x, Y0 - SCALE * y];
}

/** Rings of a path made of M, L, Q and Z with absolute coordinates; curves are sampled in four parts. */
export function rings(path: string): Point[][] {
  const out: Point[][] = [];
  for (const sub of path.split('Z')) {
    const ring: Point[] = [];
    for (const [, command, rest] of sub.matchAll(/([MLQ])([^MLQ]*)/g)) {
      const n = (rest ?? '')
        .trim()
        .split(/[\s,]+/)
        .map(Number);
      if (command === 'Q') {
        for (let i = 0; i + 3 < n.length; i += 4) {
          const from = ring.at(-1);
          if (!from) continue;
          const [cx, cy, x, y] = [n[i]!, n[i + 1]!, n[i + 2]!, n[i + 3]!];
          for (const t of [0.25, 0.5, 0.75, 1]) ring.push(bezier(from, [cx, cy], [x, y], t));
        }
      } else {
        for (let i = 0; i + 1 < n.length; i += 2) ring.push([n[i]!, n[i + 1]!]);
      }
    }
    if (ring.length > 2) out.push(ring);
  }
  return out;
}

export function bezier(from: Point, via: Point, to: Point, t: number): Point {
  const u = 1 - t;
  return [u * u * from[0] + 2 * u * t * via[0] + t * t * to[0], u * u * from[1] + 2 * u * t * via[1] + t * t * to[1]];
}

/** Even-odd test against all rings of a shape. */
export function inside([x, y]: Point, shape: readonly (readonly Point[])[]): boolean {
  let result = false;
  for (const ring of shape) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [xi, yi] = ring[i]!;
      const [xj, yj] = ring[j]!;
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) result = !result;
    }
  }
  return result;
}
