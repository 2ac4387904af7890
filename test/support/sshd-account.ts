import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { killAll } from './processes';

/** Throw-away accounts of this machine, named after the process that made them. */
const PREFIX = 'cdn';
const NAME = new RegExp(`^${PREFIX}([0-9a-z]+)-[0-9a-f]{6}$`);

/** A name for an account that nobody has. */
export const accountName = (): string => `${PREFIX}${process.pid.toString(36)}-${randomBytes(3).toString('hex')}`;

/** Makes an account without a password that can still be entered with a key: `!` in its place would mean locked. */
export function addAccount(name: string): void {
  sweep();
  run('useradd', '--no-create-home', '--home-dir', '/', '--shell', '/bin/sh', '--password', '*', name);
}

/** Lets nobody in by this account from now on, whatever they show; what runs, runs on. */
export const expireAccount = (name: string): void => void run('chage', '-E', '0', name);

/** Removes an account, and ends what still runs as it. */
export function removeAccount(name: string): void {
  if (!NAME.test(name)) throw new Error(`${name} is not one of ours`);
  const uid = Number(run('id', '-u', name));
  killAll((process) => process.uid === uid);
  run('userdel', '--force', name);
}

/** Accounts of test processes that were killed: nobody else will remove them. */
function sweep(): void {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name = ''] = line.split(':');
    const [, pid] = NAME.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number.parseInt(pid, 36))) removeAccount(name);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program}: ${stderr.trim()}`);
  return stdout;
}
