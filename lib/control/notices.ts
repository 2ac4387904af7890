import { openClient } from './store';

/**
 * LISTEN on a connection of its own, opened again whenever it breaks. What is sent meanwhile is lost, so both callbacks also run after
 * each (re)connection; a poll covers the rest.
 */
const RETRY_MILLISECONDS = 250;

export function openNotices(
  databaseUrl: string,
  on: { policy: () => void; frames: () => void },
): { stop(): Promise<void> } {
  let stopped = false;
  let current: ReturnType<typeof openClient> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const again = (): void => {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(connect, RETRY_MILLISECONDS);
  };
  const connect = (): void => {
    const client = openClient(databaseUrl);
    current = client;
    client.on('notification', ({ channel }) => (channel === 'policy' ? on.policy() : on.frames()));
    client.on('error', () => void client.end().catch(() => undefined));
    client.on('end', again);
    client
      .connect()
      .then(() => client.query('listen policy; listen policy_frame'))
      .then(() => {
        on.policy();
        on.frames();
      })
      .catch(() => again());
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
