import { join } from 'node:path';
import { createLog } from '@/lib/platform';
import { startAgent } from './agent';
import { run } from './commands';
import { readConfig } from './config';
import { certificateFile, openHostKey } from './host-key';
import { openLink } from './link';
import { thisMachine } from './machine';
import { sshdFindings } from './sshd-config';
import { reloadSshd } from './sshd-reload';
import { startWatch } from './watch';

/** The agent of a production host, as root. SIGTERM leaves everything as it is; the next run ends what fell due meanwhile. */
const log = createLog('host', ['detail']);

async function main(): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new Error('a host agent runs as root on Linux');
  process.umask(0o022);
  const config = readConfig(process.env);
  const { CORDON_HOST_NAME: name, CORDON_HOST_HOME: home, CORDON_HOST_RUN: runFolder } = config;
  const { CORDON_HOST_SSH_KEY: sshKey, CORDON_HOST_SSHD_CONFIG: sshdConfig } = config;
  const range = { from: config.CORDON_HOST_UID_FROM, to: config.CORDON_HOST_UID_TO };
  const reload = async (): Promise<void> => {
    try {
      await reloadSshd(sshdConfig);
    } catch (error) {
      agent.find('sshd.config', 'not read anew');
      throw error;
    }
  };
  const link = await openLink({
    ...{ name, home, log },
    controlUrl: config.CORDON_CONTROL_URL,
    joinToken: config.CORDON_HOST_JOIN_TOKEN ?? null,
    controlFingerprint: config.CORDON_CONTROL_FINGERPRINT ?? null,
    onSheet: async (signed) => void (await agent.take(signed)),
    standing: () => agent.standing(),
    hostKey: openHostKey({ file: sshKey, name, reload }),
  });
  const agent = await startAgent({
    ...{ target: `host:${name}`, keys: config.CORDON_HOST_SHEET_KEYS, home, range, log },
    strict: config.CORDON_HOST_STRICT === 'on',
    machine: thisMachine({ range, run: runFolder, homes: config.CORDON_HOST_HOMES }),
    tell: link.tell,
    onChange: link.report,
  });
  link.dial();
  const { held, find } = agent;
  const watch = await startWatch({ file: config.CORDON_HOST_SSHD_LOG, home, held, find, tell: link.tell, log });
  try {
    const printed = await run('sshd', ['-T', '-f', sshdConfig]);
    const program = join(runFolder, 'cordon-host-principals');
    for (const name of sshdFindings(printed, program, certificateFile(sshKey))) find('sshd.config', name);
  } catch (error) {
    log.warn('host.sshd_config_failed', { error });
    find('sshd.config', 'not readable');
  }
  log.info('ready', { pid: process.pid });

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) process.exit(1);
    stopping = true;
    await watch.stop();
    await agent.stop();
    await link.stop();
    log.info('stopped');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
}

main().catch((error: unknown) => {
  log.error('cannot start', { reason: error instanceof Error ? error.message : 'unknown', error });
  process.exit(1);
});
