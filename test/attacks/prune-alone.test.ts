import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { append } from '@/lib/audit';
import { onConnection } from '@/lib/db/control';
import { newId } from '@/lib/platform';
import { type MemberCaller, openWorld, type World } from '../contract/world';
import { addSession } from '../support/world';
import { outcome } from './identity-world';

/**
 * The attack: an administrator of an organisation did something two years ago that stands in its log, and wants it gone. The records are past
 * their period, so all that stands between is that a second person has to agree. They try it from a second session of their own; through a
 * hole that runs any SQL as the console's role in their session; as the database's other roles; with a clock of the console that is ahead, so
 * that younger records look old; and they hurry when they hear that a hold is coming. A second account of the same person is not
 * looked at here: whoever gives somebody two accounts with these rights has given them both halves.
 */
let world: World;
let second: MemberCaller;
let retention: typeof import('@/lib/audit-retention');
let ids: string[];
let young: string;

beforeAll(async () => {
  world = await openWorld();
  second = await world.join('administrator');
  retention = await import('@/lib/audit-retention');
});
afterAll(() => world?.stop());

beforeEach(async () => {
  await world.sql(`update "AuditPruning" set "state" = 'withdrawn' where "state" in ('proposed', 'approved')`);
  const client = new pg.Client(world.installerUrl);
  await client.connect();
  const read = (at: number) =>
    append(
      onConnection(client),
      {
        schema: 'audit.read@1',
        outcome: 'success',
        organisationId: world.owner.organisationId,
        actor: { kind: 'member', id: world.owner.userId },
        object: { type: 'audit-log', id: 'x' },
        fields: { filters: [] },
      },
      at,
    );
  ids = [await read(Date.now() - 2 * YEAR), await read(Date.now() - 2 * YEAR)];
  young = await read(Date.now() - YEAR);
  await client.end();
  await world.sequence();
});

const YEAR = 365 * 86_400_000;
const today = new Date().toISOString().slice(0, 10);
const asked = { classes: ['activity' as const], before: today };
const propose = () => world.confirmed(world.owner, () => retention.proposePruning(world.owner, asked));
const left = async (of = ids) =>
  (await world.sql('select 1 from "AuditEvent" where "id" = any($1::uuid[])', [of])).length;

/** One statement as a role, in the owner's context where it is the console's; what came of it. */
async function as(url: string, sql: string, values: unknown[] = []): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin');
    if (url === world.consoleUrl)
      await client.query('select * from cordon.enter_organisation($1, $2)', [
        world.owner.secret,
        world.owner.organisationId,
      ]);
    const { rowCount } = await client.query(sql, values);
    await client.query('commit');
    return `done ${rowCount}`;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await client.end();
  }
}

describe('one person', () => {
  it('approves nothing they proposed, from this session or another, confirmed or not', async () => {
    const id = await propose();
    const { id: sessionId, secret } = await addSession(
      { url: { installer: world.installerUrl } } as Parameters<typeof addSession>[0],
      { id: world.owner.userId, email: '' },
    );
    const other: MemberCaller = { ...world.owner, secret, sessionId };
    for (const who of [world.owner, other])
      expect(await outcome(retention.approvePruning(who, id))).toBe('pruning.own');
    // Past the capability, with a confirmation of their own for exactly this.
    const ask = await world.asked(() => retention.approvePruning(second, id));
    await world.confirm(other, ask);
    const { askDigest } = await import('@/lib/authz');
    expect(await as(world.consoleUrl, 'select cordon.approve_pruning($1, $2, $3)', [secret, id, askDigest(ask)])).toBe(
      'pruning.own',
    );
    await world.keep();
    expect(await left()).toBe(2);
  });

  it('releases no hold alone', async () => {
    const hold = await retention.setHold(second, {
      kind: 'log',
      target: undefined,
      from: undefined,
      to: undefined,
      reason: 'Suit',
    });
    await world.confirmed(world.owner, () => retention.releaseHold(world.owner, hold));
    expect(await outcome(retention.releaseHold(world.owner, hold))).toBe('hold.own');
    expect(await as(world.consoleUrl, 'select cordon.release_hold($1, $2, $3)', [world.owner.secret, hold, ''])).toBe(
      'hold.own',
    );
    await world.confirmed(second, () => retention.releaseHold(second, hold));
  });

  it('gets nowhere with a confirmation for another proposal', async () => {
    const id = await propose();
    await world.confirm(second, await world.asked(() => retention.approvePruning(second, id)));
    await retention.withdrawPruning(world.owner, id);
    const next = await propose();
    expect(await outcome(retention.approvePruning(second, next))).toBe('authz.step_up_required');
    expect(await outcome(retention.approvePruning(second, id))).toBe('pruning.decided');
    await world.keep();
    expect(await left()).toBe(2);
  });
});

describe('SQL as a role of the database', () => {
  const id = newId('prn');
  const row = `insert into "AuditPruning" ("id", "log", "classes", "beforeAt", "upTo", "expected", "proposedById", "approvedById", "approvedAt", "state", "next")
    values ($1, $2, '{activity}', now(), 1, 1, 'usr_a', 'usr_b', now(), 'approved', 0)`;

  it.each<[string, string, unknown[]?]>([
    ['deletes records', 'delete from "AuditEvent"'],
    ['deletes values', 'delete from "AuditValue"'],
    ['writes an approved pruning', row, [id, 'org_x']],
    ['approves a proposal', `update "AuditPruning" set "state" = 'approved', "approvedById" = 'usr_b'`],
    ['marks places as pruned', `insert into "LogPruned" select "log", "index", 'x', 'p' from "LogLeaf"`],
    ['has a batch pruned', `select * from cordon.prune_batch('x', 10)`],
    [
      'shortens a period',
      `insert into "AuditRetention" ("log", "class", "months", "changedById") values ('provider', 'access', 12, 'usr_a')`,
    ],
    ['releases a hold', `update "AuditHold" set "releasedAt" = now()`],
    ['moves the minimum', `update "Log" set "minimum" = "size"`],
    ['overwrites values', `select cordon.unlink_values('provider', 'usr_a', '{}', 10)`],
  ])('the console’s never %s', async (_what, sql, values) => {
    expect(await as(world.consoleUrl, sql, values)).toMatch(/permission denied/);
    expect(await left()).toBe(2);
  });

  it('the console’s shortens no period and proposes nothing without a confirmation', async () => {
    const { owner } = world;
    expect(await as(world.consoleUrl, `select cordon.set_retention($1, 'access', 12, '')`, [owner.secret])).toBe(
      'step_up.required',
    );
    expect(
      await as(world.consoleUrl, `select cordon.propose_pruning($1, $2, '{activity}', now(), 1, '')`, [
        owner.secret,
        id,
      ]),
    ).toBe('step_up.required');
    expect(
      await as(world.consoleUrl, `select * from cordon.begin_erasure($1, $2, $3, '')`, [
        owner.secret,
        newId('ers'),
        owner.userId,
      ]),
    ).toBe('step_up.required');
  });

  it('control’s prunes what was agreed, and nothing else', async () => {
    const proposed = await propose();
    expect(await as(world.controlUrl, 'select * from cordon.prune_batch($1, 100)', [proposed])).toBe(
      'pruning.not_approved',
    );
    expect(await as(world.controlUrl, 'delete from "AuditEvent"')).toMatch(/permission denied/);
    await world.confirmed(second, () => retention.approvePruning(second, proposed));
    await world.keep();
    expect([await left(), await left([young])]).toEqual([0, 1]);
    expect(await as(world.controlUrl, 'select * from cordon.prune_batch($1, 100)', [proposed])).toBe(
      'pruning.not_approved',
    );
  });

  it('the owner of the tables deletes nothing that was not agreed, as long as triggers stand', async () => {
    const sql = `delete from "AuditEvent" where "id" = $1`;
    expect(await as(world.installerUrl, sql, [ids[0]])).toBe('audit.append_only');
    // Nor with a mark that a pruning under way would have made.
    const proposed = await propose();
    await world.confirmed(second, () => retention.approvePruning(second, proposed));
    await world.sql(
      `insert into "LogPruned" select l."log", l."index", e."entry", $2 from "LogLeaf" l join "AuditEvent" e on e."id" = l."eventId" where e."id" = $1`,
      [young, proposed],
    );
    expect(await as(world.installerUrl, sql, [young])).toBe('audit.append_only');
    await world.sql(`delete from "LogPruned" where "pruningId" = $1`, [proposed]);
  });
});

describe('time', () => {
  it('is the database’s: a console that is ahead makes nothing old', async () => {
    const ahead = Date.now() + 2 * YEAR;
    const day = new Date(ahead).toISOString().slice(0, 10);
    vi.useFakeTimers({ now: ahead, toFake: ['Date'] });
    try {
      await world.confirm(
        world.owner,
        await world
          .asked(() => retention.proposePruning(world.owner, { ...asked, before: day }))
          .catch((error) => {
            expect(error).toMatchObject({ code: 'pruning.range' });
            return { action: 'x', object: 'x', version: '', terms: [] };
          }),
      );
      expect(await outcome(retention.proposePruning(world.owner, { ...asked, before: day }))).toBe('pruning.range');
    } finally {
      vi.useRealTimers();
    }
    const id = await propose();
    await world.confirmed(second, () => retention.approvePruning(second, id));
    await world.keep();
    expect([await left(), await left([young])]).toEqual([0, 1]);
  });

  it('does not run out for a hold that is set after the approval', async () => {
    const id = await propose();
    await world.confirmed(second, () => retention.approvePruning(second, id));
    const hold = await retention.setHold(second, {
      kind: 'person',
      target: world.owner.userId,
      from: undefined,
      to: undefined,
      reason: 'Suit',
    });
    await world.keep();
    expect(await left()).toBe(2);
    await world.confirmed(world.owner, () => retention.releaseHold(world.owner, hold));
    await world.confirmed(second, () => retention.releaseHold(second, hold));
  });

  it('waits for a hold that is being set while a batch would run', async () => {
    const id = await propose();
    await world.confirmed(second, () => retention.approvePruning(second, id));
    const setting = new pg.Client(world.consoleUrl);
    const batch = new pg.Client(world.controlUrl);
    await Promise.all([setting.connect(), batch.connect()]);
    await setting.query('begin');
    await setting.query('select * from cordon.enter_organisation($1, $2)', [second.secret, second.organisationId]);
    await setting.query(`select cordon.set_hold($1, $2, 'log', null, null, null, 'Suit')`, [
      second.secret,
      newId('hld'),
    ]);
    const pruned = batch.query<{ pruned: string }>('select * from cordon.prune_batch($1, 8192)', [id]);
    await expect
      .poll(async () => (await world.sql(`select 1 from pg_locks where locktype = 'advisory' and not granted`)).length)
      .toBe(1);
    await setting.query('commit');
    expect((await pruned).rows[0]!.pruned).toBe('0');
    expect(await left()).toBe(2);
    await Promise.all([setting.end(), batch.end()]);
    await world.sql(
      `update "AuditHold" set "releaseAskedById" = 'a', "releasedById" = 'b', "releasedAt" = now() where "releasedAt" is null`,
    );
  });

  it('ends a proposal after seven days, and a period that became longer counts', async () => {
    const late = await propose();
    await world.sql(`update "AuditPruning" set "proposedAt" = now() - interval '8 days' where "id" = $1`, [late]);
    await world.confirm(second, await world.asked(() => retention.approvePruning(second, late)));
    expect(await outcome(retention.approvePruning(second, late))).toBe('pruning.lapsed');
    await retention.withdrawPruning(second, late);
    const id = await propose();
    await world.confirmed(second, () => retention.approvePruning(second, id));
    await retention.setRetention(second, 'activity', 60);
    await world.keep();
    expect(await left()).toBe(2);
    await world.confirmed(second, () => retention.setRetention(second, 'activity', 13));
  });
});
