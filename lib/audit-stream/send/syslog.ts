import type { Socket } from 'node:net';
import type { Receiver } from '../address';
import { type Answer, answerOf, Unsent } from './answer';
import { openSocket } from './connect';
import type { NetworkRules } from './network';

/** For how long the connection has to stay open after it took everything: one that was cut shows by then. */
const SETTLE_MS = 250;
/** For how long a receiver may take to close it after it was told that nothing more comes. */
const CLOSE_MS = 3_000;

/**
 * Writes framed messages to a new connection and closes it in good order. Syslog over TLS (RFC 5425) has no acknowledgement. What is waited for is
 * the most there is: that the connection took every byte and stayed open, and that the receiver, told that this was all, closed its side without
 * an error. One that does not close within three seconds is taken to have got them. Never throws.
 */
export const write = (receiver: Receiver, frames: string, rules: NetworkRules, stop: AbortSignal): Promise<Answer> =>
  answerOf(
    async (signal) => {
      const socket = await openSocket(receiver, rules, signal, null);
      try {
        await handOver(socket, frames, signal);
        return { code: 'written', status: null, retryAfterSeconds: null };
      } finally {
        socket.destroy();
      }
    },
    rules.timeoutMs,
    stop,
  );

function handOver(socket: Socket, frames: string, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  return new Promise<void>((resolve, reject) => {
    let said = false;
    signal.addEventListener('abort', () => reject(new Unsent('timeout')), { once: true });
    socket.once('error', reject);
    // A receiver that closes before it was told that this is all did not want it.
    socket.once('close', (failed) => (said && !failed ? resolve() : reject(new Unsent('connection_reset'))));
    socket.resume();
    socket.write(frames, 'utf8', (error) => {
      if (error) return reject(error);
      timer = setTimeout(() => {
        said = true;
        timer = setTimeout(resolve, CLOSE_MS);
        socket.end();
      }, SETTLE_MS);
    });
  }).finally(() => clearTimeout(timer));
}
