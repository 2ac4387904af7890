import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInside } from './networks';

const OFFICE = ['192.0.2.0/24', '2001:db8:1::/48'];

/** The same question answered by arithmetic. */
const value = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const byArithmetic = (address: string, network: string) => {
  const [base = '', prefix] = network.split('/');
  const block = 2 ** (32 - Number(prefix));
  return Math.floor(value(address) / block) === Math.floor(value(base) / block);
};
const quads = fc.ipV4();
const hex = (address: string) => {
  const number = value(address).toString(16).padStart(8, '0');
  return `::ffff:${number.slice(0, 4)}:${number.slice(4)}`;
};

describe('an address', () => {
  it('is inside a network it belongs to, up to the edges and not beyond', () => {
    for (const inside of ['192.0.2.0', '192.0.2.255', '2001:db8:1::', '2001:db8:1:ffff:ffff:ffff:ffff:ffff'])
      expect([inside, isInside(inside, OFFICE)]).toEqual([inside, true]);
    for (const outside of ['192.0.1.255', '192.0.3.0', '2001:db8::ffff', '2001:db8:2::', '::', '0.0.0.0'])
      expect([outside, isInside(outside, OFFICE)]).toEqual([outside, false]);
  });

  it('of IPv4 is the same in the clothes of IPv6, however they are spelled', () => {
    for (const spelled of ['::ffff:192.0.2.9', '::FFFF:192.0.2.9', '::ffff:c000:209', '0:0:0:0:0:ffff:c000:0209'])
      expect([spelled, isInside(spelled, OFFICE)]).toEqual([spelled, true]);
    // The older "compatible" form is another address, and so is one of a translator's network.
    for (const other of ['::192.0.2.9', '::c000:209', '64:ff9b::192.0.2.9', '::ffff:0:192.0.2.9'])
      expect([other, isInside(other, OFFICE)]).toEqual([other, false]);
  });

  it('that is none is inside nothing, not even everything', () => {
    for (const text of ['unknown', '', '192.0.2.9 ', '192.0.2', '192.0.2.9/24', '192.0.2.0x9', '[2001:db8:1::1]'])
      expect([text, isInside(text, ['0.0.0.0/0', '::/0', ...OFFICE])]).toEqual([text, false]);
  });

  it('is inside exactly where arithmetic says so, in both spellings', () => {
    fc.assert(
      fc.property(quads, quads, fc.integer({ min: 0, max: 32 }), (address, base, prefix) => {
        const network = `${base}/${prefix}`;
        const expected = byArithmetic(address, network);
        expect(isInside(address, [network])).toBe(expected);
        expect(isInside(hex(address), [network])).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });
});
