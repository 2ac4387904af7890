import type { Operation } from '@/app/api/v1/_operation';
import type { Handler } from '@/app/api/v1/_route';

/** Calls route handlers as Next would: with a Request and the path's parameters. */
const FILES = import.meta.glob<Record<string, Handler>>('/app/api/v1/**/route.ts');

export async function handlerOf({ method, path }: Pick<Operation, 'method' | 'path'>): Promise<Handler> {
  const file = `/app/api/v1${path.replaceAll('{', '[').replaceAll('}', ']')}/route.ts`;
  const load = FILES[file];
  if (!load) throw new Error(`no file ${file}`);
  const handler = (await load())[method];
  if (!handler) throw new Error(`${file} does not export ${method}`);
  return handler;
}

/** Every handler exported under app/api/v1, as `METHOD /path`. */
export async function allHandlers(): Promise<Map<string, Handler>> {
  const found = new Map<string, Handler>();
  for (const [file, load] of Object.entries(FILES)) {
    const path = file.replace('/app/api/v1', '').replace('/route.ts', '').replaceAll('[', '{').replaceAll(']', '}');
    for (const [method, handler] of Object.entries(await load())) found.set(`${method} ${path}`, handler);
  }
  return found;
}

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape; each test says what it expects.
  body: any;
}

export interface Asked {
  key?: string | null;
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
  /** Sent as it is. */
  raw?: BodyInit;
  headers?: Record<string, string>;
}

export async function call(
  operation: Pick<Operation, 'method' | 'path'>,
  { key, params = {}, query, body, raw, headers = {} }: Asked = {},
): Promise<Answer> {
  const handler = await handlerOf(operation);
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => params[name] ?? '');
  const sends = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const request = new Request(`http://localhost/api/v1${path}${query ? `?${new URLSearchParams(query)}` : ''}`, {
    method: operation.method,
    headers: {
      ...(key ? { authorization: `Bearer ${key}` } : {}),
      ...(sends === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(sends === undefined ? {} : { body: sends }),
  });
  const response = await handler(request, { params: Promise.resolve(params) });
  return { status: response.status, headers: response.headers, body: await response.json() };
}
