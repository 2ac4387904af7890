import { isCordonError } from './problem';
import { outliveReaders } from './readers';

/**
 * The keys a log line may carry. A key is added here when somebody needs it and has thought about what it can hold:
 * no secret, no personal value, nothing a client wrote freely.
 */
const KEYS = [
  'address',
  'attempt',
  'bootId',
  'bytes',
  'certificateId',
  'channel',
  'code',
  'count',
  'cut',
  'durationMs',
  'edge',
  'epoch',
  'eventId',
  'exitCode',
  'expiresAt',
  'hash',
  'home',
  'host',
  'keyId',
  'lane',
  'method',
  'migration',
  'name',
  'operation',
  'organisationId',
  'origin',
  'pid',
  'port',
  'projectId',
  'reason',
  'region',
  'requestId',
  'route',
  'rule',
  'schema',
  'seq',
  'service',
  'sessionId',
  'sessions',
  'signal',
  'size',
  'socket',
  'stage',
  'state',
  'status',
  'traceId',
  'type',
  'url',
  'userId',
  'variable',
  'version',
] as const;

type Value = string | number | bigint | boolean | null | undefined;
export type LogFields<Extra extends string = never> = { readonly [K in (typeof KEYS)[number] | Extra]?: Value } & {
  readonly error?: unknown;
};

export interface Log<Extra extends string = never> {
  info(msg: string, fields?: LogFields<Extra>): void;
  warn(msg: string, fields?: LogFields<Extra>): void;
  error(msg: string, fields?: LogFields<Extra>): void;
}

/**
 * What may be said about an error. Messages of unknown errors can quote values (a query's arguments, a row), so only our own
 * messages and those of system calls are written; of the rest, the name and where it happened.
 */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { errorName: typeof error };
  const system = error as NodeJS.ErrnoException;
  const safe = isCordonError(error) || error.name === 'ConfigError' || typeof system.syscall === 'string';
  return {
    errorName: error.name,
    ...(typeof system.code === 'string' ? { errorCode: system.code } : {}),
    ...(safe ? { errorMessage: error.message } : {}),
    at: error.stack
      ?.split('\n')
      .filter((line) => line.startsWith('    at '))
      .slice(0, 6)
      .map((line) => line.trim().slice(3)),
  };
}

/**
 * One JSON line per event on standard output. `process` names the writer; `extra` declares further keys of that process.
 * Undeclared keys do not compile and are dropped at run time.
 */
export function createLog<const Extra extends string = never>(
  process_: string,
  extra: readonly Extra[] = [],
  write: (line: string) => void = (line) => process.stdout.write(line),
): Log<Extra> {
  outliveReaders();
  const allowed = new Set<string>([...KEYS, ...extra]);
  const line =
    (level: string) =>
    (msg: string, fields: LogFields<Extra> = {}) => {
      const out: Record<string, unknown> = { at: new Date().toISOString(), level, process: process_, msg };
      for (const [key, value] of Object.entries(fields)) {
        if (key === 'error') Object.assign(out, { error: describeError(value) });
        else if (allowed.has(key) && value !== undefined) out[key] = typeof value === 'bigint' ? Number(value) : value;
      }
      write(`${JSON.stringify(out)}\n`);
    };
  return { info: line('info'), warn: line('warn'), error: line('error') };
}
