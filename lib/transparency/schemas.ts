import { z } from 'zod';

/** What readers of a transparency log get. Safe to import in the browser. */

/** An event, as the path of its proof names it. */
export const eventId = z.uuid();
/** Events whose records are asked for at once: those of a page. */
export const openingIds = z.array(eventId).min(1).max(50);
/** Name of the file with the proof of an event. */
export const proofName = (id: string): string => `${id}.tlog-proof`;

/** Where an event stands in its log. Times are ISO 8601 with milliseconds, UTC. */
export type ProofState =
  /** What is stored is not what the log holds at its index. */
  | { state: 'altered' }
  /** No checkpoint covers it yet. */
  | { state: 'waiting' }
  /**
   * `at`: when the first checkpoint that covers it was stored, of this size; `afterMs` later than the event was written. `witnessedAt`: when a checkpoint
   * of the operator's log that holds that one was cosigned by the quorum of its witnesses; null while none is.
   */
  | { state: 'logged'; index: number; size: number; at: string; afterMs: number; witnessedAt: string | null };

export interface CheckpointView {
  /** `<host>/audit/<log>` */
  origin: string;
  /** Entries it covers. */
  size: number;
  at: string;
  /** The signed note, verbatim. */
  note: string;
}

/**
 * How far outsiders vouch for having seen no other history of the operator's log, and so of any. `unwitnessed`: nobody ever did and nobody is asked.
 * `waiting`: those who are asked have not all answered yet. `lapsed`: no quorum for ten minutes, or nobody is asked any more.
 */
export interface WitnessSummary {
  verdict: 'unwitnessed' | 'waiting' | 'witnessed' | 'lapsed';
  /** Witnesses of the policy in force. */
  asked: number;
  /** Those who say that they have seen another history. */
  diverged: number;
  /** The newest checkpoint of the operator's log with a quorum: its size, when it had it, and how many of those asked cosigned it. */
  last: { size: number; at: string; cosigned: number } | null;
}

/** One of them. Times as above. */
export interface WitnessView {
  name: string;
  vkey: string;
  state: 'new' | 'cosigning' | 'failing' | 'diverged';
  /** Why it does not cosign (`lib/audit/witnesses/ask.ts`). */
  code: string | null;
  /** Since when it is in this state. */
  since: string;
  /** Of the checkpoint it cosigned last; 0 for none. */
  size: number;
  /** Its own time of that. */
  cosignedAt: string | null;
}

/** How a log stands. */
export interface LogView {
  /** Entries; more than the checkpoint covers while something waits. */
  size: number;
  /** Null before the first. */
  checkpoint: CheckpointView | null;
  witnesses: WitnessSummary;
  checks: ChecksView;
  /** Places whose event is gone, as was agreed: all before `minimum`, and so many after it. */
  pruned: { minimum: number; later: number };
}

/** What the installation's own checks of the log found. */
export interface ChecksView {
  /** The last check of everything; null before the first. */
  full: { at: string; whole: boolean } | null;
  /** What is wrong now, and since when; of every log this reader may know of. */
  failing: { log: string; check: string; code: string; place: number | null; since: string }[];
}

/** The log that anybody may read. */
export interface OperatorLogView {
  checkpoint: CheckpointView | null;
  /** Keys of the log, as vkeys (C2SP signed-note). */
  vkeys: string[];
  witnesses: WitnessSummary;
  /** Everybody who is asked, by name. */
  witness: WitnessView[];
}
