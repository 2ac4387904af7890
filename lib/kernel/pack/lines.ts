import { MAX_LINE_BYTES } from '../log';
import { joined, textOf } from './bytes';
import { malformed } from './faults';

const NEWLINE = 0x0a;

/** Reads the lines of an NDJSON file with the memory of one chunk and one line. Every line ends in a newline, also the last. */
export class Lines {
  /** How many lines have been given. */
  count = 0;
  private readonly chunks: AsyncIterator<Uint8Array>;
  private ready: string[] = [];
  private at = 0;
  private rest: Uint8Array = new Uint8Array(0);

  constructor(
    readonly file: string,
    data: AsyncIterable<Uint8Array>,
  ) {
    this.chunks = data[Symbol.asyncIterator]();
  }

  /** The next line without its end, null after the last. A promise only where bytes have to be waited for. Throws PackFault. */
  next(): string | null | Promise<string | null> {
    if (this.at === this.ready.length) return this.refill();
    this.count++;
    return this.ready[this.at++]!;
  }

  async close(): Promise<void> {
    await this.chunks.return?.();
  }

  private async refill(): Promise<string | null> {
    for (;;) {
      const { done, value } = await this.chunks.next();
      if (done) {
        if (this.rest.length > 0) throw malformed('the last line does not end', this.file);
        return null;
      }
      const bytes = this.rest.length === 0 ? value : joined([this.rest, value]);
      const end = bytes.lastIndexOf(NEWLINE);
      // A copy: the host may use the chunk again.
      this.rest = bytes.slice(end + 1);
      if (this.rest.length > MAX_LINE_BYTES) throw malformed('a line is too long', this.file);
      if (end < 0) continue;
      this.ready = textOf(bytes.subarray(0, end), this.file).split('\n');
      this.at = 1;
      this.count++;
      return this.ready[0]!;
    }
  }
}
