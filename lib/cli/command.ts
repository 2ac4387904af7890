/** Exit codes of every command. One that tells failures apart adds its own from 10 on. */
export const EXIT = { ok: 0, refused: 1, usage: 2 } as const;
export type ExitCode = number;

export interface Command {
  /** What is typed after `cordon`, for example `token inspect`. */
  name: string;
  /** Arguments and options, one line. */
  usage: string;
  /** One sentence. */
  says: string;
  /** Gets what follows the name. Throws `UsageError` when it cannot be understood. */
  run(args: string[], out: Output): ExitCode | Promise<ExitCode>;
}

export interface Output {
  line(text?: string): void;
  error(text: string): void;
}

/** The command line was not understood: exit code 2 and the usage line. The message never repeats a secret. */
export class UsageError extends Error {}
