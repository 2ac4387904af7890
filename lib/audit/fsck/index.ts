/**
 * Recomputes the stored logs from rows to roots: every event's entry from its fields, every tile from what lies below it, every checkpoint's
 * root and signature, the operator's log, and that each sequenced event has one place. Reads only; streams in constant memory; may run
 * beside the sequencer, because everything is taken up to bounds read at the beginning.
 *
 * That two successive checkpoints are consistent needs no proof here: both are roots of beginnings of the same leaves.
 */
import type { NoteKey } from '@/lib/kernel/log';
import type { KnownHead } from './checkpoints';
import { Findings, type FsckCode, type FsckFault } from './faults';
import { checkLog } from './log';
import { checkPlaces } from './places';
import { type Queryable, readBounds } from './store';

export { type KnownHead, openSigned } from './checkpoints';
export { openChecker, type Queryable } from './connection';
export { FSCK_FAULTS, type FsckCode, type FsckFault } from './faults';

export interface FsckOptions {
  /** Verifier keys of the log. */
  keys: readonly NoteKey[];
  /** One log; all when absent. */
  log?: string;
  /** Checkpoints kept outside, opened by `openSigned`. */
  heads?: readonly KnownHead[];
  /** Hears what has been done and may wait, or throw to end it. */
  progress?(state: Progress): void | Promise<void>;
}

export interface Progress {
  /** The log being checked; null for the pass that looks for events without a place. */
  log: string | null;
  /** Entries so far, of all logs, and how many there are. */
  done: number;
  total: number;
}

export interface FsckReport {
  logs: { name: string; size: number; signed: number }[];
  /** Entries checked, of all logs. */
  entries: number;
  /** At most 1000; `counts` has all. */
  faults: FsckFault[];
  counts: Partial<Record<FsckCode, number>>;
  /** By log. */
  first: ReadonlyMap<string, FsckFault>;
  worst: FsckCode | null;
}

/** Throws RangeError when there is no log of that name. */
export async function fsck(db: Queryable, { keys, log, heads = [], progress }: FsckOptions): Promise<FsckReport> {
  const { logs, cursor } = await readBounds(db);
  const wanted = logs.filter(({ name }) => log === undefined || name === log);
  if (log !== undefined && wanted.length === 0) throw new RangeError('fsck.log');
  const findings = new Findings();
  const total = wanted.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  for (const bounds of wanted) {
    const step = (leaves: number) => {
      done += leaves;
      return progress?.({ log: bounds.name, done, total });
    };
    const own = heads.filter((head) => head.log === bounds.name);
    await checkLog(db, bounds, { findings, keys, heads: own, step });
  }
  for (const { log: gone, size } of heads)
    if (!logs.some(({ name }) => name === gone))
      findings.add({ code: 'older', log: gone, index: 0, size, detail: 'there is no such log' });
  if (log !== 'operator') await checkPlaces(db, cursor, log, findings, () => progress?.({ log: null, done, total }));
  return {
    logs: wanted.map(({ name, size, signed }) => ({ name, size, signed })),
    entries: done,
    faults: findings.faults,
    counts: Object.fromEntries(findings.counts),
    first: findings.first,
    worst: findings.worst,
  };
}
