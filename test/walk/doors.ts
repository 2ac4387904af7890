import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { doorFiles } from '../support/doors';
import { ROOT } from '../support/imports';

/**
 * Every way into the console, read from what is built and from the files, never from a list of names: pages, handlers of routes,
 * server actions. Where a door stands open on purpose, `guarded({ public: { why } })` says so and the ledger repeats it.
 */
export interface PageDoor {
  kind: 'page';
  id: string;
  file: string;
  /** Folders of the route below `app`, groups and parameters included. */
  segments: string[];
}
export interface RouteDoor {
  kind: 'route';
  id: string;
  file: string;
  segments: string[];
  method: string;
}
export interface ActionDoor {
  kind: 'action';
  id: string;
  /** As the browser names it. */
  actionId: string;
  name: string;
  /** Segments of every page whose code can call it. */
  pages: string[][];
}

const APP = join(ROOT, 'app');
const files = readdirSync(APP, { recursive: true, encoding: 'utf8' }).sort();
/** Folders that start with an underscore are no routes. */
const isRoute = (file: string) => !file.split('/').some((part) => part.startsWith('_'));
const segmentsOf = (file: string) => file.split('/').slice(0, -1);

export const pages: PageDoor[] = files
  .filter((file) => /(^|\/)page\.tsx$/.test(file) && isRoute(file))
  .map((file) => ({ kind: 'page', id: `app/${file}`, file: `app/${file}`, segments: segmentsOf(file) }));

/** What the ledger says of each door: `file name` → the rest of its line. */
export const ledger = new Map(
  readFileSync(join(ROOT, 'test/architecture/doors.txt'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(/ {2}/, 2) as [id: string, says: string]),
);

export interface Guard {
  /** Why nobody needs to be signed in; null for every other door. */
  open: string | null;
  realm: 'customer' | 'staff' | 'person' | 'api';
  subject: string;
  action: string;
  /** The step-up the act asks for. */
  asks: string | null;
}

export function guardOf(id: string): Guard | null {
  const says = ledger.get(id);
  if (says === undefined) return null;
  const open = /^public: (.+)$/.exec(says)?.[1] ?? null;
  const named = /^(customer|staff|person|api) (\w+)\.([a-z-]+)(?: \+step-up(?: (\S+))?)?$/.exec(says);
  if (open === null && !named) throw new Error(`the ledger's line of ${id} cannot be read: ${says}`);
  return {
    open,
    realm: (named?.[1] ?? 'person') as Guard['realm'],
    subject: named?.[2] ?? '',
    action: named?.[3] ?? '',
    asks: named?.[4] ?? null,
  };
}

export const routes: RouteDoor[] = doorFiles()
  .filter(({ kind }) => kind === 'route')
  .flatMap(({ file }) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].filter((method) =>
      new RegExp(
        `export (const ${method}\\b|async function ${method}\\b|function ${method}\\b)|\\bas ${method}\\b`,
      ).test(text),
    );
    const segments = segmentsOf(file).slice(1);
    return methods.map((method): RouteDoor => ({ kind: 'route', id: `${file} ${method}`, file, segments, method }));
  });

interface Manifest {
  node: Record<string, { workers: Record<string, unknown>; filename: string; exportedName: string }>;
  edge: Record<string, unknown>;
}

/** From the build: call only once the console is built. */
export function actions(): ActionDoor[] {
  const { node, edge } = built<Manifest>('server/server-reference-manifest.json');
  if (Object.keys(edge).length > 0)
    throw new Error('an action runs in the edge runtime, which this list does not know');
  return Object.entries(node)
    .map(
      ([actionId, { workers, filename, exportedName }]): ActionDoor => ({
        kind: 'action',
        id: `${filename} ${exportedName}`,
        actionId,
        name: exportedName,
        pages: Object.keys(workers)
          .filter((worker) => worker.endsWith('/page'))
          .map((worker) => segmentsOf(worker.replace(/^app\/?/, ''))),
      }),
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Every route the build answers, as `segments/…/page` or `/route`. From the build. */
export const builtRoutes = (): string[] =>
  Object.keys(built<Record<string, string>>('server/app-paths-manifest.json'))
    .filter((path) => isRoute(path.slice(1)))
    .sort();

/** Metadata files that Next answers itself. */
export const FILE_ROUTES = readdirSync(APP)
  .filter((file) => /^(icon|apple-icon|favicon|robots|sitemap|manifest|opengraph-image)\./.test(file))
  .map((file) => `/${file}/route`);

function built<T>(file: string): T {
  const path = join(ROOT, '.next', file);
  if (!existsSync(path)) throw new Error(`${path} is missing: build the console first`);
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

/** The path of a route: groups left out, parameters filled. Throws for a parameter nobody knows. */
export function pathOf(segments: readonly string[], params: Readonly<Record<string, string>>): string {
  const parts = segments
    .filter((segment) => !/^\(.*\)$/.test(segment))
    .map((segment) => {
      const name = /^\[+(?:\.\.\.)?(\w+)\]+$/.exec(segment)?.[1];
      if (!name) return segment;
      const value = params[name];
      if (value === undefined) throw new Error(`the world has nothing for [${name}]: give it in test/walk/world.ts`);
      return value.split('/').map(encodeURIComponent).join('/');
    });
  return `/${parts.join('/')}`;
}

/** The state a browser claims to have when it wants nothing but the page itself, without the layouts around it. */
export function leafState(
  segments: readonly string[],
  params: Readonly<Record<string, string>>,
  wanted: 'refetch' | 'metadata-only',
): string {
  type State = [segment: unknown, children: Record<string, unknown>, url: null, marker: string | null];
  const leaf: State = ['__PAGE__', {}, null, wanted];
  const nested = segments.reduceRight<State>((inner, segment) => {
    const name = /^\[(\w+)\]$/.exec(segment)?.[1];
    return [name ? [name, params[name] ?? '', 'd', null] : segment, { children: inner }, null, null];
  }, leaf);
  return encodeURIComponent(JSON.stringify(['', { children: nested }, null, null]));
}
