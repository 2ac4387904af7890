/**
 * The one catalogue of regions. Six disjoint regions; GLOBAL is all six and nothing else.
 * The vendor's overlapping or extended codes expand visibly into these (see vocabularies.ts).
 */

export { DATA_CENTRES, DATA_CENTRES_VERSION, type DataCentre, findDataCentre } from './data-centres';
export {
  containsFence,
  describeFenceChange,
  expandGlobal,
  type FenceDifference,
  type FenceError,
  isGlobal,
  parseFence,
  withHome,
} from './fence';
export { type Fence, isRegion, REGION_NAMES, REGIONS, type Region } from './regions';
export {
  type AreaCode,
  type Expansion,
  expandCodes,
  expandMask,
  nativeMask,
  VOCABULARIES,
  type Vocabulary,
} from './vocabularies';
