import { expect, test } from 'vitest';
import { cutMiddle, formatCountdown, formatExact, formatNumber, formatRelative, formatSpan } from './format';

const NOW = Date.UTC(2026, 10, 21, 9, 42, 6, 204);

test('numbers have thousands, a real minus, and a dash for nothing', () => {
  expect(formatNumber(48_211)).toBe('48,211');
  expect(formatNumber(-3)).toBe('−3');
  expect(formatNumber(null)).toBe('–');
  expect(formatNumber(0.284, 2)).toBe('0.28');
});

test('times say their zone; relative times turn into dates after 30 days', () => {
  expect(formatExact(NOW)).toBe('21 Nov 2026 09:42:06 UTC');
  expect(formatRelative(NOW - 3_000, NOW)).toBe('3 s ago');
  expect(formatRelative(NOW + 29 * 60_000, NOW)).toBe('in 29 min');
  expect(formatRelative(NOW - 400, NOW)).toBe('now');
  expect(formatRelative(Date.UTC(2026, 2, 2), NOW)).toBe('2 Mar 2026');
  expect(formatSpan(47 * 3_600_000)).toBe('47 h');
  expect(formatSpan(48 * 3_600_000)).toBe('2 d');
});

test('a countdown stops at zero', () => {
  expect(formatCountdown(18 * 60_000 + 42_999)).toBe('00:18:42');
  expect(formatCountdown(-5)).toBe('00:00:00');
});

test('identifiers are cut in the middle only when that saves something', () => {
  expect(cutMiddle('8f2c4e9911aabbccd01b')).toBe('8f2c4e…d01b');
  expect(cutMiddle('8f2c4e99d01b')).toBe('8f2c4e99d01b');
});
