import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { liveFacts } from '@/lib/kernel/decision';
import type { DenyCode } from '@/lib/kernel/decision/codes';
import { type Allow, type Deny, PERMISSION } from '@/lib/kernel/decision/types';
import type { Ask } from '../admission';
import { bearerOf, contentType, readBody } from './body';
import type { EdgeContext, Via } from './context';
import { sendProblem, sendRefusal } from './problem';

/**
 * `POST /whip/{appId}/{channel}` (RFC 9725, publish) and `POST /whep/{appId}/{channel}` (draft-ietf-wish-whep, play): one
 * offer, one answer, one resource. Everything about who may is decided before the offer reaches the engine.
 */
export interface Route {
  direction: 'publish' | 'subscribe';
  appId: string;
  channel: string;
  query: URLSearchParams;
}

export async function negotiate(
  context: EdgeContext,
  route: Route,
  via: Via,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { admission, channels, clock } = context;
  const refused = (deny: Deny) => sendRefusal(response, deny, via.traceId, clock() / 1000);

  const limited = admission.limited(route.appId, via.address, clock());
  if (limited) {
    const { account } = accountOf(route.query);
    admission.refuse(asked(route, account, null, via), 'rate.limited', limited.detail, clock());
    return refused(limited);
  }
  if (contentType(request) !== 'application/sdp') {
    response.setHeader('Accept-Post', 'application/sdp');
    return sendProblem(response, 415, 'The body must be application/sdp.');
  }
  const body = await readBody(request);
  if (body === null) {
    response.setHeader('Connection', 'close');
    return sendProblem(response, 413, 'The body is longer than 65536 bytes.');
  }

  const who = accountOf(route.query);
  const ask = asked(route, who.account, bearerOf(request), via);
  if (who.problem) return refused(admission.refuse(ask, 'request.invalid', who.problem, clock()));
  const disagreement = context.relay.disagreement(route.appId, route.channel, via.relayed);
  if (disagreement) return refused(admission.refuse(ask, disagreement.code, disagreement.detail, clock()));

  // From here to `join` nothing waits: the policy that decided is the policy the session is registered under.
  const now = clock();
  const home = via.relayed ? null : admission.home(ask.appId, ask.channel);
  const decision = admission.admit({ ...ask, relayed: home !== null }, now);
  if (decision.verdict === 'deny') return refused(decision);
  const lacking = home === null ? missingRight(route, decision) : null;
  if (lacking) return refused(admission.refuse(ask, 'privilege.publish_missing', lacking, now, decision));
  if (home) {
    const relayed = await context.relay.post(home, request, body, {
      address: via.address,
      traceId: via.traceId,
      path: pathOf(route),
    });
    if (relayed) return relayed.send(response);
    return refused(
      admission.refuse(ask, 'engine.unavailable', `The home edge ${home.name} did not answer.`, clock(), decision),
    );
  }

  const session = channels.join({
    kind: 'http',
    direction: route.direction,
    appId: ask.appId,
    channel: ask.channel,
    account: decision.account,
    address: via.address,
    traceId: via.traceId,
    tokenHash: ask.token === null ? null : hashToken(ask.token),
    facts: liveFacts(ask, decision, now),
    granted: decision,
    listener: null,
  });
  if (!session) {
    return refused(
      admission.refuse(
        ask,
        'rate.limited',
        'Too many connections of this token are still being set up.',
        now,
        decision,
      ),
    );
  }
  const publisher = route.query.get('publisher');
  const opened = await channels.open(session, {
    id: session.id,
    direction: route.direction,
    publisher: publisher || null,
    offer: body.toString('utf8'),
  });
  if (!opened.ok) {
    const over = session.over;
    await channels.leave(session, opened.code);
    const code: DenyCode = over ? 'engine.unavailable' : opened.code;
    return refused(admission.refuse(ask, code, opened.detail, clock(), decision));
  }
  response.writeHead(201, {
    'Content-Type': 'application/sdp',
    'Content-Length': Buffer.byteLength(opened.answer),
    // Absolute: players resolve a relative one against the address they were configured with.
    Location: `${context.edge.url}/session/${session.id}`,
    ETag: etagOf(session),
    'Cache-Control': 'no-store',
  });
  response.end(opened.answer);
}

/** One entity tag for the life of a session; it does not reveal the id. */
export const etagOf = ({ id }: { id: string }): string =>
  `"${createHash('sha256').update('etag').update(id).digest('base64url').slice(0, 22)}"`;

export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();

function asked(route: Route, account: string, token: string | null, via: Via): Ask {
  const { appId, channel, direction } = route;
  return { appId, channel, account, token, action: direction, address: via.address, traceId: via.traceId };
}

function accountOf(query: URLSearchParams): { account: string; problem: string | null } {
  const [uid, account] = [query.get('uid'), query.get('account')];
  if (uid !== null && account !== null) return { account: '', problem: 'Send uid or account, not both.' };
  if (uid === null) return { account: account ?? '', problem: null };
  // uid 0 means "no name given", as in the vendor's SDKs.
  if (uid === '0') return { account: '', problem: null };
  return /^\d{1,10}$/.test(uid)
    ? { account: uid, problem: null }
    : { account: '', problem: 'uid is a number from 0 to 4294967295.' };
}

/** A publisher who may send nothing at all is refused here; single kinds are refused by the engine. */
function missingRight(route: Route, granted: Allow): string | null {
  if (route.direction !== 'publish' || granted.permissions & (PERMISSION.audio | PERMISSION.video | PERMISSION.data))
    return null;
  return 'The token allows joining, but neither audio nor video nor data may be published.';
}

function pathOf({ direction, appId, channel, query }: Route): string {
  const search = query.size === 0 ? '' : `?${query}`;
  return `/${direction === 'publish' ? 'whip' : 'whep'}/${encodeURIComponent(appId)}/${encodeURIComponent(channel)}${search}`;
}
