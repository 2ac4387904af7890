import { Page, PageHead } from '@/app/_ui/page';
import { TerminalReplay } from '@/app/_ui/terminal-replay/terminal-replay';
import type { ReplayLine, ReplayMark } from '@/app/_ui/terminal-replay/types';
import { StaffFrame } from './frame-data';

const COMMANDS: [seconds: number, text: string, entry?: string][] = [
  [4, 'journalctl -u media-plane --since 09:05', '48,230'],
  [72, 'edge stats peer 7c1f --transport', '48,231'],
  [160, 'edge log --channel ward-7 --class log | grep ICE', '48,233'],
  [235, 'cat /var/lib/edge/cache/7c1f.bin'],
  [321, 'edge stats relay eu-fra-2 eu-dub-1', '48,236'],
  [408, 'edge log --peer 7c1f | grep "ICE restart"', '48,238'],
  [482, 'edge trace path 7c1f', '48,240'],
  [570, 'edge log --channel ward-7 | grep ICE | tail', '48,241'],
  [657, 'exit', '48,243'],
];
const marks: ReplayMark[] = COMMANDS.map(([seconds, text, label], i) => ({
  line: 10 * i + 1,
  seconds,
  text,
  kind: label ? 'command' : 'refused',
  ...(label && { entry: { label, href: `/staff/audit/${label}` } }),
}));

const REFUSED = '\u001b[33mrefused by grant 3107: media-log-reader may not read content\u001b[0m';
const LOG = [
  '09:10:02.114 peer=7c1f ICE restart requested reason=path_lost',
  '09:10:02.471 peer=7c1f candidate pair changed host → relay',
  '\u001b[31m09:10:04.902 peer=7c1f consent expired on srflx, 3 checks unanswered\u001b[0m',
  '09:12:31.020 peer=7c1f ICE restart requested reason=path_lost',
];
/** Also what must do nothing: a title, a link, the clipboard, and a repeat that would take all memory. */
const HOSTILE = '\u001b]0;pwned\u0007\u001b]8;;https://evil.example/\u0007\u001b]52;c;cm0=\u0007\u001b[2147483647b';

const lines: ReplayLine[] = COMMANDS.flatMap(([seconds, text, label]) => [
  { time: seconds * 1e6, kind: 'm', data: `command ${text}` },
  { time: seconds * 1e6 + 1, kind: 'o', data: `\u001b[36m$\u001b[0m ${text}\r\n${HOSTILE}` },
  { time: seconds * 1e6 + 400_000, kind: 'o', data: `${(label ? LOG : [REFUSED]).join('\r\n')}\r\n\r\n` },
]);
const load = async (fromLine: number) => lines.slice(fromLine - 1, fromLine + 7);
const idle = [
  { from: 80, to: 112 },
  { from: 220, to: 234 },
  { from: 464, to: 481 },
];
const find = async (words: string) =>
  COMMANDS.flatMap(([second, , label]) =>
    (label ? LOG : []).filter((text) => text.includes(words)).map((text) => ({ second, text })),
  );
const header = { columns: 120, rows: 24 };

export function replay() {
  return (
    <StaffFrame current="/staff/sessions">
      <Page>
        <PageHead title="Session 2281" lede="The screen record of this session." />
        <TerminalReplay
          title="media-log-reader@eu-fra-2"
          header={header}
          seconds={663}
          load={load}
          idle={idle}
          marks={marks}
          find={find}
          startAt={409}
        />
      </Page>
    </StaffFrame>
  );
}

const nothing = async () => [];

export function replayEmpty() {
  return (
    <StaffFrame current="/staff/sessions">
      <Page>
        <PageHead title="Session 2282" lede="A screen record of nothing." />
        <TerminalReplay title="media-log-reader@eu-fra-2" header={header} seconds={0} load={nothing} />
      </Page>
    </StaffFrame>
  );
}

/** As somebody from outside has it: hundreds of commands, long ones, a wide screen, and their name over it. */
const DENSE = 400;
const command = (i: number): string =>
  `edge log --peer 7c1${i} --since 09:${String(i % 60).padStart(2, '0')} ${i % 7 === 0 ? '--format json --fields at,peer,region,reason,code,trace '.repeat(3) : ''}`.trim();
const denseMarks: ReplayMark[] = Array.from({ length: DENSE }, (_, i) => ({
  ...{ line: 2 * i + 1, seconds: 9 * i, text: command(i), kind: i % 31 === 30 ? 'refused' : 'command' },
}));
const denseLines: ReplayLine[] = denseMarks.flatMap(({ seconds, text }, i) => [
  { time: seconds * 1e6, kind: 'm', data: `command ${text}` },
  {
    time: seconds * 1e6 + 1,
    kind: 'o',
    data: i % 5 === 4 ? '\u0018[redacted]' : `$ ${text}\r\n${'│ ICE restart '.repeat(14)}\r\n`,
  },
]);

export function replayShared() {
  return (
    <StaffFrame current="/staff/sessions">
      <Page>
        <PageHead title="Shared screen record" lede="Hundreds of commands on a wide screen." />
        <TerminalReplay
          title="Session on a-host-with-a-long-name.eu-central.provider.example"
          header={{ columns: 200, rows: 50 }}
          seconds={9 * DENSE}
          load={async (fromLine) => denseLines.slice(fromLine - 1, fromLine + 99)}
          marks={denseMarks}
          watermark="Shown to Priya Raman, Example Audit, 2026-11-22 09:42:06 UTC"
          startAt={1800}
          live
        />
      </Page>
    </StaffFrame>
  );
}
