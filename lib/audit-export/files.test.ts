import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { linesIn } from './files';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cordon-lines-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('reads lines as they were written, whatever else ends lines elsewhere, and longer than a piece of the file', async () => {
  const lines = ['{"a":"\u2028 \u2029 \r"}', '', '€'.repeat(100_000), 'last'];
  const path = join(folder, 'lines');
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  const read: string[] = [];
  for await (const line of linesIn(path)) read.push(line);
  expect(read).toEqual(lines);
});
