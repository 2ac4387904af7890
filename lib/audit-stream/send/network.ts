import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { Unsent } from './answer';

/**
 * Which machines a receiver may be. Customers choose where a stream goes, and this machine goes there: without a wall they could have it knock at
 * whatever it can reach. So only addresses of the open internet count, and those that the provider lists.
 */
export interface NetworkRules {
  /** Networks beside the open internet. */
  readonly allowed: BlockList;
  ports(port: number): boolean;
  /** For one try, from the look-up of the name to the head of the answer. */
  readonly timeoutMs: number;
  /** All addresses of a name; by default as the machine resolves it. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
}

/** IANA's special-purpose IPv4 addresses (RFC 6890 and its registry), multicast and what is reserved. */
const SPECIAL_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** IPv6 is the other way round: global unicast alone, and not what tunnels to IPv4 (6to4, Teredo) or is for protocols and documents. */
const GLOBAL_V6 = ['2000::/3'];
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

const listOf = (networks: readonly string[], family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList();
  for (const network of networks) {
    const [base = '', prefix] = network.split('/');
    list.addSubnet(base, Number(prefix), family);
  }
  return list;
};
const specialV4 = listOf(SPECIAL_V4, 'ipv4');
const globalV6 = listOf(GLOBAL_V6, 'ipv6');
const specialV6 = listOf(SPECIAL_V6, 'ipv6');
const loopback = listOf(['127.0.0.0/8'], 'ipv4');

/** Whether this address (no name) may be connected to. */
export function mayReach(address: string, allowed: BlockList): boolean {
  switch (isIP(address)) {
    case 4:
      return !specialV4.check(address, 'ipv4') || allowed.check(address, 'ipv4');
    case 6:
      // A zone names a network of this machine.
      if (address.includes('%')) return false;
      return (globalV6.check(address, 'ipv6') && !specialV6.check(address, 'ipv6')) || allowed.check(address, 'ipv6');
    default:
      return false;
  }
}

export const isLoopback = (address: string): boolean =>
  isIP(address) === 4 ? loopback.check(address, 'ipv4') : address === '::1';

const ADDRESSES_TRIED = 4;

/**
 * The addresses to connect to, themselves and not by name, so that no second look-up can say something else. A name of which one address is
 * forbidden is forbidden: nobody honest mixes them. Throws `Unsent`.
 */
export async function reachable(host: string, port: number, rules: NetworkRules): Promise<readonly string[]> {
  if (!rules.ports(port)) throw new Unsent('port');
  const addresses = isIP(host) ? [host] : await (rules.resolve ?? everyAddress)(host);
  if (addresses.length === 0) throw new Unsent('unresolved');
  if (!addresses.every((address) => mayReach(address, rules.allowed))) throw new Unsent('address');
  return addresses.slice(0, ADDRESSES_TRIED);
}

async function everyAddress(name: string): Promise<string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch (cause) {
    throw new Unsent('unresolved', { cause });
  }
}
