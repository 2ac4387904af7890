import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const APP = fileURLToPath(new URL('../../app', import.meta.url));

/** Every page there is, as Next makes its routes from the folders: `/[org]/projects/[project]/fence`. */
export function pageRoutes(): string[] {
  const found: string[] = [];
  const walk = (folder: string, route: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isFile() && entry.name === 'page.tsx') found.push(route === '' ? '/' : route);
      if (!entry.isDirectory() || entry.name.startsWith('_')) continue;
      walk(join(folder, entry.name), /^\(.*\)$/.test(entry.name) ? route : `${route}/${entry.name}`);
    }
  };
  walk(APP, '');
  return found.sort();
}

/** Fills `[name]` parts; throws for one that nobody gave a value, so that a new kind of page is not passed over. */
export function fill(route: string, values: Readonly<Record<string, string>>): string {
  return route.replace(/\[(\w+)\]/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for [${name}] of ${route}`);
    return value;
  });
}
