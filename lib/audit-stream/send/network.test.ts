import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '@/lib/platform';
import { parseNetworks, parsePorts } from '../config';
import { mayReach } from './network';

const none = new BlockList();

describe('an address that may be reached', () => {
  it.each(['1.1.1.1', '8.8.8.8', '172.32.0.1', '100.63.255.255', '2606:4700:4700::1111', '2a00:1450::1'])(
    '%s is on the open internet',
    (address) => expect(mayReach(address, none)).toBe(true),
  );

  it.each([
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.0.9'],
    ['loopback', '::1'],
    ['this host', '0.0.0.0'],
    ['this host', '::'],
    ['private', '10.0.0.1'],
    ['private', '172.16.0.1'],
    ['private', '192.168.1.1'],
    ['shared', '100.64.0.1'],
    ['a cloud’s metadata', '169.254.169.254'],
    ['a cloud’s metadata', 'fd00:ec2::254'],
    ['link-local', 'fe80::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['with a zone', '2606:4700::1%eth0'],
    ['unique local', 'fc00::1'],
    ['multicast', '224.0.0.1'],
    ['multicast', 'ff02::1'],
    ['broadcast', '255.255.255.255'],
    ['IPv4 in IPv6', '::ffff:127.0.0.1'],
    ['IPv4 in IPv6', '::ffff:8.8.8.8'],
    ['IPv4-compatible', '::127.0.0.1'],
    ['NAT64', '64:ff9b::7f00:1'],
    ['6to4', '2002:7f00:1::1'],
    ['Teredo', '2001:0:7f00:1::'],
    ['documentation', '2001:db8::1'],
    ['documentation', '192.0.2.1'],
    ['benchmarks', '198.18.0.1'],
    ['no address', 'localhost'],
    ['no address', ''],
  ])('%s (%s) is not', (_, address) => expect(mayReach(address, none)).toBe(false));

  it('is one of the provider’s own networks, and of no other', () => {
    const allowed = parseNetworks('10.1.0.0/16, fd00:1::/32');
    expect(['10.1.2.3', 'fd00:1::9'].map((address) => mayReach(address, allowed))).toEqual([true, true]);
    expect(['10.2.0.1', 'fd00:2::1', '127.0.0.1'].map((address) => mayReach(address, allowed))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('is no IPv6 address outside 2000::/3', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const first = Number.parseInt(address.split(':')[0] || '0', 16);
        if (first >> 13 !== 1) expect(mayReach(address, none)).toBe(false);
      }),
    );
  });
});

describe('settings', () => {
  it('refuse what is no network and no port, naming the variable', () => {
    for (const text of ['10.0.0.0', '10.0.0.0/33', 'intern/8', '::/129'])
      expect(() => parseNetworks(text)).toThrow(ConfigError);
    for (const text of ['0', '70000', '9-8', 'https', '-1'])
      expect(() => parsePorts(text)).toThrow(/CORDON_STREAM_PORTS/);
    const ports = parsePorts('443, 8000-8999');
    expect([443, 8000, 8999, 444, 9000].map(ports)).toEqual([true, true, true, false, false]);
  });
});
