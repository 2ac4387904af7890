/** The verification as it runs in a browser, on the same packs as the command line and with the same outcome. */
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { toUtf8 } from '@/lib/kernel/encoding';
import { formatProofFile, formatVkey, inclusionProof } from '@/lib/kernel/log';
import { PACK_STEPS, type PackStep, verifyPack } from '@/lib/kernel/pack';
import { primitives } from '@/lib/primitives';
import { archived } from '@/test/foreign/disk';
import { genuine, linesIn, MUTANTS, relined, SIZE, world } from '@/test/foreign/mutants';
import {
  checkpointOf,
  cosigned,
  type Files,
  FORGER,
  logOf,
  ORIGIN,
  packOf,
  recordLine,
  sourceOf,
  host as theirs,
  VKEY,
  WITNESSES,
} from '@/test/foreign/world';
import { judge } from './judge';
import type { Request, Verdict } from './verdict';

const NOTHING = { vkeys: '', origin: '', head: '', policy: '' };
const ask = (bytes: Uint8Array | string, brought: Partial<Omit<Request, 'file'>> = {}) =>
  judge({ file: new Blob([bytes as BlobPart]), ...NOTHING, vkeys: VKEY, ...brought });

let good: Files;
let pack: Uint8Array;
beforeAll(async () => {
  good = await genuine();
  pack = await archived(good);
});

describe('a genuine pack', () => {
  it('is verified, and its events are shown', async () => {
    const verdict = await ask(pack);
    expect(verdict).toMatchObject({
      kind: 'pack',
      ok: true,
      events: 10,
      stubs: 20,
      keysFrom: 'auditor',
      vkeys: [VKEY],
    });
    if (verdict.kind !== 'pack' || !verdict.ok) throw new Error('not ok');
    expect(verdict.rows.map(({ index }) => index)).toEqual([4, 7, 10, 13, 16, 19, 22, 25, 28, 31]);
    const [first] = verdict.rows;
    expect(first).toMatchObject({ file: 'events.ndjson', line: 1, text: null });
    expect(Object.fromEntries(first!.fields!)).toMatchObject({ outcome: '"refused"', objectId: '"ses_4"' });
  });

  it('may come without gzip, as some browsers leave it', async () => {
    const { gunzipSync } = await import('node:zlib');
    expect(await ask(gunzipSync(pack))).toMatchObject({ ok: true, events: 10 });
  });

  it('names each step as it begins', async () => {
    const steps: PackStep[] = [];
    await judge(
      { file: new Blob([pack as BlobPart]), ...NOTHING, vkeys: VKEY },
      { begins: (step) => steps.push(step) },
    );
    expect(steps).toEqual(PACK_STEPS);
  });

  it('without a key is said to be believed on its own word', async () => {
    expect(await ask(pack, { vkeys: '' })).toMatchObject({ ok: true, keysFrom: 'pack' });
  });

  it('is compared with a checkpoint, a policy and a log that were brought', async () => {
    const [a, b] = WITNESSES.map(({ key }) => formatVkey(key));
    const policy = `log ${VKEY}\nwitness a ${a}\nwitness b ${b}\ngroup both all a b\nquorum both\n`;
    const seen = await archived(await packOf(world, { witnesses: WITNESSES, consistency: [20] }));
    const head = (await checkpointOf(world.log, 20)).trimEnd();
    expect(await ask(seen, { vkeys: '', policy, head, origin: ORIGIN })).toMatchObject({
      ok: true,
      keysFrom: 'auditor',
      witnessed: 'checkpoint',
      knownHead: { size: 20, grown: true },
      cosigners: [
        { name: 'witness.example/w3', of: 'checkpoint', at: '2026-11-22T12:00:00.000Z' },
        { name: 'witness.example/w4' },
      ],
    });
    expect(await ask(pack, { policy })).toMatchObject({ ok: false, code: 'unwitnessed', step: 'witnesses' });
    expect(await ask(pack, { origin: `${ORIGIN}2` })).toMatchObject({ ok: false, code: 'signature', step: 'origin' });
    const other = await checkpointOf(logOf(ORIGIN, [...world.log.leaves].reverse()), 20);
    expect(await ask(pack, { head: other })).toMatchObject({ ok: false, code: 'diverged', step: 'head' });
  });
});

describe('what somebody made of a pack', () => {
  it.each(MUTANTS)('is refused as on the command line: $name', async ({ make, code, index = null }) => {
    const files = await make(good);
    const verdict = await ask(await archived(files));
    expect(verdict).toMatchObject({ kind: 'pack', ok: false, code, ...(index !== null && { index }) });
    const { parseVkey } = await import('@/lib/kernel/log');
    const theirVerdict = await verifyPack(theirs, sourceOf(files), { keys: [parseVkey(primitives, VKEY)!] });
    expect(plainFault(verdict)).toEqual(plainFault(theirVerdict));
  });

  it('shows the row, in its neighbourhood', async () => {
    const files = await mutant('an event says something else');
    const verdict = await ask(await archived(files));
    if (verdict.kind !== 'pack' || verdict.ok) throw new Error('ok');
    expect(verdict).toMatchObject({ index: 10, file: 'events.ndjson', line: 3 });
    expect(verdict.rows.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(verdict.rows[2]!.fields).toContainEqual(['objectId', '"ses_11"']);
  });

  it('shows what stands about a row that is missing, of both files', async () => {
    const verdict = await ask(await archived(await mutant('an event is left out')));
    if (verdict.kind !== 'pack' || verdict.ok) throw new Error('ok');
    expect(verdict.rows.map(({ index, file }) => `${index} ${file}`)).toEqual([
      '7 events.ndjson',
      '8 stubs.ndjson',
      '9 stubs.ndjson',
      '11 stubs.ndjson',
      '12 stubs.ndjson',
      '13 events.ndjson',
    ]);
  });

  it('shows a line that is no record as it stands, and not all of a long one', async () => {
    const events = linesIn(good, 'events.ndjson');
    events[1] = `${'x'.repeat(9_000)}`;
    const verdict = await ask(await archived(relined(good, events, linesIn(good, 'stubs.ndjson'))));
    if (verdict.kind !== 'pack' || verdict.ok) throw new Error('ok');
    expect(verdict).toMatchObject({ code: 'malformed', line: 2 });
    expect(verdict.rows[1]).toEqual({
      file: 'events.ndjson',
      line: 2,
      index: null,
      fields: null,
      text: 'x'.repeat(2_000),
    });
  });

  it.each([
    ['nothing', ''],
    ['no archive', 'Verified!'],
    ['half an archive', () => pack.subarray(0, pack.length / 2)],
    ['an archive with something behind it', () => Buffer.concat([pack, Buffer.from('more')])],
    ['gzip of gzip', () => gzipSync(pack)],
    ['a page', '<!doctype html><p>complete, in order and unaltered'],
  ])('is refused: %s', async (_, content) => {
    expect(await ask(typeof content === 'string' ? content : content())).toMatchObject({
      ok: false,
      code: 'malformed',
    });
  });
});

describe('a proof of one event', () => {
  const proof = async (index: number, extra = recordLine(world.events[index]!, index), witnesses = WITNESSES) =>
    formatProofFile({
      index,
      hashes: inclusionProof(primitives, index, SIZE, world.log.read),
      extra: toUtf8(extra)!,
      checkpoint: await cosigned(await checkpointOf(world.log), witnesses),
    });

  it('is verified', async () => {
    const verdict = await ask(await proof(10));
    expect(verdict).toMatchObject({ kind: 'proof', ok: true, origin: ORIGIN, index: 10, size: SIZE, witnessed: false });
    if (verdict.kind !== 'proof' || !verdict.ok) throw new Error('not ok');
    expect(verdict.fields).toContainEqual(['objectId', '"ses_10"']);
  });

  it('is refused when it is of something else', async () => {
    expect(await ask(await proof(10, recordLine(world.events[11]!, 10)))).toMatchObject({
      ok: false,
      code: 'event',
      index: 10,
    });
    expect(await ask(await proof(10), { vkeys: formatVkey(FORGER.key) })).toMatchObject({
      ok: false,
      code: 'signature',
    });
    expect(await ask(await proof(10), { origin: 'console.example/audit/org_2' })).toMatchObject({ code: 'signature' });
    expect(await ask((await proof(10)).slice(0, 200))).toMatchObject({ ok: false, code: 'malformed' });
    const [a] = WITNESSES.map(({ key }) => formatVkey(key));
    const policy = `log ${VKEY}\nwitness a ${a}\nquorum a\n`;
    expect(await ask(await proof(10), { policy })).toMatchObject({ ok: true, witnessed: true });
    expect(await ask(await proof(10, undefined, []), { policy })).toMatchObject({ ok: false, code: 'unwitnessed' });
  });

  it('is not believed without a key', async () => {
    expect(await ask(await proof(10), { vkeys: '' })).toMatchObject({ kind: 'unusable', field: 'vkeys' });
  });
});

describe('what the auditor brings is believed, so nothing of it is passed over:', () => {
  it.each([
    ['vkeys', { vkeys: `${VKEY}\nnot one\n` }],
    ['vkeys', { vkeys: formatVkey(WITNESSES[0]!.key) }],
    ['vkeys', { vkeys: VKEY.replace('console', 'consolf') }],
    ['head', { head: 'yesterday' }],
    ['policy', { policy: 'quorum whoever\n' }],
  ] as const)('%s', async (field, brought) => {
    expect(await ask(pack, brought)).toMatchObject({ kind: 'unusable', field });
  });

  it('comments and empty lines beside a key are no harm', async () => {
    expect(await ask(pack, { vkeys: `# of the console\n\n  ${VKEY}\r\n` })).toMatchObject({ ok: true });
  });

  it('and a file that cannot be read is no verdict on it', async () => {
    const gone = new Blob([pack as BlobPart]);
    gone.slice = () => {
      throw new DOMException('gone', 'NotReadableError');
    };
    expect(await judge({ file: gone, ...NOTHING })).toMatchObject({ kind: 'unusable', field: 'file' });
  });
});

const mutant = (name: string) => MUTANTS.find((each) => each.name === name)!.make(good);

function plainFault(verdict: Verdict | Awaited<ReturnType<typeof verifyPack>>) {
  if (!('ok' in verdict) || verdict.ok || !('detail' in verdict)) throw new Error('no fault');
  const { code, detail } = verdict;
  const {
    file = null,
    line = null,
    index = null,
  } = verdict as { file?: string | null; line?: number | null; index?: number | null };
  return { code, detail, file, line, index };
}
