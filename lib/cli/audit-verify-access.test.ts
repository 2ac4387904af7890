/** `cordon audit verify` and the page on packs of the provider's log, whose approvals of access are judged. */
import { beforeAll, describe, expect, it } from 'vitest';
import { ACCESS_SCHEMAS, type AccessEvent } from '@/lib/kernel/access';
import { type PackReport, verifyPack } from '@/lib/kernel/pack';
import { sampleOf } from '@/lib/kernel/sample';
import { primitives } from '@/lib/primitives';
import { judge } from '@/lib/verifier/page/judge';
import { packOfAccess } from '@/test/foreign/access';
import { archived, scratch } from '@/test/foreign/disk';
import { indexOf, linesIn, relined } from '@/test/foreign/mutants';
import { type Files, host, sourceOf, VKEY } from '@/test/foreign/world';
import { grantsSigned } from '@/test/support/access-log';
import { CAST, id } from '@/test/support/grants';
import { auditVerify } from './audit-verify';
import { UsageError } from './command';

const GRANTS = 5;
const write = scratch();
let events: readonly AccessEvent[];
let good: Files;
let vkey: string;

beforeAll(async () => {
  ({ events } = grantsSigned(GRANTS));
  good = await packOfAccess(events);
  vkey = write('vkey', `${VKEY}\n`);
});

async function run(files: Files, ...options: string[]) {
  const lines: string[] = [];
  const path = write('pack.tar.gz', await archived(files));
  const out = { line: (text = '') => void lines.push(text), error: () => {} };
  const status = await auditVerify.run([path, '--vkey', vkey, ...options], out);
  return { status, text: lines.join('\n') };
}
const json = async (files: Files, ...options: string[]) => {
  const { status, text } = await run(files, '--json', ...options);
  return { status, ...JSON.parse(text) };
};
const accessIn = async (files: Files): Promise<PackReport['access']> => {
  const result = await verifyPack(host, sourceOf(files));
  if (!result.ok) throw new Error(result.code);
  return result.report.access;
};

describe('a pack of the provider’s log', () => {
  it('has every grant judged, each by its signatures', async () => {
    const { status, text } = await run(good);
    expect(status).toBe(0);
    expect(text).toContain('requests: 5, of which hold: 5, do not: 0');
    expect(text).toContain(`OK     ${id('grt', 3)} at index`);
    const { ok, access } = await json(good);
    expect([ok, access.judged]).toEqual([true, true]);
    expect(access.grants).toHaveLength(GRANTS);
    expect(access.grants[0]).toMatchObject({
      ok: true,
      terms: { person: CAST.asker },
      signed: [{}, {}, { role: 'on-call' }],
    });
  });

  it('names those that a seed draws, by the rule for samples', async () => {
    const { access } = await json(good, '--seed', 'agreed', '--sample', '2');
    const places = events.flatMap(({ schema, index }) => (schema === 'grant.requested@1' ? [index] : []));
    expect(access.grants.map((one: { index: number }) => one.index)).toEqual(sampleOf(primitives, 'agreed', places, 2));
    expect((await run(good, '--seed', 'agreed')).text).toContain('5 of 5, by the seed "agreed"');
    for (const wrong of [
      ['--sample', '2'],
      ['--seed', 'x', '--sample', '0'],
      ['--seed', ''],
    ])
      await expect(run(good, ...wrong)).rejects.toThrow(UsageError);
  });

  it('is judged only with all that it takes, and says so', async () => {
    const schema = [...ACCESS_SCHEMAS].sort();
    expect(await accessIn(await packOfAccess(events, { filter: { schema } }))).toMatchObject({
      grants: { length: GRANTS },
    });
    expect(await accessIn(await packOfAccess(events, { filter: { schema: ['grant.'] } }))).toBe('filter');
    expect(await accessIn(await packOfAccess(events, { from: 1 }))).toBe('range');
    const without = await verifyPack({ ...host, verifyJwk: null }, sourceOf(good));
    expect(without).toMatchObject({ ok: true, report: { access: 'host' } });
    const { status, text } = await run(await packOfAccess(events, { filter: { schema: ['grant.'] } }));
    expect([status, text]).toEqual([0, expect.stringContaining('NOT JUDGED: the filter')]);
  });

  it('says nothing of it without any', async () => {
    expect(
      await accessIn(await packOfAccess(events.filter(({ schema }) => schema !== 'grant.requested@1').map(placed))),
    ).toBeNull();
  });
});

const placed = (event: AccessEvent, index: number): AccessEvent => ({ ...event, index });

describe('one byte of one approval', () => {
  let approval: AccessEvent;
  beforeAll(() => {
    approval = events.findLast(({ details }) => details.action === 'grant.vote')!;
  });
  /** In the middle of the signature. */
  const flip = (evidence: string) => {
    const parts = JSON.parse(evidence) as { signature: string };
    const bytes = Buffer.from(parts.signature, 'base64url');
    bytes[40]! ^= 1;
    return JSON.stringify({ ...parts, signature: bytes.toString('base64url') });
  };
  const evidenceOf = ({ personal }: AccessEvent) => String(personal.evidence);

  it('flipped in a pack is not what the log holds there', async () => {
    const lines = linesIn(good, 'events.ndjson').map((line) =>
      indexOf(line) === approval.index
        ? line.replace(JSON.stringify(evidenceOf(approval)), JSON.stringify(flip(evidenceOf(approval))))
        : line,
    );
    const bad = relined(good, lines, []);
    expect(bad).not.toEqual(good);
    expect(await json(bad)).toMatchObject({ status: 14, code: 'event', index: approval.index });
  });

  it('flipped in the log itself, whoever signed that, fails with its name, its index and its grant', async () => {
    const forged = await packOfAccess(
      events.with(approval.index, {
        ...approval,
        personal: { ...approval.personal, evidence: flip(evidenceOf(approval)) },
      }),
    );
    const grant = id('grt', GRANTS);
    expect(await json(forged)).toMatchObject({
      ...{ status: 26, ok: false, code: 'approval.signature', exit: 26, index: approval.index, grant },
      access: { grants: { length: GRANTS } },
    });
    const { status, text } = await run(forged, '--seed', 'x', '--sample', '1');
    expect(status).toBe(26);
    expect(text).toContain(`FAILED  approval.signature at index ${approval.index}, grant ${grant}`);
    expect(text).toContain('requests: 5, of which hold: 4, do not: 1');
    const page = await judge({
      file: new Blob([(await archived(forged)) as BlobPart]),
      ...{ vkeys: VKEY, origin: '', head: '', policy: '' },
    });
    expect(page).toMatchObject({ kind: 'pack', ok: true, access: { grants: { length: GRANTS } } });
    if (page.kind !== 'pack' || !page.ok || typeof page.access !== 'object') throw new Error('no verdict');
    expect(page.access?.grants.filter(({ faults }) => faults.length > 0).map((one) => one.id)).toEqual([grant]);
  });
});
