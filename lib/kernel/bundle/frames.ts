/**
 * Frames of fence-sync/1: `u32 big-endian header length | JSON header | payload bytes`. Both sides read hostile bytes, so
 * every limit is checked before anything is parsed, and a refusal is a value, never an exception.
 */

/** Longest frame control may send (a snapshot), in bytes. */
export const MAX_CONTROL_FRAME = 16 * 1024 * 1024;
/** Longest frame an edge may send, in bytes. */
export const MAX_EDGE_FRAME = 1024 * 1024;
/** Longest JSON header, in bytes. */
export const MAX_HEADER = 64 * 1024;

export type FrameError = 'frame.too_large' | 'frame.truncated' | 'frame.header_too_large' | 'frame.header_invalid';

export interface Frame {
  /** Parsed header: an object with a text `type`; the rest is not checked yet. */
  header: { type: string } & Record<string, unknown>;
  payload: Uint8Array;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });
const NOTHING = new Uint8Array(0);

/** Builds a frame. Throws RangeError when the header is longer than MAX_HEADER: that is the sender's own mistake. */
export function encodeFrame<H extends { type: string }>(header: H, payload: Uint8Array = NOTHING): Uint8Array {
  const head = encoder.encode(JSON.stringify(header));
  if (head.length > MAX_HEADER) throw new RangeError('frame.header_too_large');
  const frame = new Uint8Array(4 + head.length + payload.length);
  new DataView(frame.buffer).setUint32(0, head.length);
  frame.set(head, 4);
  frame.set(payload, 4 + head.length);
  return frame;
}

/** Reads a frame of at most `maxBytes`. The payload is a view into `bytes`, not a copy. */
export function decodeFrame(
  bytes: Uint8Array,
  maxBytes: number,
): { ok: true; frame: Frame } | { ok: false; error: FrameError } {
  if (bytes.length > maxBytes) return { ok: false, error: 'frame.too_large' };
  if (bytes.length < 4) return { ok: false, error: 'frame.truncated' };
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  if (length > MAX_HEADER) return { ok: false, error: 'frame.header_too_large' };
  if (bytes.length < 4 + length) return { ok: false, error: 'frame.truncated' };
  const header = parseJson(bytes.subarray(4, 4 + length));
  if (header === null || typeof header !== 'object' || Array.isArray(header))
    return { ok: false, error: 'frame.header_invalid' };
  if (typeof (header as { type?: unknown }).type !== 'string') return { ok: false, error: 'frame.header_invalid' };
  return { ok: true, frame: { header: header as Frame['header'], payload: bytes.subarray(4 + length) } };
}

/** Strict UTF-8 and JSON; undefined when it is neither. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}
