import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Which processes belong to this home directory, so that a launcher that was killed leaves none behind for good: the next start
 * ends them first. A pid alone proves nothing (numbers are used again), so it is kept when the process began. Its command line would not do: some
 * change theirs.
 */
const directory = (home: string) => join(home, 'run', 'processes');

export function remember(home: string, name: string, pid: number): void {
  mkdirSync(directory(home), { recursive: true });
  writeFileSync(join(directory(home), name), JSON.stringify({ pid, born: birthOf(pid) }));
}

export function forget(home: string, name: string): void {
  rmSync(join(directory(home), name), { force: true });
}

/** Ends what a former launcher left running. Returns the names of what was ended. */
export async function endOrphans(home: string): Promise<string[]> {
  const ended: string[] = [];
  for (const name of list(directory(home))) {
    const { pid, born } = JSON.parse(readFileSync(join(directory(home), name), 'utf8')) as {
      pid: number;
      born: string;
    };
    if (born !== '' && birthOf(pid) === born) {
      // SIGINT is PostgreSQL's fast shutdown; for everybody else it is Ctrl-C.
      process.kill(pid, name === 'database' ? 'SIGINT' : 'SIGTERM');
      for (let waited = 0; birthOf(pid) === born; waited += 50) {
        if (waited === 5_000) process.kill(pid, 'SIGKILL');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      ended.push(name);
    }
    forget(home, name);
  }
  return ended;
}

/** The launcher that runs on this home now, if any. */
export function otherLauncher(home: string): number | null {
  try {
    const { pid, born } = JSON.parse(readFileSync(join(home, 'run', 'launcher'), 'utf8')) as {
      pid: number;
      born: string;
    };
    return pid !== process.pid && born !== '' && birthOf(pid) === born ? pid : null;
  } catch {
    return null;
  }
}

export function claim(home: string): void {
  mkdirSync(join(home, 'run'), { recursive: true });
  writeFileSync(join(home, 'run', 'launcher'), JSON.stringify({ pid: process.pid, born: birthOf(process.pid) }));
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** Boot of the machine and ticks since; empty when the process is gone or cannot be seen. */
function birthOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return '';
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`;
  } catch {
    return '';
  }
}
