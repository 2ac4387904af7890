import { canonicalJson, decodeBase64, encodeBase64 } from '../encoding';
import { HASH_BYTES } from '../log';
import { MAX_LINES, MAX_MICROSECONDS } from './limits';

/** What the audit log says of a recording: the first `lines` lines have this root. */
export interface Head {
  readonly session: string;
  /** At least one, the header. */
  readonly lines: number;
  /** 32 bytes: the root of RFC 6962 over the lines. */
  readonly root: Uint8Array;
  /** Of the last line, in microseconds since the start. */
  readonly time: number;
  /** Nothing comes after it. */
  readonly final: boolean;
}

const SESSION = /^[A-Za-z0-9_-]{1,64}$/;
export const isSession = (text: string): boolean => SESSION.test(text);

/** As it stands in the details of its audit event, and in a file of heads, one canonical JSON object a line. */
export const plainHead = ({ root, ...rest }: Head) => ({ ...rest, root: encodeBase64(root) });
export type PlainHead = ReturnType<typeof plainHead>;

/** Null when a value, of whatever type, is no head. Members that a head does not have are let be: an audit event has more. */
export function headOf(value: unknown): Head | null {
  if (typeof value !== 'object' || value === null) return null;
  const { session, lines, root, time, final } = value as Record<string, unknown>;
  const bytes = typeof root === 'string' ? decodeBase64(root) : null;
  if (typeof session !== 'string' || !isSession(session) || bytes?.length !== HASH_BYTES) return null;
  if (!isCount(lines, 1, MAX_LINES) || !isCount(time, 0, MAX_MICROSECONDS) || typeof final !== 'boolean') return null;
  return { session, lines, root: bytes, time, final };
}

export const headText = (head: Head): string => canonicalJson(plainHead(head));

const isCount = (value: unknown, low: number, high: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= low && (value as number) <= high;
