import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './commands';

/** What an account can leave behind that would start something again, or that lies where everybody may write. */
export interface Places {
  /** Files named after the account: crontabs, and marks by which systemd starts user services without a login. */
  byName: readonly string[];
  /** Jobs of at(1), which belong to the account. */
  byOwner: readonly string[];
  /** Folders for everybody. Removed with what is in them, on their own file system only. */
  shared: readonly string[];
}

export const PLACES: Places = {
  byName: ['/var/spool/cron/crontabs', '/var/spool/cron', '/var/lib/systemd/linger', '/var/mail'],
  byOwner: ['/var/spool/cron/atjobs', '/var/spool/cron/atspool', '/var/spool/at'],
  shared: ['/tmp', '/var/tmp', '/dev/shm', '/dev/mqueue', '/run/lock'],
};

const FIND_MILLISECONDS = 600_000;

/** Removes crontabs, at jobs and lingering. They must go before the last kill, so that nothing starts after it. */
export function removeJobs(account: string, uid: number, { byName, byOwner }: Places): number {
  const named = byName.map((folder) => join(folder, account));
  const owned = byOwner.flatMap((folder) => entries(folder).filter((path) => ownerOf(path) === uid));
  const jobs = [...named, ...owned].filter(isFile);
  for (const path of jobs) rmSync(path, { force: true });
  return jobs.length;
}

/**
 * Removes what belongs to former grants in folders for everybody: files of uids from `from` to below `before`, but for those of `kept`. A program with
 * its set-user-id bit would let somebody else go on as that account. A folder in which somebody else has put something stays, and is nobody's.
 * find(1) walks and deletes relative to open folders, so that no link put there meanwhile leads it elsewhere. It may take its time: nothing waits for it.
 */
export async function removeShared(
  { from, before, kept }: { from: number; before: number; kept: readonly number[] },
  { shared }: Places,
): Promise<number> {
  const folders = shared.filter((folder) => ownerOf(folder) !== null);
  if (folders.length === 0 || before <= from) return 0;
  const uids = ['-uid', `+${from - 1}`, '-uid', `-${before}`, ...kept.flatMap((uid) => ['!', '-uid', String(uid)])];
  const which = [...uids, '(', '!', '-type', 'd', '-o', '-empty', ')'];
  const what = ['-xdev', '-mindepth', '1', '-depth', ...which, '-printf', '.', '-delete'];
  const out = await run('find', [...folders, ...what], FIND_MILLISECONDS);
  return out.length;
}

/** What is still there, as words for a report. */
export function leftovers(account: string, uid: number, { byName, byOwner }: Places): string[] {
  const named = byName.map((folder) => join(folder, account)).filter(isFile);
  const owned = byOwner.flatMap((folder) => entries(folder).filter((path) => ownerOf(path) === uid));
  return [...named, ...owned];
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function ownerOf(path: string): number | null {
  try {
    return lstatSync(path).uid;
  } catch {
    return null;
  }
}

function isFile(path: string): boolean {
  try {
    return !lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}
