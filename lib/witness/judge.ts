import {
  type Checkpoint,
  emptyRoot,
  parseAddCheckpoint,
  parseCheckpointText,
  parseNote,
  type TreeHead,
  verifyConsistency,
  verifyNote,
} from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { verifyEd25519 } from '@/lib/primitives/ed25519';
import type { WatchedLogs } from './logs';

/** What a request comes to. Everything but `agreed` leaves the witness as it was. */
export type Verdict =
  | { status: 200; checkpoint: Checkpoint; text: string; note: string }
  /** `size`: of what the witness cosigned last. */
  | { status: 409; size: number }
  | { status: 400 | 403 | 404 | 422; why: string };

/** A request whose log and signature are in order. */
export interface Asked {
  readonly old: number;
  readonly proof: readonly Uint8Array[];
  readonly checkpoint: Checkpoint;
  readonly text: string;
  readonly note: string;
}

const refuse = (status: 400 | 403 | 404 | 422, why: string) => ({ status, why }) as const;

/** Everything that can be said without knowing what was cosigned before, in the order of C2SP tlog-witness. */
export async function admit(body: Uint8Array, logs: WatchedLogs): Promise<Asked | Verdict> {
  const request = parseAddCheckpoint(body);
  const text = request && parseNote(request.note)?.text;
  const checkpoint = text ? parseCheckpointText(text) : null;
  if (!request || !text || !checkpoint) return refuse(400, 'not a request to add a checkpoint');
  const keys = logs.get(checkpoint.origin);
  if (!keys) return refuse(404, 'no log of this origin is witnessed here');
  const signed = await verifyNote(request.note, keys, verifyEd25519);
  if (!signed.ok) return refuse(403, 'not signed by a key of the log');
  const { old, proof, note } = request;
  if (old > checkpoint.size) return refuse(400, 'the old size is above the size of the checkpoint');
  return { old, proof, checkpoint, text, note };
}

/** Whether the checkpoint continues what was cosigned last; null is the beginning of a log. Runs alone for each origin. */
export function judge({ old, proof, checkpoint, text, note }: Asked, last: TreeHead | null): Verdict {
  const before = last ?? { size: 0, root: emptyRoot(primitives) };
  if (old !== before.size) return { status: 409, size: before.size };
  // Also of the same size, whose roots must be equal; so a tree of size 0 has the root of no leaves.
  if (!verifyConsistency(primitives, before, checkpoint, proof))
    return refuse(422, 'the checkpoint does not continue the one that was cosigned last');
  return { status: 200, checkpoint, text, note };
}
