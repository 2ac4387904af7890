import { BlockList, isIP } from 'node:net';

/** An address as it is compared and written: IPv4 in IPv6 clothes is IPv4. */
export const plainAddress = (address: string | undefined): string => (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '');

/** Whether an address is one of these, or in one of these CIDR networks. What is no address matches nothing. */
export function isAmong(address: string, networks: readonly string[]): boolean {
  const family = familyOf(address);
  if (family === null) return false;
  const list = new BlockList();
  for (const network of networks) {
    const [base = '', bits] = network.split('/');
    const of = familyOf(base);
    if (of === null) continue;
    const prefix = bits === undefined ? null : Number(bits);
    if (prefix === null) list.addAddress(base, of);
    else if (Number.isInteger(prefix) && prefix >= 0 && prefix <= (of === 'ipv4' ? 32 : 128))
      list.addSubnet(base, prefix, of);
  }
  return list.check(address, family);
}

const familyOf = (address: string): 'ipv4' | 'ipv6' | null => {
  const version = isIP(address);
  return version === 0 ? null : version === 4 ? 'ipv4' : 'ipv6';
};
