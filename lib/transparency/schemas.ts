import { z } from 'zod';

/** What readers of a transparency log get. Safe to import in the browser. */

/** An event, as the path of its proof names it. */
export const eventId = z.uuid();
/** Name of the file with the proof of an event. */
export const proofName = (id: string): string => `${id}.tlog-proof`;

/** Where an event stands in its log. Times are ISO 8601 with milliseconds, UTC. */
export type ProofState =
  /** What is stored is not what the log holds at its index. */
  | { state: 'altered' }
  /** No checkpoint covers it yet. */
  | { state: 'waiting' }
  /** `at`: when the first checkpoint that covers it was stored, of this size; `afterMs` later than the event was written. */
  | { state: 'logged'; index: number; size: number; at: string; afterMs: number };

export interface CheckpointView {
  /** `<host>/audit/<log>` */
  origin: string;
  /** Entries it covers. */
  size: number;
  at: string;
  /** The signed note, verbatim. */
  note: string;
  /** Signatures beside the log's own. Each would be an outsider's, who vouches for having seen no other history. */
  cosignatures: number;
}

/** How a log stands. */
export interface LogView {
  /** Entries; more than the checkpoint covers while something waits. */
  size: number;
  /** Null before the first. */
  checkpoint: CheckpointView | null;
}

/** The log that anybody may read. */
export interface OperatorLogView {
  checkpoint: CheckpointView | null;
  /** Keys of the log, as vkeys (C2SP signed-note). */
  vkeys: string[];
}
