import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REGIONS, type Region } from '../region';
import { type Row, regionDelta, regionView } from './region-view';
import { appIdOf, type Resource, type ResourceKey, resourceKey } from './resources';

const APPS = ['a'.repeat(32), 'b'.repeat(32), 'c'.repeat(32)];

function make(kind: Resource['kind'], app: string, n: number, regions: Region[]): Resource {
  switch (kind) {
    case 'project':
      return {
        kind,
        id: app,
        version: 0,
        projectId: `p${n}`,
        organisationId: 'o',
        name: '',
        status: 'active',
        environment: 'production',
        mode: 'token',
        certificates: [{ id: `crt_${n}`, slot: 'primary', sealed: 'secret' }],
      };
    case 'tokenPolicy':
      return {
        kind,
        id: app,
        version: 0,
        maxLifetimeSeconds: n + 1,
        wildcardChannel: false,
        wildcardUser: false,
        legacy006: false,
        clockSkewSeconds: 0,
      };
    case 'fence':
      return { kind, id: app, version: 0, regions };
    case 'staleness':
      return { kind, id: app, version: 0, joinSeconds: n };
    case 'revocation':
      return {
        kind,
        id: `${app.slice(0, 1)}${n % 3}`,
        version: 0,
        appId: app,
        subject: { type: 'project' },
        issuedBefore: n,
      };
    case 'observation':
      return { kind, id: `${app.slice(0, 1)}${n % 3}`, version: 0, appId: app, tokenId: '', until: n };
    case 'edges':
      return { kind, id: 'edges', version: 0, generation: n, edges: [] };
  }
}

const step = fc.record({
  kind: fc.constantFrom<Resource['kind']>(
    'project',
    'tokenPolicy',
    'fence',
    'fence',
    'staleness',
    'revocation',
    'observation',
    'edges',
  ),
  app: fc.constantFrom(...APPS),
  n: fc.nat(5),
  regions: fc.uniqueArray(fc.constantFrom<Region>('EU', 'JP', 'NA'), { minLength: 1 }),
  remove: fc.boolean(),
});

/** The table as the database keeps it: newest row per key, tombstones included. */
function history(
  steps: { kind: Resource['kind']; app: string; n: number; regions: Region[]; remove: boolean }[],
): Row[][] {
  const table = new Map<ResourceKey, Row>();
  return steps.map(({ kind, app, n, regions, remove }, i) => {
    const seq = i + 1;
    const resource = { ...make(kind, app, n, regions), version: seq };
    const key = resourceKey(resource);
    if (!remove || table.has(key))
      table.set(key, { key, kind, appId: appIdOf(resource), seq, resource: remove ? null : resource });
    return [...table.values()];
  });
}

const live = (rows: Row[]): Resource[] => rows.flatMap(({ resource }) => resource ?? []);
const keyed = (resources: Resource[]) => Object.fromEntries(resources.map((r) => [resourceKey(r), r]));

/** What the leader's query hands over. */
function needed(rows: Row[], base: number): Row[] {
  const touched = new Set(rows.filter(({ seq }) => seq > base).map(({ appId }) => appId));
  const moved = new Set(rows.filter(({ seq, kind }) => seq > base && kind === 'fence').map(({ appId }) => appId));
  return rows.filter(
    ({ seq, kind, appId }) =>
      seq > base || (appId !== undefined && touched.has(appId) && (kind === 'fence' || moved.has(appId))),
  );
}

describe('region view', () => {
  it('never gives a region outside the fence anything but the fence', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.constantFrom(...REGIONS), (steps, region) => {
        const resources = live(history(steps).at(-1) ?? []);
        const fenced = new Map(resources.filter((r) => r.kind === 'fence').map((r) => [r.id, r.regions as Region[]]));
        for (const resource of regionView(resources, region)) {
          const app = appIdOf(resource);
          if (resource.kind !== 'fence' && app !== undefined) expect(fenced.get(app)).toContain(region);
        }
      }),
    );
  });

  it('is reached from any earlier view by the delta, whatever happened in between', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 2, maxLength: 40 }),
        fc.nat(),
        fc.constantFrom<Region>('EU', 'JP', 'CN'),
        fc.boolean(),
        (steps, at, region, remembers) => {
          const tables = history(steps);
          const base = (at % (steps.length - 1)) + 1;
          const before = live(tables[base - 1]!);
          const fenceAtBase = (appId: string) => {
            const fence = before.find(({ kind, id }) => kind === 'fence' && id === appId);
            return fence?.kind === 'fence' ? fence.regions : [];
          };
          const held = keyed(regionView(before, region));
          const rows = needed(tables.at(-1)!, base);
          const { put, del } = regionDelta(rows, region, base, remembers ? fenceAtBase : undefined);
          for (const key of del) {
            const row = rows.find((row) => row.key === key)!;
            if (remembers && !['fence', 'edges'].includes(row.kind)) expect(fenceAtBase(row.appId!)).toContain(region);
            delete held[key];
          }
          Object.assign(held, keyed(put));
          expect(held).toEqual(keyed(regionView(live(tables.at(-1)!), region)));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('tells a region that is and was outside nothing, not even an id', () => {
    const tables = history([
      { kind: 'fence', app: APPS[0]!, n: 0, regions: ['EU'], remove: false },
      { kind: 'revocation', app: APPS[0]!, n: 1, regions: [], remove: false },
      { kind: 'project', app: APPS[0]!, n: 1, regions: [], remove: false },
      { kind: 'revocation', app: APPS[0]!, n: 1, regions: [], remove: true },
    ] as never);
    expect(regionDelta(tables.at(-1)!, 'JP', 1)).toEqual({ put: [], del: [] });
  });
});
