import { Pulse } from './pulse';

/** On which one of several processes becomes the one that works. */
export interface LeadingConnection {
  /** True for at most one; held until the connection ends. */
  lead(): Promise<boolean>;
  close(): Promise<void>;
}

export interface WorkerTold {
  /** There is something to do. */
  waiting(): void;
  /** The connection is gone. */
  lost(): void;
}

/** What a worker knows while it looks for work. */
export interface Turn {
  /** Whether it leads. */
  leads: boolean;
  /** Aborted when it is to stop, or its connection is gone. */
  signal: AbortSignal;
  /** To look again soon. */
  poke(): void;
}

export interface WorkerJob<C extends LeadingConnection> {
  open(on: WorkerTold): Promise<C>;
  /** Does what there is to do, some of it. True: there may be more. */
  pass(connection: C, turn: Turn): Promise<boolean>;
  /** Milliseconds between looks of the one that leads, and of the others. */
  pollMilliseconds: number;
  followMilliseconds: number;
  leads(): void;
  failed(error: unknown): void;
}

/** Works until it is stopped, on a connection that is opened again whenever it breaks. Of several processes one leads. */
export function startWorker<C extends LeadingConnection>(
  job: WorkerJob<C>,
): {
  stop(): Promise<void>;
} {
  const { pollMilliseconds, followMilliseconds } = job;
  const pulse = new Pulse();
  let ending = new AbortController();
  const poke = () => pulse.poke();

  async function run(): Promise<void> {
    while (!pulse.over) {
      const mine = new AbortController();
      ending = mine;
      let connection: C | undefined;
      try {
        connection = await job.open({
          waiting: poke,
          lost: () => {
            mine.abort();
            poke();
          },
        });
        await work(connection, mine.signal);
      } catch (error) {
        job.failed(error);
      }
      mine.abort();
      await connection?.close();
      // That it was lost is known by now.
      pulse.heard();
      await pulse.rest(followMilliseconds);
    }
  }

  async function work(connection: C, signal: AbortSignal): Promise<void> {
    let leads = false;
    while (!signal.aborted && !pulse.over) {
      if (!leads) {
        leads = await connection.lead();
        if (leads) job.leads();
        else await pulse.rest(followMilliseconds);
      }
      pulse.heard();
      if (signal.aborted || pulse.over) return;
      const more = await job.pass(connection, { leads, signal, poke });
      if (leads && !more) await pulse.rest(pollMilliseconds);
    }
  }

  const running = run();
  return {
    async stop() {
      pulse.end();
      ending.abort();
      await running;
    },
  };
}
