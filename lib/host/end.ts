import { accountExists, expireAccount, removeAccount } from './accounts';
import type { Cgroups } from './cgroup';
import { leftovers, type Places, removeJobs } from './leftovers';
import type { Held } from './plan';
import { killAllOf, processesOf, sshdProcessesOf } from './processes';

/** What was found when a grant ended, and what is left: nothing, or the host is not free of it. */
export interface Ended {
  killed: number;
  jobs: number;
  /** Words, such as `process 4711` or a path. */
  left: string[];
}

export interface EndOptions {
  cgroups: Cgroups;
  places: Places;
  /** For killing. What is not done by then is left, and tried again at the next turn. */
  milliseconds: number;
}

/** Words of what is left in one report. */
const MAX_LEFT = 20;

/**
 * Ends everything of a grant on this host. Its principal has gone from the file before, so nobody new gets in. What could begin something again goes
 * before the last kill, the account after it; and at the end it is looked at again, in /proc and /etc/passwd. May be called again.
 */
export async function endGrant({ account, uid }: Held, options: EndOptions): Promise<Ended> {
  const { cgroups, places, milliseconds } = options;
  const until = performance.now() + milliseconds;
  const left: string[] = [];
  const killed = new Set<number>();
  /** One step that fails must not keep the others from happening. */
  const attempt = async (step: () => Promise<void>): Promise<void> => {
    try {
      await step();
    } catch (error) {
      left.push(error instanceof Error ? error.message : 'unknown');
    }
  };
  const killAll = async (): Promise<void> => {
    for (const pid of cgroups.pids(account)) killed.add(pid);
    cgroups.kill(account);
    for (const pid of await killAllOf(uid, account, until)) killed.add(pid);
  };
  // Kill first: with all process ids taken by the grant no program of the system could be started.
  await killAll();
  if (accountExists(account)) await attempt(() => expireAccount(account));
  const jobs = removeJobs(account, uid, places);
  await killAll();
  if (accountExists(account)) await attempt(() => removeAccount(account));
  cgroups.remove(account);
  left.push(...remaining(account, uid, options));
  return { killed: killed.size, jobs, left: [...new Set(left)].slice(0, MAX_LEFT) };
}

/** What there is of a grant on this host. */
export function remaining(account: string, uid: number, { cgroups, places }: EndOptions): string[] {
  const pids = new Set([
    ...processesOf(uid).map(({ pid }) => pid),
    ...sshdProcessesOf(account),
    ...cgroups.pids(account),
  ]);
  return [
    ...[...pids].map((pid) => `process ${pid}`),
    ...leftovers(account, uid, places),
    ...(accountExists(account) ? ['account'] : []),
  ];
}
