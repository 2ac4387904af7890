import { REGIONS, type Region } from './regions';

/**
 * The vendor's region vocabularies, each code beside the disjoint regions it stands for. This table is the expansion that
 * people see; nothing is derived by bit tricks.
 *
 * `fit`: `exact` – the code means these regions; `part` – the code means only a part of the region named (South Korea of
 * AS, the USA of NA): taking it in allows more than was asked and must be confirmed, shutting it out shuts out the whole
 * region; `none` – no region lies there, so the code is refused.
 *
 * The vendor lists JAPAN and INDIA beside ASIA without saying whether ASIA holds them. By its words ("Asia without mainland
 * China") it does, so ASIA expands to AS, JP and IN here.
 */
export interface AreaCode {
  code: string;
  regions: readonly Region[];
  fit: 'exact' | 'part' | 'none';
  /** Bit of the native mask. */
  bit?: number;
  /** In no published reference, seen in the vendor's type files. */
  undocumented?: true;
}

const ALL: readonly Region[] = REGIONS;
const ASIA: readonly Region[] = ['AS', 'JP', 'IN'];
const OVERSEAS: readonly Region[] = ['NA', 'EU', 'AS', 'JP', 'IN'];

const exact = (code: string, regions: readonly Region[], bit?: number): AreaCode => ({
  code,
  regions,
  fit: 'exact',
  ...(bit === undefined ? {} : { bit }),
});
const part = (code: string, region: Region, bit?: number): AreaCode => ({ ...exact(code, [region], bit), fit: 'part' });
const none = (code: string, bit?: number): AreaCode => ({ ...exact(code, [], bit), fit: 'none' });
const hidden = (area: AreaCode): AreaCode => ({ ...area, undocumented: true });

export const VOCABULARIES = {
  native: [
    exact('CN', ['CN'], 0x1),
    exact('NA', ['NA'], 0x2),
    exact('EU', ['EU'], 0x4),
    exact('AS', ASIA, 0x8),
    exact('JP', ['JP'], 0x10),
    exact('IN', ['IN'], 0x20),
    hidden(none('OC', 0x40)),
    hidden(none('SA', 0x80)),
    hidden(none('AF', 0x100)),
    hidden(part('KR', 'AS', 0x200)),
    hidden(part('HKMC', 'AS', 0x400)),
    hidden(part('US', 'NA', 0x800)),
    hidden(none('RU', 0x1000)),
    exact('GLOB', ALL),
    hidden(exact('OVS', OVERSEAS)),
  ],
  web: [
    exact('CHINA', ['CN']),
    exact('ASIA', ASIA),
    exact('NORTH_AMERICA', ['NA']),
    exact('EUROPE', ['EU']),
    exact('JAPAN', ['JP']),
    exact('INDIA', ['IN']),
    exact('GLOBAL', ALL),
    hidden(part('KOREA', 'AS')),
    hidden(part('HKMC', 'AS')),
    hidden(part('US', 'NA')),
    hidden(none('OCEANIA')),
    hidden(none('SOUTH_AMERICA')),
    hidden(none('AFRICA')),
    hidden(exact('OVERSEA', OVERSEAS)),
  ],
  rtm: [
    exact('GLOB', ALL),
    exact('CN', ['CN']),
    exact('NA', ['NA']),
    exact('EU', ['EU']),
    exact('AS', ASIA),
    exact('JP', ['JP']),
    exact('IN', ['IN']),
  ],
  rtmStorage: [exact('CN', ['CN']), exact('NA', ['NA']), exact('EU', ['EU']), exact('AP', ASIA)],
  recording: [exact('CN', ['CN']), exact('AP', ASIA), exact('EU', ['EU']), exact('NA', ['NA'])],
  conversational: [
    exact('GLOBAL', ALL),
    exact('NORTH_AMERICA', ['NA']),
    exact('EUROPE', ['EU']),
    exact('ASIA', ASIA),
    exact('INDIA', ['IN']),
    exact('JAPAN', ['JP']),
  ],
  webhooks: [exact('cn', ['CN']), part('sea', 'AS'), exact('na', ['NA']), exact('eu', ['EU'])],
} as const satisfies Record<string, readonly AreaCode[]>;

export type Vocabulary = keyof typeof VOCABULARIES;

export type Expansion =
  /** `confirm` lists codes that took in more than was asked. */
  | { ok: true; regions: Region[]; confirm: string[] }
  | {
      ok: false;
      code: 'region.unknown_code' | 'region.no_region' | 'region.zero_mask' | 'region.empty';
      detail: string;
    };

/**
 * The regions of `include` without those of `exclude`, in catalogue order: plain set operations, exclusion allowed with any
 * inclusion, and it always wins. Fails closed on a code that is unknown, lies in no region, or leaves nothing.
 */
export function expandCodes(
  vocabulary: Vocabulary,
  include: readonly string[],
  exclude: readonly string[] = [],
): Expansion {
  const table: readonly AreaCode[] = VOCABULARIES[vocabulary];
  const areas = new Map(table.map((area) => [area.code, area]));
  for (const code of [...include, ...exclude]) {
    const area = areas.get(code);
    if (area === undefined) {
      return {
        ok: false,
        code: 'region.unknown_code',
        detail: `${JSON.stringify(code)} is not a code of this vocabulary`,
      };
    }
    if (area.fit === 'none') return { ok: false, code: 'region.no_region', detail: `no region lies in ${code}` };
  }
  const expand = (codes: readonly string[]) => new Set(codes.flatMap((code) => areas.get(code)!.regions));
  const inside = expand(include);
  const outside = expand(exclude);
  const regions = REGIONS.filter((region) => inside.has(region) && !outside.has(region));
  if (regions.length === 0) return { ok: false, code: 'region.empty', detail: 'no region is left' };
  return { ok: true, regions, confirm: include.filter((code) => areas.get(code)!.fit === 'part') };
}

/** Every bit the native mask assigns; all others are set only in GLOB and in what is subtracted from it. */
const ASSIGNED = VOCABULARIES.native.reduce((bits, area: AreaCode) => bits | (area.bit ?? 0), 0) >>> 0;
const GLOB = 0xffff_ffff;

/**
 * Reads the native 32-bit mask, which JavaScript may deliver negative (`0xFFFFFFFF ^ 1` is -2). With all unassigned bits set
 * it is GLOB minus the cleared ones; with none set it is a union. Zero means "global" in some of the vendor's headers and
 * "nothing" in others, so it is refused.
 */
export function expandMask(mask: number): Expansion {
  const bits = mask >>> 0;
  if (!Number.isInteger(mask) || mask < -(2 ** 31) || mask > GLOB) {
    return { ok: false, code: 'region.unknown_code', detail: 'the mask is not a 32-bit whole number' };
  }
  if (bits === 0) return { ok: false, code: 'region.zero_mask', detail: 'a zero mask means neither all nor nothing' };
  const unassigned = (bits & ~ASSIGNED) >>> 0;
  if (unassigned === 0) return expandCodes('native', codesOf(bits));
  if (unassigned === (GLOB & ~ASSIGNED) >>> 0) return expandCodes('native', ['GLOB'], codesOf(~bits));
  return { ok: false, code: 'region.unknown_code', detail: 'the mask sets bits that stand for no region' };
}

function codesOf(bits: number): string[] {
  return VOCABULARIES.native
    .filter((area: AreaCode) => area.bit !== undefined && (bits & area.bit) !== 0)
    .map(({ code }) => code);
}

/**
 * The native mask for client SDKs of a project. `exact` is false when the vendor's ASIA, which the mask needs for AS, also
 * stands for Japan or India outside the fence; the server enforces the fence in any case.
 */
export function nativeMask(regions: readonly Region[]): { mask: number; exact: boolean } {
  if (REGIONS.every((region) => regions.includes(region))) return { mask: GLOB, exact: true };
  const bit = (region: Region) => VOCABULARIES.native.find(({ code }) => code === region)?.bit ?? 0;
  const mask = regions.reduce((bits, region) => (bits | bit(region)) >>> 0, 0);
  return { mask, exact: !regions.includes('AS') || ASIA.every((region) => regions.includes(region)) };
}
