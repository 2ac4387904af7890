import { Frontier, type Hash, SALT_BYTES } from '../log';
import { joined } from '../pack/bytes';
import {
  clampSize,
  eventLine,
  type Header,
  headerLine,
  type Kind,
  type Mark,
  markData,
  pieces,
  sizeData,
} from './cast';
import { commitLine, sealedLeaf } from './commitment';
import { type Head, isSession } from './head';
import {
  MAX_FILE_BYTES,
  MAX_LINES,
  MAX_MICROSECONDS,
  MAX_OUTPUT_UNITS,
  MAX_ROW_BYTES,
  RESERVED_BYTES,
  RESERVED_LINES,
} from './limits';
import { firstRow, headRow, openRow } from './rows';
import { Utf8Stream } from './utf8-stream';

export interface WriterHost extends Hash {
  /** 16 bytes that nobody can guess, new ones each time. */
  salt(): Uint8Array;
}

/** The recording has reached a limit, or has ended: nothing can be recorded, so nothing may be shown to be recorded. */
export class RecordingFull extends Error {
  readonly code = 'recording.full';
  constructor() {
    super('the recording has reached a limit');
  }
}

/**
 * Writes one recording. Each call answers the bytes to append to the file, which have to be stored before the terminal shows what they
 * record. Memory is constant. Times are microseconds since the start of a clock that the host owns; one that goes back counts as the last.
 *
 *     const writer = new RecordingWriter(host, 'ses_1');
 *     append(writer.start({ columns, rows, timestamp, term }));
 *     append(writer.output(at, chunk));
 *     const { head, row } = writer.head();   // every few seconds: the head goes to the audit log, the row into the file
 *     const { head, row } = writer.end(at, 'grant expired');
 */
export class RecordingWriter {
  private readonly tree: Frontier;
  private readonly text = new Utf8Stream();
  private time = 0;
  private bytes = 0;
  private state: 'new' | 'open' | 'ended' = 'new';

  /** Throws RangeError when the session is no id: 1 to 64 of `A-Z a-z 0-9 _ -`. */
  constructor(
    private readonly host: WriterHost,
    readonly session: string,
    /** Lower limits than the format's, for example of the disk. */
    private readonly most: { readonly lines: number; readonly bytes: number } = {
      lines: MAX_LINES,
      bytes: MAX_FILE_BYTES,
    },
  ) {
    if (!isSession(session)) throw new RangeError('recording.session');
    this.tree = new Frontier(host);
  }

  /** The first row and the header. Size and terminal are clamped. Once. */
  start(header: Header): Uint8Array {
    if (this.state !== 'new') throw new RecordingFull();
    this.state = 'open';
    return joined([this.counted(firstRow(this.session)), this.append('h', headerLine(header))]);
  }

  /** What the terminal receives, in chunks that may end inside a character: then part of it waits, and the answer may be empty. */
  output(time: number, chunk: Uint8Array): Uint8Array {
    return this.events(time, 'o', pieces(this.text.push(chunk), MAX_OUTPUT_UNITS));
  }

  resize(time: number, columns: number, rows: number): Uint8Array {
    return this.events(time, 'r', [sizeData(clampSize(columns, rows))]);
  }

  /** `end` marks are the business of `end`. */
  mark(time: number, mark: Mark & { kind: Exclude<Mark['kind'], 'end'> }): Uint8Array {
    return this.events(time, 'm', [markData(mark)]);
  }

  /** The state now, and its row. To be taken when there is something new. */
  head(): { head: Head; row: Uint8Array } {
    if (this.state !== 'open') throw new RecordingFull();
    return this.taken(false);
  }

  /** Why the session ended, and the final head. Once, and always possible. `row` holds all rows that are left to write. */
  end(time: number, reason: string): { head: Head; row: Uint8Array } {
    if (this.state !== 'open') throw new RecordingFull();
    this.state = 'ended';
    const cut = this.text.end();
    const rows = cut === '' ? [] : [this.event(time, 'o', cut)];
    rows.push(this.event(time, 'm', markData({ kind: 'end', text: reason })));
    const { head, row } = this.taken(true);
    return { head, row: joined([...rows, row]) };
  }

  private taken(final: boolean): { head: Head; row: Uint8Array } {
    const { session, time } = this;
    const head = { session, lines: this.tree.size, root: this.tree.root(), time, final };
    return { head, row: this.counted(headRow(head)) };
  }

  /** All of them or none: what is in the tree has to be in the file. */
  private events(time: number, kind: Kind, data: Iterable<string>): Uint8Array {
    const all = [...data];
    const lines = this.tree.size + all.length;
    const bytes = this.bytes + all.length * MAX_ROW_BYTES;
    const late = time > MAX_MICROSECONDS;
    const full = lines > this.most.lines - RESERVED_LINES || bytes > this.most.bytes - RESERVED_BYTES;
    if (this.state !== 'open' || late || full) throw new RecordingFull();
    return joined(all.map((each) => this.event(time, kind, each)));
  }

  private event(time: number, kind: Kind, data: string): Uint8Array {
    this.time = Math.min(Math.max(this.time, Math.floor(time)), MAX_MICROSECONDS);
    return this.append(kind, eventLine({ time: this.time, kind, data }));
  }

  private append(kind: Kind | 'h', line: Uint8Array): Uint8Array {
    const number = this.tree.size;
    const salt = this.host.salt();
    if (salt.length !== SALT_BYTES) throw new RangeError('recording.salt');
    const commitment = commitLine(this.host, number, salt, line);
    this.tree.append(sealedLeaf(this.host, { time: this.time, kind, commitment }));
    return this.counted(openRow({ number, salt, commitment, line }));
  }

  private counted(row: Uint8Array): Uint8Array {
    this.bytes += row.length;
    return row;
  }
}
