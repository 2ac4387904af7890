import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Every source file below these folders, relative to the repository. Generated code and tests are left out. */
export function sourceFiles(folders: readonly string[]): string[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .map((file) => join(folder, file))
        .filter(
          (file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$|\.d\.ts$|(^|\/)test-support\.ts$|\/generated\//.test(file),
        ),
    )
    .sort();
}

/**
 * What a file imports: repository paths, or `npm:<package>`, or `node:<module>`. Type-only imports count unless `runtime` asks for
 * what is left when types are erased.
 */
export function importsOf(file: string, { runtime = false } = {}): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const { module, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  const specifiers = [
    ...module.staticImports
      .filter(({ entries }) => !(runtime && entries.length > 0 && entries.every(({ isType }) => isType)))
      .map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest, isType }) =>
        moduleRequest && !(runtime && isType) ? [moduleRequest.value] : [],
      ),
    ),
    ...module.dynamicImports.flatMap(
      ({ moduleRequest }) => /^['"](.*)['"]$/.exec(text.slice(moduleRequest.start, moduleRequest.end))?.slice(1) ?? [],
    ),
    // `import('./x').T` in a type is no import to the module record.
    ...(runtime ? [] : [...text.matchAll(/\bimport\(['"]([^'"]+)['"]\)/g)].map((found) => found[1] ?? '')),
  ];
  return [...new Set(specifiers.map((specifier) => resolve(file, specifier)))];
}

function resolve(from: string, specifier: string): string {
  if (!specifier.startsWith('.') && !specifier.startsWith('@/')) {
    return specifier.startsWith('node:')
      ? specifier
      : `npm:${specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/')}`;
  }
  const base = specifier.startsWith('@/') ? join(ROOT, specifier.slice(2)) : join(ROOT, dirname(from), specifier);
  const found = [base, `${base}.ts`, `${base}.tsx`, join(base, 'index.ts'), join(base, 'index.tsx')].find(
    (path) => existsSync(path) && statSync(path).isFile(),
  );
  return relative(ROOT, found ?? base);
}
