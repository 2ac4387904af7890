/** Forms that values in terms have: one way to write each, so that what was signed reads back as what was meant. */

/** `usr_` and the like, followed by 32 hexadecimal digits. */
export const isId = (prefix: 'usr' | 'grt' | 'ssn' | 'cmd' | 'dlg', text: string | null | undefined): boolean =>
  typeof text === 'string' && text.length === prefix.length + 33 && new RegExp(`^${prefix}_[0-9a-f]{32}$`).test(text);

export const inRange = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max;

/** Unix seconds up to the year 9999. */
export const isTime = (seconds: number): boolean => inRange(seconds, 1, 253_402_300_799);

/** `2026-11-21 09:42:06 UTC`. */
export const timeText = (seconds: number): string =>
  `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** Unix seconds of such a text, or null. Takes some that `timeText` would not write. */
export function readTime(text: string): number | null {
  const [, day, time] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC$/.exec(text) ?? [];
  const milliseconds = day ? Date.parse(`${day}T${time}Z`) : Number.NaN;
  return Number.isNaN(milliseconds) ? null : milliseconds / 1000;
}

/** What follows a prefix, or null. */
export const after = (prefix: string, text: string): string | null =>
  text.startsWith(prefix) ? text.slice(prefix.length) : null;
