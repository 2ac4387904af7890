import type { EdgeRef } from '@/lib/kernel/bundle/resources';
import { type Log, messageOf } from '../log';
import { CLOSE, MAX_FRAME_BYTES } from '../signalling/protocol';
import type { Relay } from './index';

/**
 * A WebSocket handed through to the home edge: the client's join frame is the first thing sent, and from then on frames
 * pass both ways unread. Closing codes pass too, so a cut at the home is a cut at the client.
 */
export interface SocketRelay {
  forward(frame: string): void;
  close(): void;
}

interface ClientSide {
  send(text: string): void;
  close(code: number, reason: string): void;
  unreachable(detail: string): void;
  log: Log;
}

/** Frames held while the home edge is being reached. */
const MAX_WAITING = 16;

export function relaySocket(
  relay: Relay,
  home: EdgeRef,
  about: { address: string; traceId: string },
  join: string,
  client: ClientSide,
): SocketRelay {
  const waiting = [join];
  let open = false;
  const fail = (error: unknown): void => {
    client.log('warn', 'relay failed', { home: home.name, traceId: about.traceId, error: messageOf(error) });
    if (open) client.close(CLOSE.restart, 'the home edge was lost');
    else client.unreachable(`The home edge ${home.name} did not answer.`);
  };
  let socket: ReturnType<Relay['connect']>;
  try {
    socket = relay.connect(home, about, MAX_FRAME_BYTES * 4);
  } catch (error) {
    fail(error);
    return { forward: () => undefined, close: () => undefined };
  }
  let over = false;
  socket.on('open', () => {
    open = true;
    for (const frame of waiting.splice(0)) socket.send(frame);
  });
  socket.on('message', (data, binary) => {
    if (!binary) client.send(data.toString());
  });
  socket.on('error', (error) => {
    if (!over) fail(error);
    over = true;
  });
  socket.on('close', (code, reason) => {
    // 1005 and 1006 mean that no code came; they may not be sent on.
    if (!over) client.close(code === 1005 || code === 1006 ? CLOSE.restart : code, reason.toString());
    over = true;
  });
  return {
    forward(frame) {
      if (open) socket.send(frame);
      else if (waiting.length < MAX_WAITING) waiting.push(frame);
      else client.close(CLOSE.slow, 'too many messages');
    },
    close() {
      over = true;
      if (open) socket.close(1000);
      else socket.terminate();
    },
  };
}
