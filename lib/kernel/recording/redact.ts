import type { Hash } from '../log';
import type { Row } from './rows';
import { firstRow, headRow, openRow, stubRow } from './rows';
import { type CheckedLine, type RecordingAsked, type RecordingResult, RecordingVerifier } from './verify';

/** Which lines go: numbers from 0, the header. */
export type Chosen = (line: number) => boolean;

/**
 * Takes lines out of a recording file: each becomes a stub with its time, kind and commitment, its salt and bytes are gone. The recording is
 * verified on the way, so a damaged one does not become a neat one. What it answers counts only when `end` says that all was right.
 */
export class Redactor {
  private readonly verifier: RecordingVerifier;
  private out: Uint8Array[] = [];
  private refused: number | null = null;
  private begun = false;
  /** Lines that were taken out now, not before. */
  taken = 0;

  constructor(
    hash: Hash,
    private readonly chosen: Chosen,
    asked: Omit<RecordingAsked, 'row'> = {},
  ) {
    this.verifier = new RecordingVerifier(hash, { ...asked, row: (row, line) => this.write(row, line) });
  }

  /** The bytes that go on. */
  push(chunk: Uint8Array): Uint8Array[] {
    this.verifier.push(chunk);
    if (!this.begun && this.verifier.sessionId !== null) {
      this.begun = true;
      this.out.unshift(firstRow(this.verifier.sessionId));
    }
    const { out } = this;
    this.out = [];
    return out;
  }

  /** `refused` is the first chosen line that may not be taken out: the header, or a change of size. */
  end(): { result: RecordingResult; refused: number | null } {
    return { result: this.verifier.end(), refused: this.refused };
  }

  private write(row: Row, line: CheckedLine | null): void {
    if (row.is === 'head') this.out.push(headRow(row));
    else if (row.is === 'stub') this.out.push(stubRow(row));
    else if (!this.chosen(row.number)) this.out.push(openRow(row));
    else if (line && 'event' in line && line.event.kind !== 'r') {
      this.taken++;
      this.out.push(stubRow({ ...line.event, number: row.number, commitment: row.commitment }));
    } else {
      this.refused ??= row.number;
    }
  }
}
