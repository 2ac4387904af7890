/**
 * Samples of an organisation's audit log, drawn by a rule that anybody can follow (lib/kernel/sample): the population is fixed by a filter and a
 * checkpoint, what is chosen of it by a seed. That one was drawn is recorded with all of that. The server's only door; browsers may import
 * `schemas.ts`.
 */
import 'server-only';
import { randomBytes } from 'node:crypto';
import { filterFor, filterWords } from '@/lib/audit-export';
import { readEvents } from '@/lib/audit-log';
import type { JoinedView } from '@/lib/audit-log/schemas';
import { type Caller, inTenant, type Tx } from '@/lib/authz';
import { sampleOf } from '@/lib/kernel/sample';
import { isId, newId } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { errors } from './errors';
import type { DrawSample, SampleView } from './schemas';
import * as store from './store';

export { errors as sampleErrors } from './errors';

type Member = Caller & { kind: 'member' };
const POPULATION_AT_MOST = 500_000;
/** Of a seed that is made. */
const SEED_BYTES = 16;

/**
 * Draws a sample of the events that meet the filter, as the log stands at its newest checkpoint; answers its id. Of an auditor of part of the log the
 * population is what they may see. Throws `sample.no_checkpoint`, `sample.empty`, `sample.too_large`, `export.filter`.
 */
export const drawSample = (caller: Member, { wanted, seed: given, ...asked }: DrawSample): Promise<string> =>
  inTenant(caller, ['AuditEvent', 'export'], async (tx, { organisationId, actor, scope, record }) => {
    const filter = filterFor({ ...asked, format: 'ndjson' }, organisationId, scope);
    const size = await store.newestSize(tx, organisationId);
    if (size === null) throw errors('sample.no_checkpoint');
    const population = await store.population(tx, organisationId, filter, size, POPULATION_AT_MOST + 1);
    if (population.length === 0) throw errors('sample.empty');
    if (population.length > POPULATION_AT_MOST) throw errors('sample.too_large');
    const seed = given || randomBytes(SEED_BYTES).toString('hex');
    const id = newId('smp');
    const places = sampleOf(primitives, seed, population, wanted).map(BigInt);
    const range = { rangeFrom: 0n, rangeTo: BigInt(size), size: BigInt(size) };
    const drawn = { population: population.length, seed, seedGiven: Boolean(given), wanted };
    await store.insert(tx, { id, organisationId, ownerId: actor.id, filter, ...range, ...drawn, places });
    await record(
      'audit.sampled@1',
      { object: { type: 'audit-sample', id } },
      {
        filter: { ...filter },
        ...{ from: 0, to: size, size },
        ...{ population: population.length, seed, given: Boolean(given), wanted },
      },
    );
    return id;
  });

/** A sample with its events. Reading them is recorded. Throws `sample.not_found`. */
export async function readSample(caller: Member, id: string): Promise<{ sample: SampleView; events: JoinedView[] }> {
  const { sample, ids } = await inTenant(caller, ['AuditEvent', 'read'], async (tx, { organisationId }) => {
    const row = isId('smp', id) ? await store.find(tx, organisationId, id) : null;
    if (!row) throw errors('sample.not_found');
    return { sample: await toView(tx, row), ids: await store.eventIds(tx, organisationId, row.places) };
  });
  return { sample, events: await readEvents(caller, ids) };
}

/** The newest 50, newest first. */
export const listSamples = (caller: Member): Promise<SampleView[]> =>
  inTenant(caller, ['AuditEvent', 'read'], async (tx, { organisationId }) => {
    const views: SampleView[] = [];
    for (const row of await store.latest(tx, organisationId)) views.push(await toView(tx, row));
    return views;
  });

const toView = async (tx: Tx, row: store.SampleRow): Promise<SampleView> => ({
  id: row.id,
  filter: filterWords(row.filter),
  from: Number(row.rangeFrom),
  to: Number(row.rangeTo),
  size: Number(row.size),
  population: row.population,
  seed: row.seed,
  seedGiven: row.seedGiven,
  wanted: row.wanted,
  createdAt: row.createdAt.toISOString(),
  drawnBy: await store.nameOf(tx, row.ownerId),
});
