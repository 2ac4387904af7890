import { expect, it } from 'vitest';
import type { CheckedLine } from '@/lib/kernel/recording';
import { MarkCounter } from './marks';

const line = (kind: 'o' | 'm', data: string): CheckedLine =>
  ({ number: 1, event: { time: 1, kind, data } }) as unknown as CheckedLine;
const count = (...lines: CheckedLine[]) => {
  const counter = new MarkCounter();
  for (const one of lines) counter.add(one);
  return counter.marks;
};

it('counts commands that were given and files that were copied, and neither what was refused nor what a screen shows', () => {
  const marks = count(
    line('m', 'command uptime'),
    line('m', 'refused cat /etc/shadow'),
    line('m', 'note file: open /srv/a to read'),
    line('m', 'note file: download /srv/a, 12 bytes'),
    line('m', 'note file: upload /srv/b, 0 bytes'),
    line('m', 'note file: remove /srv/c'),
    line('o', 'command reboot'),
    line('m', 'end exit 0'),
  );
  expect(marks).toEqual({ commands: 1, files: 2, commandLines: ['uptime'] });
});

it('keeps twenty, cut, and no half of a character', () => {
  const { commands, commandLines } = count(
    line('m', `command ${'x'.repeat(600)}`),
    line('m', `command ${'x'.repeat(499)}\u{1f600}`),
    ...Array.from({ length: 30 }, (_, i) => line('m', `command ${i}`)),
  );
  expect([commands, commandLines.length, commandLines[0]!.length, commandLines[1]!.at(-1)]).toEqual([
    32,
    20,
    500,
    '\ufffd',
  ]);
});
