import { spawnSync } from 'node:child_process';

/** A program of the system has failed. The message is its own, cut short. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Runs a program of the system without a shell. Answers its output. Throws `CommandError`. */
export function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' } as unknown as NodeJS.ProcessEnv,
    timeout: 10_000,
    killSignal: 'SIGKILL',
  });
  if (status !== 0) throw new CommandError(`${program}: ${(error?.message ?? stderr.trim()).slice(0, 200)}`);
  return stdout;
}
