import pg from 'pg';

/**
 * LISTEN on a connection of its own, opened again whenever it breaks. What is sent meanwhile is lost, so `connected` runs after each
 * (re)connection: whoever listens then looks for themselves.
 */
const RETRY_MILLISECONDS = 250;

export interface Listener {
  stop(): Promise<void>;
}

export function listen(
  databaseUrl: string,
  /** Names of our own; they are put into the statement as they are. */
  channels: readonly string[],
  on: { message(channel: string, payload: string): void; connected(): void },
  name = 'cordon-listen',
): Listener {
  let stopped = false;
  let current: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  const again = (): void => {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(connect, RETRY_MILLISECONDS);
  };
  const connect = (): void => {
    const client = new pg.Client({ connectionString: databaseUrl, application_name: name, keepAlive: true });
    current = client;
    client.on('notification', ({ channel, payload }) => on.message(channel, payload ?? ''));
    client.on('error', () => void client.end().catch(() => undefined));
    client.on('end', again);
    client
      .connect()
      .then(() => client.query(channels.map((channel) => `listen ${channel}`).join('; ')))
      .then(() => on.connected())
      .catch(again);
  };
  connect();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await current?.end().catch(() => undefined);
    },
  };
}
