import { MAX_ROW_BYTES } from './limits';
import { NEWLINE } from './rows';

/** Rows out of chunks. A row that is longer than any may be answers null, and nothing after it is read. */
export class RowSplitter {
  private parts: Uint8Array[] = [];
  private held = 0;
  private broken = false;

  *push(chunk: Uint8Array): Generator<Uint8Array | null> {
    for (let from = 0; from < chunk.length && !this.broken; ) {
      const end = chunk.indexOf(NEWLINE, from);
      const part = chunk.subarray(from, end < 0 ? chunk.length : end);
      from += part.length + 1;
      if (this.held + part.length > MAX_ROW_BYTES) {
        this.broken = true;
        yield null;
      } else if (end < 0) {
        // The host may use its buffer again.
        this.parts.push(part.slice());
        this.held += part.length;
      } else {
        yield this.joined(part);
      }
    }
  }

  /** Whether bytes wait for the end of their row. */
  get torn(): boolean {
    return this.held > 0;
  }

  private joined(last: Uint8Array): Uint8Array {
    if (this.held === 0) return last;
    const row = new Uint8Array(this.held + last.length);
    let at = 0;
    for (const part of this.parts) {
      row.set(part, at);
      at += part.length;
    }
    row.set(last, at);
    this.parts = [];
    this.held = 0;
    return row;
  }
}
