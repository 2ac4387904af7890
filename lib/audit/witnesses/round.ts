import { formatVkey, parseNote } from '@/lib/kernel/log';
import { isWitnessed } from '@/lib/kernel/pack';
import type { Queryable } from '../sequencer/store';
import { proveTrees } from '../sequencer/trees';
import { type Asked, ask } from './ask';
import type { AskedWitness, AskedWitnesses } from './config';
import { keep, lastSizes, newestCheckpoint, type OperatorCheckpoint, type Trouble } from './store';

export interface Told {
  witness: AskedWitness;
  asked: Exclude<Asked, { outcome: 'elsewhere' }>;
  /** Its state is another than after the round before. */
  changed: boolean;
}

interface Pending {
  witness: AskedWitness;
  old: number;
}

/**
 * Asks all of these about the same checkpoint at the same time, so that their cosignatures stand together, and keeps what they said. Never throws
 * for what a witness does.
 */
export async function askRound(
  db: Queryable,
  { quorum, witnesses: all }: AskedWitnesses,
  witnesses: readonly AskedWitness[],
  newest: OperatorCheckpoint,
  now: number,
): Promise<Told[]> {
  const sizes = await lastSizes(db, witnesses.map(vkeyOf));
  const first = witnesses.map((witness) => ({ witness, old: Math.min(sizes.get(vkeyOf(witness)) ?? 0, newest.size) }));
  const answers = new Map(await askAll(db, first, newest, now));
  const again = first.flatMap(({ witness, old }) => {
    const asked = answers.get(witness);
    return asked?.outcome === 'elsewhere' && asked.size !== old && asked.size <= newest.size
      ? [{ witness, old: asked.size }]
      : [];
  });
  for (const [witness, asked] of await askAll(db, again, newest, now)) answers.set(witness, asked);
  // Another control may have had a longer log cosigned while we asked; then the database has it by now.
  const size = [...answers.values()].some(isAhead(newest.size))
    ? ((await newestCheckpoint(db))?.size ?? 0)
    : newest.size;
  const told = [...answers].map(([witness, asked]) => ({ witness, asked: settled(asked, size) }));
  const changed = await keep(
    db,
    newest.size,
    told.flatMap(({ witness, asked }) =>
      asked.outcome === 'cosigned' ? [{ vkey: vkeyOf(witness), ...asked.cosigned }] : [],
    ),
    told.flatMap(({ witness, asked }): Trouble[] =>
      asked.outcome === 'cosigned' ? [] : [{ vkey: vkeyOf(witness), state: asked.outcome, code: asked.code }],
    ),
    (vkeys) =>
      isWitnessed(
        quorum,
        all.filter((witness) => vkeys.includes(vkeyOf(witness))),
      ),
  );
  return told.map((each) => ({ ...each, changed: changed.has(vkeyOf(each.witness)) }));
}

export const vkeyOf = ({ key }: Pick<AskedWitness, 'key'>): string => formatVkey(key);

const isAhead = (size: number) => (asked: Asked) => asked.outcome === 'elsewhere' && asked.size > size;

/** What a size comes to that is still not ours after we have asked from there. */
function settled(asked: Asked, size: number): Told['asked'] {
  if (asked.outcome !== 'elsewhere') return asked;
  return asked.size > size
    ? { outcome: 'diverged', code: 'witness.ahead' }
    : { outcome: 'failing', code: 'witness.conflict' };
}

/** All proofs are read first, on the one connection; then nobody waits for anybody. */
async function askAll(
  db: Queryable,
  pending: readonly Pending[],
  { size, root, note }: OperatorCheckpoint,
  now: number,
): Promise<[AskedWitness, Asked][]> {
  if (pending.length === 0) return [];
  const olds = [...new Set(pending.map(({ old }) => old))];
  const trees = await proveTrees(
    db,
    olds.map((old) => ({ log: 'operator', size, from: old })),
  ).catch((error: unknown) => {
    if (error instanceof RangeError) return [];
    throw error;
  });
  const proofs = new Map(trees.filter((tree) => root.equals(tree.root)).map(({ from, proof }) => [from, proof]));
  const text = parseNote(note)?.text;
  return await Promise.all(
    pending.map(async ({ witness, old }): Promise<[AskedWitness, Asked]> => {
      const proof = proofs.get(old);
      // Tiles that do not give the signed root: a witness would take that for a fork, and the sequencer says it too.
      if (!proof || text === undefined) return [witness, { outcome: 'failing', code: 'log.disagrees' }];
      return [witness, await ask(witness, { old, proof, note, text, now })];
    }),
  );
}
