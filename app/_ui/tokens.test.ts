import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const app = fileURLToPath(new URL('..', import.meta.url));
const sheets = readdirSync(app, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.css') && !path.endsWith('tokens.css'))
  .map((path) => ({ path, text: readFileSync(join(app, path), 'utf8') }));
const tokens = readFileSync(join(app, '_ui/tokens.css'), 'utf8');

test('colour comes from the tokens alone', () => {
  const raw = sheets.flatMap(({ path, text }) =>
    [...text.matchAll(/#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|oklab)a?\(/gi)].map((match) => `${path}: ${match[0]}`),
  );
  expect(raw).toEqual([]);
});

test('every variable used is a token, or set in the same sheet or by a library', () => {
  const declared = new Set([...tokens.matchAll(/(--[\w-]+)\s*:/g)].map((match) => match[1]));
  const unknown = sheets.flatMap(({ path, text }) => {
    const own = new Set([...text.matchAll(/(--[\w-]+)\s*:/g)].map((match) => match[1]));
    return [...text.matchAll(/var\((--[\w-]+)(,)?/g)]
      .filter(
        ([, name, fallback]) => !declared.has(name) && !own.has(name) && !fallback && !name!.startsWith('--radix-'),
      )
      .map(([, name]) => `${path}: ${name}`);
  });
  expect(unknown).toEqual([]);
});
