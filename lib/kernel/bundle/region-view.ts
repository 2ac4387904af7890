import type { Region } from '../region';
import { appIdOf, type Resource, type ResourceKey } from './resources';

/**
 * Need to know: which resources a region may hold, and what changes for a region when some rows changed. Pure.
 *
 * `fence` (the keyless stub) and `edges` go everywhere. Everything else of a project goes only to regions inside that
 * project's fence; a project without a fence goes nowhere.
 */
export interface Row {
  key: ResourceKey;
  kind: string;
  /** Undefined for resources of the whole installation. */
  appId: string | undefined;
  /** Sequence number of the change that wrote or deleted it. */
  seq: number;
  /** Null once deleted. */
  resource: Resource | null;
}

const EVERYWHERE: ReadonlySet<string> = new Set(['fence', 'edges']);

/** The resources `region` may hold, out of all current (not deleted) ones. */
export function regionView(resources: Iterable<Resource>, region: Region): Resource[] {
  const all = [...resources];
  const inside = new Set<string>();
  for (const resource of all)
    if (resource.kind === 'fence' && resource.regions.includes(region)) inside.add(resource.id);
  return all.filter((resource) => EVERYWHERE.has(resource.kind) || inside.has(appIdOf(resource)!));
}

/**
 * What takes a region from its view at `base` to its view now. `rows` are the rows (tombstones too) changed after `base`, the
 * fence row of every project among them, and all rows of projects whose fence changed. No memory of the former view is
 * needed: when a fence row is newer than `base`, everything the region may now hold is put and everything else of that
 * project is deleted. Deleting an absent key changes nothing; still, where `formerFence` says that the region was outside at
 * `base`, nothing is deleted, because even an id is more than it needs to know.
 */
export function regionDelta(
  rows: Iterable<Row>,
  region: Region,
  base: number,
  /** The fence of a project at `base`, empty when it had none; undefined when nobody remembers. */
  formerFence: (appId: string) => readonly Region[] | undefined = () => undefined,
): { put: Resource[]; del: ResourceKey[] } {
  const all = [...rows];
  const fences = new Map<string, Row>();
  for (const row of all) if (row.kind === 'fence' && row.appId !== undefined) fences.set(row.appId, row);

  const put: Resource[] = [];
  const del: ResourceKey[] = [];
  for (const row of all) {
    const fence = row.appId === undefined ? undefined : fences.get(row.appId);
    const everywhere = EVERYWHERE.has(row.kind);
    const moved = !everywhere && fence !== undefined && fence.seq > base;
    const wasInside = moved && (formerFence(row.appId!)?.includes(region) ?? true);
    const changed = row.seq > base;
    if (!changed && !moved) continue;
    const mayHold = everywhere || (fence?.resource?.kind === 'fence' && fence.resource.regions.includes(region));
    if (mayHold && row.resource) put.push(row.resource);
    // Held at `base` only if it existed then, and only if the region was inside then: when the fence did not move, a
    // region that is outside now was outside before and is told nothing, not even an id.
    else if ((changed || row.resource) && (moved ? wasInside : mayHold)) del.push(row.key);
  }
  return { put, del };
}
