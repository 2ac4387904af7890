/** What a search finds in a recording: what people could see, and nothing of what hostile output carries besides. */
import { spawnSync } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type CheckedLine,
  type Event,
  MAX_OUTPUT_UNITS,
  RecordingVerifier,
  RecordingWriter,
} from '@/lib/kernel/recording';
import { primitives } from '@/lib/primitives';
import { redacted, saltsOf } from '@/test/foreign/recordings';
import { has } from '@/test/foreign/skip';
import { SCREEN_TEXT_LIMITS } from './limits';
import { screenText } from './screen-text';

const now = () => performance.now();
const header = { number: 0, header: { columns: 40, rows: 6, timestamp: 1, term: 'xterm' }, text: '' } as const;
const line = (seconds: number, data: string, kind: Event['kind'] = 'o'): CheckedLine => ({
  number: 1,
  event: { time: seconds * 1_000_000, kind, data },
  text: '',
});
const seen = async (...lines: CheckedLine[]) =>
  (await screenText([header, ...lines], now)).entries.map(({ second, text }) => `${second} ${text}`);

describe('the screen', () => {
  it('gives lines with the second in which they were there, once', async () => {
    const prompt = '\u001b[36m$\u001b[0m ';
    expect(
      await seen(
        line(0.1, prompt),
        line(1, 'edge '),
        line(1.2, 'log\r\n'),
        line(2.2, 'ICE restart requested\r\nICE restart requested\r\n'),
        line(4, prompt),
        line(30, 'ICE\b\b\bexit\r\n'),
      ),
    ).toEqual(['1 $ edge log', '2 ICE restart requested', '30 $ exit']);
  });

  it('gives a text again that was gone and comes back', async () => {
    const lines = [
      line(1, 'ICE restart\r\n'),
      line(2, '\u001b[2J\u001b[H'),
      line(3, 'quiet\r\n'),
      line(60, '\u001b[H\u001b[2JICE restart\r\n'),
    ];
    expect(await seen(...lines)).toEqual(['1 ICE restart', '3 quiet', '60 ICE restart']);
  });

  it('finds what scrolled by within one line of the recording', async () => {
    const many = Array.from({ length: 500 }, (_, i) => `row ${i}`);
    const found = await seen(line(1, many.join('\r\n')));
    expect(found).toEqual(many.map((text) => `1 ${text}`));
  });

  it('joins what the terminal wrapped, also beyond the screen', async () => {
    const word = (i: number) => `word${String(i).padStart(4, '0')}`;
    const found = await seen(line(1, `${Array.from({ length: 8 }, (_, i) => word(i)).join('')}\r\n`));
    expect(found).toEqual([`1 ${Array.from({ length: 8 }, (_, i) => word(i)).join('')}`]);
    const long = await seen(line(1, Array.from({ length: 200 }, (_, i) => word(i)).join('')));
    for (let i = 0; i < 200; i++) expect(long.join('')).toContain(word(i));
  });

  it('follows a program like top that draws over itself', async () => {
    const frame = (n: number, load: string) =>
      `\u001b[H\u001b[7mPID  COMMAND\u001b[0m\u001b[K\r\n${n}   relay ${load}\u001b[K\u001b[J`;
    const found = await seen(
      line(1, `\u001b[?1049h\u001b[?25l${frame(7, '0.10')}`),
      line(3, frame(7, '0.55')),
      line(5, frame(7, '0.10')),
      line(6, '\u001b[?1049l$ '),
    );
    expect(found).toEqual(['1 PID  COMMAND', '1 7   relay 0.10', '3 7   relay 0.55', '6 $'].slice(0, 3));
  });

  it('follows an editor on the alternate screen and comes back to the shell', async () => {
    const found = await seen(
      line(1, '$ vi fence.yaml\r\n'),
      line(2, '\u001b[?1049h\u001b[2J\u001b[1;1Hallow: EU\u001b[2;1H~\u001b[3;1H~\u001b[6;1H"fence.yaml" 1L'),
      line(4, '\u001b[1;8H\u001b[KJP'),
      line(6, '\u001b[6;1H\u001b[K:wq'),
      line(7, '\u001b[?1049l$ exit\r\n'),
    );
    expect(found).toEqual([
      '1 $ vi fence.yaml',
      '2 allow: EU',
      '2 "fence.yaml" 1L',
      '4 allow: JP',
      '6 :wq',
      '7 $ exit',
    ]);
  });

  it('follows changes of size, and one row', async () => {
    expect(await seen(line(1, 'first\r\n'), line(2, '100x1', 'r'), line(3, `${'x'.repeat(60)}\r\n`))).toEqual([
      '1 first',
      `3 ${'x'.repeat(60)}`,
    ]);
  });

  it('knows nothing of redacted lines, and is not swallowed by what they cut', async () => {
    const writer = new RecordingWriter({ ...primitives, salt: saltsOf('t') }, 'ses_1');
    const rows = [writer.start({ columns: 80, rows: 24, timestamp: 1, term: 'x' })];
    for (const text of ['\u001b]0;half a title', 'secret\u0007', 'after\r\n'])
      rows.push(writer.output(1, Buffer.from(text)));
    rows.push(writer.end(2, 'x').row);
    const lines: CheckedLine[] = [];
    const verifier = new RecordingVerifier(primitives, { row: (_, each) => each && lines.push(each) });
    verifier.push(redacted(Buffer.concat(rows), [2]));
    expect(verifier.end().ok).toBe(true);
    expect((await screenText(lines, now)).entries.map(({ text }) => text)).toEqual(['after']);
  });
});

describe('hostile output', () => {
  it.each([
    ['a title', '\u001b]0;TITLE\u0007\u001b]2;TITLE\u001b\\\u001b[21t'],
    ['the clipboard', '\u001b]52;c;Q0xJUEJPQVJE\u0007'],
    ['a device control string', '\u001bP$qTITLE\u001b\\\u001b_TITLE\u001b\\\u001b^TITLE\u001b\\'],
    ['an answer', '\u001b[c\u001b[6n\u001b[?1$p\u001b[>q'],
  ])('%s is no text', async (_, data) => {
    expect(await seen(line(1, `${data}plain\r\n`))).toEqual(['1 plain']);
  });

  it('a link is its words', async () => {
    expect(await seen(line(1, '\u001b]8;;https://evil.example/\u0007click\u001b]8;;\u0007\r\n'))).toEqual(['1 click']);
  });

  it('loses invisible and turning characters', async () => {
    expect(await seen(line(1, 'pay\u202egnp.exe\u2066\u200b\u00ad done\r\n'))).toEqual(['1 paygnp.exe done']);
  });

  it.each([
    ['repeats', 'x\u001b[2147483647b'],
    ['inserted lines', '\u001b[2147483647L\u001b[2147483647M'],
    ['scrolled lines', '\u001b[2147483647S\u001b[2147483647T'],
    ['tabs', '\u001b[2147483647I\u001b[2147483647Z'],
    [
      'far places',
      '\u001b[2147483647;2147483647H\u001b[1;2147483647r\u001b[2147483647X\u001b[2147483647@\u001b[2147483647P',
    ],
    ['columns', "\u001b[2147483647'}\u001b[2147483647'~\u001b[2147483647 @\u001b[2147483647 A"],
    ['links', Array.from({ length: 500 }, (_, i) => `\u001b]8;;http://x/${i}\u0007`).join('')],
    ['marks upon marks', `e${'\u0301'.repeat(MAX_OUTPUT_UNITS - 1)}`],
    ['a title without end', `\u001b]0;${'t'.repeat(MAX_OUTPUT_UNITS)}`],
    ['sixel', `\u001bPq${'~'.repeat(MAX_OUTPUT_UNITS)}\u001b\\`],
  ])('%s cost little', async (_, data) => {
    const began = now();
    const before = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
    const wide = { ...header, header: { ...header.header, columns: 512, rows: 256 } };
    const lines = [
      wide,
      ...Array.from({ length: 20 }, (_, i) => line(i, data)),
      line(21, '\u0018\u001b[r\u001b[H\u001b[2Jstill here\r\n'),
    ];
    const { entries, stopped } = await screenText(lines, now, { ...SCREEN_TEXT_LIMITS, workMs: 20_000 });
    expect([stopped, entries.at(-1)?.text]).toEqual([null, 'still here']);
    expect(now() - began).toBeLessThan(15_000);
    expect(process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers - before).toBeLessThan(200_000_000);
    for (const { text } of entries) expect(text.length).toBeLessThanOrEqual(2_000);
  });

  it.each([
    ['erasing', 'x\u001b[2J\u001b[?1049h\u001b[?1049l'.repeat(300)],
    ['scroll regions', '\u001b[2;3r\u001b[256S\u001b[256L'.repeat(400)],
  ])('%s is dear, so it is stopped, and lets others work meanwhile', async (_, data) => {
    const wide = { ...header, header: { ...header.header, columns: 512, rows: 256 } };
    const lines = [wide, ...Array.from({ length: 100 }, (_, i) => line(i, data))];
    const lag = monitorEventLoopDelay();
    lag.enable();
    const began = now();
    const { stopped } = await screenText(lines, now, { ...SCREEN_TEXT_LIMITS, workMs: 200 });
    lag.disable();
    expect(stopped).toBe('work');
    expect(now() - began).toBeLessThan(15_000);
    expect(lag.max / 1e6).toBeLessThan(3_000);
  });

  it('stops at each limit and says which', async () => {
    const flood = Array.from({ length: 3_000 }, (_, i) => line(i / 10, `${'w'.repeat(30)}${i}\r\n`));
    const ask = (limits: Partial<typeof SCREEN_TEXT_LIMITS>, clock = now) =>
      screenText([header, ...flood], clock, { ...SCREEN_TEXT_LIMITS, ...limits });
    expect((await ask({})).stopped).toBeNull();
    const text = await ask({ text: 10_000 });
    expect([text.stopped, text.entries.reduce((sum, each) => sum + each.text.length, 0) <= 10_000]).toEqual([
      'text',
      true,
    ]);
    const few = await ask({ entries: 100 });
    expect([few.stopped, few.entries.length]).toEqual(['text', 100]);
    expect((await ask({ output: 20_000 })).stopped).toBe('output');
    let ticks = 0;
    const slow = await ask({}, () => ticks++ * 20_000);
    expect([slow.stopped, slow.entries.length > 0]).toEqual(['work', true]);
  });
});

const here = has('script', ['--version'], 'the text of real programs on a screen');
const pager = here && has('less', ['--version'], 'the text of less on a screen');

describe.skipIf(!here)('real output', () => {
  const captured = (command: string, input = '') => {
    const env = { ...process.env, TERM: 'xterm-256color', LINES: '6', COLUMNS: '40' };
    const stty = `stty rows 6 cols 40; ${command}`;
    return spawnSync('script', ['-qec', stty, '/dev/null'], { env, input, encoding: 'utf8' }).stdout;
  };
  let listing: string;
  beforeAll(() => {
    listing = captured("ls --color=always -l /usr/bin/env; printf 'a\\tb\\n'; seq 1 30");
  });

  it('of a shell is found, without its colours', async () => {
    const found = (await seen(line(1, listing))).join('\n');
    expect(found).toContain('/usr/bin/env');
    for (let i = 1; i <= 30; i++) expect(found).toMatch(new RegExp(`^1 ${i}$`, 'm'));
    expect(found).not.toContain('\u001b');
  });

  it.skipIf(!pager)('of a pager is found', async () => {
    const found = await seen(line(1, captured('seq 100 130 | less', ' q')));
    expect(found).toEqual(expect.arrayContaining(['1 100', '1 104', '1 109']));
    expect(found.join()).not.toContain('130');
  });
});
