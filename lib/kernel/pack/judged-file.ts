import type { AccessEvent } from '../access';
import { HASH_BYTES } from '../log';
import { PackFault } from './faults';
import type { LineJudges } from './host';
import type { JudgedLines, LineFile, LineJudge, Times } from './judge';
import { MAX_ACCESS_BYTES } from './limits';
import { piecesOf } from './lines';

/** A line as it was judged, at its place in its file. */
export interface JudgedLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly index: number;
  /** 32 bytes. */
  readonly leaf: Uint8Array;
  /** What is wrong with it by itself; null when nothing is. */
  readonly fault: PackFault | null;
}

/** Gives the lines of a file one after the other, judged by several at a time where the host has them. */
export class JudgedFile {
  /** Of all lines of the pieces that were begun. */
  times: Times | null = null;
  /** Of the same; null once they are more than a verifier holds. */
  access: AccessEvent[] | null = [];
  private accessBytes = 0;
  private readonly pieces: AsyncGenerator<JudgedLines>;
  private piece: JudgedLines = NONE;
  private at = 0;
  private count = 0;

  constructor(
    private readonly file: LineFile,
    data: AsyncIterable<Uint8Array>,
    judges: LineJudge | LineJudges,
  ) {
    const pieces = piecesOf(file, data);
    this.pieces = typeof judges === 'function' ? inTurn(file, pieces, judges) : ahead(file, pieces, judges);
  }

  /** The next line, null after the last. A promise only where a piece has to be waited for. Throws PackFault. */
  next(): JudgedLine | null | Promise<JudgedLine | null> {
    return this.at < this.piece.indices.length ? this.take() : this.refill();
  }

  async close(): Promise<void> {
    await this.pieces.return(undefined);
  }

  private take(): JudgedLine {
    const { indices, leaves, fault } = this.piece;
    const at = this.at++;
    const [file, line, index] = [this.file, ++this.count, indices[at]!];
    const leaf = leaves.subarray(at * HASH_BYTES, this.at * HASH_BYTES);
    const own = this.at === indices.length && fault && fault.code !== 'malformed' ? fault : null;
    return { file, line, index, leaf, fault: own && new PackFault(own.code, own.detail, { index, file, line }) };
  }

  private async refill(): Promise<JudgedLine | null> {
    do {
      const { fault } = this.piece;
      if (fault?.code === 'malformed') {
        throw new PackFault('malformed', fault.detail, {
          file: this.file,
          ...(fault.whole ? {} : { line: this.count + 1 }),
        });
      }
      const { done, value } = await this.pieces.next();
      if (done) return null;
      this.piece = value;
      this.at = 0;
      this.times = within(this.times, value.times);
      this.accessBytes += value.access.bytes;
      if (this.accessBytes > MAX_ACCESS_BYTES) this.access = null;
      for (const event of value.access.events) this.access?.push(event);
    } while (this.piece.indices.length === 0);
    return this.take();
  }
}

const NONE: JudgedLines = {
  ...{ indices: new Float64Array(0), leaves: new Uint8Array(0), times: null, fault: null },
  access: { events: [], bytes: 0 },
};

function within(a: Times | null, b: Times | null): Times | null {
  if (!a || !b) return a ?? b;
  const sorted = [a.first, a.last, b.first, b.last].sort();
  return { first: sorted[0]!, last: sorted[3]! };
}

async function* inTurn(file: LineFile, pieces: AsyncGenerator<Uint8Array>, judge: LineJudge) {
  for await (const piece of pieces) yield judge(file, piece);
}

/** In their order. What cannot be read is thrown in its turn, after what was read before it. */
async function* ahead(file: LineFile, pieces: AsyncGenerator<Uint8Array>, { width, judge }: LineJudges) {
  const pending: Promise<JudgedLines>[] = [];
  let more = true;
  try {
    while (more || pending.length > 0) {
      while (more && pending.length < width) {
        const judged = await pieces.next().then(
          ({ done, value }) => (done ? null : { lines: judge(file, value) }),
          (error: unknown) => ({ lines: Promise.reject<JudgedLines>(error) }),
        );
        if (!judged) {
          more = false;
          break;
        }
        // Awaited in its turn, or not at all when a line before it ends the walk.
        judged.lines.catch(() => undefined);
        pending.push(judged.lines);
      }
      const judged = pending.shift();
      if (judged) yield await judged;
    }
  } finally {
    await pieces.return(undefined);
  }
}
