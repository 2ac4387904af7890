import { expect, test } from 'vitest';
import { inside, project, rings } from './projection';
import { LAND, LINES } from './world';

const CITIES = {
  EU: [8.68, 50.11],
  IN: [72.88, 19.08],
  JP: [139.69, 35.68],
  CN: [116.4, 39.9],
  NA: [-97.5, 39.5],
} as const;

test('cities fall on the land and inside the enclosure of their own region, and of no other', () => {
  for (const [region, city] of Object.entries(CITIES) as [keyof typeof CITIES, readonly [number, number]][]) {
    const at = project(city);
    for (const other of Object.keys(CITIES) as (keyof typeof CITIES)[]) {
      expect(inside(at, rings(LAND[other])), `${region} city, ${other} land`).toBe(region === other);
    }
    expect(inside(at, rings(LINES[region])), `${region} enclosure`).toBe(true);
  }
});

test('the map is turned 11 degrees east', () => {
  expect(project([11, 0])[0]).toBeCloseTo(469.98);
  expect(project([-169.1, 0])[0]).toBeGreaterThan(900);
  expect(project([-168.9, 0])[0]).toBeLessThan(0);
});
