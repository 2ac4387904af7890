import { readFileSync } from 'node:fs';
import { run } from './commands';

/**
 * Has sshd read its configuration anew, certificates with it; connections stay. One that does not run, or runs anew for each connection, needs no
 * telling. Throws `CommandError` when its configuration does not hold: it would end on it.
 */
export async function reloadSshd(config: string): Promise<void> {
  await run('sshd', ['-t', '-f', config]);
  const pid = pidOf(await run('sshd', ['-T', '-f', config]));
  if (pid !== null) process.kill(pid, 'SIGHUP');
}

/** By the file that sshd writes its number to, if it is still sshd that has it. */
function pidOf(printed: string): number | null {
  const path = /^pidfile (\/.+)$/m.exec(printed)?.[1];
  if (path === undefined) return null;
  try {
    const pid = Number(readFileSync(path, 'utf8').trim());
    return Number.isInteger(pid) && readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sshd\n' ? pid : null;
  } catch {
    return null;
  }
}
