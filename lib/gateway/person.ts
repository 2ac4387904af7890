/** The end of a session where a person sits: an SSH client, or a terminal in a browser. */
export interface Person {
  /** What the host says, `error` for its standard error. False: call `drained` before there is more. */
  send(chunk: Buffer, error: boolean): boolean;
  drained(then: () => void): void;
  /** A line of the gateway's own, between what the host says. */
  note(line: string): void;
  /** The end: what the host answered, or why there is none. Nothing is called after it. */
  finish(exit: Exit, words: string | null): void;
  /** Stop and go on reading what the person types. */
  pause(): void;
  resume(): void;
}

export type Exit = { code: number } | { signal: string } | null;

/** What a person gives. */
export interface PersonEvents {
  input(chunk: Buffer): void;
  /** No more input; the session goes on. */
  eof(): void;
  resize(columns: number, rows: number): void;
  signal(name: string): void;
  gone(): void;
}

/** What the session is for. */
export type Purpose = { kind: 'shell' } | { kind: 'command'; command: string } | { kind: 'files' };

export interface Screen {
  columns: number;
  rows: number;
  term: string;
}

const TERM = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/;
const LANG = /^[A-Za-z]{1,8}(?:_[A-Za-z]{2})?(?:\.[A-Za-z0-9-]{1,16})?$/;

/** A type of terminal as it may be told to a host: it picks a file there. */
export const termOf = (text: unknown): string =>
  typeof text === 'string' && TERM.test(text) ? text : 'xterm-256color';
/** The one variable of the environment that is passed on. */
export const isLang = (name: string, value: string): boolean => name === 'LANG' && LANG.test(value);

const SIGNALS = new Set([
  'ABRT',
  'ALRM',
  'FPE',
  'HUP',
  'ILL',
  'INT',
  'KILL',
  'PIPE',
  'QUIT',
  'SEGV',
  'TERM',
  'USR1',
  'USR2',
]);
/** A signal of RFC 4254, 6.10, without SIG; null for any other text. */
export function signalOf(text: string | undefined): string | null {
  const name = (text ?? '').replace(/^SIG/, '');
  return SIGNALS.has(name) ? name : null;
}
