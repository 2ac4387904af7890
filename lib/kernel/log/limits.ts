/** Limits on hostile input, checked before the work they bound. */

/** A hash (SHA-256), in bytes. */
export const HASH_BYTES = 32;
/** Most leaves of a log: what a JavaScript number counts exactly. C2SP allows 2^63. */
export const MAX_SIZE = Number.MAX_SAFE_INTEGER;
/** Hashes of an inclusion or consistency proof in a tree of at most MAX_SIZE leaves; a consistency proof has one more at most. */
export const MAX_PROOF_HASHES = 54;
/** An entry's length is a u16 in its bundle. */
export const MAX_ENTRY_BYTES = 65_535;
/** Bytes of a signed note: room for 16 of the largest post-quantum signatures, which every verifier must accept. */
export const MAX_NOTE_BYTES = 131_072;
export const MAX_SIGNATURES = 64;
/** Bytes of a key's name in UTF-8. */
export const MAX_KEY_NAME = 255;
/** Bytes of the extra data of a proof file: as long as the longest record. */
export const MAX_EXTRA_BYTES = 131_072;
/** Bytes of a proof file: extra data and note at their longest, and the rest. */
export const MAX_PROOF_FILE = 327_680;
/** Bytes of a record on its line, without the line's end. */
export const MAX_LINE_BYTES = 131_072;
/** Bytes of all values of an event together, so that every record fits its line whatever is opened. */
export const MAX_VALUES_BYTES = 98_304;
export const MAX_FIELDS = 64;
export const MAX_FIELD_NAME = 64;
export const SALT_BYTES = 16;
