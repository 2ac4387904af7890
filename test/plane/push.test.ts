import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Control } from '@/lib/control';
import type { DecisionRecord } from '@/lib/kernel/bundle/messages';
import { run } from '@/lib/keyring/operations';
import { CAST, id } from '../support/grants';
import { openProduction } from '../support/production';
import type { Call } from '../support/soft-passkeys';
import { APP, newAppId, startCluster, startWorld, until, type World } from './push-world';

type Cluster = Awaited<ReturnType<typeof startCluster>>;
let cluster: Cluster;
let world: World;
let control: Control;

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(async () => await cluster?.stop());
beforeEach(async () => {
  world = await startWorld(cluster);
  control = await world.control();
  await until('control leads', () => control.leading);
});
afterEach(async () => await world?.stop());

const edgeRow = async (name: string) => (await world.sql.query('select * from "Edge" where name = $1', [name])).rows[0];
const acksOf = async (name: string, seq: number) =>
  (
    await world.sql.query('select stage, cut from "EdgeAck" where "edgeName" = $1 and seq = $2 order by stage', [
      name,
      seq,
    ])
  ).rows;

const decision = (traceId: string, more: Partial<DecisionRecord> = {}): Omit<DecisionRecord, 'n'> => ({
  kind: 'decision',
  at: 1_790_000_000_000,
  traceId,
  appId: APP,
  channel: 'room',
  account: '7',
  action: 'join',
  verdict: 'allow',
  rule: 'privilege',
  code: 'ok',
  epoch: 1,
  seq: 1,
  tokenId: null,
  certificateId: null,
  wildcardUser: false,
  addressPrefix: '192.0.2.0/24',
  count: 1,
  ...more,
});

describe('from a change to enforcement', () => {
  it('enrols, takes a snapshot, then deltas, and both acknowledgements are in the tables', async () => {
    const { drafts, certificate } = await world.project(APP, ['EU']);
    await world.change(drafts);
    const store = await world.open(await world.joined('eu-1', 'EU', control.port));
    const swept: (readonly string[] | 'all')[] = [];
    store.onChange(async (touched) => {
      swept.push(touched === 'all' ? 'all' : [...touched]);
      return { cut: 2 };
    });
    await until('the policy arrives', () => store.index.app(APP)?.project);
    await until('a lease is held', () => (store.leaseExpiresAt() ?? 0) > Date.now());
    const ref = store.index.app(APP)!.project!.certificates[0]!;
    expect(Buffer.from(store.certificate(ref)!).toString('latin1')).toBe(certificate);
    expect(store.certificate({ ...ref, id: 'crt_other' })).toBeNull();

    await until('the edge itself is in the edges resource', () =>
      store.index.edges?.edges.some(({ name }) => name === 'eu-1'),
    );
    const seq = await world.change([
      {
        kind: 'revocation',
        id: 'rev_1',
        appId: APP,
        subject: { type: 'user', account: '7' },
        issuedBefore: 1_790_000_000,
      },
    ]);
    await until('enforced is recorded', async () => Number((await edgeRow('eu-1')).enforcedSeq) >= seq);
    expect(await acksOf('eu-1', seq)).toEqual([
      { stage: 'applied', cut: 0 },
      { stage: 'enforced', cut: 2 },
    ]);
    expect(store.position?.seq).toBe(seq);
    expect(swept.at(-1)).toEqual([APP]);
    expect((await edgeRow('eu-1')).activeHash).toBe(store.position!.hash);

    const gone = await world.change([], ['revocation/rev_1']);
    await until('the deletion arrives', () => store.position!.seq >= gone);
    expect(store.index.app(APP)?.revocations.size).toBe(0);
  });

  it('tells edges inside the fence who of the provider may watch, as the keyring has it, and takes it back within seconds', async () => {
    const seconds = () => Math.floor(Date.now() / 1000);
    const call: Call = (operation, input) => run(world.context, operation, input);
    const welcome = (userId: string) => call('staff.welcome', { userId, ttlSeconds: 600 });
    const production = await openProduction(call, welcome, seconds);
    const [grant, session] = [id('grt', 1), id('ssn', 1)];
    const target = `app:${APP}`;
    await production.grant(grant, { targets: [target] });
    await production.open(grant, { session, target, through: 'media-plane', channel: 'room' });
    const { drafts } = await world.project(APP, ['EU']);
    const [project] = drafts;
    if (project?.kind !== 'project') throw new Error('no project');
    const { id: certificateId, sealed } = project.certificates[0]!;
    const certificate = { certificateId, projectId: project.projectId, appId: APP, sealed };
    const { until: deadline } = await call('observer.token', { session, ...certificate });
    await world.change(drafts);
    const inside = await world.open(await world.joined('eu-1', 'EU', control.port));
    const outside = await world.open(await world.joined('na-1', 'NA', control.port));
    await until('both hold the fence', () => inside.index.app(APP)?.project && outside.index.app(APP)?.fence);

    await world.sql.query(
      `insert into "AccessRequest" ("id", "personId", "kind", "terms", "targets", "organisations", "decideBy", "state", "logged")
       values ($1, $2, 'access', '[]', array[$3], '{}', now(), 'active', 'active')`,
      [grant, CAST.asker, target],
    );
    await world.sql.query(
      `insert into "ProductionSession" ("id", "requestId", "userId", "target", "through", "channel") values ($1, $2, $3, $4, 'media-plane', 'room')`,
      [session, grant, CAST.asker, target],
    );
    // What the row says of itself counts for nothing.
    const forged = { tokenId: 'f'.repeat(64), until: deadline + 86_400 };
    await world.change([{ kind: 'observation', id: session, appId: APP, ...forged }]);
    const held = await until('the edge inside is told', () => inside.index.app(APP)?.observations.get(session));
    expect(held).toMatchObject({ until: deadline, tokenId: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(held.tokenId).not.toBe(forged.tokenId);
    await until('the other follows', () => outside.position!.seq >= inside.position!.seq);
    expect(outside.index.app(APP)?.observations.size).toBe(0);

    // Ended at the keyring, and nobody says so to the database: control finds out.
    const began = performance.now();
    await call('grant.end', { request: grant, why: 'revoked' });
    await until('it is taken back', () => inside.index.app(APP)?.observations.size === 0);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('keeps everything but the fence from an edge outside, and takes it away when the fence moves', async () => {
    const { drafts, certificate } = await world.project(APP, ['EU', 'JP']);
    await world.change(drafts);
    const optionsOutside = await world.joined('na-1', 'NA', control.port);
    const outside = await world.open(optionsOutside);
    const japan = await world.open(await world.joined('jp-1', 'JP', control.port));
    await until('the stub arrives', () => outside.index.app(APP)?.fence);
    await until('the policy arrives', () => japan.index.app(APP)?.project);
    expect(outside.index.app(APP)).toMatchObject({ project: undefined, tokenPolicy: undefined, staleness: undefined });
    const ref = japan.index.app(APP)!.project!.certificates[0]!;
    expect(japan.certificate(ref)).not.toBeNull();
    expect(outside.certificate(ref)).toBeNull();

    const seq = await world.change([{ kind: 'fence', id: APP, regions: ['NA'] }]);
    await until('both follow', () => outside.position!.seq >= seq && japan.position!.seq >= seq);
    expect(japan.index.app(APP)).toMatchObject({ project: undefined, tokenPolicy: undefined, staleness: undefined });
    expect(japan.certificate(ref)).toBeNull();
    expect(outside.index.app(APP)?.project?.certificates).toHaveLength(1);

    // Nothing that control stored, and nothing on any edge's disk, holds the certificate in the clear.
    const frames = await world.sql.query('select payload from "PolicyFrame"');
    const bytes = Buffer.concat(frames.rows.map(({ payload }: { payload: Buffer }) => payload));
    expect(bytes.includes(certificate)).toBe(false);
    expect(bytes.includes('"r1.EU.')).toBe(true);
    for (const file of readdirSync(join(optionsOutside.home, 'policy')))
      expect(readFileSync(join(optionsOutside.home, 'policy', file)).includes(certificate)).toBe(false);
  });

  it('sends an empty step to regions a change does not concern, so that one number says what is enforced', async () => {
    const { drafts } = await world.project(APP, ['EU']);
    const store = await world.open(await world.joined('in-1', 'IN', control.port));
    await until('connected', () => store.status().connected && store.position);
    await world.change(drafts);
    const seq = await world.change([
      { kind: 'revocation', id: 'rev_secret', appId: APP, subject: { type: 'project' }, issuedBefore: 1_790_000_000 },
    ]);
    await until('the step arrives', () => store.position!.seq >= seq);
    const frames = await world.sql.query(`select payload from "PolicyFrame" where region = 'IN' and type = 'Delta'`);
    expect(Buffer.concat(frames.rows.map(({ payload }: { payload: Buffer }) => payload)).includes('rev_secret')).toBe(
      false,
    );
  });
});

describe('identity', () => {
  it('redeems a join token once', async () => {
    const options = await world.joined('eu-1', 'EU', control.port);
    await world.open(options);
    await until('enrolled', async () => (await edgeRow('eu-1')).certificate);
    const thief = {
      ...world.edge('eu-1', 'EU', control.port),
      home: `${options.home}-thief`,
      joinToken: options.joinToken,
    };
    await world.open(thief);
    await until('the second use is refused', () => thief.logged.some(({ code }) => code === 'enroll.refused'));
  });

  it('refuses an expired join token and a control that is not the pinned one', async () => {
    const late = await world.joined('eu-1', 'EU', control.port, -1);
    await world.open(late);
    await until('the late token is refused', () => late.logged.some(({ code }) => code === 'enroll.refused'));
    const wrong = { ...(await world.joined('eu-2', 'EU', control.port)), controlFingerprint: '00'.repeat(32) };
    await world.open(wrong);
    await until('the pin is checked', () => wrong.logged.some(({ code }) => code === 'control.fingerprint'));
    expect((await edgeRow('eu-2')).certificate).toBeNull();
  });

  it('drops a banned edge and lets it back in when the ban ends', async () => {
    const store = await world.open(await world.joined('eu-1', 'EU', control.port));
    await until('connected', () => store.status().connected);
    await world.sql.query(`update "Edge" set "bannedAt" = now() where name = 'eu-1'`);
    await until('dropped', () => !store.status().connected && control.edges === 0);
    await world.sql.query(`update "Edge" set "bannedAt" = null where name = 'eu-1'`);
    await until('back', () => store.status().connected, 20);
  });
});

describe('restarts', () => {
  it('serves the last policy from disk with control and keyring away, and catches up later', async () => {
    const { drafts, certificate } = await world.project(APP, ['EU']);
    await world.change(drafts);
    const options = await world.joined('eu-1', 'EU', control.port);
    const first = await world.open(options);
    await until('the policy and a lease', () => first.index.app(APP)?.project && first.leaseExpiresAt());
    await first.stop();
    const held = first.position;
    await control.stop();
    await world.stopKeyring();

    const again = await world.open({ ...options, joinToken: undefined });
    expect(again.position).toEqual(held);
    expect(again.leaseExpiresAt()).toBeGreaterThan(0);
    const ref = again.index.app(APP)!.project!.certificates[0]!;
    expect(Buffer.from(again.certificate(ref)!).toString('latin1')).toBe(certificate);

    const seq = await world.change([{ kind: 'staleness', id: APP, joinSeconds: 60 }]);
    await world.startKeyring();
    control = await world.control({ port: Number(new URL(options.controlUrl).port) });
    await until('caught up', () => again.position!.seq >= seq, 20);
    expect(again.index.app(APP)?.staleness?.joinSeconds).toBe(60);
  });

  it('lets a second control take over the lead and serve the same chain', async () => {
    const second = await world.control();
    const store = await world.open(await world.joined('eu-1', 'EU', second.port));
    await until('served by the follower', () => store.position);
    expect(second.leading).toBe(false);
    const seq = await world.change((await world.project(APP, ['EU'])).drafts);
    await until('the follower hands on', () => store.position!.seq >= seq);
    await control.stop();
    await until('the second leads', () => second.leading);
    const next = await world.change([{ kind: 'staleness', id: APP, joinSeconds: 60 }]);
    await until('the chain goes on', () => store.position!.seq >= next);
    const types = await world.sql.query(
      `select type from "PolicyFrame" where region = 'EU' and type <> 'Beat' order by seq`,
    );
    expect(types.rows.map(({ type }) => type)).toEqual(['Snapshot', ...types.rows.slice(1).map(() => 'Delta')]);
  });

  it('loses no change while the keyring or the database connections are away', async () => {
    const store = await world.open(await world.joined('eu-1', 'EU', control.port));
    await until('connected', () => store.position);
    const { drafts } = await world.project(APP, ['EU']);
    await world.stopKeyring();
    const during = await world.change(drafts);
    await world.sql.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'cordon_control' and datname = current_database()`,
    );
    await world.startKeyring();
    await until('signed after all', () => store.position!.seq >= during, 20);
    expect(store.index.app(APP)?.fence?.regions).toEqual(['EU']);
    const later = await world.change([{ kind: 'fence', id: newAppId(), regions: ['JP'] }]);
    await until('notices work again', () => store.position!.seq >= later, 20);
  });

  it('starts the chain over with a snapshot when the keyring signed a step that was never stored', async () => {
    const store = await world.open(await world.joined('eu-1', 'EU', control.port));
    await until('the edges resource', () => store.index.edges);
    await control.stop();
    const seq = await world.change([{ kind: 'fence', id: APP, regions: ['EU'] }]);
    // What a control that died between signing and storing leaves behind.
    await world.context.positions.snapshot('EU', 1, seq, 'ab'.repeat(32));
    await world.context.positions.snapshot('NA', 1, seq, 'cd'.repeat(32));
    control = await world.control({ port: control.port });
    await until('a new chain is served', () => store.position!.seq >= seq, 20);
    expect(store.index.app(APP)?.fence).toBeDefined();
  });
});

describe('a long chain', () => {
  it('starts over with a snapshot after 256 steps, for connected edges and for new ones', async () => {
    const store = await world.open(await world.joined('eu-1', 'EU', control.port));
    await until('the edges resource', () => store.index.edges);
    const sizes = new Set<number>();
    for (let i = 0; i < 270; i++) {
      const seq = await world.change([{ kind: 'fence', id: newAppId(), regions: ['EU'] }]);
      // One step per change: a burst would be coalesced.
      await until('signed', () => store.position!.seq >= seq);
      sizes.add(store.index.size);
    }
    expect(store.index.size).toBe(271);
    expect(sizes.size).toBe(270);
    const { rows } = await world.sql.query(
      `select count(*) filter (where type = 'Snapshot') as snapshots from "PolicyFrame" where region = 'EU'`,
    );
    expect(Number(rows[0].snapshots)).toBe(2);
    const late = await world.open(await world.joined('eu-2', 'EU', control.port));
    await until('the new edge has all', () => late.index.size === 271 && late.position!.seq >= store.position!.seq);
    await until('both at the same place', () => late.position!.hash === store.position!.hash);
  });
});

describe('upstream', () => {
  it('writes one audit event per project and change for the sessions an edge cut', async () => {
    await world.sql.query(`insert into "Organisation" (id, name, slug) values ('org_test', 'Test', 'test')`);
    await world.sql.query(
      `insert into "Project" (id, "organisationId", name, "appId", environment, fence) values ('prj_test', 'org_test', 'Test', $1, 'production', '{EU}')`,
      [APP],
    );
    const store = await world.open(await world.joined('eu-1', 'EU', control.port));
    const cut = { action: 'enforce', verdict: 'deny', code: 'revoked.user', rule: 'revocation', seq: 12 } as const;
    store.record(decision('x1', { ...cut, count: 2 }));
    store.record(decision('x2', cut));
    store.record(decision('x3', { ...cut, rule: 'time', code: 'token.expired' }));
    store.record(decision('x4', { ...cut, appId: newAppId() }));
    const events = async () =>
      (
        await world.sql.query(
          `select "organisationId", "projectId", "actorKind", convert_from(header, 'UTF8') as header from "AuditEvent" where schema like 'enforcement%'`,
        )
      ).rows;
    await until('the event', async () => (await events()).length > 0);
    await until('all are committed', () => store.status().spoolBytes === 0);
    const [event, ...others] = await events();
    expect(others).toEqual([]);
    expect(event).toMatchObject({ organisationId: 'org_test', projectId: 'prj_test', actorKind: 'edge' });
    expect(JSON.parse(event.header).details).toEqual({ edge: 'eu-1', region: 'EU', seq: 12, cut: 3 });
    const stored = await world.sql.query(`select "projectId" from "Decision" order by "traceId"`);
    expect(stored.rows.map(({ projectId }) => projectId)).toEqual(['prj_test', 'prj_test', 'prj_test', null]);
  });

  it('commits every record once, across restarts of control and of the edge', async () => {
    await world.change((await world.project(APP, ['EU'])).drafts);
    const options = await world.joined('eu-1', 'EU', control.port);
    const store = await world.open(options);
    await until('connected', () => store.status().connected);
    const port = control.port;
    for (let i = 0; i < 1_500; i++) store.record(decision(`a${i}`));
    await control.stop();
    for (let i = 0; i < 700; i++) store.record(decision(`b${i}`));
    await store.stop();
    const next = await world.open({ ...options, joinToken: undefined });
    next.record(
      decision('c0', { account: 'ünïcode', verdict: 'deny', code: 'fence.region_denied', rule: 'fence', count: 12 }),
    );
    control = await world.control({ port });
    const count = async () => Number((await world.sql.query('select count(*) from "Decision"')).rows[0].count);
    await until('all are there', async () => (await count()) === 2_201, 20);
    await until('the spool is empty', () => next.status().spoolBytes === 0);
    const { rows } = await world.sql.query(
      'select "traceId", count(*) from "Decision" group by 1 having count(*) <> 1',
    );
    expect(rows).toEqual([]);
    const odd = (await world.sql.query(`select account, count, "bootId" from "Decision" where "traceId" = 'c0'`)).rows;
    expect(odd).toEqual([{ account: 'ünïcode', count: 12, bootId: next.bootId }]);
  });

  it('opens and closes media sessions, and closes those of a former boot', async () => {
    const options = await world.joined('eu-1', 'EU', control.port);
    const store = await world.open(options);
    const session = (sessionId: string, event: 'joined' | 'changed' | 'cut', at: number) =>
      store.record({
        kind: 'session',
        at,
        event,
        sessionId,
        appId: APP,
        channel: 'room',
        account: '7',
        direction: event === 'changed' ? 'both' : 'publish',
        tokenId: null,
        certificateId: null,
        reason: event === 'cut' ? 'revoked.user' : '',
      });
    session('med_1', 'joined', 1_790_000_000_000);
    session('med_1', 'changed', 1_790_000_001_000);
    session('med_1', 'cut', 1_790_000_002_000);
    session('med_2', 'joined', 1_790_000_003_000);
    const rows = async () =>
      (await world.sql.query('select id, direction, "endReason", "startedAt" from "MediaSession" order by id')).rows;
    await until('both are there', async () => (await rows()).length === 2);
    expect(await rows()).toMatchObject([
      { id: 'med_1', direction: 'both', endReason: 'revoked.user', startedAt: new Date(1_790_000_000_000) },
      { id: 'med_2', direction: 'publish', endReason: null },
    ]);
    await store.stop();
    const next = await world.open({ ...options, joinToken: undefined });
    await until('back', () => next.status().connected, 20);
    await until('the orphan is closed', async () => (await rows())[1].endReason === 'edge_restarted');
  });
});
