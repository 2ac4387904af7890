import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@/lib/platform';
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
  let stopped = false;
  let poked = false;
  let wake: () => void = () => undefined;
  let ending = new AbortController();
  const poke = (): void => {
    poked = true;
    wake();
  };

  async function run(url: string): Promise<void> {
    while (!stopped) {
      let streams: Streams | undefined;
      const mine = new AbortController();
      ending = mine;
      try {
        streams = await openStreams(url, {
          waiting: poke,
          lost: () => {
            mine.abort();
            poke();
          },
        });
        await work(streams, mine.signal);
      } catch (error) {
        log.warn('streamer.failed', { error });
      }
      mine.abort();
      await streams?.close();
      if (!stopped) await rest(FOLLOW_MS);
    }
  }

  async function work(streams: Streams, stop: AbortSignal): Promise<void> {
    const busy = new Map<string, Promise<void>>();
    const tools = { streams, rules, stop, random: Math.random };
    const start = (id: string): void => {
      const hold = () => sleep(HOLD_MS, undefined, { signal: stop }).catch(() => undefined);
      const sending = deliver(tools, id)
        .then(poke, (error) => {
          if (!stop.aborted) log.warn('stream.failed', { name: id, error });
          return hold();
        })
        .then(() => void busy.delete(id));
      busy.set(id, sending);
    };
    let leads = false;
    while (!stop.aborted) {
      if (!leads) {
        leads = await streams.lead();
        if (leads) log.info('streamer.leads');
      }
      poked = false;
      const room = AT_ONCE - busy.size;
      if (leads && room > 0) for (const id of free(await streams.due(), busy).slice(0, room)) start(id);
      if (!poked && !stop.aborted) await rest(leads ? POLL_MS : FOLLOW_MS);
    }
    await Promise.allSettled(busy.values());
  }

  async function rest(milliseconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      wake = resolve;
      timer = setTimeout(resolve, milliseconds);
    });
    clearTimeout(timer);
  }

  const running = run(databaseUrl);
  return {
    async stop() {
      stopped = true;
      ending.abort();
      poke();
      await running;
    },
  };
}

const free = (ids: readonly string[], busy: ReadonlyMap<string, unknown>): string[] =>
  ids.filter((id) => !busy.has(id));
