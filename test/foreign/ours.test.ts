/** Our own verifiers on the claims that the foreign ones get, so that all are asked the same. */
import { expect, it } from 'vitest';
import {
  leafHash,
  type NoteKey,
  openCheckpoint,
  parseCheckpointText,
  parseVkey,
  verifyConsistency,
  verifyInclusion,
} from '@/lib/kernel/log';
import { type PackResult, parsePolicy, verifyPack, type WitnessPolicy } from '@/lib/kernel/pack';
import { type Claim, claimOf, falseClaims, noteParts, type Part, trueClaims } from './claims';
import { COLLIDING, EDGES, noteBy } from './edges';
import { world } from './mutants';
import { cosignedPack, latePack, POLICIES } from './policies';
import { host, LOG_KEY, ORIGIN, sourceOf, VKEY } from './world';

async function judged({ vkey, origin, note, entry, index, inclusion, older, consistency }: Claim) {
  const opened = await openCheckpoint(host, note, { origin, keys: [parseVkey(host, vkey)!] }, host.verifyEd25519);
  const now = parseCheckpointText(noteParts(note).text)!;
  const verdict: Record<Part, boolean> = {
    signature: opened.ok,
    name: opened.ok,
    inclusion: verifyInclusion(host, { ...now, leaf: leafHash(host, entry), index }, inclusion),
    consistency: verifyConsistency(host, older, now, consistency),
  };
  return verdict;
}

it('accepts what is true', async () => {
  const good = { signature: true, name: true, inclusion: true, consistency: true };
  for (const claim of await trueClaims()) expect(await judged(claim)).toEqual(good);
});

it('rejects what is false', async () => {
  for (const { name, part, claim } of await falseClaims(['signature', 'name', 'inclusion', 'consistency'])) {
    expect([name, (await judged(claim))[part]]).toEqual([name, false]);
  }
});

it('answers every edge as the specification has it', async () => {
  for (const { name, code, index, make } of EDGES) {
    const result = await verifyPack(host, sourceOf(await make()), { keys: [LOG_KEY.key] });
    const said = result.ok ? [null] : [result.code, index && result.index];
    expect([name, ...said]).toEqual(code ? [name, code, index] : [name, null]);
  }
});

it('reads policies as the specification has them', async () => {
  const source = sourceOf(await cosignedPack(world));
  for (const { name, text, code } of POLICIES) {
    const policy = parsePolicy(host, text);
    const said =
      'line' in policy ? 'usage' : await verifyPack(host, source, { keys: [LOG_KEY.key], policy }).then(codeOf);
    expect([name, said]).toEqual([name, code]);
  }
  const policy = parsePolicy(host, `log ${VKEY}\nquorum none\n`) as WitnessPolicy;
  expect(await verifyPack(host, source, { policy })).toMatchObject({ ok: true, report: { keysFrom: 'auditor' } });
  const late = sourceOf(await latePack(world));
  const keys = [LOG_KEY.key];
  const one = parsePolicy(host, POLICIES.find(({ name }) => name === 'a quorum')!.text) as WitnessPolicy;
  expect(await verifyPack(host, late, { keys })).toMatchObject({ ok: true });
  expect(await verifyPack(host, late, { keys, policy: one })).toMatchObject({ code: 'signature' });
});

const codeOf = (result: PackResult) => (result.ok ? null : result.code);

it('lets no key stand in for another of the same name and id', async () => {
  const [one, two] = COLLIDING.map(({ key }) => key);
  expect([one!.name, one!.id]).toEqual([two!.name, two!.id]);
  const note = await noteBy(COLLIDING[0], noteParts((await claimOf(12)).note).text);
  const open = (keys: NoteKey[]) => openCheckpoint(host, note, { origin: ORIGIN, keys }, host.verifyEd25519);
  expect(await open([one!])).toMatchObject({ ok: true });
  expect(await open([one!, two!])).toEqual({ ok: false, reason: 'signature_invalid' });
});
