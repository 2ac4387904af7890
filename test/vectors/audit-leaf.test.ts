/** The audit log's formats as a second implementation reads the specification (lib/kernel/log): every byte must be the same. */
import { verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { canonicalJson, fromHex, fromUtf8, toHex, toUtf8 } from '@/lib/kernel/encoding';
import {
  commitFields,
  consistencyProof,
  decodeBundle,
  encodeBundle,
  entryOf,
  Frontier,
  inclusionProof,
  leafHash,
  openCheckpoint,
  openingLine,
  openingOf,
  parseTilePath,
  parseVkey,
  rangeProof,
  rootBeyond,
  tilePath,
  tileReader,
  tilesOf,
  type VerifyEd25519,
  verifyConsistency,
  verifyInclusion,
  verifyProofFile,
} from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import file from './audit-leaf.json';

const hash = primitives;
const bytes = (hex: string) => fromHex(hex)!;
const hexes = (list: readonly Uint8Array[]) => list.map(toHex);
const leaves = file.events.map(({ leaf }) => bytes(leaf));
const { log } = file;
const SIZE = leaves.length;
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const verifyEd25519: VerifyEd25519 = (publicKey, message, signature) =>
  verify(null, message, { key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' }, signature);

const fieldsOf = (event: number) =>
  file.events[event]!.fields.map(({ name, salt, value }) => ({ name, salt: bytes(salt), value: toUtf8(value)! }));

describe('events', () => {
  it.each(file.events.map((event, i) => [event.name, i, event] as const))('%s', (_, i, event) => {
    const { commitments, entry } = commitFields(hash, fieldsOf(i));
    expect(hexes(commitments)).toEqual(event.fields.map(({ commitment }) => commitment));
    expect(toHex(entry)).toBe(event.entry);
    expect(event.entry.slice(-64)).toBe(event.root);
    expect(toHex(leafHash(hash, entry))).toBe(event.leaf);
  });
});

describe('lines', () => {
  it.each(file.lines.map((line) => [line.name, line] as const))('%s', (_, { event, open, line }) => {
    const result = entryOf(hash, line);
    if (!result.ok) expect.fail(result.reason);
    expect([toHex(result.entry), result.index]).toEqual([file.events[event]!.entry, event]);
    expect([...result.fields.keys()].sort()).toEqual([...open].sort());
    for (const { name, value } of file.events[event]!.fields) {
      if (open.includes(name)) expect(canonicalJson(result.fields.get(name))).toBe(value);
    }
    const fields = fieldsOf(event);
    const { commitments } = commitFields(hash, fields);
    const states = fields.map((field, i) => (open.includes(field.name) ? field : { commitment: commitments[i]! }));
    expect(openingLine(openingOf(hash, event, states))).toBe(line);
  });

  it.each(file.refused.map((line) => [line.name, line] as const))('refuse: %s', (_, { line, reason }) => {
    expect(entryOf(hash, line)).toEqual({ ok: false, reason });
  });

  it.each(file.other.map((line) => [line.name, line] as const))('lead elsewhere: %s', (_, { line }) => {
    const result = entryOf(hash, line);
    expect(result.ok).toBe(true);
    expect(file.events.map(({ entry }) => entry)).not.toContain(result.ok && toHex(result.entry));
  });
});

describe('the log', () => {
  const tile = new Uint8Array(Buffer.concat(leaves));
  const read = tileReader(hash, () => tile);
  const newest = { size: SIZE, root: bytes(log.roots[SIZE]!) };

  it('has these roots and tiles', () => {
    const roots = [...Array(SIZE + 1).keys()].map((size) => new Frontier(hash).extend(leaves.slice(0, size)).root());
    expect(hexes(roots)).toEqual(log.roots);
    expect([...tilesOf(SIZE)].map((name) => ({ path: tilePath(name), hashes: toHex(tile) }))).toEqual(log.tiles);
    const entries = file.events.map(({ entry }) => bytes(entry));
    expect(toHex(encodeBundle(entries))).toBe(log.bundle.bytes);
    expect(decodeBundle(bytes(log.bundle.bytes), parseTilePath(log.bundle.path)!.width)).toEqual(entries);
  });

  it('has these proofs', () => {
    const { index, size, hashes } = log.inclusion;
    expect(hexes(inclusionProof(hash, index, size, read))).toEqual(hashes);
    expect(verifyInclusion(hash, { leaf: leaves[index]!, index, ...newest }, hashes.map(bytes))).toBe(true);
    const { older, newer, hashes: change } = log.consistency;
    expect(hexes(consistencyProof(hash, older, newer, read))).toEqual(change);
    const before = { size: older, root: bytes(log.roots[older]!) };
    expect(verifyConsistency(hash, before, newest, change.map(bytes))).toBe(true);
    const { from, to, left, right } = log.range;
    const proof = rangeProof(hash, [from, to], SIZE, read);
    expect([hexes(proof.left), hexes(proof.right)]).toEqual([left, right]);
    const frontier = Frontier.of(hash, { size: from, hashes: left.map(bytes) })!.extend(leaves.slice(from, to));
    expect(rootBeyond(hash, frontier, SIZE, right.map(bytes))).toEqual(newest.root);
  });

  const { vkey, witness, witnessTime, note, cosigned } = file.checkpoint;
  const keys = [parseVkey(hash, vkey)!, parseVkey(hash, witness)!];

  it('has this checkpoint, signed and cosigned', async () => {
    const plain = await openCheckpoint(hash, note, { origin: log.origin, keys }, verifyEd25519);
    expect(plain).toEqual({ ok: true, checkpoint: { origin: log.origin, ...newest, extensions: [] }, cosigners: [] });
    const both = await openCheckpoint(hash, cosigned, { origin: log.origin, keys }, verifyEd25519);
    expect(both.ok && both.cosigners).toEqual([{ key: keys[1], time: witnessTime }]);
  });

  it('has this proof file, whose extra data opens the entry it proves', async () => {
    const { event, file: text } = file.proof;
    const entry = bytes(file.events[event]!.entry);
    const result = await verifyProofFile(hash, text, entry, { origin: log.origin, keys }, verifyEd25519);
    if (!result.ok) expect.fail(result.reason);
    const opened = entryOf(hash, fromUtf8(result.proof.extra!)!);
    expect(opened.ok && [opened.index, opened.entry]).toEqual([result.proof.index, entry]);
  });
});

it('is told by the worked example of the specification', () => {
  const text = readFileSync(new URL('../../lib/kernel/log/README.md', import.meta.url), 'utf8');
  // Tables are filled up with spaces.
  const specification = text.replace(/ +/g, ' ');
  const example = file.events[0]!;
  const told = [
    ...example.fields.map(({ name, value, commitment }) => `\`${name}\` | \`${value}\` | \`${commitment}\``),
    ...[example.root, example.leaf, file.lines[2]!.line, ...file.events.map(({ leaf }) => leaf)],
    ...[...log.roots.slice(1), ...log.inclusion.hashes, ...log.consistency.hashes, ...log.range.right],
    ...[file.checkpoint.vkey, ...file.checkpoint.note.trimEnd().split('\n')],
  ];
  expect(told.filter((text) => !specification.includes(text))).toEqual([]);
});
