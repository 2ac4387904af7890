import { type Fence, isRegion, REGIONS, type Region } from './regions';

export type FenceError = 'fence.empty' | 'fence.unknown_region' | 'fence.repeated_region';

/**
 * Reads a fence from unknown input: a list of region codes, or GLOBAL for all six. Order is kept, the first region is the
 * preferred home. An unknown code refuses the whole fence: a residency rule is never guessed at.
 */
export function parseFence(
  value: unknown,
): { ok: true; fence: Fence } | { ok: false; code: FenceError; detail: string } {
  const codes = expandGlobal(Array.isArray(value) ? value : [value]);
  const unknown = codes.findIndex((code) => !isRegion(code));
  if (unknown >= 0) {
    const detail = `${JSON.stringify(codes[unknown])} is not one of ${REGIONS.join(', ')}`;
    return { ok: false, code: 'fence.unknown_region', detail };
  }
  const regions = codes as Region[];
  const [home, ...rest] = regions;
  if (home === undefined) return { ok: false, code: 'fence.empty', detail: 'a fence allows at least one region' };
  if (new Set(regions).size !== regions.length) {
    return { ok: false, code: 'fence.repeated_region', detail: 'a region is named twice' };
  }
  return { ok: true, fence: [home, ...rest] };
}

/** GLOBAL in place becomes the regions not named otherwise, so `[EU, GLOBAL]` is everywhere with home EU. */
export function expandGlobal(codes: readonly unknown[]): unknown[] {
  const named = new Set(codes);
  return codes.flatMap((code) => (code === 'GLOBAL' ? REGIONS.filter((region) => !named.has(region)) : [code]));
}

export function isGlobal(fence: readonly Region[]): boolean {
  return REGIONS.every((region) => fence.includes(region));
}

/** Whether everything `inner` allows, `outer` allows too. */
export function containsFence(outer: readonly Region[], inner: readonly Region[]): boolean {
  return inner.every((region) => outer.includes(region));
}

/** The same regions with another preferred home; null when the region is not in the fence. */
export function withHome(fence: Fence, home: Region): Fence | null {
  return fence.includes(home) ? [home, ...fence.filter((region) => region !== home)] : null;
}

export interface FenceDifference {
  added: Region[];
  removed: Region[];
  /** New preferred home, null when it stays. */
  home: Region | null;
  /** One sentence for plans and the audit log. */
  says: string;
}

export function describeFenceChange(before: Fence, after: Fence): FenceDifference {
  const added = after.filter((region) => !before.includes(region));
  const removed = before.filter((region) => !after.includes(region));
  const home = after[0] === before[0] ? null : after[0];
  const parts = [
    added.length > 0 && `adds ${added.join(', ')}`,
    removed.length > 0 && `removes ${removed.join(', ')}`,
    home && `moves the preferred home from ${before[0]} to ${home}`,
  ].filter((part): part is string => typeof part === 'string');
  return { added, removed, home, says: parts.length > 0 ? parts.join('; ') : 'changes nothing' };
}
