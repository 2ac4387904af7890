import { isIP } from 'node:net';

/**
 * The client's address as the server in front of the application saw it. The header named by
 * CORDON_ADDRESS_HEADER must be overwritten by that server on every request; the last entry counts, because earlier
 * ones can be written by the client. `unknown` when there is none.
 */
export function clientAddress(headers: Headers, headerName: string): string {
  const last = headers.get(headerName)?.split(',').at(-1)?.trim() ?? '';
  const bare = last.replace(/^::ffff:(?=\d+\.)/i, '').toLowerCase();
  return isIP(bare) ? bare : 'unknown';
}

/** What one client can choose its addresses from: the address itself for IPv4, its /64 for IPv6. */
export const addressUnit = (address: string): string =>
  isIP(address) === 6 ? `${expand(address).slice(0, 4).join(':')}::/64` : address;

/** The network an address belongs to: /24 for IPv4, /48 for IPv6. What is kept of an address at rest. */
export function addressPrefix(address: string): string {
  if (isIP(address) === 4) return `${address.split('.').slice(0, 3).join('.')}.0/24`;
  if (isIP(address) === 6) return `${expand(address).slice(0, 3).join(':')}::/48`;
  return 'unknown';
}

function expand(address: string): string[] {
  const bare = address.split('%')[0]!;
  const [head = '', tail] = bare.split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const middle = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...middle, ...right].map((group) => Number.parseInt(group, 16).toString(16));
}
