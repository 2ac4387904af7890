import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAmong, plainAddress } from './addresses';
import { Crowd } from './crowd';
import { isLang, signalOf, termOf } from './person';

describe('a crowd', () => {
  it('never holds more than it may, of one address or of all, and forgets who left', () => {
    const step = fc.record({ address: fc.constantFrom('a', 'b', 'c'), leaves: fc.boolean(), wait: fc.nat(2000) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const crowd = new Crowd({ total: 5, perAddress: 3, burst: 1000, perSecond: 1000 });
        const inside: { address: string; leave: () => void }[] = [];
        let now = 0;
        for (const { address, leaves, wait } of steps) {
          now += wait;
          if (leaves) {
            const one = inside.shift();
            one?.leave();
            one?.leave();
            continue;
          }
          const mine = inside.filter((one) => one.address === address).length;
          const leave = crowd.enter(address, now);
          expect(leave !== null).toBe(mine < 3 && inside.length < 5);
          if (leave) inside.push({ address, leave });
        }
      }),
    );
  });

  it('lets an address come again only so fast', () => {
    const crowd = new Crowd({ burst: 3, perSecond: 1 });
    const attempts = [0, 0, 0, 0, 500, 1000, 1000, 3000, 3000, 3000].map((now) => {
      const leave = crowd.enter('a', now);
      leave?.();
      return leave !== null;
    });
    expect(attempts).toEqual([true, true, true, false, false, true, false, true, true, false]);
    expect(crowd.enter('b', 3000)).not.toBeNull();
    expect(crowd.refused).toBe(4);
  });
});

it('compares addresses, not their spelling', () => {
  expect(plainAddress('::ffff:10.0.0.1')).toBe('10.0.0.1');
  expect(plainAddress(undefined)).toBe('');
  expect(isAmong('10.0.0.7', ['10.0.0.0/29'])).toBe(true);
  expect(isAmong('10.0.0.8', ['10.0.0.0/29', 'nonsense', '10.0.0.9'])).toBe(false);
  expect(isAmong('2001:db8:0:0::1', ['2001:db8::1'])).toBe(true);
  expect(isAmong('10.0.0.1', ['10.0.0.0/33', '10.0.0.0/x', '10.0.0.0/-1'])).toBe(false);
  expect(isAmong('', ['0.0.0.0/0'])).toBe(false);
});

it('passes on a type of terminal, a language and a signal only in their form', () => {
  expect(['xterm-256color', '../../etc/passwd', '', null, 'a'.repeat(65)].map(termOf)).toEqual([
    'xterm-256color',
    ...Array(4).fill('xterm-256color'),
  ]);
  expect(termOf('screen.xterm')).toBe('screen.xterm');
  expect([isLang('LANG', 'de_DE.UTF-8'), isLang('LANG', '() { :; }; id'), isLang('LD_PRELOAD', 'C')]).toEqual([
    true,
    false,
    false,
  ]);
  expect([signalOf('SIGINT'), signalOf('TERM'), signalOf('STOP'), signalOf(undefined), signalOf('INT; id')]).toEqual([
    'INT',
    'TERM',
    null,
    null,
    null,
  ]);
});
