import { isIP } from 'node:net';

/** A location database in MaxMind's format (version 2.0, records of 32 bits), for tests: networks and what is known of each. */
export type Place = { [key: string]: Value };
type Value = string | number | Place | string[];

/** `networks`: CIDR to record; none may lie inside another. */
export function makeLocationDatabase(networks: Readonly<Record<string, Place>>): Buffer {
  type Node = [Node | number | null, Node | number | null];
  const root: Node = [null, null];
  const records: Buffer[] = [];
  let size = 0;
  for (const [network, place] of Object.entries(networks)) {
    const [address = '', length = ''] = network.split('/');
    // IPv4 stands in the first 96 zero bits of the IPv6 tree.
    const bits = isIP(address) === 4 ? '0'.repeat(96) + bitsOfV4(address) : bitsOfV6(address);
    const depth = Number(length) + (isIP(address) === 4 ? 96 : 0);
    let node = root;
    for (let at = 0; at < depth - 1; at++) {
      const side = Number(bits[at]) as 0 | 1;
      const below = node[side];
      const inner: Node = Array.isArray(below) ? below : [null, null];
      node[side] = inner;
      node = inner;
    }
    const record = encode(place);
    node[Number(bits[depth - 1]) as 0 | 1] = size;
    records.push(record);
    size += record.length;
  }

  const nodes: Node[] = [];
  const number = new Map<Node, number>();
  const visit = (node: Node) => {
    number.set(node, nodes.push(node) - 1);
    for (const below of node) if (Array.isArray(below)) visit(below);
  };
  visit(root);
  const tree = Buffer.alloc(nodes.length * 8);
  nodes.forEach((node, index) => {
    node.forEach((below, side) => {
      const value =
        below === null ? nodes.length : Array.isArray(below) ? number.get(below)! : nodes.length + 16 + below;
      tree.writeUInt32BE(value, index * 8 + side * 4);
    });
  });
  const metadata = encode({
    node_count: nodes.length,
    record_size: 32,
    ip_version: 6,
    database_type: 'Test-City',
    languages: ['en'],
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1,
    description: { en: 'made by a test' },
  });
  return Buffer.concat([
    tree,
    Buffer.alloc(16),
    ...records,
    Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'),
    metadata,
  ]);
}

const bitsOfV4 = (address: string) =>
  address
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');

function bitsOfV6(address: string): string {
  const [head = '', tail = ''] = address.split('::');
  const [left, right] = [head, tail].map((half) => (half ? half.split(':') : [])) as [string[], string[]];
  const groups = [...left, ...Array(8 - left.length - right.length).fill('0'), ...right];
  return groups.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('');
}

/** Type and length, as the format's control byte has them; sizes up to 284 are enough here. */
function control(type: number, size: number): Buffer {
  const short = Math.min(size, 29);
  const first = type > 7 ? [short, type - 7] : [(type << 5) | short];
  return Buffer.from(size >= 29 ? [...first, size - 29] : first);
}

function encode(value: Value): Buffer {
  if (typeof value === 'string') {
    const text = Buffer.from(value, 'utf8');
    return Buffer.concat([control(2, text.length), text]);
  }
  if (typeof value === 'number') {
    if (Number.isInteger(value) && value >= 0) {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return Buffer.concat([control(6, 4), bytes]);
    }
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value);
    return Buffer.concat([control(3, 8), bytes]);
  }
  if (Array.isArray(value)) return Buffer.concat([control(11, value.length), ...value.map(encode)]);
  const entries = Object.entries(value);
  return Buffer.concat([control(7, entries.length), ...entries.flatMap(([key, item]) => [encode(key), encode(item)])]);
}
