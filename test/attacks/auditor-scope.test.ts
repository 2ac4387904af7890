/**
 * The attack: an outside auditor was let in to look at one project for thirty days. They are good at their trade, and want the rest: the other
 * projects' events by their address, by a filter, by an export, by a proof, by the log's own tiles; with the console's database role and SQL of
 * their own; with an event they write themselves under the id of one they may not see; by making their own terms longer; and when
 * their time is over, by a page that was left open.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { may } from '@/lib/authz';
import { newUuid } from '@/lib/platform';
import { type MemberCaller, openWorld, type World } from '../contract/world';
import { outcome } from './identity-world';

let world: World;
let ours: string;
let theirs: string;
let auditor: MemberCaller;
let db: typeof import('@/lib/db');
let exports: typeof import('@/lib/audit-export');
let log: typeof import('@/lib/audit-log');
let auditors: typeof import('@/lib/auditors');
let transparency: typeof import('@/lib/transparency');
/** An event of the other project. */
let hidden: { id: string; xid: string; at: Date; index: string };

beforeAll(async () => {
  world = await openWorld();
  [db, exports, log, auditors, transparency] = await Promise.all([
    import('@/lib/db'),
    import('@/lib/audit-export'),
    import('@/lib/audit-log'),
    import('@/lib/auditors'),
    import('@/lib/transparency'),
  ]);
  const { createProject, renameProject } = await import('@/lib/projects');
  const fence = ['EU'] as 'EU'[];
  const make = async (name: string) =>
    (await createProject(world.owner, { name, environment: 'development', fence })).project.id;
  [ours, theirs] = [await make('Audited'), await make('Zephyrine')];
  for (const id of [ours, theirs])
    for (const n of [1, 2, 3]) await renameProject(world.owner, id, { name: `${id} ${n}` });
  await world.decision(ours);
  await world.decision(theirs);
  auditor = world.auditor;
  await terms({ projects: [ours] });
  await world.sequence();
  hidden = (
    await world.sql<typeof hidden>(
      `select e."id", e."xid", e."at", l."index" from "AuditEvent" e join "LogLeaf" l on l."eventId" = e."id"
        where e."projectId" = $1 and e."schema" = 'project.renamed@1' limit 1`,
      [theirs],
    )
  )[0]!;
});
afterAll(() => world?.stop());

const membership = async () =>
  (await world.sql<{ id: string }>('select "id" from "Membership" where "userId" = $1', [auditor.userId]))[0]!.id;
const terms = async (input: Parameters<typeof auditors.changeTerms>[3]) =>
  auditors.changeTerms(world.owner.secret, auditor.organisationId, await membership(), input, new Date());
const inConsole = <T>(text: string, ...values: unknown[]): Promise<T[]> =>
  db.asMember(auditor.secret, auditor.organisationId, (tx) => tx.prisma.$queryRawUnsafe<T[]>(text, ...values));
const seen = async (filter = {}) => (await log.readAuditLog(auditor, filter)).events;

describe('an auditor of one project', () => {
  it('reads its events, those of membership and policy, their own, and no other', async () => {
    await seen();
    const events = await seen();
    expect(events.some(({ projectId }) => projectId === ours)).toBe(true);
    expect(events.filter(({ projectId }) => projectId !== null && projectId !== ours)).toEqual([]);
    const without = new Set(events.filter(({ projectId }) => projectId === null).map(({ event }) => event));
    expect([...without].sort()).toEqual(['audit.read@1', 'member.terms_set@1']);
    expect(events.filter(({ event }) => event === 'audit.read@1').every(({ actor }) => actor.name !== null)).toBe(true);
    // The owner reads as well, and that is nobody else's.
    await log.readAuditLog(world.owner, {});
    const reads = (await seen({ event: 'audit.read' })).map(({ actor }) => actor.pseudonym);
    expect(new Set(reads).size).toBe(1);
  });

  it.each([
    ['a project', { projects: true }],
    ['a time', { from: true }],
    ['both', { projects: true, from: true }],
  ])(
    'bounded by %s sees exactly what the worker of exports takes for theirs',
    async (_what, { projects, from }: { projects?: boolean; from?: boolean }) => {
      const [middle] = await world.sql<{ at: Date }>(
        'select percentile_disc(0.5) within group (order by "at") as at from "AuditEvent" where "organisationId" = $1',
        [auditor.organisationId],
      );
      await world.sql('update "Membership" set "scopeProjects" = $2, "scopeFrom" = $3 where "userId" = $1', [
        ...[auditor.userId, projects ? [ours] : null, from ? middle!.at : null],
      ]);
      const shown = await inConsole<{ id: string }>('select "id"::text from "AuditEvent" order by "at", "id"');
      const covered = await world.sql<{ id: string }>(
        `select e."id"::text from "Membership" m join "AuditEvent" e on e."organisationId" = m."organisationId"
        where m."userId" = $1 and cordon.scope_covers(m."scopeProjects", m."scopeFrom", m."scopeBefore",
          cordon.log_pseudonym(m."organisationId", m."userId"), e."at", e."actor", e."schema", e."projectId", e."objectId") order by e."at", e."id"`,
        [auditor.userId],
      );
      expect(shown).toEqual(covered);
      expect(shown.length).toBeGreaterThan(0);
      await terms({ projects: [ours] });
    },
  );

  it('finds nothing of another by a filter, by its address or by the id of an event', async () => {
    expect(await seen({ project: theirs })).toEqual([]);
    const { getProject, listProjects } = await import('@/lib/projects');
    expect(await outcome(getProject(auditor, theirs))).toBe('project.not_found');
    expect((await listProjects(auditor, {})).items.map(({ id }) => id)).toEqual([ours]);
    expect(await outcome(transparency.exportProof(auditor, hidden.id))).toBe('proof.not_found');
    expect(await outcome(log.exportEvidence(auditor, hidden.id))).toBe('evidence.not_found');
  });

  it('gets of the log what are hashes, and no entries', async () => {
    expect((await transparency.readCheckpoint(auditor)).length).toBeGreaterThan(0);
    const size = Number(
      (await inConsole<{ size: bigint }>('select max("size") as size from "LogCheckpoint"'))[0]!.size,
    );
    expect((await transparency.readTile(auditor, `tile/0/000.p/${size}`)).length).toBe(size * 32);
    expect(await outcome(transparency.readTile(auditor, `tile/entries/000.p/${size}`))).toBe('log.entries_withheld');
  });

  it('sees with SQL of their own no row of another project in any table that names one', async () => {
    const tables = await world.sql<{ t: string }>(
      `select c.relname as t from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'projectId'
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and has_any_column_privilege('cordon_console', c.oid, 'SELECT')`,
    );
    expect(tables.map(({ t }) => t)).toEqual(expect.arrayContaining(['AuditEvent', 'Decision', 'Certificate']));
    for (const { t } of tables) {
      const found = await inConsole<{ n: bigint }>(`select count(*) as n from "${t}" where "projectId" = $1`, theirs);
      expect([t, Number(found[0]!.n)]).toEqual([t, 0]);
    }
    const policies = await world.sql<{ t: string }>(
      `select tablename as t from pg_policies where policyname = 'auditor_scope' and permissive = 'RESTRICTIVE'`,
    );
    const idempotency = new Set(['Idempotency']);
    for (const { t } of tables) if (!idempotency.has(t)) expect(policies.map((each) => each.t)).toContain(t);
    for (const [table, column, value] of [
      ['AuditValue', 'eventId', hidden.id],
      ['LogLeaf', 'eventId', hidden.id],
    ] as const)
      expect(await inConsole(`select 1 from "${table}" where "${column}" = $1::uuid`, value)).toEqual([]);
    expect(await inConsole('select 1 from "PolicyResource" where "appId" in (select md5($1))', theirs)).toEqual([]);
  });

  it('opens no value with an event of their own under the same id', async () => {
    const found = await db
      .asMember(auditor.secret, auditor.organisationId, async (tx) => {
        await tx.prisma.$executeRawUnsafe(
          `insert into "AuditEvent" ("id", "organisationId", "at", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId", "projectId",
             "header", "commitments", "seed", "entry")
           values ($1::uuid, $2, clock_timestamp(), $3::uuid, 'project.renamed@1', 'success', 'member', 'x', 'project', $4, $4, '{}', '{}',
             decode(repeat('00', 16), 'hex'), decode(repeat('00', 55), 'hex'))`,
          ...[hidden.id, auditor.organisationId, newUuid(), ours],
        );
        const rows = await tx.prisma.$queryRawUnsafe(
          `select 1 from "AuditValue" where "eventId" = $1::uuid`,
          hidden.id,
        );
        // Nothing of this stays in the log.
        throw Object.assign(new Error('back'), { rows });
      })
      .catch((error) => error.rows);
    expect(found).toEqual([]);
  });

  it('makes their own terms neither longer nor wider', async () => {
    const id = await membership();
    expect(await outcome(auditors.changeTerms(auditor.secret, auditor.organisationId, id, {}, new Date()))).toBe(
      'auditor.role',
    );
    await inConsole(
      `update "Membership" set "accessUntil" = now() + interval '300 days', "scopeProjects" = null returning 1`,
    );
    const [row] = await world.sql<{ projects: string[] }>(
      'select "scopeProjects" as projects from "Membership" where "id" = $1',
      [id],
    );
    expect(row!.projects).toEqual([ours]);
    await expect(
      inConsole('select cordon.audit_terms($1, $2)', auditor.organisationId, world.owner.userId),
    ).rejects.toThrow();
  });

  it('is bounded in what the application asks for, too', () => {
    const scope = { until: new Date(), projects: [ours], from: null, before: null };
    const principal = { ...auditor, role: 'auditor' as const, scope };
    expect(may(principal, 'read', 'Decision')).toBe(true);
    expect(may(principal, 'change-fence', 'Project')).toBe(false);
  });
});

describe('an export of theirs', () => {
  it('has the scope in its filter, whatever is asked', async () => {
    expect(await outcome(exports.requestExport(auditor, { format: 'csv', project: theirs }))).toBe('export.filter');
    expect(await outcome(exports.requestExport(auditor, { format: 'pack', event: 'project' }))).toBe('export.scope');
    const forged = (filter: object, format = 'ndjson') =>
      inConsole(
        `insert into "AuditExport" ("id", "organisationId", "requestedById", "format", "filter", "rangeFrom", "rangeTo", "size")
         select 'exp_' || md5(random()::text), "log", $1, $2, $3::jsonb, 0, "size", "size" from "LogCheckpoint" where "log" = $4
         order by "size" desc limit 1`,
        ...[auditor.userId, format, JSON.stringify(filter), auditor.organisationId],
      );
    for (const filter of [
      {},
      { projectId: [theirs] },
      { projectId: [ours, theirs] },
      { projectId: [null] },
      { projectId: [null], schema: ['member.', 'project.'] },
      { projectId: [] },
      { projectId: ours },
    ])
      await expect(forged(filter), JSON.stringify(filter)).rejects.toThrow(/row-level security/);
    // Of other projects' events a pack must not say whether they meet further conditions.
    await expect(forged({ projectId: [ours], schema: ['project.'] }, 'pack')).rejects.toThrow(/row-level security/);
    await expect(forged({ projectId: [null], schema: ['member.'] }, 'pack')).rejects.toThrow(/row-level security/);
  });

  it.each(['ndjson', 'csv', 'pack'] as const)('as %s holds nothing of another project but hashes', async (format) => {
    const id = await exports.requestExport(auditor, { format });
    expect(await world.writeExport()).toBe(true);
    const view = (await exports.listExports(auditor)).find((each) => each.id === id)!;
    expect([view.state, view.events]).toEqual(['ready', await countOf(ours)]);
    const { stream } = await exports.downloadExport(auditor, id);
    let bytes = Buffer.from(await new Response(stream()).arrayBuffer());
    if (format === 'pack') bytes = (await import('node:zlib')).gunzipSync(bytes);
    const text = bytes.toString('latin1');
    expect(text).toContain(ours);
    // A stub opens the project and nothing else.
    expect(text).not.toContain(`${theirs} `);
    expect(text).not.toContain('Zephyrine');
    if (format !== 'pack') expect(text.includes(theirs)).toBe(false);
  });

  it('of members alone is possible without a project', async () => {
    const id = await exports.requestExport(auditor, { format: 'ndjson', event: 'member' });
    await world.writeExport();
    expect((await exports.listExports(auditor)).find((each) => each.id === id)).toMatchObject({ state: 'ready' });
  });

  it('ends with the scope it was asked under, and others’ files are not theirs', async () => {
    const id = await exports.requestExport(auditor, { format: 'ndjson' });
    const whole = await exports.requestExport(world.owner, { format: 'ndjson' });
    expect((await exports.listExports(auditor)).map((each) => each.id)).not.toContain(whole);
    expect(await outcome(exports.downloadExport(auditor, whole))).toBe('export.not_found');
    await terms({ projects: [theirs] });
    await world.writeExport();
    await world.writeExport();
    const [row] = await world.sql<{ state: string; code: string }>(
      'select "state", "code" from "AuditExport" where "id" = $1',
      [id],
    );
    expect(row).toEqual({ state: 'failed', code: 'export.not_allowed' });
    expect(await outcome(exports.downloadExport(auditor, id))).toBe('export.not_found');
    await terms({ projects: [ours] });
  });
});

describe('an auditor of a time', () => {
  it('sees what happened in it, and of what came before or after their own acts only', async () => {
    const [edge] = await world.sql<{ at: Date }>(
      `select "at" from "AuditEvent" where "projectId" = $1 and "schema" = 'project.renamed@1' order by "at" offset 1 limit 1`,
      [ours],
    );
    await world.sql('update "Membership" set "scopeProjects" = null, "scopeBefore" = $2 where "userId" = $1', [
      auditor.userId,
      edge!.at,
    ]);
    const events = await seen();
    expect(
      events.filter(
        ({ at, event }) => new Date(at) >= edge!.at && event !== 'audit.read@1' && !event.startsWith('audit.'),
      ),
    ).toEqual([]);
    expect(events.filter(({ projectId }) => projectId === ours).length).toBe(2);
    expect(await inConsole('select 1 from "Decision"')).toEqual([]);
    const filter = { at: { to: new Date(edge!.at.getTime() + 1).toISOString() } };
    expect(
      await inConsole(
        'select cordon.export_in_scope($1, $2, $3, $4::jsonb) as fits',
        auditor.organisationId,
        auditor.userId,
        'csv',
        JSON.stringify(filter),
      ),
    ).toEqual([{ fits: false }]);
    await terms({ projects: [ours] });
  });
});

describe('when their time is over', () => {
  it('an open session gets nowhere, in the middle of a transaction neither, and open pages are told', async () => {
    const read = () => inConsole('select 1 from "Project"');
    expect((await read()).length).toBe(1);
    const job = await exports.requestExport(auditor, { format: 'ndjson' });
    await db.asMember(auditor.secret, auditor.organisationId, async (tx) => {
      await world.sql('update "Membership" set "accessUntil" = now() where "userId" = $1', [auditor.userId]);
      for (const table of ['Project', 'AuditEvent', 'AuditValue', 'LogLeaf', 'Decision', 'AuditExport'])
        expect(await tx.prisma.$queryRawUnsafe(`select 1 from "${table}"`), table).toEqual([]);
    });
    expect(await outcome(read())).toBe('organisation.not_found');
    expect(await outcome(seen())).toBe('organisation.not_found');
    expect(await outcome(exports.downloadExport(auditor, job))).toBe('organisation.not_found');
    await world.writeExport();
    expect(await world.sql('select "state", "code" from "AuditExport" where "id" = $1', [job])).toEqual([
      { state: 'failed', code: 'export.not_allowed' },
    ]);
    const left = await db.withoutTenant(
      (tx) => tx.prisma.$queryRaw`select organisations from cordon.watch(array[${auditor.secret}])`,
    );
    expect(left).toEqual([{ organisations: [] }]);
    // Nor do they belong there as a person, who could write into its log.
    expect(await db.asPerson(auditor.secret, (tx) => tx.prisma.membership.count())).toBe(0);
  });

  it('they come back when an owner says so, for a year at most', async () => {
    await auditors.endAccess(world.owner.secret, auditor.organisationId, await membership());
    expect(await outcome(seen())).toBe('organisation.not_found');
    await terms({});
    expect((await seen()).length).toBeGreaterThan(0);
    const year = new Date(Date.now() + 500 * 86_400_000).toISOString().slice(0, 10);
    expect(await outcome(terms({ until: year }))).toBe('auditor.until');
    await expect(
      world.sql(`update "Membership" set "accessUntil" = now() + interval '500 days' where "userId" = $1`, [
        auditor.userId,
      ]),
    ).rejects.toThrow('auditor.term');
    expect(await outcome(terms({ projects: ['prj_nowhere'] }))).toBe('auditor.projects');
  });
});

const countOf = async (project: string) =>
  Number(
    (await world.sql<{ n: string }>('select count(*) as n from "AuditEvent" where "projectId" = $1', [project]))[0]!.n,
  );
