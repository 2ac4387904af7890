import { closeSync, openSync, readSync } from 'node:fs';
import { type Head, headOf, MAX_HEADS } from '@/lib/kernel/recording';
import { readSmall } from './audit-verify';
import { unreadable } from './audit-verify-source';
import { UsageError } from './command';
import { readWhole } from './options';

const CHUNK_BYTES = 262_144;
const MAX_HEADS_BYTES = 33_554_432;
const MAX_RANGES = 10_000;

/** The file in chunks that share one buffer. Throws `UsageError`. */
export function* chunksOf(path: string): Generator<Uint8Array> {
  const file = usable(() => openSync(path, 'r'));
  try {
    const buffer = new Uint8Array(CHUNK_BYTES);
    const more = () => usable(() => readSync(file, buffer));
    for (let read = more(); read > 0; read = more()) yield buffer.subarray(0, read);
  } finally {
    closeSync(file);
  }
}

function usable<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw unreadable(error);
  }
}

/** Heads of the audit log, one JSON object a line: a head, or an exported event that has one in its `details`. */
export function readHeads(path: string | undefined): Head[] {
  if (path === undefined) return [];
  const lines = readSmall(path, MAX_HEADS_BYTES)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const heads = lines.map(headIn);
  if (heads.length === 0 || !heads.every((head) => head !== null)) {
    throw new UsageError('--heads holds a line that is no head of a recording, or none');
  }
  if (heads.length > MAX_HEADS) throw new UsageError(`--heads holds more than ${MAX_HEADS} heads`);
  return heads;
}

function headIn(line: string): Head | null {
  try {
    const value = JSON.parse(line);
    return headOf(value) ?? headOf(value?.details);
  } catch {
    return null;
  }
}

/** `12,40-57`: numbers of lines and runs of them, from 0, the header. */
export function readLines(text: string): (line: number) => boolean {
  const parts = text.split(',');
  if (parts.length > MAX_RANGES) throw new UsageError('--lines has too many parts');
  const ranges = parts.map((part) => {
    const [from = '', to = from, more] = part.split('-');
    const range = [readWhole('lines', from, 0, 1e9), readWhole('lines', to, 0, 1e9)] as const;
    if (more !== undefined || range[0] > range[1]) throw new UsageError('--lines is like 12,40-57');
    return range;
  });
  return (line) => ranges.some(([from, to]) => from <= line && line <= to);
}
