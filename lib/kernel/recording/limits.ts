/** Limits of recordings. The writer keeps them, the verifier refuses what is beyond. */

/** Bytes of an asciicast line in UTF-8, without the line's end. */
export const MAX_LINE_BYTES = 65_536;
/** Bytes of a row of the file, without its end: an opened line and what stands before it. */
export const MAX_ROW_BYTES = MAX_LINE_BYTES + 128;
/** Lines of a recording, the header among them. */
export const MAX_LINES = 4_194_304;
/** Bytes of a recording file. */
export const MAX_FILE_BYTES = 1_073_741_824;
/** Microseconds of a recording: 24 hours. */
export const MAX_MICROSECONDS = 86_400_000_000;
/** UTF-16 code units of output in one line: each takes at most 6 bytes, as `\u0000`. */
export const MAX_OUTPUT_UNITS = 8_192;
/** UTF-16 code units that a mark says. */
export const MAX_MARK_UNITS = 1_024;
/** Columns and rows of a screen. */
export const MAX_COLUMNS = 512;
export const MAX_ROWS = 256;
/** What a terminal is taken for that gives no size, as a pty of 0x0 does. */
export const USUAL_COLUMNS = 80;
export const USUAL_ROWS = 24;
/** What the writer keeps free for the rest of a cut character, the end mark and the final head. */
export const RESERVED_LINES = 2;
export const RESERVED_BYTES = 16_384;
/** Heads that a verifier takes from the audit log. */
export const MAX_HEADS = 100_000;
/** Runs of neighbouring redacted lines that a report lists; it counts all. */
export const MAX_RUNS = 1_000;
