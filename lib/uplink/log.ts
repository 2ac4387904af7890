/** Where a process writes what happens on its way to control. Nothing is serialised wholesale: callers name the fields. */
export type UplinkLog = (
  level: 'info' | 'warn' | 'error',
  msg: string,
  fields?: Readonly<Record<string, string | number | boolean | null | undefined>>,
) => void;

/** What an unknown thrown value says, for a log line. Never for a response. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
