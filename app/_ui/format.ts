/**
 * How numbers, times and identifiers are written. Pure; time zone is always UTC and always said.
 * Times come in as Unix milliseconds, ISO text or Date.
 */
export type Instant = number | string | Date;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (n: number) => String(n).padStart(2, '0');

export function toMs(at: Instant): number {
  return typeof at === 'number' ? at : new Date(at).getTime();
}

/** Thousands with comma, a real minus, an en dash when there is no value. */
export function formatNumber(value: number | null | undefined, digits?: number): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  const text = Math.abs(value).toLocaleString('en-GB', {
    minimumFractionDigits: digits ?? 0,
    maximumFractionDigits: digits ?? 3,
  });
  return value < 0 ? `−${text}` : text;
}

/** 21 Nov 2026 */
export function formatDate(at: Instant): string {
  const d = new Date(toMs(at));
  return `${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()}`;
}

/** 09:42:06, with milliseconds 09:42:06.204 */
export function formatClock(at: Instant, ms = false): string {
  const d = new Date(toMs(at));
  const clock = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
  return ms ? `${clock}.${String(d.getUTCMilliseconds()).padStart(3, '0')}` : clock;
}

/** 21 Nov 2026 09:42:06 UTC */
export function formatExact(at: Instant, ms = false): string {
  return `${formatDate(at)} ${formatClock(at, ms)} UTC`;
}

/** 30 s, 14 min, 3 h, 12 d: one unit, rounded down. */
export function formatSpan(spanMs: number): string {
  const s = Math.floor(Math.abs(spanMs) / 1000);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 172_800) return `${Math.floor(s / 3600)} h`;
  return `${Math.floor(s / 86_400)} d`;
}

/** "3 s ago", "in 29 min", and the date once it is more than 30 days away. */
export function formatRelative(at: Instant, now: number): string {
  const delta = toMs(at) - now;
  if (Math.abs(delta) > 30 * 86_400_000) return formatDate(at);
  if (Math.abs(delta) < 1000) return 'now';
  return delta < 0 ? `${formatSpan(delta)} ago` : `in ${formatSpan(delta)}`;
}

/** 00:18:42, never negative. */
export function formatCountdown(leftMs: number): string {
  const s = Math.max(0, Math.floor(leftMs / 1000));
  return `${two(Math.floor(s / 3600))}:${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`;
}

/** 8f2c4e…d01b; text of up to `head + tail + 2` characters stays whole. */
export function cutMiddle(value: string, head = 6, tail = 4): string {
  return value.length <= head + tail + 2 ? value : `${value.slice(0, head)}…${value.slice(-tail)}`;
}
