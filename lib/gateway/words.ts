/** Words in somebody's terminal. */

const time = (unixSeconds: number): string => new Date(unixSeconds * 1000).toISOString().slice(11, 19);

export const welcome = (target: string, deadline: number): string =>
  `Cordon: ${target}. The screen is recorded. Access ends at ${time(deadline)} UTC.`;

export const warning = (minutes: number, deadline: number): string =>
  `Cordon: about ${minutes} minutes left, access ends at ${time(deadline)} UTC. An extension needs a new approval.`;

export const watching = (now: boolean): string =>
  now ? 'Cordon: security is watching this session.' : 'Cordon: nobody watches this session any more.';

export const ended = (why: string): string => `Cordon: access ended: ${why}.`;
export const refused = (why: string): string => `Cordon: refused: ${why}.`;

/**
 * One line over the first line of the screen, the cursor left where it was, so that a full-screen program loses no more than that line until
 * it draws it again. `columns` wide at most.
 */
export const overlay = (line: string, columns: number): string =>
  `\x1b7\x1b[1;1H\x1b[0;7m${line.slice(0, Math.max(columns, 1))}\x1b[K\x1b[0m\x1b8`;

/** A line after whatever was on the screen: back from the alternate screen, without colours, mouse reports or a hidden cursor. */
export const lastLine = (line: string): string =>
  `\x1b[?1049l\x1b[?1000;1002;1003;1004;1006;2004l\x1b[?25h\x1b[0m\r\n${line}\r\n`;
