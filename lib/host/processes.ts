import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that runs (Linux). Those that have ended and wait for their parent to notice are none. */
export interface Process {
  pid: number;
  /** Real, effective, saved and of the file system. */
  uids: readonly number[];
  /** Who logged in, where the kernel keeps it (pam_loginuid): stays when a process becomes somebody else. */
  loginUid: number | null;
}

const NOBODY_LOGGED_IN = 4_294_967_295;
const NO_ENVIRONMENT = {} as NodeJS.ProcessEnv;

export function readProcesses(): Process[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (readProcess(Number(name)) ?? []) : []));
}

function readProcess(pid: number): Process | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    if (/^State:\s+[ZX]/m.test(status)) return null;
    const uids = /^Uid:\s+([\d\s]+?)$/m.exec(status)?.[1]?.split(/\s+/).map(Number) ?? [];
    return { pid, uids, loginUid: loginUidOf(pid) };
  } catch {
    // It ended meanwhile.
    return null;
  }
}

function loginUidOf(pid: number): number | null {
  try {
    const uid = Number(readFileSync(`/proc/${pid}/loginuid`, 'latin1'));
    return uid === NOBODY_LOGGED_IN ? null : uid;
  } catch {
    return null;
  }
}

export const isOf =
  (uid: number) =>
  ({ uids, loginUid }: Process): boolean =>
    loginUid === uid || uids.includes(uid);

export const processesOf = (uid: number): Process[] => readProcesses().filter(isOf(uid));

/**
 * sshd's own processes for an account, which run as root: one that has been let in may not yet have become the account. Their title names it (sshd
 * sets it before it looks at any key); `exe` tells that it is sshd and not somebody's words.
 */
export function sshdProcessesOf(account: string): number[] {
  const title = new RegExp(`^sshd(?:-session)?: ${account}(?: |@|$)`);
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const line = readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ').trimEnd();
      return title.test(line) && /\/sshd(?:-session)?(?: \(deleted\))?$/.test(readlinkSync(`/proc/${name}/exe`))
        ? [Number(name)]
        : [];
    } catch {
      return [];
    }
  });
}

export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Kills everything of a uid, also what forks faster than it can be listed: `kill -1` as that uid is one pass of the kernel over all its processes
 * during which none of them forks. The signal to each by root follows for what had become another (a login uid, a saved one), and because somebody
 * could hold up the first. Answers those it saw.
 */
export async function killAllOf(uid: number, account: string, untilMilliseconds: number): Promise<Set<number>> {
  const seen = new Set<number>();
  for (let pass = 0; ; pass++) {
    for (const pid of sshdProcessesOf(account)) kill(pid);
    const found = processesOf(uid);
    if (found.length === 0) return seen;
    for (const { pid } of found) {
      seen.add(pid);
      kill(pid);
    }
    spawnSync('/bin/sh', ['-c', 'kill -9 -1'], {
      uid,
      gid: uid,
      cwd: '/',
      env: NO_ENVIRONMENT,
      stdio: 'ignore',
      timeout: 500,
      killSignal: 'SIGKILL',
    });
    if (performance.now() >= untilMilliseconds) return seen;
    // What was killed needs a moment to be gone.
    await sleep(pass === 0 ? 2 : 10);
  }
}
