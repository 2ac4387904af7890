import { readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { bundle } from '@/lib/launch/build';

/**
 * Everything that runs inside an edge, file by file, as committed text: a change of what an edge contains is a line in a
 * review. Built exactly as production builds it. To accept a change: CORDON_LEDGER=write npx vitest run test/architecture/edge-ledger
 */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LEDGER = fileURLToPath(new URL('./edge-ledger.txt', import.meta.url));

/** Parts of the house an edge must never contain: it holds no database, no console and no other capability. */
const FORBIDDEN =
  /^(app\/|prisma\/|lib\/(?!kernel\/|primitives\/|uplink\/)|package (@prisma\/|prisma$|next$|next-auth|react|pg$|@casl\/))/;

async function contents(name: 'edge' | 'engine'): Promise<string[]> {
  const { metafile } = await bundle(ROOT, name, undefined, false);
  const lines = new Set<string>();
  for (const [path, input] of Object.entries(metafile.inputs)) {
    lines.add(packageOf(path) ?? path);
    for (const { path: imported, external } of input.imports) {
      if (external && !isBuiltin(imported) && !imported.startsWith('<')) lines.add(`package ${packageName(imported)}`);
    }
  }
  return [...lines].sort();
}

function packageOf(path: string): string | null {
  const [, inside] = path.split(/node_modules\/(?!.*node_modules\/)/);
  return inside === undefined ? null : `package ${packageName(inside)}`;
}

const packageName = (path: string): string =>
  path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');

it('an edge contains what the ledger says, and nothing of the console or the database', async () => {
  const [edge, engine] = [await contents('edge'), await contents('engine')];
  const text = `# edge\n${edge.join('\n')}\n\n# engine\n${engine.join('\n')}\n`;
  if (process.env.CORDON_LEDGER === 'write') writeFileSync(LEDGER, text);
  expect([...edge, ...engine].filter((line) => FORBIDDEN.test(line))).toEqual([]);
  // The first two are accelerators that ws would use if somebody installed them.
  const packages = ['package bufferutil', 'package utf-8-validate', 'package ws'];
  expect(edge.filter((line) => line.startsWith('package '))).toEqual(packages);
  expect(text).toBe(readFileSync(LEDGER, 'utf8'));
});
