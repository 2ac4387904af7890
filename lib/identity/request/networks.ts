import { BlockList, isIP } from 'node:net';

/**
 * Whether an address is inside one of these networks (CIDR). An IPv4 address written as IPv6 (`::ffff:192.0.2.1`) is that IPv4 address;
 * whatever is no address is inside none.
 */
export function isInside(address: string, networks: readonly string[]): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const list = new BlockList();
  for (const network of networks) {
    const [base = '', prefix] = network.split('/');
    list.addSubnet(base, Number(prefix), isIP(base) === 6 ? 'ipv6' : 'ipv4');
  }
  return list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
