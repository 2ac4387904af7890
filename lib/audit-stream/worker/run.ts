import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Log, startWorker } from '@/lib/platform';
import { networkRules, streamerUrl } from '../config';
import { deliver } from './deliver';
import { openStreams, type Streams } from './store';

/** A checkpoint follows an event within about a second. */
const POLL_MS = 1_000;
/** Whoever does not lead looks now and then. */
const FOLLOW_MS = 5_000;
/** Streams that are sent at a time. One that waits for a slow receiver holds up no other until so many do. */
const AT_ONCE = 64;
/** After a failure of our own, such as a keyring that does not answer. */
const HOLD_MS = 5_000;

type WorkerLog = Pick<Log, 'info' | 'warn'>;

/** Sends streams from this process when it is configured. Of several consoles one leads. Throws ConfigError. */
export function startStreamer(log: WorkerLog): { stop(): Promise<void> } {
  const databaseUrl = streamerUrl();
  if (!databaseUrl) return { stop: async () => undefined };
  const rules = networkRules();
  return startWorker({
    async open(on): Promise<Sending> {
      const streams = await openStreams(databaseUrl, on);
      const busy = new Map<string, Promise<void>>();
      return {
        streams,
        busy,
        lead: streams.lead,
        async close() {
          await Promise.allSettled(busy.values());
          await streams.close();
        },
      };
    },
    async pass({ streams, busy }, { leads, signal, poke }) {
      const room = AT_ONCE - busy.size;
      if (!leads || room === 0) return false;
      const tools = { streams, rules, stop: signal, random: Math.random };
      for (const id of free(await streams.due(), busy).slice(0, room)) {
        const sending = deliver(tools, id)
          .then(poke, (error) => {
            if (signal.aborted) return;
            log.warn('stream.failed', { name: id, error });
            return sleep(HOLD_MS, undefined, { signal }).catch(() => undefined);
          })
          .then(() => void busy.delete(id));
        busy.set(id, sending);
      }
      return false;
    },
    pollMilliseconds: POLL_MS,
    followMilliseconds: FOLLOW_MS,
    leads: () => log.info('streamer.leads'),
    failed: (error) => log.warn('streamer.failed', { error }),
  });
}

/** A connection, and the streams that are being sent over it. */
interface Sending extends Pick<Streams, 'lead' | 'close'> {
  streams: Streams;
  busy: Map<string, Promise<void>>;
}

const free = (ids: readonly string[], busy: ReadonlyMap<string, unknown>): string[] =>
  ids.filter((id) => !busy.has(id));
