import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A program of the system has failed. The message is its own, cut short. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

const OPTIONS = {
  encoding: 'utf8',
  cwd: '/',
  env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' } as unknown as NodeJS.ProcessEnv,
  killSignal: 'SIGKILL',
  maxBuffer: 16 * 1024 * 1024,
} as const;

/** Runs a program of the system without a shell. Answers its output. Throws `CommandError`. */
export async function run(program: string, args: readonly string[], timeout = 10_000): Promise<string> {
  try {
    return (await promisify(execFile)(program, args, { ...OPTIONS, timeout })).stdout;
  } catch (cause) {
    const { stderr, code } = cause as { stderr?: string; code?: unknown };
    throw new CommandError(`${program}: ${(stderr?.trim() || String(code)).slice(0, 200)}`, { cause });
  }
}
