/**
 * Claims about a log as its clients get them: a checkpoint, an entry with its proof of inclusion, an older state with its proof of
 * consistency. One true claim of several shapes, and what can be false about it, by the part of a verifier that has to see it.
 */
import { encodeBase64, toUtf8 } from '@/lib/kernel/encoding';
import { commitFields, consistencyProof, inclusionProof } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { checkpointOf, FORGER, ORIGIN, VKEY, worldOf } from './world';

export interface Claim {
  vkey: string;
  origin: string;
  /** The signed checkpoint. */
  note: string;
  entry: Uint8Array;
  index: number;
  inclusion: Uint8Array[];
  older: { size: number; root: Uint8Array };
  consistency: Uint8Array[];
}

/** `signature`: over the text of the note. `name`: which key and which log it is. */
export type Part = 'signature' | 'name' | 'inclusion' | 'consistency';

const SIZE = 45;
const world = worldOf(SIZE);
const { log } = world;

export async function claimOf(index: number, size = SIZE, older = 20): Promise<Claim> {
  return {
    vkey: VKEY,
    origin: ORIGIN,
    note: await checkpointOf(log, size),
    entry: commitFields(primitives, world.events[index]!.fields).entry,
    index,
    inclusion: inclusionProof(primitives, index, size, log.read),
    older: { size: older, root: log.rootAt(older) },
    consistency: consistencyProof(primitives, older, size, log.read),
  };
}

/** Every index of every small log, and older states of a larger one. */
export async function trueClaims(): Promise<Claim[]> {
  const claims: Claim[] = [];
  for (let size = 1; size <= 9; size++) {
    for (let index = 0; index < size; index++) claims.push(await claimOf(index, size, index + 1));
  }
  for (let older = 1; older <= SIZE; older++) claims.push(await claimOf(SIZE - older, SIZE, older));
  return claims;
}

const bitFlipped = (bytes: Uint8Array, bit: number): Uint8Array => {
  const changed = bytes.slice();
  changed[bit >> 3]! ^= 1 << (bit & 7);
  return changed;
};
const swapped = <T>([a, b, ...rest]: T[]): T[] => [b!, a!, ...rest];
const MORE = new Uint8Array(32).fill(9);

/** The signature line with something in its base64 changed: byte 0 to 3 the key's id, then the signature. */
function resigned(note: string, bit: number): string {
  const [, base64] = /(\S+)\n$/.exec(note)!;
  return note.replace(base64!, encodeBase64(bitFlipped(Buffer.from(base64!, 'base64'), bit)));
}

interface FalseClaim {
  name: string;
  part: Part;
  make(claim: Claim): Partial<Claim> | Promise<Partial<Claim>>;
}

export const FALSE_CLAIMS: FalseClaim[] = [
  { name: 'a bit of the entry', part: 'inclusion', make: ({ entry }) => ({ entry: bitFlipped(entry, 200) }) },
  { name: 'another index', part: 'inclusion', make: ({ index }) => ({ index: index + 1 }) },
  { name: 'an index beyond the log', part: 'inclusion', make: () => ({ index: SIZE }) },
  { name: 'two hashes swapped', part: 'inclusion', make: ({ inclusion }) => ({ inclusion: swapped(inclusion) }) },
  { name: 'a hash too few', part: 'inclusion', make: ({ inclusion }) => ({ inclusion: inclusion.slice(1) }) },
  { name: 'a hash too many', part: 'inclusion', make: ({ inclusion }) => ({ inclusion: [...inclusion, MORE] }) },
  {
    name: 'a bit of a hash',
    part: 'inclusion',
    make: ({ inclusion }) => ({ inclusion: [bitFlipped(inclusion[0]!, 0), ...inclusion.slice(1)] }),
  },
  { name: 'an older checkpoint', part: 'inclusion', make: async () => ({ note: await checkpointOf(log, SIZE - 1) }) },
  {
    name: "another tenant's tree",
    part: 'inclusion',
    make: async () => ({ note: await checkpointOf({ ...world.other, origin: ORIGIN }) }),
  },
  { name: 'another size', part: 'signature', make: ({ note }) => ({ note: note.replace('\n45\n', '\n44\n') }) },
  {
    name: 'another root',
    part: 'signature',
    make: ({ note }) => ({ note: note.replace(/\n[^\n]{44}\n/, `\n${encodeBase64(log.rootAt(44))}\n`) }),
  },
  { name: 'another origin', part: 'signature', make: ({ note }) => ({ note: note.replace('org_1', 'org_2') }) },
  { name: 'a line more', part: 'signature', make: ({ note }) => ({ note: note.replace('\n\n', '\nmore\n\n') }) },
  { name: 'a bit of the signature', part: 'signature', make: ({ note }) => ({ note: resigned(note, 8 * 20) }) },
  {
    name: "another key's signature",
    part: 'name',
    make: async () => ({ note: await checkpointOf(log, SIZE, FORGER) }),
  },
  { name: "another key's id", part: 'name', make: ({ note }) => ({ note: resigned(note, 3) }) },
  { name: "another tenant's checkpoint", part: 'name', make: async () => ({ note: await checkpointOf(world.other) }) },
  {
    name: 'another older root',
    part: 'consistency',
    make: ({ older }) => ({ older: { ...older, root: log.rootAt(older.size + 1) } }),
  },
  {
    name: 'another older size',
    part: 'consistency',
    make: ({ older }) => ({ older: { ...older, size: older.size + 1 } }),
  },
  { name: 'two swapped', part: 'consistency', make: ({ consistency }) => ({ consistency: swapped(consistency) }) },
  { name: 'one too few', part: 'consistency', make: ({ consistency }) => ({ consistency: consistency.slice(0, -1) }) },
  { name: 'one too many', part: 'consistency', make: ({ consistency }) => ({ consistency: [...consistency, MORE] }) },
];

export async function falseClaims(parts: readonly Part[]): Promise<{ name: string; part: Part; claim: Claim }[]> {
  const claim = await claimOf(12);
  const wanted = FALSE_CLAIMS.filter(({ part }) => parts.includes(part));
  return Promise.all(
    wanted.map(async ({ name, part, make }) => ({ name, part, claim: { ...claim, ...(await make(claim)) } })),
  );
}

/** What is signed, and the first signature without its key's id. */
export function noteParts(note: string): { text: string; signature: Uint8Array } {
  const [text, lines] = note.split('\n\n') as [string, string];
  return { text: `${text}\n`, signature: Buffer.from(lines.trim().split(' ')[2]!, 'base64').subarray(4) };
}

/** For other programs: bytes in base64. */
export const plainClaim = ({ entry, inclusion, older, consistency, note, ...rest }: Claim) => ({
  ...rest,
  note: encodeBase64(toUtf8(note)!),
  entry: encodeBase64(entry),
  inclusion: inclusion.map(encodeBase64),
  older: { size: older.size, root: encodeBase64(older.root) },
  consistency: consistency.map(encodeBase64),
});
