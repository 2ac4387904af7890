import { join } from 'node:path';
import { isRegion, type Region } from '@/lib/kernel/region';
import { Lines } from './lines';
import { Refusal } from './refusal';

/**
 * Per region, the highest position this keyring has signed. It refuses to go backwards and to continue from a position it
 * never signed, so that even a control process in foreign hands cannot sign an old policy again as news, nor fork a chain.
 *
 * On disk (`positions.log`, lines.ts): one line per signed position, before the signature leaves.
 */
export interface Head {
  epoch: number;
  seq: number;
  /** Chain hashes signed at this position (hex): a delta and a later snapshot of the same position differ. Newest last, at most 8. */
  hashes: string[];
  /** What the delta at this position went on from; null after a snapshot. */
  base: { seq: number; hash: string } | null;
}

const HASHES_KEPT = 8;
/** A hostile control must not be able to sign seq 10^15 and lock out every later change. */
const SEQ_JUMP_LIMIT = 1_000_000;

export class Positions {
  private constructor(
    private readonly heads: Map<Region, Head>,
    private readonly lines: Lines,
  ) {}

  static async open(home: string): Promise<Positions> {
    const heads = new Map<Region, Head>();
    const lines = await Lines.open(join(home, 'positions.log'), {
      read(line) {
        const { region, head } = (line ?? {}) as { region?: unknown; head?: Head };
        if (!isRegion(region) || !head) return false;
        heads.set(region, head);
        return true;
      },
      lines: () => Array.from(heads, ([region, head]) => ({ region, head })),
    });
    return new Positions(heads, lines);
  }

  head(region: Region): Head | null {
    return this.heads.get(region) ?? null;
  }

  /** Advances to a snapshot. Same position again is fine (new edges need one); backwards is not. Resolves when on disk. */
  async snapshot(region: Region, epoch: number, seq: number, hash: string): Promise<void> {
    const head = this.head(region);
    if (head) {
      if (epoch < head.epoch || (epoch === head.epoch && seq < head.seq)) throw new Refusal('policy.backwards');
      if (epoch > head.epoch + 1 || (epoch === head.epoch && seq > head.seq + SEQ_JUMP_LIMIT))
        throw new Refusal('policy.jump');
    }
    const same = head?.epoch === epoch && head.seq === seq;
    const hashes = same ? [...head.hashes.filter((known) => known !== hash), hash].slice(-HASHES_KEPT) : [hash];
    await this.advance(region, { epoch, seq, hashes, base: same ? head.base : null });
  }

  /**
   * Advances to a delta. It must go on from the head, or from what the head itself went on from: control may have died
   * between our signature and its own commit, and then signs that step again.
   */
  async delta(
    region: Region,
    base: { epoch: number; seq: number; hash: string },
    epoch: number,
    seq: number,
    hash: string,
  ): Promise<void> {
    const head = this.head(region);
    if (!head || base.epoch !== epoch || epoch !== head.epoch) throw new Refusal('policy.base_unknown');
    const fromHead = base.seq === head.seq && head.hashes.includes(base.hash);
    const again = head.base?.seq === base.seq && head.base.hash === base.hash;
    if (!fromHead && !again) throw new Refusal('policy.base_unknown');
    if (seq <= base.seq || seq < head.seq) throw new Refusal('policy.backwards');
    if (seq > head.seq + SEQ_JUMP_LIMIT) throw new Refusal('policy.jump');
    const hashes =
      seq === head.seq ? [...head.hashes.filter((known) => known !== hash), hash].slice(-HASHES_KEPT) : [hash];
    await this.advance(region, { epoch, seq, hashes, base: { seq: base.seq, hash: base.hash } });
  }

  /** A beat may only say that the newest policy is fresh: beating an old one would keep edges on it. */
  beat(region: Region, position: { epoch: number; seq: number; hash: string }): void {
    const head = this.head(region);
    if (head?.epoch !== position.epoch || head.seq !== position.seq || !head.hashes.includes(position.hash))
      throw new Refusal('policy.not_head');
  }

  async close(): Promise<void> {
    await this.lines.close();
  }

  private async advance(region: Region, head: Head): Promise<void> {
    // In memory first: a request that comes while this one waits for the disk sees the new head.
    this.heads.set(region, head);
    await this.lines.append({ region, head });
  }
}
