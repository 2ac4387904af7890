import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { network, parseNetworks } from './networks';

const check = (list: string, address: string) => {
  const [base = '', prefix] = list.split('/');
  const block = new BlockList();
  block.addSubnet(base, Number(prefix), isIP(base) === 6 ? 'ipv6' : 'ipv4');
  return block.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
};

describe('a network', () => {
  it('has one spelling, whatever was typed', () => {
    for (const [typed, is] of [
      ['192.0.2.17', '192.0.2.17/32'],
      ['192.0.2.17/24', '192.0.2.0/24'],
      ['10.0.0.0/8', '10.0.0.0/8'],
      ['0.0.0.0/0', '0.0.0.0/0'],
      ['2001:DB8:0:0::1', '2001:db8::1/128'],
      ['2001:db8:1:2:3::/48', '2001:db8:1::/48'],
      ['::/0', '::/0'],
      ['::ffff:192.0.2.17/120', '192.0.2.0/24'],
      ['::ffff:c000:211', '192.0.2.17/32'],
    ] as const)
      expect([typed, network(typed)]).toEqual([typed, is]);
  });

  it('is none of what only looks like one', () => {
    for (const typed of [
      '',
      '/',
      '192.0.2',
      '192.0.2.0.1',
      '192.0.2.256',
      '192.0.02.1',
      '0x7f.0.0.1',
      '3221226001',
      '192.0.2.0/33',
      '192.0.2.0/-1',
      '192.0.2.0/08',
      '192.0.2.0/',
      '192.0.2.0/24/24',
      '2001:db8::/129',
      '2001:db8',
      '2001:db8::1::2',
      '[2001:db8::1]',
      'fe80::1%eth0',
      '::1]/@evil.example',
      'localhost',
      'example.com/24',
    ])
      expect([typed, network(typed)]).toEqual([typed, null]);
  });

  it('holds the same addresses as what was typed, and is its own spelling', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(address, fc.integer({ min: 0, max: 128 }), address, (base, bits, probe) => {
        const prefix = isIP(base) === 4 ? bits % 33 : bits;
        const written = network(`${base}/${prefix}`)!;
        expect(written).not.toBeNull();
        expect(network(written)).toBe(written);
        expect(check(written, base)).toBe(true);
        expect(check(written, probe)).toBe(check(`${base}/${prefix}`, probe));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a list', () => {
  it('may be separated in any way; each network is there once, in order, and what is none is named', () => {
    expect(parseNetworks(' 192.0.2.0/24,10.0.0.1\n2001:db8::/32; 192.0.2.99/24\t')).toEqual({
      networks: ['10.0.0.1/32', '192.0.2.0/24', '2001:db8::/32'],
      wrong: [],
    });
    expect(parseNetworks('192.0.2.0/24 office 10.0.0/8')).toEqual({
      networks: ['192.0.2.0/24'],
      wrong: ['office', '10.0.0/8'],
    });
    expect(parseNetworks(' \n')).toEqual({ networks: [], wrong: [] });
  });
});
