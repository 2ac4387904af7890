import { describe, expect, it } from 'vitest';
import { importsOf, sourceFiles } from '../support/imports';
import { breaks, IMPORT_RULES, type ImportRule } from './import-rules';

const files = sourceFiles(['app', 'lib', 'media-plane']);
const graph = new Map(files.map((file) => [file, importsOf(file)]));
const runtime = new Map(files.map((file) => [file, importsOf(file, { runtime: true })]));

describe('imports', () => {
  it.each(IMPORT_RULES.map((rule) => [rule.name, rule] as const))('%s', (_, rule) => {
    const broken = [...graph].flatMap(([from, targets]) =>
      targets.filter((to) => breaks(rule, from, to)).map((to) => `${from} → ${to}`),
    );
    expect(broken, rule.why).toEqual([]);
  });

  it('has no cycles: a cycle means two things are one thing, and readers cannot start anywhere', () => {
    expect(cycles()).toEqual([]);
  });

  it('follows a real graph', () => {
    expect(graph.size).toBeGreaterThan(100);
    expect([...graph.values()].flat().filter((to) => to.startsWith('lib/kernel/')).length).toBeGreaterThan(50);
  });

  it('refuses what it should refuse', () => {
    const rule = (name: string) => IMPORT_RULES.find((candidate) => candidate.name === name) as ImportRule;
    expect(breaks(rule('kernel-is-pure'), 'lib/kernel/token/parse.ts', 'node:crypto')).toBe(true);
    expect(breaks(rule('capability-through-its-door'), 'lib/projects/index.ts', 'lib/policy/store.ts')).toBe(true);
    expect(breaks(rule('capability-through-its-door'), 'lib/projects/index.ts', 'lib/projects/store.ts')).toBe(false);
    expect(breaks(rule('edge-stands-alone'), 'media-plane/main.ts', 'lib/platform/log.ts')).toBe(true);
    expect(breaks(rule('pages-without-queries'), 'app/page.tsx', 'lib/db/index.ts')).toBe(true);
  });
});

/** Every cycle met depth first, types erased: a type may name what uses it. */
function cycles(): string[] {
  const state = new Map<string, 'open' | 'done'>();
  const path: string[] = [];
  const found: string[] = [];
  const visit = (file: string): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      found.push([...path.slice(path.indexOf(file)), file].join(' → '));
      return;
    }
    state.set(file, 'open');
    path.push(file);
    for (const to of runtime.get(file) ?? []) if (runtime.has(to)) visit(to);
    path.pop();
    state.set(file, 'done');
  };
  for (const file of graph.keys()) visit(file);
  return found;
}
