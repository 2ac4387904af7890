import { createKeyring } from '@/lib/keyring';
import { createLog } from '@/lib/platform';
import { readConfig } from './config';
import { openDelivery } from './delivery';
import { type Gateway, startGateway } from './gateway';
import { askKeyring } from './keyring';
import { readTargets } from './targets';

/** The gateway process. SIGTERM ends every session with a word and completes its recording; a second signal ends at once. */
const STOP_MILLISECONDS = 5_000;
/** Longer than control takes to be restarted. */
const STRICT_MILLISECONDS = 10_000;
const log = createLog('gateway', ['rule', 'dropped', 'detail']);

async function main(): Promise<void> {
  process.umask(0o077);
  const config = readConfig(process.env);
  const client = createKeyring({ socketPath: config.CORDON_KEYRING_SOCKET, token: config.CORDON_KEYRING_TOKEN });
  const home = config.CORDON_GATEWAY_HOME;
  let gateway: Gateway | null = null;
  const delivery = await openDelivery({
    name: config.CORDON_GATEWAY_NAME,
    home,
    controlUrl: config.CORDON_CONTROL_URL,
    joinToken: config.CORDON_GATEWAY_JOIN_TOKEN ?? null,
    controlFingerprint: config.CORDON_CONTROL_FINGERPRINT ?? null,
    onWatched: (sessions) => gateway?.watched(sessions),
    log,
  });
  const started = await startGateway({
    home,
    host: config.CORDON_GATEWAY_HOST,
    port: config.CORDON_GATEWAY_PORT,
    terminal: config.CORDON_GATEWAY_SOCKET,
    sourceAddress: config.CORDON_GATEWAY_SOURCE,
    keyring: askKeyring(client, config.CORDON_GATEWAY_NAMES),
    addressOf: readTargets(config.CORDON_GATEWAY_TARGETS, log),
    delivery,
    strictAfter: config.CORDON_GATEWAY_STRICT === 'on' ? STRICT_MILLISECONDS : null,
    log,
  });
  gateway = started;
  log.info('ready', { port: started.port, pid: process.pid });

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), STOP_MILLISECONDS).unref();
    await started.stop();
    await delivery.stop();
    client.close();
    log.info('stopped');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
}

main().catch((error: unknown) => {
  log.error('cannot start', { error });
  process.exit(1);
});
