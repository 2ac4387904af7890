import 'server-only';
import { z } from 'zod';
import { type Listener, listen } from '@/lib/db';
import { createLog, defineConfig } from '@/lib/platform';
import { noticeErrors } from '../errors';
import { type EventStream, eventStream } from './event-stream';
import { Hub, type SessionState } from './hub';
import { askSessions } from './store';

/**
 * Tells an open page that its session is over, within a moment of the database knowing it, whatever process ended it. One connection of
 * this process listens; it opens with the first page.
 */
const LIMITS = { all: 2_000, ofOne: 24 };
const BEAT_MS = 20_000;
/** After which a browser opens a broken stream again. */
const REOPEN_MS = 2_000;

interface Watch {
  hub: Hub;
  listener: Listener;
  timer: NodeJS.Timeout;
}

// One per process: Next's bundles and the console's own entry each hold a copy of this module.
const shared = globalThis as { cordonWatch?: Watch };
const config = defineConfig(z.object({ DATABASE_URL: z.string() }));
const log = createLog('console');
const unchecked = (error: unknown): void => log.warn('open pages not checked', { error });

function open(): Watch {
  if (shared.cordonWatch) return shared.cordonWatch;
  const hub = new Hub(askSessions, LIMITS);
  const look = (userId?: string): void => void hub.look(userId).catch(unchecked);
  const listener = listen(
    config().DATABASE_URL,
    ['session'],
    { message: (_channel, userId) => look(userId), connected: () => look() },
    'cordon-console-watch',
  );
  const timer = setInterval(() => {
    hub.beat();
    look();
  }, BEAT_MS);
  timer.unref();
  shared.cordonWatch = { hub, listener, timer };
  return shared.cordonWatch;
}

/** Ends the listening connection. Streams end with the server's connections. */
export async function closeWatch(): Promise<void> {
  const watch = shared.cordonWatch;
  shared.cordonWatch = undefined;
  clearInterval(watch?.timer);
  await watch?.listener.stop();
}

/**
 * Answers a page's request to be told (server-sent events): `organisations` (ids, at first and when they change), then `end` with the
 * reason, or `again` when the session was raised and the browser should ask with its new cookie. Null: no session ever had this secret.
 * Watching does not count as being seen. Throws `watch.too_many`.
 */
export async function watchResponse(secret: string, realm: string, signal: AbortSignal): Promise<Response | null> {
  const [state] = await askSessions([secret]);
  if (state?.realm !== realm) return null;
  let stop: (() => void) | null = null;
  const events = eventStream(REOPEN_MS, signal, () => stop?.());
  if (state.state !== 'live') {
    tell(events, state);
    return events.response;
  }
  const { hub } = open();
  stop = hub.add(secret, state, { changed: (now) => tell(events, now), beat: () => events.beat() });
  if (!stop) throw noticeErrors('watch.too_many', { retryAfterSeconds: 60 });
  tell(events, state);
  // What happened between asking and watching.
  void hub.look(state.userId).catch(unchecked);
  return events.response;
}

function tell(events: EventStream, { state, organisations }: SessionState): void {
  if (state === 'live') events.send('organisations', organisations);
  else if (state === 'succeeded') events.send('again', null);
  else events.send('end', state);
  if (state !== 'live') events.close();
}
