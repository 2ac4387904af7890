import { mkdirSync, readFileSync } from 'node:fs';
import { CommandError, run } from './commands';

/**
 * Accounts of grants on this machine, as its own tools keep them. Everything Cordon makes begins with `cg-` and has a uid of Cordon's own range;
 * nothing else is ever touched.
 */
export interface Account {
  name: string;
  uid: number;
}

/** From `accountOf` (lib/kernel/grant). */
const NAME = /^cg-[0-9a-f]{16}$/;
const PREFIX = 'cg-';

/** Every account that looks like a grant's, or has a uid of the range. */
export function readAccounts({ from, to }: UidRange): Account[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [name = '', , uid = ''] = line.split(':');
      const isOurs = name.startsWith(PREFIX) || (Number(uid) >= from && Number(uid) <= to && uid !== '');
      return isOurs ? [{ name, uid: Number(uid) }] : [];
    });
}

/** Inclusive. A uid is given once: files that a grant left somewhere must not become another's. */
export interface UidRange {
  from: number;
  to: number;
}

/**
 * Makes an account that can be entered with a key only: `*` is no password, and not locked as `!` would be. It has a group and a home of its own,
 * and no subordinate ids: with those it could run processes under uids that are not its own (rootless containers).
 */
export async function makeAccount({ name, uid }: Account, homes: string): Promise<void> {
  check(name);
  mkdirSync(homes, { recursive: true, mode: 0o755 });
  const settings = {
    // The group gets the number of the account.
    ...{ GID_MIN: uid, GID_MAX: uid, HOME_MODE: '0700' },
    ...{ SUB_UID_COUNT: 0, SUB_GID_COUNT: 0 },
  };
  await change('useradd', [
    ...['--uid', String(uid), '--user-group', '--password', '*', '--shell', '/bin/sh', '--comment', 'Cordon grant'],
    ...['--create-home', '--home-dir', `${homes}/${name}`, '--no-log-init'],
    ...Object.entries(settings).flatMap(([key, value]) => ['--key', `${key}=${value}`]),
    name,
  ]);
  if (subordinateIds(name)) throw new CommandError(`useradd: ${name} has subordinate ids`);
}

function subordinateIds(name: string): boolean {
  return ['/etc/subuid', '/etc/subgid'].some((path) => {
    try {
      return readFileSync(path, 'utf8')
        .split('\n')
        .some((line) => line.startsWith(`${name}:`));
    } catch {
      return false;
    }
  });
}

/** Nobody enters it from now on, whatever they show; what runs, runs on. */
export async function expireAccount(name: string): Promise<void> {
  check(name);
  await change('chage', ['-E', '0', name]);
}

/** With its home and its group. */
export async function removeAccount(name: string): Promise<void> {
  check(name);
  await change('userdel', ['--force', '--remove', name]);
}

export const accountExists = (name: string): boolean =>
  readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .some((line) => line.startsWith(`${name}:`));

/** One change of the accounts after the other: the tools lock them, and wait by the second. */
let changing: Promise<unknown> = Promise.resolve();
function change(program: string, args: readonly string[]): Promise<unknown> {
  changing = changing.catch(() => undefined).then(() => run(program, args));
  return changing;
}

function check(name: string): void {
  if (!NAME.test(name)) throw new RangeError('account of a grant');
}
