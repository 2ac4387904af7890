import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Session } from '../channels';
import { bearerOf, contentType, readBody } from './body';
import type { EdgeContext, Via } from './context';
import { sendProblem, sendRefusal } from './problem';
import { etagOf, hashToken } from './whip';

/**
 * The resource a Location names: DELETE ends the session, PATCH takes candidates (which are not needed: the answer holds
 * every candidate of this edge, and the client's are learnt from its checks). Whoever asks must hold the token that made
 * the session; anything else looks like a session that does not exist.
 */
export async function session(
  context: EdgeContext,
  id: string,
  via: Via,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { admission, channels, clock } = context;
  const limited = admission.limited('', via.address, clock());
  if (limited) return sendRefusal(response, limited, via.traceId, clock() / 1000);

  const home = via.relayed ? null : context.relay.homeOfSession(id);
  if (home) {
    const body = await readBody(request);
    const relayed =
      body &&
      (await context.relay.post(home, request, body, {
        address: via.address,
        traceId: via.traceId,
        path: `/session/${id}`,
      }));
    if (relayed) return relayed.send(response);
    return sendProblem(response, 503, 'The home edge did not answer.');
  }

  const found = channels.find(id);
  const ask = {
    appId: found?.appId ?? '',
    channel: '',
    account: '',
    token: null,
    action: 'join' as const,
    address: via.address,
    traceId: via.traceId,
  };
  const token = bearerOf(request);
  if (token === null && found?.tokenHash !== null) {
    return sendRefusal(
      response,
      admission.refuse(ask, 'token.missing', 'Send the token that made the session.', clock()),
      via.traceId,
      clock() / 1000,
    );
  }
  if (found?.kind !== 'http' || !mayTouch(found, token)) {
    return sendRefusal(
      response,
      admission.refuse(ask, 'session.unknown', 'No session of this token has this id.', clock()),
      via.traceId,
      clock() / 1000,
    );
  }
  if (request.method === 'DELETE') {
    await channels.leave(found, 'client_left');
    response.writeHead(200, { 'Content-Length': 0 }).end();
    return;
  }
  await patch(found, request, response);
}

function mayTouch(found: Session, token: string | null): boolean {
  return found.tokenHash === null || (token !== null && timingSafeEqual(found.tokenHash, hashToken(token)));
}

/** RFC 9725 section 4.3: 428 without If-Match, 412 when it does not fit; `*` asks for an ICE restart, which is not offered (422). */
async function patch(found: Session, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const match = request.headers['if-match'];
  if (match === undefined) return sendProblem(response, 428, 'Send If-Match with the ETag of the session.');
  if (match.trim() === '*')
    return sendProblem(response, 422, 'ICE restart is not supported; end the session and join again.');
  if (match.trim() !== etagOf(found)) return sendProblem(response, 412, 'If-Match does not fit the session.');
  if (contentType(request) !== 'application/trickle-ice-sdpfrag') {
    response.setHeader('Accept-Patch', 'application/trickle-ice-sdpfrag');
    return sendProblem(response, 415, 'The body must be application/trickle-ice-sdpfrag.');
  }
  if ((await readBody(request)) === null) {
    response.setHeader('Connection', 'close');
    return sendProblem(response, 413, 'The body is longer than 65536 bytes.');
  }
  response.writeHead(204, { ETag: etagOf(found) }).end();
}
