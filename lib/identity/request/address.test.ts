import { describe, expect, it } from 'vitest';
import { addressPrefix, addressUnit, clientAddress } from './address';

const from = (value: string) => clientAddress(new Headers({ 'x-forwarded-for': value }), 'x-forwarded-for');

describe('the client address', () => {
  it('is the last entry, which the server in front wrote', () => {
    expect(from('1.1.1.1, 203.0.113.9')).toBe('203.0.113.9');
    expect(from('::ffff:203.0.113.9')).toBe('203.0.113.9');
    expect(from('2001:DB8::1')).toBe('2001:db8::1');
    expect(from('<script>')).toBe('unknown');
    expect(clientAddress(new Headers(), 'x-forwarded-for')).toBe('unknown');
  });

  it('is kept as its network only', () => {
    expect(addressPrefix('203.0.113.9')).toBe('203.0.113.0/24');
    expect(addressPrefix('2001:db8:7:1::1')).toBe('2001:db8:7::/48');
    expect(addressPrefix('2001:0db8:0007::')).toBe('2001:db8:7::/48');
    expect(addressPrefix('::1')).toBe('0:0:0::/48');
    expect(addressPrefix('unknown')).toBe('unknown');
  });

  it('is counted by what one client is given to choose from', () => {
    expect(addressUnit('203.0.113.9')).toBe('203.0.113.9');
    expect(addressUnit('2001:db8:7:1::1')).toBe(addressUnit('2001:db8:7:1:ffff::9'));
    expect(addressUnit('2001:db8:7:1::1')).not.toBe(addressUnit('2001:db8:7:2::1'));
  });
});
