import { ConfigError, parseConfig } from './config';
import { startEdge } from './edge';
import { startEngine } from './engine';
import { createLog, messageOf } from './log';
import { openPolicy } from './policy';

/**
 * One edge process: configuration, policy from disk, media engine, listeners, ready. SIGTERM and SIGINT end every session,
 * tell the clients to come back elsewhere, and exit; a second signal, or two seconds, exits at once.
 */
const STOP_MILLISECONDS = 1_800;
const BUILD = '0.1.0';

async function main(): Promise<void> {
  // Media goes on when whoever read the log is gone; unheard, a failed write would end the process.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const config = parseConfig(process.env);
  const log = createLog({ process: 'edge', edge: config.name, region: config.region });
  const { name, region, home, url, relay, controlUrl, joinToken, controlFingerprint } = config;

  const policy = await openPolicy({
    name,
    region,
    home,
    url,
    relay,
    controlUrl,
    joinToken,
    controlFingerprint,
    build: BUILD,
    log,
  });
  const engine = await startEngine({
    bindAddress: config.mediaHost,
    udpPort: config.mediaPort,
    ...(config.publicAddress && { publicAddress: config.publicAddress }),
    log: {
      info: (fields, message) => log('info', message, { ...fields }),
      warn: (fields, message) => log('warn', message, { ...fields }),
      error: (fields, message) => log('error', message, { ...fields }),
    },
  });
  const edge = await startEdge(config, policy, engine, log);

  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) process.exit(1);
    stopping = true;
    log('info', 'stopping', { signal });
    const deadline = setTimeout(() => {
      log('warn', 'stopped late', { signal });
      process.exit(1);
    }, STOP_MILLISECONDS);
    await edge.stop();
    await Promise.all([engine.stop(), policy.stop()]);
    clearTimeout(deadline);
    log('info', 'stopped');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stop(signal).catch((error: unknown) => {
        log('error', 'stop failed', { error: messageOf(error) });
        process.exit(1);
      });
    });
  }
  const { http } = edge.ports();
  log('info', 'ready', { pid: process.pid, enginePid: engine.pid(), port: http, mediaPort: config.mediaPort, url });
}

main().catch((error: unknown) => {
  const problems = error instanceof ConfigError ? error.problems : [messageOf(error)];
  const log = createLog({ process: 'edge' });
  for (const problem of problems) log('error', 'cannot start', { problem });
  process.exit(1);
});
