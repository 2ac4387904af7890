import { MAX_NOTE_BYTES, MAX_PROOF_FILE } from '../log';

/** Limits on hostile packs, checked before the work they bound. */

/** What a size in a ustar header can say: 11 octal digits. A longer export is several packs. */
export const MAX_FILE_BYTES = 8 ** 11 - 1;
export const MAX_MANIFEST_BYTES = 1_048_576;
/** Files that are held in memory whole. */
export const MAX_WHOLE_BYTES = {
  checkpoint: MAX_NOTE_BYTES,
  'range.json': 16_384,
  'schemas.json': 4_194_304,
  vkeys: 65_536,
  consistency: 8_192,
  'operator/proof.tlog-proof': MAX_PROOF_FILE,
} as const;
export const MAX_CONSISTENCY_FILES = 16;
/** Values of one condition of a filter, and characters of a value. */
export const MAX_CONDITION_VALUES = 1_000;
export const MAX_CONDITION_CHARACTERS = 256;
/** Of the lines of events about access to production, which are judged together. */
export const MAX_ACCESS_BYTES = 67_108_864;
/** Of the auditor's own files. */
export const MAX_POLICY_BYTES = 65_536;
export const MAX_POLICY_NAMES = 256;
