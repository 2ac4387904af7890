import { createLog } from '@/lib/platform';
import { startControl } from '.';
import { parseConfig } from './config';

/** The control process: configuration, start, ready, end on SIGTERM. */
const log = createLog('control');

async function main(): Promise<void> {
  const control = await startControl({ ...parseConfig(process.env), log });
  log.info('ready', { port: control.port, pid: process.pid });
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info('stopping', { signal });
    control.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
}

main().catch((error: unknown) => {
  log.error('cannot start', { reason: error instanceof Error ? error.message : 'unknown', error });
  process.exit(1);
});
