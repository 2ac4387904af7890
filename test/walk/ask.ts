import { encodeReply } from 'next/dist/compiled/react-server-dom-webpack/client.node';
import type { Realm } from '@/lib/identity/request/origins';
import { type Received, type Sent, send } from '../support/http';
import { type ActionDoor, leafState, type PageDoor, pathOf } from './doors';
import { FORMER_LOG, type Tenant, type WalkWorld } from './world';

/** Asking a door as a browser would, and reading what came back. */
export interface Answer extends Received {
  /** Where it sends the browser, whichever way it says so. */
  to: string | null;
  /** What an action answered its form; null when it did not come that far. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape; the tests say what they expect.
  answered: any;
}

let questions = 0;
/** How many have been asked so far. */
export const asked = (): number => questions;

export interface From {
  world: WalkWorld;
  /** The origin that is asked. */
  realm: Realm;
  /** Cookie header, or null for nobody. */
  cookie: string | null;
}

export const paramsOf = (tenant: Tenant): Record<string, string> => ({
  org: tenant.slug,
  project: tenant.projectId,
  seq: '1',
  certificateId: tenant.certificateId,
  event: tenant.eventId,
  ids: tenant.eventId,
  export: tenant.exportId,
  log: tenant.organisationId,
  tile: '0/000.p/1',
  nextauth: 'session',
});
/** The same for the staff's own pages and handlers, which are of no organisation. */
export const paramsFor = (world: WalkWorld, segments: readonly string[], tenant: Tenant): Record<string, string> =>
  segments[0] === '(staff)'
    ? {
        ...{ event: world.staffEventId, export: world.staffExportId },
        ...{ session: world.access.session, grant: world.access.others },
      }
    : { ...paramsOf(tenant), ...(segments.includes('former') ? { log: FORMER_LOG } : {}) };

const cookieHeader = (cookie: string | null): Record<string, string> => (cookie === null ? {} : { cookie });

export async function get({ world, realm, cookie }: From, path: string, headers: Sent['headers'] = {}) {
  const sent = { origin: world.console.origin[realm], path, headers: { ...cookieHeader(cookie), ...headers } };
  const first = await send(sent);
  // Next wants a digest of the router's headers in the address, so that no cache mixes answers up.
  const again = first.status === 307 ? first.headers.location : undefined;
  return read(again && /[?&]_rsc(=|&|$)/.test(again) ? await send({ ...sent, path: again }) : first);
}

/** A page in the three ways a browser asks: whole, without the layouts around it, and for its title only. */
export const WAYS = ['document', 'leaf', 'metadata'] as const;
export type Way = (typeof WAYS)[number];

export function getPage(from: From, { segments }: PageDoor, params: Record<string, string>, way: Way): Promise<Answer> {
  const path = pathOf(segments, params);
  if (way === 'document') return get(from, path, { accept: 'text/html' });
  const state = leafState(segments, params, way === 'leaf' ? 'refetch' : 'metadata-only');
  return get(from, path, { rsc: '1', 'next-router-state-tree': state });
}

/** Sends an action from one of the pages that have it. */
export async function act(
  { world, realm, cookie }: From,
  { actionId }: Pick<ActionDoor, 'actionId'>,
  path: string,
  args: unknown[],
  headers: Sent['headers'] = {},
): Promise<Answer> {
  const origin = world.console.origin[realm];
  const encoded = new Request(origin, { method: 'POST', body: await encodeReply(args) });
  return read(
    await send({
      origin,
      method: 'POST',
      path,
      headers: {
        'content-type': encoded.headers.get('content-type'),
        'next-action': actionId,
        accept: 'text/x-component',
        origin,
        'sec-fetch-site': 'same-origin',
        ...cookieHeader(cookie),
        ...headers,
      },
      body: new Uint8Array(await encoded.arrayBuffer()),
    }),
  );
}

/** The REST API. Waits as it is told when it asks too fast. */
export async function api(
  { world, realm = 'customer' }: { world: WalkWorld; realm?: Realm },
  method: string,
  path: string,
  { headers = {}, body }: { headers?: Sent['headers']; body?: unknown } = {},
): Promise<Answer> {
  const sent: Sent = {
    origin: world.console.origin[realm],
    method,
    path,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  let received = await send(sent);
  while (received.status === 429) {
    const seconds = Number(received.headers['retry-after'] ?? 1);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    received = await send(sent);
  }
  return read(received);
}

function read(received: Received): Answer {
  questions += 1;
  const { headers, body } = received;
  const isFlight = headers['content-type']?.startsWith('text/x-component') ?? false;
  const thrown = /NEXT_REDIRECT;(?:replace|push);([^;]*);\d+/.exec(body)?.[1];
  const to = headers.location ?? headers['x-action-redirect']?.split(';')[0] ?? thrown ?? null;
  return { ...received, to, answered: isFlight ? answerIn(body) : null };
}

/** The value an action returned, from React's stream: row 0 names the row that holds it. */
function answerIn(stream: string): unknown {
  const rows = new Map<string, string>();
  for (const line of stream.split('\n')) {
    const [, id, text] = /^([0-9a-f]+):(.*)$/.exec(line) ?? [];
    if (id !== undefined && text !== undefined) rows.set(id, text);
  }
  const row = /"a":"\$@([0-9a-f]+)"/.exec(rows.get('0') ?? '')?.[1];
  try {
    return row === undefined ? null : JSON.parse(rows.get(row) ?? 'null');
  } catch {
    return null;
  }
}

/** Codes by which a door says that this person may not, or that the thing is not theirs. */
const REFUSALS =
  /^(authz\.(not_signed_in|forbidden|not_found|step_up_required)|step_up\.(required|passkey_required|replayed)|session\.\w+|context\.required|policy\.not_yours|key\.invalid|identity\.session\.\w+|[a-z-]+\.(not_found|unknown))$/;
export const isRefusal = (code: unknown): boolean => typeof code === 'string' && REFUSALS.test(code);
/** A form that does not fit: says nothing about who may. */
export const isWrongForm = (code: unknown): boolean => typeof code === 'string' && /\.(input|confirm)$/.test(code);

const ELSEWHERE = /^\/(sign-in|second-factor|enrol|choose)(\?|$)/;
/** Status of a page that was refused while it was being written. */
const ERROR_404 = 'NEXT_HTTP_ERROR_FALLBACK;404';

/** Null when the door stayed shut, else what it did instead. */
export function openness(answer: Answer): string | null {
  const { status, to, answered, body, headers } = answer;
  // Next hands an action on to a page that has it, over an address the console does not answer under.
  if (body === '{}' && headers['content-type']?.startsWith('application/json')) return null;
  if ([401, 403, 404, 405, 409, 421].includes(status)) return null;
  const path = to === null ? null : to.replace(/^https?:\/\/[^/]+/, '');
  if (path !== null) return ELSEWHERE.test(path) ? null : `sent on to ${path}`;
  if (body.includes(ERROR_404)) return null;
  if (isRefusal(answered?.code)) return null;
  return `answered ${status} ${JSON.stringify(answered ?? body.slice(0, 120))}`;
}
