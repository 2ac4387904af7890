import { readFileSync } from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { isHex } from '@/lib/kernel/encoding';
import { UsageError } from './command';

type Options = NonNullable<ParseArgsConfig['options']>;

/** Strict: an unknown option, a missing value or a superfluous argument is a usage error. */
export function readOptions<O extends Options>(args: string[], options: O, positionals: number) {
  try {
    const parsed = parseArgs({ args, options, allowPositionals: positionals > 0, strict: true });
    if (parsed.positionals.length !== positionals) throw new UsageError(`${positionals} argument(s) expected`);
    return parsed;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // A stray argument may be a mistyped secret: Node's message would repeat it.
    const stray = (error as NodeJS.ErrnoException).code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL';
    throw new UsageError(stray ? 'an argument is not understood' : (error as Error).message.split(/[\n.]/)[0]!);
  }
}

/** `-` reads it from standard input, so that it stays out of the process list and the shell's history. */
export function readCertificate(text: string): Uint8Array {
  const value = text === '-' ? readFileSync(0, 'utf8').trim() : text;
  if (!isHex(value, 32)) throw new UsageError('a certificate is 32 hex characters');
  return Buffer.from(value, 'ascii');
}

export function readWhole(name: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (!/^[0-9]+$/.test(text) || value < low || value > high) {
    throw new UsageError(`--${name} is a whole number from ${low} to ${high}`);
  }
  return value;
}
