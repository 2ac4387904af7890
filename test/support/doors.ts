import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './imports';

/** Every door of the console: exports of route handlers and of server-action modules. */
export interface DoorFile {
  /** Relative to the repository. */
  file: string;
  kind: 'route' | 'actions';
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export function doorFiles(): DoorFile[] {
  const files = readdirSync(join(ROOT, 'app'), { recursive: true, encoding: 'utf8' }).map((file) => join('app', file));
  return files
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
    .flatMap((file): DoorFile[] => {
      if (/\/route\.ts$/.test(file)) return [{ file, kind: 'route' }];
      return /^\s*['"]use server['"]/.test(readFileSync(join(ROOT, file), 'utf8')) ? [{ file, kind: 'actions' }] : [];
    })
    .sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** Exports of a module that somebody outside can call. */
export function doorsOf(
  kind: DoorFile['kind'],
  module: Record<string, unknown>,
): [name: string, door: (...args: never[]) => unknown][] {
  return Object.entries(module).filter(
    (entry): entry is [string, (...args: never[]) => unknown] =>
      typeof entry[1] === 'function' && (kind === 'actions' || METHODS.has(entry[0])),
  );
}
