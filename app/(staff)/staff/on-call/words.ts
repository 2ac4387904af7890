import { counted } from '@/app/_parts/access/words';
import { formatClock, formatDate } from '@/app/_ui/format';
import type { OnDutyView, PartView } from '@/lib/grants/on-call/schemas';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const minuteOf = (at: string): string => formatClock(at).slice(0, 5);

/** 02:00–06:00, of one day; its end is 24:00. */
export const partWords = ({ from, until }: Pick<PartView, 'from' | 'until'>): string =>
  `${minuteOf(from)}–${minuteOf(until) === '00:00' ? '24:00' : minuteOf(until)}`;

/** Monday 23 Nov 2026 */
export const dayWords = (day: string): string => `${DAYS[new Date(day).getUTCDay()]} ${formatDate(day)}`;

/** 23 Nov 2026 08:00 */
export const whenWords = (at: string): string => `${formatDate(at)} ${minuteOf(at)}`;

export const shiftWords = ({ from, until }: Pick<OnDutyView, 'from' | 'until'>): string =>
  `${whenWords(from)} – ${whenWords(until)}`;

/** What a gap means. `approvers`: how many there are; null where nobody knows now. */
export function gapWords(over: boolean, approvers: number | null): string {
  if (over) return 'Nobody was on call';
  const is = 'Nobody is on call: requests go to';
  if (approvers === null) return `${is} all on-call approvers`;
  return approvers === 0 ? 'Nobody is on call, and no on-call approver is designated' : `${is} ${allOf(approvers)}`;
}

export const allOf = (approvers: number): string =>
  approvers === 1 ? 'the one on-call approver' : `all ${counted(approvers, 'on-call approver')}`;
