/** A small recording, and what somebody could do to it: one list for all verifiers, ours and the foreign one. */
import { createHash } from 'node:crypto';
import { decodeBase64, encodeBase64, fromUtf8, toUtf8 } from '@/lib/kernel/encoding';
import { Frontier } from '@/lib/kernel/log';
import {
  commitLine,
  type Head,
  type RecordingFaultCode,
  RecordingVerifier,
  RecordingWriter,
  Redactor,
  sealedLeaf,
} from '@/lib/kernel/recording';
import { primitives } from '@/lib/primitives';

export const SESSION = 'ses_01jd7k2m';
const EVERY = 7;

/** The same salts each time: a recording that is published anyway. */
export function saltsOf(seed: string) {
  let n = 0;
  return () => new Uint8Array(createHash('sha256').update(`${seed} ${n++}`).digest().subarray(0, 16));
}

export interface Recorded {
  file: Uint8Array;
  /** As the audit log has them. */
  heads: Head[];
}

/** 40 lines: output with escape sequences, a character cut in two, marks, a resize, and heads every seven lines. */
/** Until so many lines (1, 4, 7 to 19) it is still running. */
export function recorded(seed = 'salt', until = Number.POSITIVE_INFINITY, session = SESSION): Recorded {
  const writer = new RecordingWriter({ ...primitives, salt: saltsOf(seed) }, session);
  const rows: Uint8Array[] = [];
  const heads: Head[] = [];
  let lines = 0;
  const add = (row: Uint8Array) => {
    if (row.length === 0) return;
    rows.push(row);
    if (++lines % EVERY === 0) {
      const { head, row } = writer.head();
      heads.push(head);
      rows.push(row);
    }
  };
  add(writer.start({ columns: 120, rows: 34, timestamp: 1_795_341_600, term: 'xterm-256color' }));
  for (let i = 0; i < 12 && lines < until; i++) {
    const at = i * 2_000_000 + 123_456;
    add(writer.mark(at, { kind: i === 4 ? 'refused' : 'command', text: `edge log --peer 7c1${i}` }));
    add(writer.output(at + 1_000, bytesOf(`\u001b[36m$\u001b[0m edge log --peer 7c1${i} "ä→😀"\r\n`)));
    if (i === 6) add(writer.resize(at + 2_000, 0, 0));
    add(writer.output(at + 3_000, bytesOf(`${'│ ICE restart '.repeat(3)}\u2028\u007f\\ end\r\n`)));
  }
  if (lines >= until) {
    const { head, row } = writer.head();
    return { file: new Uint8Array(Buffer.concat([...rows, row])), heads: [...heads, head] };
  }
  add(writer.output(24_000_000, Uint8Array.of(0xf0, 0x9f)));
  add(writer.output(24_100_000, Uint8Array.of(0x98, 0x80, 0xff, 0xe2)));
  const { head, row } = writer.end(25_000_000, 'given back');
  return { file: new Uint8Array(Buffer.concat([...rows, row])), heads: [...heads, head] };
}

const bytesOf = (text: string) => toUtf8(text)!;

export function redacted(file: Uint8Array, lines: readonly number[]): Uint8Array {
  const redactor = new Redactor(primitives, (line) => lines.includes(line));
  const out = redactor.push(file);
  const { result, refused } = redactor.end();
  if (!result.ok || refused !== null) throw new Error(`cannot be redacted: ${result.ok ? refused : result.code}`);
  return new Uint8Array(Buffer.concat(out));
}

export const rowsOf = (file: Uint8Array): string[] => fromUtf8(file)!.split('\n').slice(0, -1);
export const fileOf = (rows: readonly string[]): Uint8Array => toUtf8(rows.map((row) => `${row}\n`).join(''))!;

/** Where line `n` stands among the rows. */
export const at = (rows: readonly string[], n: number): number =>
  rows.findIndex((row) => row.startsWith(`= ${n} `) || row.startsWith(`- ${n} `));

function edited(file: Uint8Array, edit: (rows: string[]) => string[] | undefined): Uint8Array {
  const rows = rowsOf(file);
  return fileOf(edit(rows) ?? rows);
}

const lineIn = (row: string): string => row.split(' ').slice(4).join(' ');

/** The row of another line at this number, with a commitment that fits. */
function forged(number: number, line: string, salt = 'AAAAAAAAAAAAAAAAAAAAAA=='): string {
  const commitment = commitLine(primitives, number, decodeBase64(salt)!, toUtf8(line)!);
  return `= ${number} ${salt} ${encodeBase64(commitment)} ${line}`;
}

/** All heads made again, as somebody can who holds the file but not the audit log. */
function reheaded(rows: readonly string[]): string[] {
  const tree = new Frontier(primitives);
  let time = 0;
  return rows.map((row) => {
    const [mark, number, a, b, c] = row.split(' ') as [string, string, string, string, string];
    if (mark === '#') return `# ${number} ${time} ${b} ${encodeBase64(tree.root())}`;
    if (mark !== '=' && mark !== '-') return row;
    const stub = mark === '-';
    const [, seconds, micros, kind] = /^\[([0-9]+)\.([0-9]{6}), "(.)"/.exec(lineIn(row)) ?? [];
    if (stub) time = Number(a);
    else if (seconds !== undefined) time = Number(seconds) * 1_000_000 + Number(micros);
    const sealedKind = (stub ? b : (kind ?? 'h')) as 'o';
    tree.append(sealedLeaf(primitives, { time, kind: sealedKind, commitment: decodeBase64(stub ? c : b)! }));
    return row;
  });
}

/** Lines in and behind `from` get numbers, and commitments that fit, from `number` on. */
function renumbered(rows: readonly string[], from: number, number: number): string[] {
  let next = number;
  return rows.map((row, i) => {
    if (i < from || !row.startsWith('= ')) return row;
    return forged(next++, lineIn(row), row.split(' ')[2]);
  });
}

export interface RecordingMutant {
  name: string;
  code: RecordingFaultCode;
  /** The first line concerned. */
  line: number | null;
  make(file: Uint8Array): Uint8Array;
  /** Nothing inside the file shows it: the heads of the audit log do. */
  heads?: true;
}

/** Line 12 is output, between the heads at 7 and 14. */
const N = 12;

export const RECORDING_MUTANTS: RecordingMutant[] = [
  {
    name: 'a line says something else',
    code: 'changed',
    line: N,
    make: (file) => edited(file, (rows) => rows.with(at(rows, N), rows[at(rows, N)]!.replace('ICE', 'ice'))),
  },
  {
    name: 'a line was at another time',
    code: 'changed',
    line: N,
    make: (file) => edited(file, (rows) => rows.with(at(rows, N), rows[at(rows, N)]!.replace('[6.', '[5.'))),
  },
  {
    name: 'a line has another salt',
    code: 'changed',
    line: N,
    make: (file) =>
      edited(file, (rows) =>
        rows.with(at(rows, N), rows[at(rows, N)]!.replace(/^(= \d+) \S+/, '$1 AAAAAAAAAAAAAAAAAAAAAA==')),
      ),
  },
  {
    name: 'a line has another commitment',
    code: 'changed',
    line: N,
    make: (file) =>
      edited(file, (rows) =>
        rows.with(at(rows, N), rows[at(rows, N)]!.replace(/^(= \d+ \S+) \S+/, `$1 ${'A'.repeat(43)}=`)),
      ),
  },
  {
    name: 'the header says another size',
    code: 'changed',
    line: 0,
    make: (file) => edited(file, (rows) => rows.with(1, rows[1]!.replace('"width":120', '"width":121'))),
  },
  {
    name: 'a line is left out',
    code: 'missing',
    line: N,
    make: (file) => edited(file, (rows) => rows.toSpliced(at(rows, N), 1)),
  },
  {
    name: 'the header is left out',
    code: 'missing',
    line: 0,
    make: (file) => edited(file, (rows) => rows.toSpliced(1, 1)),
  },
  {
    name: 'the last line before a head is left out',
    code: 'missing',
    line: 13,
    make: (file) => edited(file, (rows) => rows.toSpliced(at(rows, 13), 1)),
  },
  {
    name: 'a line is left out, and the numbers are closed up',
    code: 'missing',
    line: 13,
    make: (file) =>
      edited(file, (rows) => {
        const without = rows.toSpliced(at(rows, N), 1);
        return renumbered(without, at(rows, N), N);
      }),
  },
  {
    name: 'two lines change places',
    code: 'missing',
    line: N,
    make: (file) =>
      edited(file, (rows) => {
        const i = at(rows, N);
        return rows.with(i, rows[i + 1]!).with(i + 1, rows[i]!);
      }),
  },
  {
    name: 'two lines change places and numbers',
    code: 'changed',
    line: N,
    make: (file) =>
      edited(file, (rows) => {
        const i = at(rows, N);
        const [one, two] = [rows[i]!, rows[i + 1]!];
        return rows.with(i, two.replace('= 13 ', '= 12 ')).with(i + 1, one.replace('= 12 ', '= 13 '));
      }),
  },
  {
    name: 'two lines change places, numbers and commitments',
    code: 'head',
    line: 7,
    make: (file) =>
      edited(file, (rows) => {
        const i = at(rows, N);
        const [one, two] = [rows[i]!, rows[i + 1]!];
        const later = lineIn(one).replace(/^\[[0-9.]+/, /^\[[0-9.]+/.exec(lineIn(two))![0]);
        return rows
          .with(i, forged(N, lineIn(two).replace(/^\[[0-9.]+/, '[6.126456')))
          .with(i + 1, forged(N + 1, later));
      }),
  },
  {
    name: 'a line stands twice',
    code: 'misplaced',
    line: N,
    make: (file) => edited(file, (rows) => rows.toSpliced(at(rows, N), 0, rows[at(rows, N)]!)),
  },
  {
    name: 'a line is added, and the numbers behind it moved on',
    code: 'added',
    line: 14,
    make: (file) =>
      edited(file, (rows) => {
        const i = at(rows, N);
        return renumbered(rows.toSpliced(i, 0, forged(N, lineIn(rows[i]!))), i, N);
      }),
  },
  {
    name: 'a line is added before the final head',
    code: 'added',
    line: 41,
    make: (file) => edited(file, (rows) => rows.toSpliced(rows.length - 1, 0, forged(41, '[25.000000, "o", "more"]'))),
  },
  {
    name: 'a line is added behind the final head',
    code: 'added',
    line: 41,
    make: (file) => edited(file, (rows) => [...rows, forged(41, '[25.000000, "o", "more"]')]),
  },
  {
    name: 'a head is added behind the final head',
    code: 'added',
    line: 41,
    make: (file) => edited(file, (rows) => [...rows, rows.at(-1)!]),
  },
  {
    name: 'a line is changed with its commitment',
    code: 'head',
    line: 7,
    make: (file) =>
      edited(file, (rows) => rows.with(at(rows, N), forged(N, lineIn(rows[at(rows, N)]!).replace('ICE', 'ice')))),
  },
  {
    name: 'a line is changed with its commitment and the heads',
    code: 'head',
    line: 7,
    heads: true,
    make: (file) =>
      edited(file, (rows) =>
        reheaded(rows.with(at(rows, N), forged(N, lineIn(rows[at(rows, N)]!).replace('ICE', 'ice')))),
      ),
  },
  {
    name: 'a redacted line has another commitment',
    code: 'head',
    line: 7,
    make: (file) =>
      edited(redacted(file, [N]), (rows) =>
        rows.with(at(rows, N), rows[at(rows, N)]!.replace(/\S+$/, `${'A'.repeat(43)}=`)),
      ),
  },
  {
    name: 'a redacted line was at another time',
    code: 'head',
    line: 7,
    make: (file) =>
      edited(redacted(file, [N]), (rows) =>
        rows.with(at(rows, N), rows[at(rows, N)]!.replace(' 6126456 ', ' 6126457 ')),
      ),
  },
  {
    name: 'a redacted line was of another kind',
    code: 'head',
    line: 7,
    make: (file) =>
      edited(redacted(file, [N]), (rows) => rows.with(at(rows, N), rows[at(rows, N)]!.replace(' o ', ' m '))),
  },
  {
    name: 'a redacted line is filled with another',
    code: 'head',
    line: 7,
    make: (file) =>
      edited(redacted(file, [N]), (rows) => rows.with(at(rows, N), forged(N, '[6.126456, "o", "nothing"]'))),
  },
  {
    name: 'the header is redacted',
    code: 'redaction',
    line: 0,
    make: (file) => edited(file, (rows) => rows.with(1, `- 0 0 o ${rows[1]!.split(' ')[3]}`)),
  },
  {
    name: 'a change of size is redacted',
    code: 'redaction',
    line: 21,
    make: (file) =>
      edited(file, (rows) => rows.with(at(rows, 21), `- 21 12125456 r ${rows[at(rows, 21)]!.split(' ')[3]}`)),
  },
  {
    name: 'the time goes back',
    code: 'time',
    line: N,
    make: (file) => edited(file, (rows) => rows.with(at(rows, N), forged(N, '[2.000000, "o", "earlier"]'))),
  },
  {
    name: 'a head has another root',
    code: 'head',
    line: 7,
    make: (file) =>
      edited(file, (rows) => rows.map((row) => row.replace(/^(# 14 \S+ \S+) \S+/, `$1 ${'A'.repeat(43)}=`))),
  },
  {
    name: 'a head has another time',
    code: 'head',
    line: 7,
    make: (file) => edited(file, (rows) => rows.map((row) => row.replace(/^# 14 \S+/, '# 14 9999999'))),
  },
  {
    name: 'the file ends inside a row',
    code: 'truncated',
    line: 41,
    make: (file) => file.subarray(0, -1),
  },
  {
    name: 'the final head is left out',
    code: 'truncated',
    line: 41,
    make: (file) => edited(file, (rows) => rows.slice(0, -1)),
  },
  {
    name: 'all after a head is left out',
    code: 'unfinished',
    line: 14,
    make: (file) => edited(file, (rows) => rows.slice(0, rows.findIndex((row) => row.startsWith('# 14 ')) + 1)),
  },
  {
    name: 'all after a head is left out, and that head made final',
    code: 'truncated',
    line: 14,
    heads: true,
    make: (file) =>
      edited(file, (rows) =>
        rows
          .slice(0, rows.findIndex((row) => row.startsWith('# 14 ')) + 1)
          .map((row) => row.replace(/^(# 14 \S+) open/, '$1 final')),
      ),
  },
  {
    name: 'lines are added behind the end, with a new final head',
    code: 'added',
    line: 41,
    heads: true,
    make: (file) =>
      edited(file, (rows) => {
        const end = rows.at(-1)!;
        const more = [forged(41, '[25.000000, "o", "more"]'), end.replace('# 41 ', '# 42 ')];
        return reheaded([...rows.slice(0, -1), end.replace(' final ', ' open '), ...more]);
      }),
  },
  {
    name: 'another recording of the same length',
    code: 'head',
    line: 0,
    heads: true,
    make: () => recorded('other').file,
  },
  {
    name: 'the session has another name',
    code: 'session',
    line: null,
    heads: true,
    make: (file) => edited(file, (rows) => rows.with(0, rows[0]!.replace(SESSION, 'ses_2'))),
  },
  ...[
    ['an empty file', () => new Uint8Array(0)],
    ['another format', (file: Uint8Array) => edited(file, (rows) => rows.with(0, rows[0]!.replace('v1', 'v2')))],
    ['Windows line ends', (file: Uint8Array) => edited(file, (rows) => rows.map((row) => `${row}\r`))],
    ['a byte order mark', (file: Uint8Array) => Buffer.concat([Uint8Array.of(0xef, 0xbb, 0xbf), file])],
    ['an empty row', (file: Uint8Array) => edited(file, (rows) => rows.toSpliced(4, 0, ''))],
    [
      'a number with a zero before it',
      (file: Uint8Array) => edited(file, (rows) => rows.map((row) => row.replace('= 12 ', '= 012 '))),
    ],
    [
      'a salt with bits under its padding',
      (file: Uint8Array) => edited(file, (rows) => rows.with(1, rows[1]!.replace(/^(= 0 \S{21})\S==/, '$1B=='))),
    ],
    ['a row that is not UTF-8', (file: Uint8Array) => Buffer.concat([file, Uint8Array.of(0x3d, 0xff, 10)])],
    ['a row that is too long', (file: Uint8Array) => Buffer.concat([file, Buffer.alloc(70_000, 61)])],
    [
      'a head of no lines',
      (file: Uint8Array) => edited(file, (rows) => rows.toSpliced(1, 0, `# 0 0 open ${'A'.repeat(43)}=`)),
    ],
  ].map(([name, make]) => ({ name, code: 'malformed', line: null, make }) as RecordingMutant),
  ...[
    ['input', '[6.126456, "i", "hunter2"]'],
    ['a time in another form', '[6.1, "o", "x"]'],
    ['white space', '[6.126456,"o","x"]'],
    ['an escape that need not be', '[6.126456, "o", "\\u0041"]'],
    ['half a character', '[6.126456, "o", "\\ud83d"]'],
    ['a size of nothing', '[6.126456, "r", "0x0"]'],
    ['a size beyond any', '[6.126456, "r", "999x24"]'],
    ['a mark of another kind', '[6.126456, "m", "proof of it"]'],
    ['a mark with a control character', '[6.126456, "m", "note \\u001b[2J"]'],
    ['a mark that is too long', `[6.126456, "m", "note ${'x'.repeat(1025)}"]`],
    ['a line beyond 65,536 bytes', `[6.126456, "o", "${'x'.repeat(65_518)}"]`],
    ['more than a day', '[86400.000001, "o", "x"]'],
    ['something after it', '[6.126456, "o", "x"] '],
  ].map(
    ([name, line]): RecordingMutant => ({
      name: `a line with ${name}`,
      code: 'malformed',
      // The length is seen before the number is read.
      line: name!.startsWith('a line beyond') ? null : N,
      make: (file) => edited(file, (rows) => rows.with(at(rows, N), forged(N, line!))),
    }),
  ),
];

export function verified(file: Uint8Array, heads: readonly Head[] = [], running = false) {
  const verifier = new RecordingVerifier(primitives, { heads, running });
  verifier.push(file);
  return verifier.end();
}
