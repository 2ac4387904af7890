import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleOf } from '@/lib/kernel/sample';
import { primitives } from '@/lib/primitives';
import { outcome } from '@/test/attacks/identity-world';
import { type MemberCaller, openWorld, type World } from '@/test/contract/world';
import { drawSample as form } from './schemas';

let world: World;
let samples: typeof import('.');
let exports: typeof import('@/lib/audit-export');
let ours: string;
let theirs: string;

beforeAll(async () => {
  world = await openWorld();
  [samples, exports] = await Promise.all([import('.'), import('@/lib/audit-export')]);
  const { createProject, renameProject } = await import('@/lib/projects');
  const make = async (name: string) =>
    (await createProject(world.owner, { name, environment: 'development', fence: ['EU'] })).project.id;
  [ours, theirs] = [await make('Ours'), await make('Theirs')];
  for (let i = 0; i < 40; i++) await renameProject(world.owner, i % 4 === 0 ? theirs : ours, { name: `Name ${i}` });
  await world.sequence();
});
afterAll(() => world?.stop());

const draw = (fields: Record<string, string>, who: MemberCaller = world.auditor) =>
  samples.drawSample(who, form.parse({ wanted: '25', ...fields }));

async function fileOf(sampleId: string, format: 'ndjson' | 'pack', who = world.auditor) {
  const id = await exports.requestSampleExport(who, sampleId, format);
  await world.writeExport();
  const about = await exports.describeExport(who, id);
  const { stream } = await exports.downloadExport(who, id);
  return { about, bytes: Buffer.from(await new Response(stream()).arrayBuffer()) };
}
/** Of records, which tell their place after their hashes, and of NDJSON, whose lines begin with it. */
const indicesIn = (text: string): number[] =>
  [...text.matchAll(/(?:"index":(\d+),"open")|(?:^\{"index":(\d+),)/gm)].map(([, record, line]) =>
    Number(record ?? line),
  );

describe('a sample of the log', () => {
  it('is drawn by the rule from all events that fit, and says so in the log', async () => {
    const id = await draw({ event: 'project.renamed', seed: 'agreed before' });
    const { sample, events } = await samples.readSample(world.auditor, id);
    expect(sample).toMatchObject({ population: 40, seed: 'agreed before', seedGiven: true, wanted: 25 });
    expect(events).toHaveLength(25);
    expect(new Set(events.map(({ event }) => event))).toEqual(new Set(['project.renamed@1']));
    const [row] = await world.sql<{ header: string }>(
      `select convert_from("header", 'UTF8') as header from "AuditEvent" where "objectId" = $1`,
      [id],
    );
    expect(JSON.parse(row!.header)).toMatchObject({
      schema: 'audit.sampled@1',
      details: {
        population: 40,
        seed: 'agreed before',
        given: true,
        wanted: 25,
        filter: { schema: ['project.renamed.', 'project.renamed@'] },
      },
    });
  });

  it('can be drawn again by anybody, from a pack of its population', async () => {
    const id = await draw({ event: 'project.renamed' });
    const { about, bytes } = await fileOf(id, 'pack');
    const tar = gunzipSync(bytes).toString('latin1');
    // The records come before the stubs.
    const population = indicesIn(tar.slice(0, tar.indexOf('stubs.ndjson\0')));
    expect(population).toHaveLength(40);
    const { seed, wanted, places } = about.sample!;
    expect(sampleOf(primitives, seed, population, wanted)).toEqual(places);
    expect(about.sample).toMatchObject({ rule: 'cordon/audit/sample/v1', seedGiven: false, population: 40 });
  });

  it('as NDJSON holds what was drawn and nothing else', async () => {
    const id = await draw({ event: 'project.renamed', wanted: '7' });
    const { about, bytes } = await fileOf(id, 'ndjson');
    expect(indicesIn(bytes.toString())).toEqual(about.sample!.places);
    expect(about.events).toBe(7);
  });

  it('joins to each event its act and how it was confirmed', async () => {
    const { append } = await import('@/lib/audit');
    const db = await import('@/lib/db');
    const { renameProject } = await import('@/lib/projects');
    await db.asMember(world.owner.secret, world.owner.organisationId, (tx, who) =>
      append(tx, {
        schema: 'step-up@2',
        outcome: 'success',
        actor: { kind: 'member', id: who.userId },
        organisationId: who.organisationId,
        object: { type: 'step-up', id: ours },
        fields: { action: 'fence.apply', factor: 'totp', terms: 'x', verdict: 'confirm', statement: 's', evidence: '' },
      }),
    );
    await renameProject(world.owner, ours, { name: 'Confirmed' });
    await world.sequence();
    const { events } = await samples.readSample(world.auditor, await draw({ project: ours, wanted: '500' }));
    expect(events.at(-1)).toMatchObject({ event: 'project.renamed@1', confirmed: { factor: 'totp' }, others: [] });
    const { viewAct } = await import('@/lib/audit-log');
    const act = await viewAct(world.auditor, events.at(-1)!.actId);
    expect(act.confirmations.map(({ event }) => event)).toEqual(['step-up@2']);
    expect(events[0]).toMatchObject({ confirmed: null });
  });

  it('is refused where there is nothing to choose from, and for a seed that is none', async () => {
    expect(await outcome(draw({ event: 'fence' }))).toBe('sample.empty');
    expect(form.safeParse({ wanted: '25', seed: 'a\nb' }).success).toBe(false);
    expect(form.safeParse({ wanted: '501' }).success).toBe(false);
    expect(form.safeParse({ wanted: '5', q: 'words' }).success).toBe(false);
    expect(await outcome(samples.readSample(world.stranger, await draw({})))).toBe('sample.not_found');
    expect(await outcome(draw({}, world.developer))).toBe('authz.forbidden');
  });

  it('of an auditor of one project is drawn from that project alone', async () => {
    const whole = await draw({}, world.owner);
    await world.sql('update "Membership" set "scopeProjects" = array[$2] where "userId" = $1', [
      world.auditor.userId,
      ours,
    ]);
    const { sample, events } = await samples.readSample(
      world.auditor,
      await draw({ event: 'project.renamed', wanted: '500' }),
    );
    expect(sample.population).toBe(31);
    expect(new Set(events.map(({ projectId }) => projectId))).toEqual(new Set([ours]));
    expect(await outcome(draw({ project: theirs }))).toBe('export.filter');
    // What others drew may name more.
    expect(await outcome(samples.readSample(world.auditor, whole))).toBe('sample.not_found');
    expect((await samples.listSamples(world.auditor)).every(({ population }) => population < 60)).toBe(true);
  });
});
