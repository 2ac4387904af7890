/**
 * One JSON line per event on standard output. Callers name the fields they write; nothing is serialised wholesale, so
 * a token or a certificate can only appear here if somebody writes its name.
 */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;
export type Log = (level: 'info' | 'warn' | 'error', msg: string, fields?: LogFields) => void;

export function createLog(
  base: LogFields,
  write: (line: string) => void = (line) => void process.stdout.write(line),
): Log {
  return (level, msg, fields) => write(`${JSON.stringify({ level, time: Date.now(), msg, ...base, ...fields })}\n`);
}

/** What an unknown thrown value says, for a log line. Never for a response. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
