import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { clientAddress, isLoopback, limitPrefix, recordPrefix } from './address';
import { RateLimit } from './rate-limit';
import { TokenUsers } from './token-users';

const from = (remoteAddress: string, forwarded?: string | string[]): IncomingMessage =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;

describe('the client address', () => {
  it('is the TCP peer when no proxy is declared, whatever the header says', () => {
    const address = clientAddress([]);
    expect(address(from('198.51.100.4', '203.0.113.9'))).toBe('198.51.100.4');
    expect(address(from('::ffff:198.51.100.4'))).toBe('198.51.100.4');
  });

  it('is the right-most entry of a declared proxy, and of nobody else', () => {
    const address = clientAddress(['10.0.0.0/8', 'fd00::/8']);
    expect(address(from('10.1.2.3', '1.1.1.1, 203.0.113.9'))).toBe('203.0.113.9');
    expect(address(from('::ffff:10.1.2.3', '203.0.113.9'))).toBe('203.0.113.9');
    expect(address(from('fd00::1', ['1.1.1.1', '2001:db8::5']))).toBe('2001:db8::5');
    expect(address(from('10.1.2.3', 'not an address'))).toBe('10.1.2.3');
    expect(address(from('10.1.2.3'))).toBe('10.1.2.3');
    expect(address(from('11.1.2.3', '203.0.113.9'))).toBe('11.1.2.3');
  });

  it.each([
    ['198.51.100.77', '198.51.100.0/24', '198.51.100.77/32'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0::/48', '2001:db8:0:0::/64'],
    ['::1', '0:0:0::/48', '0:0:0:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0::/48', '64:ff9b:0:0::/64'],
    ['garbage', 'unknown', 'unknown'],
  ])('%s is cut to %s in records and %s in limits', (address, record, limit) => {
    expect([recordPrefix(address), limitPrefix(address)]).toEqual([record, limit]);
  });

  it('knows loopback', () => {
    expect(['127.0.0.1', '127.9.9.9', '::1', 'localhost', '::ffff:127.0.0.1'].every(isLoopback)).toBe(true);
    expect(['0.0.0.0', '128.0.0.1', '::', '10.0.0.1'].some(isLoopback)).toBe(false);
  });
});

describe('the rate limit', () => {
  it('lets a burst through, then one unit per interval, and forgives with time', () => {
    const limit = new RateLimit({ burst: 10, perSecond: 2 });
    for (let i = 0; i < 10; i++) {
      expect(limit.wait('a', 1000)).toBe(0);
      limit.charge('a', 1, 1000);
    }
    expect(limit.wait('a', 1000)).toBe(500);
    expect(limit.wait('a', 1499)).toBe(1);
    expect(limit.wait('a', 1500)).toBe(0);
    expect(limit.wait('b', 1000)).toBe(0);
    expect(limit.wait('a', 1_000_000)).toBe(0);
  });

  it('charges what a failure weighs and nothing for success', () => {
    const limit = new RateLimit({ burst: 10, perSecond: 1 });
    limit.charge('a', 0, 0);
    limit.charge('a', 5, 0);
    expect(limit.wait('a', 0)).toBe(0);
    limit.charge('a', 5, 0);
    expect(limit.wait('a', 0)).toBe(1000);
  });

  it('never locks out for longer than the whole burst takes to come back', () => {
    const limit = new RateLimit({ burst: 10, perSecond: 1 });
    for (let i = 0; i < 1000; i++) limit.charge('a', 5, 0);
    expect(limit.wait('a', 2000)).toBe(0);
  });

  it('keeps its size under a flood of keys and still holds the one that keeps failing', () => {
    const limit = new RateLimit({ burst: 10, perSecond: 0.001, slots: 1024 });
    for (let i = 0; i < 20; i++) limit.charge('guesser', 5, i);
    for (let i = 0; i < 2000; i++) limit.charge(`other ${i}`, 1, 100);
    expect(limit.wait('guesser', 100)).toBeGreaterThan(0);
  });
});

describe('the users of a wildcard token', () => {
  it('are remembered per token, and the oldest names go first', () => {
    const users = new TokenUsers();
    users.add('t1', 'alice');
    users.add('t1', 'bob');
    users.add('t2', 'carol');
    expect([...users.of('t1')]).toEqual(['alice', 'bob']);
    expect([...users.of('t3')]).toEqual([]);
    for (let i = 0; i < 20_000; i++) users.add('t1', `n${i}`);
    expect([...users.of('t1')]).toHaveLength(20_000);
    expect([...users.of('t1')]).not.toContain('alice');
    for (let token = 0; token < 11; token++) for (let i = 0; i < 20_000; i++) users.add(`x${token}`, `n${i}`);
    expect([...users.of('t1')]).toEqual([]);
    expect([...users.of('x10')]).toHaveLength(20_000);
  });
});
