/**
 * The networks of an allow-list, read from what people type and written in one spelling only, so that a list compares by its text and
 * PostgreSQL's `cidr` takes it. Pure. Whether an address is inside, lib/identity says.
 */
export const NETWORKS_AT_MOST = 64;

interface Network {
  readonly bits: 32 | 128;
  readonly address: bigint;
  readonly prefix: number;
}

const V4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
/** Where IPv6 keeps the addresses of IPv4: ::ffff:0:0/96. */
const MAPPED = 0xffffn;

/** The one spelling of a network or single address, bits beyond the prefix cleared; null when the text is neither. */
export function network(text: string): string | null {
  const [, address = '', prefix] = /^([^/]{2,45})(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  const found = V4.test(address) ? v4(address) : v6(address);
  if (!found) return null;
  const length = prefix === undefined ? found.bits : Number(prefix);
  if (length > found.bits) return null;
  return write(unmapped({ ...found, prefix: length }));
}

const v4 = (text: string): Omit<Network, 'prefix'> => ({
  bits: 32,
  address: text.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n),
});

/** The URL standard's parser knows every spelling of an IPv6 address and answers in the shortest one. */
function v6(text: string): Omit<Network, 'prefix'> | null {
  if (!/^[0-9a-f:.]+$/i.test(text) || !URL.canParse(`http://[${text}]/`)) return null;
  const [head = '', tail] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split('::');
  const groups = (part: string | undefined) => (part ? part.split(':') : []);
  const [left, right] = [groups(head), groups(tail)];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return {
    bits: 128,
    address: [...left, ...zeros, ...right].reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n),
  };
}

/** An IPv4 network in the clothes of IPv6 is that IPv4 network. */
const unmapped = (of: Network): Network =>
  of.bits === 128 && of.prefix >= 96 && of.address >> 32n === MAPPED
    ? { bits: 32, address: of.address & 0xffff_ffffn, prefix: of.prefix - 96 }
    : of;

function write({ bits, address, prefix }: Network): string {
  const rest = BigInt(bits - prefix);
  const masked = (address >> rest) << rest;
  if (bits === 32) return `${[24n, 16n, 8n, 0n].map((by) => (masked >> by) & 0xffn).join('.')}/${prefix}`;
  const hex = masked
    .toString(16)
    .padStart(32, '0')
    .replace(/.{4}(?=.)/g, '$&:');
  return `${new URL(`http://[${hex}]/`).hostname.slice(1, -1)}/${prefix}`;
}

/** A list as typed, separated by spaces, commas or lines: the networks, each once and in order, and what is none. */
export function parseNetworks(text: string): { networks: string[]; wrong: string[] } {
  const entries = text.split(/[\s,;]+/).filter(Boolean);
  const read = entries.map((entry) => ({ entry, is: network(entry) }));
  return {
    networks: [...new Set(read.flatMap(({ is }) => is ?? []))].sort(),
    wrong: read.filter(({ is }) => is === null).map(({ entry }) => entry),
  };
}
