import { fromUtf8 } from '../encoding';
import { Frontier, type Hash } from '../log';
import { sameBytes } from '../log/bytes';
import { type Event, type Header, type Kind, parseEvent, parseHeader } from './cast';
import { commitLine, type Sealed, sealedLeaf } from './commitment';
import type { RecordingFault, RecordingFaultCode } from './faults';
import type { Head } from './head';
import { MAX_FILE_BYTES, MAX_HEADS, MAX_LINE_BYTES, MAX_RUNS } from './limits';
import { type HeadRow, type OpenRow, parseRow, type Row, type StubRow, sessionOf } from './rows';
import { RowSplitter } from './split';

/** A line that has been checked against its own commitment, and against the tree only at the next head. */
export type CheckedLine =
  | { readonly number: 0; readonly header: Header; readonly text: string }
  | { readonly number: number; readonly event: Event; readonly text: string }
  | { readonly number: number; readonly redacted: { readonly time: number; readonly kind: Kind } };

export interface RecordingAsked {
  /** Of the audit log, in its order: what makes the check independent of whoever holds the file. At most `MAX_HEADS`. */
  readonly heads?: readonly Head[];
  /** A recording without final head is accepted. */
  readonly running?: boolean;
  /** Hears of each row as it is read, before anything later is known to be right. */
  readonly row?: (row: Row, line: CheckedLine | null) => void;
}

export interface RecordingReport {
  readonly session: string;
  readonly header: Header;
  readonly lines: number;
  /** Of the last line, in microseconds. */
  readonly time: number;
  readonly root: Uint8Array;
  readonly final: boolean;
  /** In the file. */
  readonly heads: number;
  /** Heads of the audit log that were compared, and how many lines the last of them covers. */
  readonly known: { readonly heads: number; readonly lines: number };
  readonly redacted: { readonly lines: number; readonly runs: readonly (readonly [from: number, to: number])[] };
}

export type RecordingResult = { ok: true; report: RecordingReport } | ({ ok: false } & RecordingFault);

/**
 * Verifies a recording file as it comes, in constant memory. The first fault ends it.
 *
 *     const verifier = new RecordingVerifier(hash, { heads });
 *     for await (const chunk of file) verifier.push(chunk);
 *     const result = verifier.end();
 */
export class RecordingVerifier {
  private readonly rows = new RowSplitter();
  private readonly tree: Frontier;
  private readonly known: readonly Head[];
  private fault: RecordingFault | null;
  private bytes = 0;
  private row = 0;
  private session: string | null = null;
  private header: Header | null = null;
  private time = 0;
  private heads = 0;
  /** Lines that heads cover, and how many heads of the audit log were compared. */
  private covered = 0;
  private compared = 0;
  private final = false;
  private redacted = 0;
  private readonly runs: [number, number][] = [];

  /** Throws RangeError for more than `MAX_HEADS` heads. */
  constructor(
    private readonly hash: Hash,
    private readonly asked: RecordingAsked = {},
  ) {
    this.known = asked.heads ?? [];
    if (this.known.length > MAX_HEADS) throw new RangeError('recording.heads');
    this.tree = new Frontier(hash);
    this.fault = contradiction(this.known);
  }

  /** As the file says; null before its first row. */
  get sessionId(): string | null {
    return this.session;
  }

  /** Whether more is worth reading. */
  push(chunk: Uint8Array): boolean {
    for (const row of this.rows.push(chunk)) {
      if (this.fault) break;
      this.row++;
      this.bytes += (row?.length ?? 0) + 1;
      const text = row && this.bytes <= MAX_FILE_BYTES ? fromUtf8(row) : null;
      this.fault = text === null ? this.bad('malformed', null) : this.read(text);
    }
    return this.fault === null;
  }

  end(): RecordingResult {
    const fault = this.fault ?? this.atEnd();
    if (fault) return { ok: false, ...fault };
    const { time, heads, redacted, runs, final, tree } = this;
    return {
      ok: true,
      report: {
        session: this.session!,
        header: this.header!,
        lines: tree.size,
        time,
        root: tree.root(),
        final,
        heads,
        known: { heads: this.compared, lines: this.known.at(-1)?.lines ?? 0 },
        redacted: { lines: redacted, runs },
      },
    };
  }

  private read(text: string): RecordingFault | null {
    if (this.row === 1) return this.readFirst(text);
    const row = parseRow(text);
    if (!row || (row.is === 'open' && row.line.length > MAX_LINE_BYTES)) return this.bad('malformed', null);
    if (this.final) return this.bad('added', this.tree.size);
    return row.is === 'head' ? this.readHead(row) : this.readLine(row);
  }

  private readFirst(text: string): RecordingFault | null {
    const session = sessionOf(text);
    if (session === null) return this.bad('malformed', null);
    this.session = session;
    return this.known.every((head) => head.session === session) ? null : this.bad('session', null);
  }

  private readLine(row: OpenRow | StubRow): RecordingFault | null {
    const { number } = row;
    const expected = this.tree.size;
    if (number > expected) return this.bad('missing', expected);
    if (number < expected) return this.bad('misplaced', number);
    const last = this.known.at(-1);
    if (last?.final && number >= last.lines) return this.bad('added', number);
    const sealed = row.is === 'open' ? this.opened(row) : this.closed(row);
    if ('code' in sealed) return sealed;
    if (sealed.time < this.time) return this.bad('time', number);
    this.time = sealed.time;
    this.tree.append(sealedLeaf(this.hash, sealed));
    return this.compare();
  }

  private opened(row: OpenRow): Sealed | RecordingFault {
    const { number, salt, commitment, line, text } = row;
    if (!sameBytes(commitLine(this.hash, number, salt, line), commitment)) return this.bad('changed', number);
    if (number === 0) {
      this.header = parseHeader(text);
      if (!this.header) return this.bad('malformed', 0);
      this.asked.row?.(row, { number: 0, header: this.header, text });
      return { time: 0, kind: 'h', commitment };
    }
    const event = parseEvent(text);
    if (!event) return this.bad('malformed', number);
    this.asked.row?.(row, { number, event, text });
    return { time: event.time, kind: event.kind, commitment };
  }

  private closed(row: StubRow): Sealed | RecordingFault {
    const { number, time, kind, commitment } = row;
    if (number === 0 || kind === 'r') return this.bad('redaction', number);
    const run = this.runs.at(-1);
    if (run?.[1] === number - 1) run[1] = number;
    else if (this.runs.length < MAX_RUNS) this.runs.push([number, number]);
    this.redacted++;
    this.asked.row?.(row, { number, redacted: { time, kind } });
    return { time, kind, commitment };
  }

  private readHead(row: HeadRow): RecordingFault | null {
    const { size } = this.tree;
    if (row.lines > size) return this.bad('missing', size);
    if (row.lines < size) return this.bad('added', row.lines);
    if (!this.isHere(row)) return this.broken();
    this.asked.row?.(row, null);
    this.heads++;
    this.covered = size;
    this.final = row.final;
    return null;
  }

  /** With the heads of the audit log that cover exactly what has been read. */
  private compare(): RecordingFault | null {
    for (let head = this.known[this.compared]; head?.lines === this.tree.size; head = this.known[this.compared]) {
      if (!this.isHere(head)) return this.broken();
      this.compared++;
    }
    return null;
  }

  private isHere({ root, time }: Pick<Head, 'root' | 'time'>): boolean {
    return time === this.time && sameBytes(root, this.tree.root());
  }

  private atEnd(): RecordingFault | null {
    const { size } = this.tree;
    this.row = 0;
    if (this.session === null) return this.bad('malformed', null);
    const { lines, final } = this.known.at(-1) ?? { lines: 0, final: false };
    if (this.rows.torn || size === 0 || this.covered < size || lines > size) return this.bad('truncated', size);
    this.final ||= final;
    return this.final || this.asked.running ? null : this.bad('unfinished', size);
  }

  private bad(code: RecordingFaultCode, line: number | null, to: number | null = line): RecordingFault {
    return { code, line, to, row: this.row || null };
  }

  /** The lines are as their own commitments say, but not what the head says. */
  private broken(): RecordingFault {
    const known = this.known[this.compared - 1]?.lines ?? 0;
    return this.bad('head', Math.max(this.covered, known), this.tree.size - 1);
  }
}

/** Heads of one log: each covers the one before, and after the final one nothing comes. */
function contradiction(heads: readonly Head[]): RecordingFault | null {
  for (let i = 1; i < heads.length; i++) {
    const [older, newer] = [heads[i - 1]!, heads[i]!];
    const same = older.lines === newer.lines;
    const grown = older.lines < newer.lines && older.time <= newer.time && !older.final;
    const stands =
      same && older.time === newer.time && sameBytes(older.root, newer.root) && (newer.final || !older.final);
    if (older.session !== newer.session) return { code: 'session', line: null, to: null, row: null };
    if (!grown && !stands) return { code: 'diverged', line: older.lines, to: newer.lines, row: null };
  }
  return null;
}
