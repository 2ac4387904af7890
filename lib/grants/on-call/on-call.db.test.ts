import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { newId } from '@/lib/platform';
import { outcome } from '@/test/attacks/identity-world';
import { type GrantWorld, openGrantWorld, type Someone } from '@/test/support/grant-world';
import { escalate } from '../due/escalations';
import type { Pool } from '../due/store';

vi.mock('next/headers', async () => (await import('@/test/attacks/identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('@/test/attacks/identity-world')).nextNavigation);

let world: GrantWorld;
let grants: typeof import('..');
let pool: pg.Pool;
let policy: string;
/** Asks; may answer for on-call as well. */
let ada: Someone;
let security: Someone;
/** On-call approvers. */
let ben: Someone;
let cleo: Someone;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

beforeAll(async () => {
  world = await openGrantWorld();
  grants = await import('..');
  pool = new pg.Pool({ connectionString: world.controlUrl, max: 4, options: '-c TimeZone=UTC' });
  ada = await world.employee('support', 'authorised employee', 'on-call approver');
  security = await world.employee('security', 'security approver');
  ben = await world.employee('support', 'on-call approver');
  cleo = await world.employee('support', 'on-call approver');
  policy = await grants.changePolicy(world.staff, {
    policy: null,
    name: 'With on-call',
    terms: {
      ...{ roles: null, targets: null, classes: ['edge'], regions: ['EU'], dataClasses: ['log'], maxMinutes: 60 },
      ...{ decideMinutes: 120, escalateMinutes: 5, security: 1, onCall: 1, denials: 1, ticketPattern: null },
      ...{ files: false, breakGlass: false, ended: false },
    },
  });
});
afterAll(async () => {
  await pool?.end();
  await world?.close();
});
beforeEach(async () => {
  await world.sql(`update "OnCallShift" set "removedById" = 'usr_x', "removedAt" = now() where "removedAt" is null`);
  await world.sql(`delete from "Notice"`);
});

const minuteNow = () => Math.floor(Date.now() / MINUTE) * MINUTE;
/** From this minute on. */
const putOn = (who: Someone, over: { from?: number; until?: number } = {}) =>
  grants.setShift(world.staff, { person: who.userId, from: minuteNow(), until: minuteNow() + 8 * HOUR, ...over });
const ask = () => world.ask(ada, { policy });
const vote = (who: Someone, request: string, role: 'security' | 'on-call') =>
  world.sign(who, () => grants.voteOnRequest(who, { request, role, verdict: 'approve', minutes: 60 }));
const ids = (...people: Someone[]) => people.map(({ userId }) => userId).sort();
/** Who has a notice of this kind about it; as often as they have one. */
const toldOf = async (request: string, kind: string) =>
  (
    await world.sql<{ userId: string }>(
      `select "userId" from "Notice" where "kind" = $2 and "fields"->>'request' = $1 order by "userId"`,
      [request, kind],
    )
  ).map(({ userId }) => userId);
const shiftNotices = (who: Someone) =>
  world
    .sql<{ kind: string }>(
      `select "kind" from "Notice" where "userId" = $1 and "kind" like 'on-call.%' order by "at"`,
      [who.userId],
    )
    .then((rows) => rows.map(({ kind }) => kind));
const eventsOf = async (id: string, schema: string) =>
  (
    await world.sql<{ header: string }>(
      `select convert_from("header", 'UTF8') as header from "AuditEvent" where "schema" = $2 and "objectId" = $1 order by "at"`,
      [id, schema],
    )
  ).map(({ header }) => JSON.parse(header));
const late = (id: string) =>
  world.sql(`update "AccessRouting" set "escalateAt" = now() - interval '1 second' where "requestId" = $1`, [id]);
const describeOne = async (id: string) => (await world.call('grant.describe', { requests: [id] })).requests;
const look = async (id: string, through: Pool = pool) =>
  escalate(through, { call: world.call as never }, await describeOne(id));

describe('shifts', () => {
  it('are set by whoever manages eligibility, for on-call approvers, and are in the log', async () => {
    const id = await putOn(ben);
    expect(await eventsOf(id, 'oncall.shift_set@1')).toMatchObject([{ details: { instead: null } }]);
    expect(await shiftNotices(ben)).toEqual(['on-call.set']);
    const times = { from: minuteNow(), until: minuteNow() + HOUR };
    expect(await outcome(grants.setShift(ben, { person: ben.userId, ...times }))).toBe('authz.forbidden');
    expect(await outcome(putOn(security))).toBe('shift.person');
    expect(await outcome(putOn(ben, { from: minuteNow() - HOUR, until: minuteNow() }))).toBe('shift.time');
    expect(await outcome(putOn(ben, { from: minuteNow() + 91 * 24 * HOUR, until: minuteNow() + 92 * 24 * HOUR }))).toBe(
      'shift.time',
    );
    // Not by a form of one's own making either.
    await expect(putOn(ben, { until: minuteNow() + 15 * 24 * HOUR })).rejects.toThrow();
    await expect(putOn(ben, { until: minuteNow() + HOUR + 1000 })).rejects.toThrow();
  });

  it('are removed once, and count no longer', async () => {
    const id = await putOn(ben);
    expect(await outcome(grants.removeShift(ben, id))).toBe('authz.forbidden');
    expect((await grants.readOnCall(cleo, null)).now).toMatchObject([{ person: { id: ben.userId } }]);
    await grants.removeShift(world.staff, id);
    expect(await outcome(grants.removeShift(world.staff, id))).toBe('shift.over');
    expect((await grants.readOnCall(cleo, null)).now).toEqual([]);
    expect(await eventsOf(id, 'oncall.shift_removed@1')).toMatchObject([{ details: { why: 'removed' } }]);
    expect(await shiftNotices(ben)).toEqual(['on-call.set', 'on-call.removed']);
  });

  it('are handed over by their own person, once, to another on-call approver', async () => {
    const id = await putOn(ben);
    const to = (who: Someone) => ({ shift: id, to: who.userId });
    expect(await outcome(grants.handOverShift(cleo, to(cleo)))).toBe('grant.not_yours');
    expect(await outcome(grants.handOverShift(ben, to(security)))).toBe('shift.person');
    expect(await outcome(grants.handOverShift(ben, to(ben)))).toBe('shift.person');
    const both = await Promise.allSettled([grants.handOverShift(ben, to(cleo)), grants.handOverShift(ben, to(ada))]);
    const [done] = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(both.filter(({ status }) => status === 'rejected')).toMatchObject([{ reason: { code: 'shift.over' } }]);
    const [removed] = await eventsOf(id, 'oncall.shift_removed@1');
    const [set] = await eventsOf(done!, 'oncall.shift_set@1');
    expect(removed.details.why).toBe('handed over');
    expect(set).toMatchObject({ actId: removed.actId, details: { instead: id, until: removed.details.until } });
    const { now } = await grants.readOnCall(cleo, null);
    expect(now).toHaveLength(1);
    expect(ids(ada, cleo)).toContain(now[0]!.person.id);
    expect(await shiftNotices(ben)).toEqual(['on-call.set']);
  });

  it('are nobody else’s to write in SQL', async () => {
    const id = await putOn(ben);
    const { asStaff } = await import('@/lib/db');
    const as = (who: Someone, sql: string) => asStaff(who.secret, (tx) => tx.prisma.$executeRawUnsafe(sql));
    const row = (by: Someone, person: string) =>
      `insert into "OnCallShift" ("id", "personId", "startsAt", "endsAt", "setById") values ('${newId('shf')}', '${person}',
         date_trunc('hour', now()), date_trunc('hour', now()) + interval '2 hours', '${by.userId}')`;
    await expect(as(cleo, row(cleo, cleo.userId))).rejects.toThrow(/row-level security/);
    await expect(as(world.staff, row(cleo, cleo.userId))).rejects.toThrow(/row-level security/);
    await expect(as(world.staff, row(world.staff, world.stranger.userId))).rejects.toThrow(/row-level security/);
    await expect(
      as(cleo, `select cordon.hand_over_shift('${id}', '${newId('shf')}', '${cleo.userId}')`),
    ).rejects.toThrow();
    expect(await as(cleo, `update "OnCallShift" set "removedById" = '${cleo.userId}', "removedAt" = now()`)).toBe(0);
    await expect(as(ada, `update "AccessRouting" set "escalateAt" = null`)).rejects.toThrow(/permission denied/);
    await expect(as(ada, `select cordon.escalate_request('${newId('grt')}', '{}')`)).rejects.toThrow(
      /permission denied/,
    );
  });
});

describe('a request', () => {
  it('is told to everybody of its roles when nobody is on shift, and never escalates', async () => {
    const id = await ask();
    expect(await toldOf(id, 'grant.asked')).toEqual(ids(security, ben, cleo));
    const { routing } = await grants.readRequest(security, id);
    expect(routing).toMatchObject({ escalateAt: null, escalated: null });
    await grants.giveBack(ada, id);
  });

  it('is told to those on shift first, and anybody who is designated may answer all the same', async () => {
    await putOn(ben);
    await putOn(cleo, { from: minuteNow() + HOUR });
    const id = await ask();
    expect(await toldOf(id, 'grant.asked')).toEqual(ids(security, ben));
    const { routing } = await grants.readRequest(security, id);
    expect(routing!.told.filter(({ onShift }) => onShift).map(({ person }) => person.id)).toEqual([ben.userId]);
    const wait = Date.parse(routing!.escalateAt!) - Date.parse(routing!.toldAt);
    expect(Math.abs(wait - 5 * MINUTE)).toBeLessThan(1000);
    await vote(cleo, id, 'on-call');
    expect(await vote(security, id, 'security')).toBe('active');
    await late(id);
    await look(id);
    expect(await toldOf(id, 'grant.escalated')).toEqual([]);
    await grants.giveBack(ada, id);
  });

  it('escalates at once when nobody is on shift but whoever asks', async () => {
    await putOn(ada);
    const id = await ask();
    expect(await toldOf(id, 'grant.asked')).toEqual(ids(security, ben, cleo));
    const [event, ...more] = await eventsOf(id, 'grant.escalated@1');
    expect(more).toEqual([]);
    expect(event).toMatchObject({ actorKind: 'staff', details: { missing: ['security', 'on-call'], told: 2 } });
    const [asked] = await eventsOf(id, 'grant.requested@1');
    expect(event.actId).toBe(asked.actId);
    const { routing } = await grants.readRequest(ada, id);
    expect(routing!.escalated!.to.map((one) => one.id).sort()).toEqual(ids(ben, cleo));
    await look(id);
    expect(await toldOf(id, 'grant.escalated')).toEqual([]);
    await grants.giveBack(ada, id);
  });
});

describe('control', () => {
  it('tells everybody else after the minutes of the policy, and not before', async () => {
    await putOn(ben);
    const id = await ask();
    await world.control();
    expect(await toldOf(id, 'grant.escalated')).toEqual([]);
    await late(id);
    await world.control();
    expect(await toldOf(id, 'grant.escalated')).toEqual(ids(cleo));
    expect(await eventsOf(id, 'grant.escalated@1')).toMatchObject([
      { actorKind: 'system', details: { missing: ['security', 'on-call'], told: 1 } },
    ]);
    const { routing } = await grants.readRequest(security, id);
    expect(routing!.escalated).toMatchObject({ to: [{ id: cleo.userId }] });
    await grants.giveBack(ada, id);
  });

  it('tells nobody of a role that has answered, and nobody who has', async () => {
    await putOn(ben);
    const id = await ask();
    await late(id);
    await vote(ben, id, 'on-call');
    await look(id);
    expect(await toldOf(id, 'grant.escalated')).toEqual([]);
    // Whoever leaves has approved nothing: now somebody is missing again.
    await world.call('grant.leave', { userId: ben.userId });
    await look(id);
    expect(await toldOf(id, 'grant.escalated')).toEqual(ids(cleo));
    expect(await eventsOf(id, 'grant.escalated@1')).toMatchObject([{ details: { missing: ['security', 'on-call'] } }]);
    await grants.giveBack(ada, id);
    await world.designate(ben.userId, 'on-call approver');
  });

  it('does it once, however many there are', async () => {
    await putOn(ben);
    const id = await ask();
    await late(id);
    const others: Promise<void>[] = [];
    const first = between(async () => {
      others.push(look(id), look(id));
      await expect.poll(waiting, { timeout: 30_000 }).toBe(2);
    });
    await look(id, first);
    await Promise.all(others);
    await look(id);
    expect(await toldOf(id, 'grant.escalated')).toEqual(ids(cleo));
    expect(await eventsOf(id, 'grant.escalated@1')).toHaveLength(1);
    await grants.giveBack(ada, id);
  });

  it('that dies between the notices and the log has told nobody, and the next one does it', async () => {
    await putOn(ben);
    const id = await ask();
    await late(id);
    const dying = between((pid) => world.sql('select pg_terminate_backend($1)', [pid]));
    await expect(look(id, dying)).rejects.toThrow(/terminat|connection error/);
    expect(await toldOf(id, 'grant.escalated')).toEqual([]);
    expect(await world.sql(`select "escalatedAt" from "AccessRouting" where "requestId" = $1`, [id])).toEqual([
      { escalatedAt: null },
    ]);
    await look(id);
    await look(id);
    expect(await toldOf(id, 'grant.escalated')).toEqual(ids(cleo));
    expect(await eventsOf(id, 'grant.escalated@1')).toHaveLength(1);
    await grants.giveBack(ada, id);
  });
});

/** How many wait for another to be done with a request. */
const waiting = async () =>
  (
    await world.sql(
      `select 1 from pg_stat_activity where "wait_event_type" = 'Lock' and "query" like '%escalate_request%'`,
    )
  ).length;

/** Connections on which something happens when the request is marked and everybody is told, and before the log is. */
function between(happens: (pid: number) => Promise<unknown>): Pool {
  const connect = async () => {
    const client = await pool.connect();
    client.on('error', () => undefined);
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const query = async (text: string | pg.QueryConfig, values?: unknown[]) => {
      const result = await client.query(text as string, values);
      if (typeof text === 'string' && text.includes('escalate_request')) {
        expect(result.rows).toEqual([{ told: ids(cleo) }]);
        await happens(rows[0]!.pid);
      }
      return result;
    };
    return { query, release: () => client.release(true) };
  };
  return { query: pool.query.bind(pool), connect } as unknown as Pool;
}
