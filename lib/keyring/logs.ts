import { join } from 'node:path';
import { verifyConsistency } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { Lines } from './lines';

/**
 * Per transparency log, by its origin, the largest tree this keyring has signed. Every further one must contain it as its beginning, so that even
 * a sequencer in foreign hands cannot have two histories signed, nor a shorter one.
 *
 * On disk (`logs.log`, lines.ts): one line per signed tree, before the signature leaves.
 */
export interface SignedTree {
  size: number;
  /** 32 bytes, base64. */
  root: string;
}

/** A tree to be signed, and the proof that it continues the one of size `from`. */
export interface NextTree extends SignedTree {
  from: number;
  proof: readonly string[];
}

/** `log.from`: the proof starts elsewhere than at the tree signed last. */
export type LogRefusal = 'log.from' | 'log.backwards' | 'log.fork';

const NOTHING_SIGNED: SignedTree = { size: 0, root: '' };

export class Logs {
  private constructor(
    private readonly trees: Map<string, SignedTree>,
    private readonly lines: Lines,
  ) {}

  static async open(home: string): Promise<Logs> {
    const trees = new Map<string, SignedTree>();
    const lines = await Lines.open(join(home, 'logs.log'), {
      read(line) {
        const { origin, size, root } = (line ?? {}) as Record<string, unknown>;
        if (typeof origin !== 'string' || !Number.isSafeInteger(size) || typeof root !== 'string') return false;
        trees.set(origin, { size: size as number, root });
        return true;
      },
      lines: () => Array.from(trees, ([origin, tree]) => ({ origin, ...tree })),
    });
    return new Logs(trees, lines);
  }

  /** The tree signed last; of size 0 when there is none. */
  signed(origin: string): SignedTree {
    return this.trees.get(origin) ?? NOTHING_SIGNED;
  }

  /** Goes on to the next tree, or says why not. Resolves when on disk. */
  async advance(origin: string, { size, root, from, proof }: NextTree): Promise<LogRefusal | null> {
    const signed = this.signed(origin);
    if (size < signed.size) return 'log.backwards';
    if (size === signed.size) {
      if (root !== signed.root) return 'log.fork';
    } else {
      if (from !== signed.size) return 'log.from';
      if (!continues(signed, { size, root }, proof)) return 'log.fork';
      // In memory first: a request that comes while this one waits for the disk sees the new tree.
      this.trees.set(origin, { size, root });
    }
    // Also when nothing is new: the request that signed it first may still wait for the disk.
    await this.lines.append({ origin, size, root });
    return null;
  }

  async close(): Promise<void> {
    await this.lines.close();
  }
}

function continues(older: SignedTree, newer: SignedTree, proof: readonly string[]): boolean {
  if (older.size === 0) return proof.length === 0;
  const bytes = (text: string) => Buffer.from(text, 'base64');
  return verifyConsistency(
    primitives,
    { size: older.size, root: bytes(older.root) },
    { size: newer.size, root: bytes(newer.root) },
    proof.map(bytes),
  );
}
