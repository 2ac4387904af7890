import { readdirSync, readFileSync } from 'node:fs';

/** A process of this machine (Linux). */
export interface Process {
  pid: number;
  parent: number;
  /** Real user id. */
  uid: number;
}

export function processes(): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      const field = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
      return [{ pid: Number(name), parent: field('PPid'), uid: field('Uid') }];
    } catch {
      // It ended between the two.
      return [];
    }
  });
}

/** Ends processes at once. One that has ended by itself is none to worry about. */
export function killAll(which: (process: Process) => boolean): void {
  for (const { pid } of processes().filter(which)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
