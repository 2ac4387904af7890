import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stepUpRequired } from '@/lib/authz';
import type { LockboxMode } from '@/lib/grants/schemas';
import { newId } from '@/lib/platform';
import type { MemberCaller } from '../contract/world';
import { type GrantWorld, openGrantWorld, type Someone, wish } from '../support/grant-world';
import { readableBy } from '../support/readable';
import { outcome } from './identity-world';

vi.mock('next/headers', async () => (await import('./identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('./identity-world')).nextNavigation);

/**
 * Two competitors are customers of one provider, and some of its hosts hold the data of both. Each would like to know what the other is asked
 * for, when the provider's engineers are busy there and who they are; each would like to answer in the other's place; and the provider would
 * like to get in without asking. A customer sees its own part and nothing else, answers for itself and nobody else, and one that was not
 * asked, or said no, keeps everybody out.
 */
let world: GrantWorld;
let grants: typeof import('@/lib/grants');
let ada: Someone;
let security: Someone;
/** Owners: of A, and of B. */
let a: MemberCaller;
let b: MemberCaller;
const projects: Record<string, string> = {};

beforeAll(async () => {
  world = await openGrantWorld();
  grants = await import('@/lib/grants');
  ada = await world.employee('support', 'authorised employee', 'break-glass');
  security = await world.employee('security', 'security approver');
  [a, b] = [world.owner, world.stranger];
  for (const owner of [a, b]) {
    await world.equip(owner, 'customer');
    const { createProject } = await import('@/lib/projects');
    const made = await createProject(owner, { name: 'Consult', environment: 'production', fence: ['EU'] });
    projects[owner.organisationId] = made.project.id;
  }
  for (const [id, owner] of [
    ['host:only-a', a],
    ['host:only-b', b],
  ] as const)
    await grants.changeTarget(world.staff, {
      ...{ id, class: 'edge', region: 'EU', dataClasses: ['log'], state: 'active' },
      organisations: [owner.organisationId],
    });
  await grants.changeTarget(world.staff, {
    ...{ id: 'host:shared-1', class: 'edge', region: 'EU', dataClasses: ['log'], state: 'active' },
    organisations: [a.organisationId, b.organisationId],
  });
});
afterAll(() => world?.close());

const says = async (who: MemberCaller, mode: LockboxMode) => {
  const setting = { project: projects[who.organisationId]!, mode, answerMinutes: 60 };
  const before = (await grants.readLockbox(who)).find(({ project }) => project.id === setting.project)!;
  if (before.mode !== mode) await world.sign(who, () => grants.changeLockbox(who, setting));
};
const shared = (over: object = {}) => world.ask(ada, { targets: ['host:shared-1'], ...over });
const ALL = { targets: ['host:only-a', 'host:shared-1', 'host:only-b'] };
const approve = (request: string) =>
  world.sign(security, () =>
    grants.voteOnRequest(security, { request, role: 'security', verdict: 'approve', minutes: 60 }),
  );
const answer = (who: MemberCaller, request: string, verdict: 'approve' | 'deny' = 'approve', minutes = 60) =>
  world.sign(who, () => grants.answerProvider(who, { request, verdict, minutes }));
/** What both logs say of a grant with one session. */
const USED = [
  'provider_access.opened@1',
  'provider_access.settled@1',
  'provider_access.session@1',
  'provider_access.counted@1',
  'provider_access.settled@1',
];
/** A session that was, as control has it from the gateway, with a record that was read. */
async function ended(session: string, commands: readonly string[]): Promise<void> {
  await world.sql(
    `update "ProductionSession" set "startedAt" = now() - interval '1 minute', "endedAt" = now() where "id" = $1`,
    [session],
  );
  await world.control();
  await world.sql(
    `insert into "SessionRecording" ("sessionId", "head", "bytes", "final", "indexed", "indexedAt", "commands", "files", "commandLines")
     values ($1, '{}', 1, true, 'whole', now(), $2, 1, $3)`,
    [session, commands.length, commands],
  );
  await world.control();
  await world.control();
}
/** Whatever would tell one customer of the other, of a target that holds only the other's data, or of an employee. */
async function secretsFrom(who: MemberCaller): Promise<string[]> {
  const other = who === a ? b : a;
  const people = [other.userId, ada.userId, security.userId, ...world.members.map(({ userId }) => userId)];
  const rows = await world.sql<Record<string, string>>(
    `select u."id", u."name", u."email" from "User" u where u."id" = any ($1)
     union all select o."id", o."name", o."slug" from "Organisation" o where o."id" = $2
     union all select p."id", p."appId", p."id" from "Project" p where p."organisationId" = $2`,
    [people, other.organisationId],
  );
  return [...new Set([...rows.flatMap((row) => Object.values(row)), `host:only-${other === a ? 'a' : 'b'}`])];
}
/** All that the console can read in its place, its page and its log, opened. */
async function seenBy(who: MemberCaller): Promise<string> {
  const { readAuditLog } = await import('@/lib/audit-log');
  return [await readableBy(who), JSON.stringify(await pageOf(who)), JSON.stringify(await readAuditLog(who, {}))].join(
    '\n',
  );
}
async function expectApart(request: string): Promise<void> {
  for (const who of [a, b]) {
    const seen = await seenBy(who);
    // Looked for where there is something to be found.
    for (const own of [who.organisationId, who.userId, request, 'Notice {', 'provider_access.requested@1'])
      expect(seen).toContain(own);
    for (const secret of await secretsFrom(who)) expect(seen).not.toContain(secret);
  }
}
const pageOf = (who: MemberCaller) => grants.readProviderAccess(who, {});
const logOf = (organisationId: string, id: string) =>
  world.sql<{ schema: string; header: string }>(
    `select "schema", convert_from("header", 'UTF8') as header from "AuditEvent" where "organisationId" = $1 and "objectId" = $2 order by "at", "id"`,
    [organisationId, id],
  );

describe('a target that holds the data of two customers', () => {
  it('stays closed until both have agreed, each with its own passkey', async () => {
    await says(a, 'approve');
    await says(b, 'approve');
    const id = await shared();
    expect(await approve(id)).toBe('pending');
    expect(await answer(a, id)).toBe('pending');
    expect(
      await outcome(
        grants.openSession(ada, { session: newId('ssn'), request: id, target: 'host:shared-1', publicKey: '' }, null),
      ),
    ).toBe('grant.not_active');
    expect(await answer(b, id, 'approve', 15)).toBe('active');
    const [row] = (await pageOf(a)).rows;
    expect(Date.parse(row!.deadline!) - Date.parse(row!.startsAt!)).toBe(15 * 60_000);
    // And either takes it back for everybody.
    await grants.withdrawAccess(b, id);
    expect(await world.state(id)).toBe('ended');
    expect(await outcome(grants.withdrawAccess(a, id))).toBe('grant.over');
    // Of whom, is nobody's business but theirs.
    for (let looks = 0; looks < 2; looks++) {
      expect((await pageOf(a)).rows[0]).toMatchObject({ id, state: 'ended', why: 'revoked' });
      const [copy] = await world.sql(
        'select "why" from "ProviderAccess" where "requestId" = $1 and "organisationId" = $2',
        [...[id, a.organisationId]],
      );
      expect(copy).toEqual({ why: 'revoked' });
      await world.control();
    }
    await expectApart(id);
  });

  it('stays closed when one of them refuses', async () => {
    const id = await shared(ALL);
    await approve(id);
    await answer(a, id);
    await grants.comment(security, { request: id, to: a.organisationId, text: 'Is it fine now?' });
    await grants.comment(security, { request: id, to: b.organisationId, text: 'Is it fine now?' });
    await grants.commentToProvider(b, { request: id, text: 'No.' });
    expect(await answer(b, id, 'deny')).toBe('denied');
    expect(
      await outcome(
        grants.openSession(ada, { session: newId('ssn'), request: id, target: 'host:shared-1', publicKey: '' }, null),
      ),
    ).toBe('grant.not_active');
    expect((await world.call('grant.sheet', { target: 'host:shared-1' })).sheet).not.toContain(id);
    await world.control();
    await expectApart(id);
    for (const who of [a, b])
      expect((await pageOf(who)).rows[0]).toMatchObject({ state: 'denied', why: null, targets: expect.any(Array) });
  });

  it('is not even asked for while one admits nobody, except in an emergency, and then both are told', async () => {
    await says(b, 'deny');
    expect(await outcome(grants.askForAccess(ada, wish(world.policyId, { targets: ['host:shared-1'] })))).toBe(
      'grant.lockbox',
    );
    const id = await shared({ kind: 'break-glass', minutes: 10 });
    expect(await world.state(id)).toBe('active');
    for (const who of [a, b]) {
      expect((await pageOf(who)).rows[0]).toMatchObject({ id, mode: 'break-glass', state: 'active' });
      expect(await outcome(grants.withdrawAccess(who, id))).toBe('grant.role');
      const told = await world.sql(`select 1 from "Notice" where "userId" = $1 and "kind" = 'grant.break-glass'`, [
        who.userId,
      ]);
      expect(told).toHaveLength(1);
    }
    await grants.giveBack(ada, id);
  });

  it('waits only for the one who wants to be asked; the other is told, and neither log shows the other', async () => {
    await says(a, 'approve');
    await says(b, 'notify');
    const id = await shared(ALL);
    await approve(id);
    expect((await pageOf(b)).waiting).toEqual([]);
    expect(await outcome(grants.answerProvider(b, { request: id, verdict: 'approve', minutes: 60 }))).toBe(
      'grant.role',
    );
    expect(await outcome(grants.withdrawAccess(b, id))).toBe('grant.role');
    expect((await pageOf(a)).waiting.map((one) => one.id)).toEqual([id]);
    expect(await answer(a, id)).toBe('active');
    const session = newId('ssn');
    const way = { session, request: id, target: 'host:shared-1', publicKey: '' };
    await world.sign(ada, () => grants.openSession(ada, way, null));
    await ended(session, [`grep ${b.organisationId} /var/log/calls`, `grep ${a.organisationId} /var/log/calls`]);
    for (const who of [a, b])
      expect((await pageOf(who)).rows[0]!.sessions).toMatchObject([
        { id: session, way: 'web terminal', shared: true, counted: true, commands: 2, files: 1, commandLines: [] },
      ]);
    await grants.giveBack(ada, id);
    await world.control();
    await world.control();

    const logs = await Promise.all([a, b].map(({ organisationId }) => logOf(organisationId, id)));
    const names = (of: (typeof logs)[number]) =>
      of.map(({ schema }) => schema).filter((schema) => schema.startsWith('provider_access'));
    expect(names(logs[0]!)).toEqual(['provider_access.requested@1', 'provider_access.decided@1', ...USED]);
    expect(names(logs[1]!)).toEqual(['provider_access.requested@1', ...USED]);
    await expectApart(id);
    // The same employee is somebody else in each.
    const [ofA, ofB] = await Promise.all(
      [a, b].map(async (who) => (await pageOf(who)).rows.find((row) => row.id === id)!.staff),
    );
    expect(ofA).toMatch(/^emp_[0-9a-f]{32}$/);
    expect(ofA).not.toBe(ofB);
  });
});

describe('one request for things of two customers', () => {
  it('shows each of them its own, and of App IDs its own project’s', async () => {
    await says(a, 'notify');
    await says(b, 'notify');
    const [project] = await world.sql<{ appId: string }>('select "appId" from "Project" where "id" = $1', [
      projects[b.organisationId]!,
    ]);
    const app = `app:${project!.appId}`;
    await grants.changeTarget(world.staff, {
      ...{ id: app, class: 'edge', region: 'EU', dataClasses: ['log'], organisations: [], state: 'active' },
    });
    const id = await world.ask(ada, { targets: [app, 'host:eu-fra-1'] });
    const of = async (who: MemberCaller) => (await pageOf(who)).rows.find((row) => row.id === id)!;
    expect(await of(a)).toMatchObject({ targets: ['host:eu-fra-1'], projects: [{ id: projects[a.organisationId]! }] });
    expect(await of(b)).toMatchObject({ targets: [app], projects: [{ id: projects[b.organisationId]! }] });
    await approve(id);
    const way = { session: newId('ssn'), request: id, target: 'host:eu-fra-1', publicKey: '' };
    await world.sign(ada, () => grants.openSession(ada, way, null));
    const logs = await Promise.all([a, b].map(({ organisationId }) => logOf(organisationId, id)));
    expect(logs[0]!.map(({ schema }) => schema)).toContain('provider_access.opened@1');
    expect(JSON.stringify(logs[0])).not.toContain(project!.appId);
    expect(JSON.stringify(logs[1])).not.toContain('eu-fra-1');
    await ended(way.session, ['psql -c "select 1"']);
    expect((await of(a)).sessions).toMatchObject([
      { id: way.session, way: 'web terminal', shared: false, commands: 1, commandLines: ['psql -c "select 1"'] },
    ]);
    expect((await of(b)).sessions).toEqual([]);
    await grants.giveBack(ada, id);
  });
});

describe('a customer', () => {
  it('neither sees nor answers what concerns another', async () => {
    await says(a, 'approve');
    const id = await world.ask(ada);
    expect((await pageOf(b)).rows.map((row) => row.id)).not.toContain(id);
    for (const act of [
      () => grants.answerProvider(b, { request: id, verdict: 'approve', minutes: 60 }),
      () => grants.withdrawAccess(b, id),
      () => grants.commentToProvider(b, { request: id, text: 'Who is it?' }),
    ])
      expect(await outcome(act())).toBe('grant.not_found');
    expect(await outcome(grants.answerProvider(a, { request: newId('grt'), verdict: 'approve', minutes: 60 }))).toBe(
      'grant.not_found',
    );
    // Nor is it put to a passkey: not for the other organisation, and for its own the ledger has no such role to fill.
    const [row] = await world.sql<{ terms: [string, string][] }>(
      'select "terms" from "AccessRequest" where "id" = $1',
      [id],
    );
    const { beginStepUp } = await import('@/lib/identity');
    const ask = (organisation: string) => ({
      ...{ action: 'grant.vote' as const, object: id, terms: row!.terms, verdict: 'approve' as const },
      ...{ version: `approve customer ${organisation}`, role: `customer ${organisation}` },
    });
    expect(await outcome(beginStepUp(b.secret, ask(a.organisationId)))).toBe('identity.input');
    const own = stepUpRequired(ask(b.organisationId));
    await expect(world.sign(b, () => Promise.reject(own))).rejects.toMatchObject({
      why: expect.stringContaining('grant.role'),
    });
    await grants.giveBack(ada, id);
  });

  it('answers through an owner or administrator, never by a code, and nobody else of it', async () => {
    const id = await world.ask(ada);
    const act = (who: MemberCaller) => grants.answerProvider(who, { request: id, verdict: 'approve', minutes: 60 });
    for (const who of [world.developer, world.auditor]) expect(await outcome(act(who))).toBe('authz.forbidden');
    const { takesCodeFor } = await import('@/lib/identity/step-up/store');
    expect(await takesCodeFor(a.secret, 'grant.vote')).toBe(false);
    expect(await outcome(grants.readProviderAccess(world.developer, {}))).toBe('authz.forbidden');
    expect((await grants.readProviderAccess(world.auditor, {})).rows.map((row) => row.id)).toContain(id);
    await grants.giveBack(ada, id);
  });

  it('asks the provider something, and only the two of them read it', async () => {
    await says(b, 'notify');
    const id = await shared();
    await grants.commentToProvider(a, { request: id, text: 'Is it the outage of this morning?' });
    await grants.comment(security, { request: id, to: a.organisationId, text: 'Yes.' });
    await grants.comment(security, { request: id, to: null, text: 'A asks a lot.' });
    const of = async (who: MemberCaller) => (await pageOf(who)).rows.find((row) => row.id === id)!.comments;
    expect((await of(a)).map(({ by, text }) => [by, text])).toEqual([
      [expect.stringMatching(/^Person/), 'Is it the outage of this morning?'],
      ['The provider', 'Yes.'],
    ]);
    expect(await of(b)).toEqual([]);
    await grants.giveBack(ada, id);
  });

  it('finds its setting unchanged by its developers, and by another customer', async () => {
    const setting = { project: projects[a.organisationId]!, mode: 'notify' as const, answerMinutes: 60 };
    expect(await outcome(grants.changeLockbox(world.developer, setting))).toBe('authz.forbidden');
    expect(await outcome(grants.changeLockbox(b, setting))).toBe('project.not_found');
  });
});

describe('SQL smuggled into the console', () => {
  const tables = [
    'AccessRequest',
    'AccessTarget',
    'EligibilityPolicy',
    'Training',
    'CommitteeDecision',
    'Delegation',
    'AccessLock',
    'OnCallShift',
    'AccessRouting',
    'ProductionSession',
  ];
  it('as a customer reads nothing of the provider, and of access only its own part', async () => {
    const { asMember } = await import('@/lib/db');
    await asMember(b.secret, b.organisationId, async (tx) => {
      for (const table of tables)
        expect(await tx.prisma.$queryRawUnsafe(`select * from "${table}"`), table).toEqual([]);
      const rows = await tx.prisma.$queryRawUnsafe<{ organisationId: string }[]>('select * from "ProviderAccess"');
      expect(new Set(rows.map(({ organisationId }) => organisationId))).toEqual(new Set([b.organisationId]));
      expect(
        await tx.prisma.$queryRawUnsafe(
          'select * from "LockboxSetting" where "organisationId" <> $1',
          b.organisationId,
        ),
      ).toEqual([]);
    });
  });

  it('writes a vote that opens nothing', async () => {
    await says(a, 'approve');
    const id = await world.ask(ada);
    const { asMember } = await import('@/lib/db');
    await asMember(a.secret, a.organisationId, async (tx) => {
      await tx.prisma.$executeRawUnsafe(
        `insert into "AccessVote" ("requestId", "userId", "organisationId", "role", "verdict", "minutes") values ($1, $2, $3, $4, 'approve', 60)`,
        ...[id, a.userId, a.organisationId, `customer ${a.organisationId}`],
      );
      await tx.prisma.$executeRawUnsafe(
        `select cordon.note_standing($1, 'active', now(), now() + interval '1 hour', 60, null)`,
        id,
      );
    });
    expect(await world.state(id)).toBe('pending');
    expect((await grants.readRequest(security, id)).state).toBe('pending');
    expect(
      await outcome(
        grants.openSession(ada, { session: newId('ssn'), request: id, target: 'host:eu-fra-1', publicKey: '' }, null),
      ),
    ).toBe('grant.not_active');
    await world.control();
    const [copy] = await world.sql<{ state: string }>('select "state" from "AccessRequest" where "id" = $1', [id]);
    expect(copy!.state).toBe('pending');
  });

  it('votes for nobody else, and on nothing that is one’s own', async () => {
    const id = await world.ask(ada);
    const { asStaff } = await import('@/lib/db');
    const insert = (who: Someone, user: string) =>
      asStaff(who.secret, (tx) =>
        tx.prisma.$executeRawUnsafe(
          `insert into "AccessVote" ("requestId", "userId", "role", "verdict", "minutes") values ($1, $2, 'security', 'approve', 60)`,
          ...[id, user],
        ),
      );
    await expect(insert(ada, ada.userId)).rejects.toThrow(/row-level security/);
    await expect(insert(ada, security.userId)).rejects.toThrow(/row-level security/);
    await expect(
      asStaff(ada.secret, (tx) =>
        tx.prisma.$executeRawUnsafe(`update "AccessRequest" set "state" = 'active' where "id" = $1`, id),
      ),
    ).rejects.toThrow(/permission denied/);
    await grants.giveBack(ada, id);
  });
});
