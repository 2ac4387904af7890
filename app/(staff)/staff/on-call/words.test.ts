import { expect, it } from 'vitest';
import { dayWords, gapWords, partWords, shiftWords } from './words';

const at = (time: string) => `2026-11-23T${time}:00.000Z`;

it('says times of a day in minutes, and its end as 24:00', () => {
  expect(partWords({ from: at('02:00'), until: at('06:30') })).toBe('02:00–06:30');
  expect(partWords({ from: at('00:00'), until: '2026-11-24T00:00:00.000Z' })).toBe('00:00–24:00');
  expect(dayWords(at('00:00'))).toBe('Monday 23 Nov 2026');
  expect(shiftWords({ from: at('20:00'), until: '2026-11-24T08:00:00.000Z' })).toBe(
    '23 Nov 2026 20:00 – 24 Nov 2026 08:00',
  );
});

it('says of a gap whom requests go to', () => {
  expect(gapWords(false, 3)).toBe('Nobody is on call: requests go to all 3 on-call approvers');
  expect(gapWords(false, 1)).toBe('Nobody is on call: requests go to the one on-call approver');
  expect(gapWords(false, 0)).toMatch(/no on-call approver is designated/);
  expect(gapWords(false, null)).toMatch(/all on-call approvers/);
  expect(gapWords(true, 3)).toBe('Nobody was on call');
});
