/**
 * The population of grants as an auditor of the provider reads it: each request with who agreed, how it was confirmed, what was used of it and how
 * it ended; and samples of it, by the rule and seed of lib/kernel/sample. That somebody looked, or drew, is recorded.
 */
import 'server-only';
import { randomBytes } from 'node:crypto';
import { timeOf } from '@/lib/audit-log/schemas';
import { inStaff, may, type StaffCaller, type StaffDesk } from '@/lib/authz';
import { designationsAt } from '@/lib/committee';
import { type AccessEvent, usesIn } from '@/lib/kernel/access';
import { isGrantAct } from '@/lib/kernel/grant';
import { sampleOf } from '@/lib/kernel/sample';
import { newId } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { recordsAt } from '@/lib/training';
import { errors } from '../errors';
import { listRequests, readRequest } from '../requests/read';
import type { Filter } from '../requests/store';
import type {
  DrawGrants,
  DrawnSample,
  GrantEvidence,
  Joined,
  PopulationFilter,
  PopulationView,
  SignedView,
} from './schemas';
import * as store from './store';

const POPULATION_AT_MOST = 500_000;
/** Of a seed that is made. */
const SEED_BYTES = 16;

export interface Asked extends PopulationFilter {
  filter: Filter;
  sample?: DrawnSample | undefined;
}

/** Requests and grants, newest first; with what the provider's log joins to them for whoever may read that. */
export async function readPopulation(
  caller: StaffCaller,
  { filter, sample, from, to, ...asked }: Asked,
  limit: number,
  offset: number,
): Promise<PopulationView> {
  const choices = await inStaff(caller, ['AccessRequest', 'read'], async (desk) => ({
    ...(await store.choices(desk)),
    readsLog: readsLog(desk),
    ids: sample ? await sampled(desk, sample) : undefined,
  }));
  const { readsLog: joins, ids, ...named } = choices;
  const { lines, total, certain } = await listRequests(
    caller,
    {
      ...filter,
      ...asked,
      ...(from ? { from: timeOf(from) } : {}),
      ...(to ? { to: timeOf(to) } : {}),
      ...(ids ? { ids } : {}),
    },
    limit,
    offset,
  );
  const read = joins
    ? await inStaff(caller, ['AuditEvent', 'read'], async (desk) => {
        await recordLook(desk, 'grants');
        const events = await store.eventsOf(
          desk,
          lines.map(({ id }) => id),
        );
        return { joined: joinedIn(events), hosts: await store.hostFindings(desk) };
      })
    : null;
  return {
    ...{ total, certain, ...named, hosts: read?.hosts ?? null },
    lines: lines.map((line) => ({ ...line, joined: read?.joined(line.id) ?? null })),
  };
}

/** One grant with everything that belongs to it. Throws `grant.not_found`. */
export async function readEvidence(caller: StaffCaller, id: string): Promise<GrantEvidence> {
  const request = await readRequest(caller, id);
  return inStaff(caller, ['AuditEvent', 'read'], async (desk) => {
    await recordLook(desk, id);
    const events = await store.eventsOf(desk, [id]);
    const names = await store.namesInLog(desk);
    const at = new Date(request.requestedAt);
    return {
      request,
      held: {
        designations: await designationsAt(desk, request.person.id, at),
        ...(await recordsAt(desk.tx, request.person.id, at)),
      },
      signed: events.filter(isConfirmation).map((event): SignedView => {
        const { action, verdict, factor } = event.details as Record<'action' | 'verdict' | 'factor', string>;
        return { id: event.id, at: event.at, by: names.get(event.actor) ?? null, action, verdict, factor };
      }),
      use: usesIn(events).of(id),
    };
  });
}

/** Draws a sample of all requests, as the provider's log stands at its newest checkpoint. Throws `grant.no_population`. */
export const drawGrants = (caller: StaffCaller, { wanted, seed: given }: DrawGrants): Promise<DrawnSample> =>
  inStaff(caller, ['AuditEvent', 'export'], async (desk) => {
    const size = await store.newestSize(desk);
    const population = size === null ? 0 : (await store.places(desk, size, POPULATION_AT_MOST)).size;
    if (size === null || population === 0) throw errors('grant.no_population');
    const seed = given || randomBytes(SEED_BYTES).toString('hex');
    await desk.record(
      'audit.sampled@1',
      { object: { type: 'audit-sample', id: newId('smp') } },
      {
        filter: { schema: ['grant.requested@1'] },
        ...{ from: 0, to: size, size, population, seed, given: Boolean(given), wanted },
      },
    );
    return { seed, wanted, size };
  });

/** The requests that a sample holds. */
async function sampled(desk: StaffDesk, { seed, wanted, size }: DrawnSample): Promise<string[]> {
  if (!readsLog(desk)) return [];
  const population = await store.places(desk, size, POPULATION_AT_MOST);
  return sampleOf(primitives, seed, population.keys(), wanted).map((place) => population.get(place)!);
}

const readsLog = (desk: StaffDesk): boolean => may({ ...desk, kind: 'staff', secret: '' }, 'read', 'AuditEvent');

const recordLook = (desk: StaffDesk, of: string): Promise<string> =>
  desk.record('audit.read@1', { object: { type: 'audit-log', id: 'provider' } }, { filters: ['grants', of] });

const isConfirmation = ({ schema, details }: AccessEvent): boolean =>
  schema === 'step-up@2' && isGrantAct(String(details.action));

function joinedIn(events: readonly AccessEvent[]): (id: string) => Joined {
  const uses = usesIn(events);
  return (id) => {
    const { sessions, findings } = uses.of(id);
    const count = (of: (one: (typeof sessions)[number]) => number) => sessions.reduce((sum, one) => sum + of(one), 0);
    return {
      confirmed: events.filter((event) => event.objectId === id && isConfirmation(event)).length,
      begun: count(({ serials }) => serials.length),
      seen: count(({ confirmed }) => confirmed.length),
      recorded: count(({ record }) => (record ? 1 : 0)),
      findings: [...new Set(findings.map(({ code }) => code))],
    };
  };
}
