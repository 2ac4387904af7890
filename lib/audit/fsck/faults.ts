/** What can be wrong with a stored log, the worst first: a check that finds several ends with the first of them. */
export const FSCK_FAULTS = {
  older: 'the log is shorter than the checkpoint you hold',
  diverged: 'the checkpoint you hold is not a beginning of this log',
  signature: 'a stored checkpoint is not signed by a key of the log, or is not what its row says',
  root: 'the entries do not give the root of a signed checkpoint',
  event: 'an event is not what the log holds at its place',
  missing: 'the event of a place is gone',
  misplaced: 'at a place stands the event of another place',
  places: 'an event has no place in its log, or more than one',
  operator: "the operator's log does not hold a checkpoint at its place",
  tile: 'a stored tile is not what lies below it',
  size: 'size, frontier or newest checkpoint of a log are not those of its entries',
  columns: 'what an event is found by is not what the event says',
} as const;

export type FsckCode = keyof typeof FSCK_FAULTS;

export interface FsckFault {
  code: FsckCode;
  log: string;
  /** Place in the log. With `to`: the first change is at a place from `index` up to, not including, `to`. */
  index?: number;
  to?: number;
  eventId?: string;
  /** Of the checkpoint concerned. */
  size?: number;
  detail: string;
}

/** As many are described; all are counted. */
const DESCRIBED = 1_000;

/** Gathers what is found, in bounded memory. */
export class Findings {
  readonly faults: FsckFault[] = [];
  readonly counts = new Map<FsckCode, number>();
  /** The first of each log. */
  readonly first = new Map<string, FsckFault>();

  add(fault: FsckFault): void {
    this.counts.set(fault.code, (this.counts.get(fault.code) ?? 0) + 1);
    if (!this.first.has(fault.log)) this.first.set(fault.log, fault);
    if (this.faults.length < DESCRIBED) this.faults.push(fault);
  }

  /** Null when nothing is wrong. */
  get worst(): FsckCode | null {
    return (Object.keys(FSCK_FAULTS) as FsckCode[]).find((code) => this.counts.has(code)) ?? null;
  }
}
