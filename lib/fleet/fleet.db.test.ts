import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject } from '@/lib/projects';
import { openWorld, type World } from '@/test/contract/world';
import * as fleet from '.';

let world: World;
let projectId: string;
beforeAll(async () => {
  world = await openWorld();
  await world.edge('eu-1', 'EU');
  await world.edge('na-1', 'NA');
  await world.edge('jp-old', 'JP', { lastSeenAt: new Date(Date.now() - 20_000) });
  await world.edge('cn-old', 'CN', { lastSeenAt: new Date(Date.now() - 60_000) });
  const made = await createProject(world.owner, { name: 'Test', environment: 'development', fence: ['EU'] });
  projectId = made.project.id;
  await world.sql(`update "Edge" set "enforcedSeq" = $1 where name = 'eu-1'`, [made.seq]);
});
afterAll(async () => {
  await world?.stop();
});

const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error) => error.code ?? error,
  );

describe('edges', () => {
  it('say what they enforce now, not what they last said', async () => {
    const edges = await fleet.listEdges(world.owner);
    expect(edges.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'cn-old offline',
      'eu-1 in_sync',
      'jp-old stale',
      'na-1 applying',
    ]);
    expect(await fleet.beat(world.owner)).toMatchObject({ enforced: 1, edges: 3, version: { epoch: 1 } });
  });

  it('show staff their health and refusals as counts, and customers neither', async () => {
    await world.decision(projectId, { verdict: 'deny', code: 'token.expired', count: 5 });
    await world.sql(
      `update "Edge" set report = '{"rssBytes": 100, "sessions": 2}', refusal = '{"code": "schema", "detail": "x"}' where name = 'eu-1'`,
    );
    const detail = (await fleet.staffFleet(world.staff.secret)).find(({ name }) => name === 'eu-1');
    expect(detail).toMatchObject({
      state: 'refused',
      rssBytes: 100,
      liveSessions: 2,
      lastRefusals: [{ code: 'token.expired', count: 5 }],
    });
    expect(JSON.stringify(await fleet.listEdges(world.owner))).not.toMatch(/schema|rssBytes/);
    expect(await code(fleet.staffFleet(world.owner.secret))).toBe('session.invalid');
    await world.sql(`update "Edge" set report = null, refusal = null`);
  });
});

describe('history', () => {
  it('goes through pages without losing or repeating, also within one millisecond', async () => {
    const at = new Date(Date.now() - 1000);
    for (let i = 0; i < 7; i++)
      await world.decision(projectId, {
        at,
        channel: 'paged',
        bootId: `boot-${i % 2}`,
        edgeName: i % 3 ? 'eu-1' : 'na-1',
      });
    for (let i = 0; i < 5; i++)
      await world.session(projectId, { startedAt: at, endedAt: new Date(), endReason: 'client_left' });
    const seen: string[] = [];
    for (let cursor: string | null = null, first = true; first || cursor; first = false) {
      const page: Awaited<ReturnType<typeof fleet.listDecisions>> = await fleet.listDecisions(world.owner, projectId, {
        filter: { channel: 'paged' },
        limit: 2,
        cursor,
      });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next;
    }
    expect(seen).toHaveLength(7);
    expect(new Set(seen).size).toBe(7);
    const first = await fleet.listSessions(world.owner, projectId, { live: false, limit: 3 });
    const rest = await fleet.listSessions(world.owner, projectId, { live: false, limit: 3, cursor: first.next });
    expect(new Set([...first.items, ...rest.items].map(({ id }) => id)).size).toBe(5);
    expect(rest.next).toBeNull();
  });

  it('refuses a cursor that is none of its own', async () => {
    for (const cursor of [
      'x',
      'bnVsbA',
      Buffer.from('["a","b"]').toString('base64url'),
      Buffer.from('["2026-01-01","e","b","-1"]').toString('base64url'),
    ]) {
      expect(await code(fleet.listDecisions(world.owner, projectId, { cursor }))).toBe('cursor.invalid');
    }
  });

  it('is found by index, however long it is', async () => {
    const project = (await createProject(world.owner, { name: 'Long', environment: 'development', fence: ['EU'] }))
      .project;
    const noise = (await createProject(world.owner, { name: 'Noise', environment: 'development', fence: ['EU'] }))
      .project;
    for (const { id, appId } of [project, noise]) {
      await world.sql(
        `insert into "Decision" ("edgeName", "bootId", n, "organisationId", "projectId", "appId", at, "traceId", channel, account, action, verdict, rule, code, epoch, seq, "addressPrefix")
         select 'eu-1', $2, n, $1, $2, $3, now() - n * interval '1 second', 't', 'room', 'a' || n % 500, 'join', 'allow', 'privilege', 'ok', 1, 1, '' from generate_series(1, 20000) n`,
        [world.owner.organisationId, id, appId],
      );
      await world.sql(
        `insert into "MediaSession" (id, "edgeName", "bootId", "organisationId", "projectId", "appId", channel, account, direction, "startedAt", "endedAt")
         select $2 || n, 'eu-1', 'b', $1, $2, $3, 'room', 'a', 'both', now() - n * interval '1 second', case when n > 50 then now() end from generate_series(1, 20000) n`,
        [world.owner.organisationId, id, appId],
      );
    }
    await world.sql('analyze "Decision", "MediaSession"');
    const { asMember } = await import('@/lib/db');
    const plans = await asMember(world.owner.secret, world.owner.organisationId, async (tx) => {
      const explain = async (sql: string) =>
        JSON.stringify(await tx.prisma.$queryRawUnsafe(`explain (format json) ${sql}`));
      return [
        await explain(
          `select * from "Decision" where "projectId" = '${project.id}' order by at desc, "edgeName" desc, n desc limit 51`,
        ),
        await explain(
          `select * from "Decision" where "projectId" = '${project.id}' and account = 'a7' order by at desc, "edgeName" desc, n desc limit 51`,
        ),
        await explain(
          `select * from "MediaSession" where "projectId" = '${project.id}' and "endedAt" is null order by "startedAt" desc, id desc limit 51`,
        ),
        await explain(
          `select * from "MediaSession" where "projectId" = '${project.id}' and "endedAt" is not null order by "startedAt" desc, id desc limit 51`,
        ),
      ];
    });
    for (const plan of plans) expect(plan).not.toContain('Seq Scan');
  });
});

it('one project’s day in numbers', async () => {
  const { project } = await createProject(world.owner, { name: 'Numbers', environment: 'development', fence: ['EU'] });
  await world.session(project.id);
  await world.decision(project.id);
  await world.decision(project.id, { verdict: 'deny', code: 'token.expired', count: 40 });
  await world.decision(project.id, { verdict: 'deny', code: 'token.signature' });
  await world.decision(project.id, {
    verdict: 'deny',
    code: 'token.expired',
    at: new Date(Date.now() - 2 * 86_400_000),
  });
  expect(await fleet.activity(world.owner, project.id)).toEqual({
    inSession: 1,
    joins: 1,
    refused: 41,
    refusalsByCode: [
      { code: 'token.expired', count: 40 },
      { code: 'token.signature', count: 1 },
    ],
    sessionsByRegion: [
      { region: 'NA', edges: 1, sessions: 0 },
      { region: 'EU', edges: 1, sessions: 1 },
      { region: 'JP', edges: 1, sessions: 0 },
      { region: 'CN', edges: 1, sessions: 0 },
    ],
  });
});
