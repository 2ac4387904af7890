import { constants } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REGIONS, type Region } from '@/lib/kernel/region';
import { replace } from './files';
import { Refusal } from './refusal';

/**
 * Per region, the highest position this keyring has signed. It refuses to go backwards and to continue from a position it
 * never signed, so that even a control process in foreign hands cannot sign an old policy again as news, nor fork a chain.
 *
 * On disk: one JSON line per signed position, appended and fsynced before the signature leaves; lines that wait together
 * share one fsync. The file is compacted at every start and when it grows.
 */
export interface Head {
  epoch: number;
  seq: number;
  /** Chain hashes signed at this position (hex): a delta and a later snapshot of the same position differ. Newest last, at most 8. */
  hashes: string[];
  /** What the delta at this position went on from; null after a snapshot. */
  base: { seq: number; hash: string } | null;
}

const COMPACT_BYTES = 4 * 1024 * 1024;
const HASHES_KEPT = 8;
/** A hostile control must not be able to sign seq 10^15 and lock out every later change. */
const SEQ_JUMP_LIMIT = 1_000_000;

export class Positions {
  private readonly heads = new Map<Region, Head>();
  private waiting: string[] = [];
  private next: Promise<void> | null = null;
  private last: Promise<void> = Promise.resolve();
  private file: FileHandle | null = null;
  private bytes = 0;

  private constructor(private readonly path: string) {}

  static async open(home: string): Promise<Positions> {
    const positions = new Positions(join(home, 'positions.log'));
    const text = await readFile(positions.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const lines = text.split('\n');
    // The last piece is empty, or a line whose fsync never returned: nothing that it protects was given out.
    lines.pop();
    for (const [index, line] of lines.entries()) {
      const entry = readLine(line);
      if (entry) positions.heads.set(entry.region, entry.head);
      else if (index < lines.length - 1)
        throw new Error(`keyring: ${positions.path} is damaged at line ${index + 1}; restore it from backup`);
    }
    await positions.compact();
    return positions;
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
    await this.last;
    await this.file?.close();
    this.file = null;
  }

  private advance(region: Region, head: Head): Promise<void> {
    // In memory first: a request that comes while this one waits for the disk sees the new head.
    this.heads.set(region, head);
    this.waiting.push(line(region, head));
    this.next ??= this.enqueue();
    return this.next;
  }

  /** The batch that starts when the running one ends; whoever comes before that rides along. */
  private enqueue(): Promise<void> {
    const batch = this.last.then(() => {
      this.next = null;
      return this.write();
    });
    this.last = batch.catch(() => {});
    return batch;
  }

  private async write(): Promise<void> {
    const text = this.waiting.join('');
    this.waiting = [];
    // A failed append may have left half a line: then the whole file is written anew, which includes these heads.
    if (this.bytes + text.length > COMPACT_BYTES) return await this.compact();
    const bytes = this.bytes;
    this.bytes = COMPACT_BYTES;
    await this.file?.appendFile(text);
    await this.file?.datasync();
    this.bytes = bytes + text.length;
  }

  private async compact(): Promise<void> {
    const text = REGIONS.flatMap((region) => {
      const head = this.heads.get(region);
      return head ? [line(region, head)] : [];
    }).join('');
    await replace(this.path, text);
    await this.file?.close();
    this.file = await open(this.path, constants.O_WRONLY | constants.O_APPEND);
    this.bytes = 0;
  }
}

const line = (region: Region, head: Head): string => `${JSON.stringify({ region, head })}\n`;

function readLine(text: string): { region: Region; head: Head } | null {
  try {
    return JSON.parse(text) as { region: Region; head: Head };
  } catch {
    return null;
  }
}
