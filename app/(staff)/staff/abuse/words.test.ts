import { expect, it } from 'vitest';
import { THROTTLE } from '@/lib/identity/abuse/limits';
import { doneAbout, kindOf, LIMIT_NOTES, LIMIT_ROWS, sourceOf } from './words';

it('says where an attack comes from as far as it is known', () => {
  expect(sourceOf({ scope: 'network', network: '198.51.100.0/24', networks: 1 })).toBe('198.51.100.0/24');
  expect(sourceOf({ scope: 'network', network: '', networks: 1 })).toBe('one network');
  expect(sourceOf({ scope: 'account', network: '', networks: 7 })).toBe('one account, 7 networks');
  expect(sourceOf({ scope: 'agent', network: '', networks: 40 })).toBe('one user agent, 40 networks');
  expect(sourceOf({ scope: 'all', network: '', networks: 200 })).toBe('200 networks');
  expect(kindOf({ kind: 'stuffing' })).toBe('Credential stuffing');
});

it('takes its numbers from the limits that are enforced', () => {
  expect(LIMIT_ROWS.map(({ free, attacked, closes }) => [free, attacked, closes])).toEqual([
    [THROTTLE.free.account, THROTTLE.strict.account, THROTTLE.closedAfter.account],
    [THROTTLE.free.known, THROTTLE.free.known, THROTTLE.closedAfter.known],
    [THROTTLE.free.code, THROTTLE.strict.code, THROTTLE.closedAfter.code],
    [THROTTLE.free.address, THROTTLE.strict.address, null],
    [THROTTLE.free.network, THROTTLE.strict.network, null],
  ]);
  expect(LIMIT_NOTES.join(' ')).toContain('After 100 failures in a row');
  expect(doneAbout({ scope: 'network' })).toContain(String(THROTTLE.strict.network));
});
