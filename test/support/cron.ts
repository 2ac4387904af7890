import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/**
 * Debian's cron with a view of its own of two things: `/run`, so that it is the only cron there and takes each start for one of the machine, at which
 * it begins all `@reboot` lines; and the machine's own jobs, of which it sees none. The crontabs of accounts are the machine's.
 */
const OWN_VIEW = [
  'mount -t tmpfs -o mode=755 tmpfs /run',
  'mount -t tmpfs -o mode=755 tmpfs /etc/cron.d',
  'mount --bind /dev/null /etc/crontab',
].join(' && ');
const within = (command: string) => ['--mount', 'sh', '-c', `${OWN_VIEW} && exec ${command}`];

/** Whether it can be run here, which takes the right to mount. Otherwise says aloud what is not checked. */
export function hasCron(without: string): boolean {
  if (spawnSync('unshare', within('true')).status === 0) return true;
  process.stderr.write(`\n*** SKIPPED: a cron of its own takes the right to mount. NOT CHECKED: ${without}. ***\n\n`);
  return false;
}

/** It goes by the crontabs that are there now, and looks for others at each minute. */
export const startCron = (): ChildProcess => spawn('unshare', within('cron -f'), { stdio: 'ignore' });

/** What it has begun runs on. */
export async function stopCron(cron: ChildProcess): Promise<void> {
  if (cron.exitCode !== null || cron.signalCode !== null) return;
  const exited = once(cron, 'exit');
  cron.kill();
  await exited;
}
