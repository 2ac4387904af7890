import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/**
 * Whose address a request carries, and how it is cut for limits and records. Only the TCP peer is believed; the
 * X-Forwarded-For header counts only when the peer lies in a declared proxy CIDR, and then only its right-most entry,
 * which that proxy wrote (everything further left is text the client may have sent).
 */
export type ClientAddress = (request: IncomingMessage) => string;

export function clientAddress(trustedProxies: readonly string[]): ClientAddress {
  const trusted = new BlockList();
  for (const cidr of trustedProxies) {
    const [network = '', bits = ''] = cidr.split('/');
    trusted.addSubnet(network, Number(bits), isIP(network) === 4 ? 'ipv4' : 'ipv6');
  }
  return (request) => {
    const peer = plainAddress(request.socket.remoteAddress ?? '');
    const family = isIP(peer);
    if (trustedProxies.length === 0 || family === 0 || !trusted.check(peer, family === 4 ? 'ipv4' : 'ipv6'))
      return peer;
    const header = request.headers['x-forwarded-for'];
    const last = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').at(-1)?.trim() ?? '';
    const forwarded = plainAddress(last);
    return isIP(forwarded) === 0 ? peer : forwarded;
  };
}

/** IPv4 written inside IPv6 (`::ffff:1.2.3.4`) is the IPv4 address it means; a zone (`%eth0`) is dropped. */
export function plainAddress(address: string): string {
  const bare = address.split('%')[0] ?? '';
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(bare) ? bare.slice(7) : bare;
}

export function isLoopback(address: string): boolean {
  const plain = plainAddress(address);
  return plain === 'localhost' || plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}

/** The part of an address that is kept in records: /24 or /48. */
export const recordPrefix = (address: string): string => cut(address, 24, 48);

/** The part of an address that shares one rate limit: /32 or /64 (one IPv6 customer holds at least a /64). */
export const limitPrefix = (address: string): string => cut(address, 32, 64);

function cut(address: string, bits4: number, bits6: number): string {
  const family = isIP(address);
  if (family === 4) {
    const keep = address.split('.').slice(0, bits4 / 8);
    return `${[...keep, ...Array<string>(4 - keep.length).fill('0')].join('.')}/${bits4}`;
  }
  if (family === 6)
    return `${groups(address)
      .slice(0, bits6 / 16)
      .join(':')}::/${bits6}`;
  return 'unknown';
}

/** The eight groups of an IPv6 address, without leading zeroes (RFC 5952 section 4.1). */
function groups(address: string): string[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const text = dotted
    ? `${dotted[1]}${((Number(dotted[2]) << 8) | Number(dotted[3])).toString(16)}:${((Number(dotted[4]) << 8) | Number(dotted[5])).toString(16)}`
    : address;
  const [head = '', tail] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...middle, ...right].map((group) => Number.parseInt(group, 16).toString(16));
}
