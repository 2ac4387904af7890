import { ED25519, leafHash, type NoteKey, openCheckpoint } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { verifyEd25519 } from '@/lib/primitives/ed25519';
import type { Findings } from './faults';
import { type Queryable, readCheckpoints, type StoredCheckpoint } from './store';
import type { LogTree } from './tree';

const AT_ONCE = 512;

/** A checkpoint that was kept outside, to be found again in its log. */
export interface KnownHead {
  log: string;
  size: number;
  root: Uint8Array;
}

/** The stored checkpoints of a log, by their size. */
export async function* checkpointsOf(db: Queryable, log: string, upTo: number): AsyncGenerator<StoredCheckpoint> {
  for (let above = 0; ; ) {
    const page = await readCheckpoints(db, log, above, upTo, AT_ONCE);
    yield* page;
    if (page.length < AT_ONCE) return;
    above = page.at(-1)!.size;
  }
}

/** What a note says of a log, when one of the keys has signed it; null otherwise. An installation may have had several names. */
export async function openSigned(note: Uint8Array, log: string, keys: readonly NoteKey[]) {
  for (const name of new Set(keys.flatMap((key) => (key.algorithm === ED25519 ? [key.name] : [])))) {
    const opened = await openCheckpoint(primitives, note, { origin: `${name}/${log}`, keys }, verifyEd25519);
    if (opened.ok) return opened.checkpoint;
  }
  return null;
}

/** When the tree has the size of the checkpoint. */
export async function checkCheckpoint(
  stored: StoredCheckpoint,
  { log, tree, keys, findings }: { log: string; tree: LogTree; keys: readonly NoteKey[]; findings: Findings },
): Promise<void> {
  const { size, root, note, operatorIndex, operatorLeaf } = stored;
  const signed = await openSigned(note, log, keys);
  if (!signed) findings.add({ code: 'signature', log, size, detail: 'no given key of this log has signed the note' });
  else if (signed.size !== size || !root.equals(signed.root))
    findings.add({ code: 'signature', log, size, detail: `the note is of size ${signed.size}, or of another root` });
  tree.settle(signed?.size === size ? signed.root : root);
  if (operatorIndex === null) return;
  const held = operatorLeaf && Buffer.compare(operatorLeaf, leafHash(primitives, note)) === 0;
  if (!held) {
    const detail = `checkpoint ${size} of ${log} is not what stands there`;
    findings.add({ code: 'operator', log: 'operator', index: operatorIndex, size, detail });
  }
}
