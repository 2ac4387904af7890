import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processesOf } from './processes';

/**
 * A control group (v2) for each grant where the kernel has them: what was moved into it, and everything that it starts, stays in it whatever it
 * becomes, and `cgroup.kill` ends all of it in one go. It comes on top of the search by uid: between a login and the move there is a moment.
 */
const FOLDER = 'cordon-host';

export class Cgroups {
  readonly #root: string | null;

  /** `root`: where such groups are kept; null where there are none. */
  constructor(root: string | null = findRoot()) {
    this.#root = root;
  }

  /** Moves what runs as the uid and is not in the group yet. */
  gather(account: string, uid: number): void {
    const group = this.#make(account);
    if (group === null) return;
    const inside = pidsOf(group);
    for (const { pid } of processesOf(uid)) if (!inside.has(pid)) write(join(group, 'cgroup.procs'), String(pid));
  }

  kill(account: string): void {
    const group = this.#of(account);
    if (group && existsSync(group)) write(join(group, 'cgroup.kill'), '1');
  }

  /** Pids that are in the group of an account. */
  pids(account: string): number[] {
    const group = this.#of(account);
    return group && existsSync(group) ? [...pidsOf(group)] : [];
  }

  /** Removes the group, once nothing is in it. */
  remove(account: string): void {
    const group = this.#of(account);
    try {
      if (group) rmdirSync(group);
    } catch {
      // Not there, or its last process is on its way out: an empty group holds nobody.
    }
  }

  #of(account: string): string | null {
    return this.#root === null ? null : join(this.#root, FOLDER, account);
  }

  #make(account: string): string | null {
    const group = this.#of(account);
    if (group === null) return null;
    try {
      mkdirSync(group, { recursive: true });
      return group;
    } catch {
      // Read-only, as in many containers.
      return null;
    }
  }
}

/** Where the unified hierarchy is mounted, when its groups can be killed. */
function findRoot(): string | null {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return mounts.map((line) => line.split(' ')).find(([, , type]) => type === 'cgroup2')?.[1] ?? null;
}

function pidsOf(group: string): Set<number> {
  try {
    return new Set(readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number));
  } catch {
    return new Set();
  }
}

/** A process that has ended cannot be moved, and old kernels have no `cgroup.kill`. */
function write(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'r+' });
  } catch {
    // Found by its uid all the same.
  }
}
