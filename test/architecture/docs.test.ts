import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../support/imports';

const TOP = ['app', 'lib', 'media-plane', 'prisma', 'test'];
const readmes = [
  'README.md',
  ...TOP.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .map((file) => join(folder, file))
      .filter((file) => file.endsWith('README.md')),
  ),
];

/** Path-looking words in backticks, and targets of links. */
function pathsIn(text: string): string[] {
  const quoted = [...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, words]) => (words ?? '').split(' '));
  const linked = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '');
  return [...quoted, ...linked].filter(
    (path) => /^(?:\.{0,2}\/)?[\w@.[\]()-]+(?:\/[\w@.[\]()-]+)*\/?$/.test(path) && !path.includes('…'),
  );
}

const names = new Set([
  ...readdirSync(ROOT),
  ...TOP.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
      file.slice(file.lastIndexOf('/') + 1),
    ),
  ),
]);

/** Whether a word names something of this repository, and if so whether that exists. */
function isMissing(path: string, readme: string): boolean {
  if (/^\.(?:build|cordon|next)\b/.test(path)) return false;
  // A bare file name means one of that name; where is for the sentence to say.
  if (!path.includes('/')) return /^[\w-]+\.(?:ts|tsx|css|sql|mjs)$/.test(path) && !names.has(path);
  const local = TOP.includes(path.split('/')[0] ?? '') || path.startsWith('.') || path.endsWith('/');
  const places = [join(ROOT, path), join(ROOT, dirname(readme), path)].flatMap((place) => [
    place,
    `${place}.ts`,
    `${place}.tsx`,
  ]);
  return local && !places.some((place) => existsSync(place));
}

it.each(readmes)('%s names files that exist', (readme) => {
  expect(pathsIn(readFileSync(join(ROOT, readme), 'utf8')).filter((path) => isMissing(path, readme))).toEqual([]);
});

it('finds paths at all', () => {
  expect(pathsIn('see `lib/kernel/decision/decide.ts` and [x](test/screens)')).toEqual([
    'lib/kernel/decision/decide.ts',
    'test/screens',
  ]);
});
