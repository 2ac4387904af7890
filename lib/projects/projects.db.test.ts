import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asMember } from '@/lib/db';
import type { ProjectResource } from '@/lib/kernel/bundle/resources';
import { type MemberCaller, openWorld, type World } from '@/test/contract/world';
import { personalValues } from '@/test/support/personal';
import * as projects from '.';
import type { CreatedProject } from './create';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  await world?.stop();
});

const make = (
  who: MemberCaller = world.owner,
  environment: 'development' | 'production' = 'development',
): Promise<CreatedProject> => projects.createProject(who, { name: 'Test', environment, fence: ['EU', 'NA'] });

/** What edges would be told about a project. */
async function published(appId: string): Promise<Record<string, unknown>> {
  const rows = await world.sql<{ kind: string; body: unknown }>(
    'select kind, body from "PolicyResource" where "appId" = $1 and not deleted',
    [appId],
  );
  return Object.fromEntries(rows.map(({ kind, body }) => [kind, body]));
}
const publishedCertificates = async (appId: string) =>
  ((await published(appId)).project as ProjectResource).certificates.map(({ id }) => id);
const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error) => error.code ?? error,
  );

describe('the life of a project', () => {
  it('begins active, with an App ID, a primary certificate and everything edges need', async () => {
    const { project, certificate, seq } = await make();
    expect(project).toMatchObject({ status: 'active', mode: 'token', fence: { regions: ['EU', 'NA'], version: 1 } });
    expect(project.appId).toMatch(/^[0-9a-f]{32}$/);
    expect(certificate.value).toMatch(/^[0-9a-f]{32}$/);
    const resources = await published(project.appId);
    expect(Object.keys(resources).sort()).toEqual(['fence', 'project', 'staleness', 'tokenPolicy']);
    expect(resources.project).toMatchObject({
      projectId: project.id,
      version: seq,
      certificates: [{ id: certificate.id, slot: 'primary' }],
    });
    expect(JSON.stringify(resources)).not.toContain(certificate.value);
    expect(await world.events(project.id)).toMatchObject([
      { schema: 'project.created@1', outcome: 'success', actorKind: 'member' },
    ]);
  });

  it('goes active, frozen, archived, frozen, active, and no other way', async () => {
    const { project } = await make();
    const { id, appId } = project;
    const why = { reason: 'a test of the ways' };
    const status = async () => ((await published(appId)).project as ProjectResource).status;
    expect(await code(projects.unfreezeProject(world.owner, id))).toBe('project.state');
    expect(await code(projects.archiveProject(world.owner, id, why))).toBe('project.state');
    expect(await code(projects.restoreProject(world.owner, id))).toBe('project.state');

    await world.confirmed(world.owner, () => projects.freezeProject(world.owner, id, why));
    expect(await status()).toBe('frozen');
    await world.confirmed(world.owner, () => projects.archiveProject(world.owner, id, why));
    expect(await status()).toBe('archived');
    expect(await code(projects.renameProject(world.owner, id, { name: 'Other' }))).toBe('project.state');
    expect(await code(projects.addCertificate(world.owner, id))).toBe('project.state');
    expect(await code(projects.unfreezeProject(world.owner, id))).toBe('project.state');
    await projects.restoreProject(world.owner, id);
    expect(await status()).toBe('frozen');
    await projects.unfreezeProject(world.owner, id);
    expect(await status()).toBe('active');
    expect((await world.events(id)).map(({ schema }) => schema)).toEqual([
      'project.created@1',
      'project.frozen@1',
      'project.archived@1',
      'project.restored@1',
      'project.unfrozen@1',
    ]);
  });

  it('asks for the second factor of this act on this object, once', async () => {
    const [a, b] = [await make(), await make()];
    const act = (id: string, reason = 'a test') => projects.freezeProject(world.owner, id, { reason });
    const freeze = (id: string, reason?: string) => code(act(id, reason));
    expect(await freeze(a.project.id)).toBe('authz.step_up_required');
    const ask = await world.asked(() => act(b.project.id));
    await world.confirm(world.owner, ask);
    expect(await freeze(a.project.id)).toBe('authz.step_up_required');
    await world.confirm(world.owner, { ...ask, action: 'project.archive', object: a.project.id });
    expect(await freeze(a.project.id)).toBe('authz.step_up_required');
    expect(await freeze(b.project.id, 'another reason')).toBe('authz.step_up_required');
    expect(await freeze(b.project.id)).toBe('done');
    await projects.unfreezeProject(world.owner, b.project.id);
    expect(await freeze(b.project.id)).toBe('authz.step_up_required');
  });

  it('says in words what is confirmed, and only once nothing else can refuse it', async () => {
    const { project } = await make();
    const { id } = project;
    const why = { reason: ' moved to\r\n\r\nanother   account ' };
    expect(await world.asked(() => projects.freezeProject(world.owner, id, why))).toEqual({
      action: 'project.freeze',
      object: id,
      version: '',
      terms: [
        ['Project', 'Test'],
        ['Status before', 'active'],
        ['Status after', 'frozen'],
        ['What follows', 'Every edge cuts its live sessions and refuses joins until it is unfrozen'],
        ['Reason', 'moved to another account'],
      ],
    });
    expect(await world.asked(() => projects.setMode(world.owner, id, { mode: 'app-id' }))).toMatchObject({
      terms: [
        ['Project', 'Test'],
        ['Joining takes, before', 'a token your server signed'],
        ['Joining takes, after', 'the App ID alone'],
      ],
    });
    expect(await code(projects.archiveProject(world.owner, id, why))).toBe('project.state');
  });

  it('takes no reason and no name that could imitate another line of what is confirmed', async () => {
    const { project } = await make();
    const freeze = projects.freezeProject(world.owner, project.id, { reason: 'a bell \u0007 rings' });
    await expect(freeze).rejects.toMatchObject({ issues: [{ code: 'custom' }] });
    const name = 'Test\nStatus after: active';
    await expect(projects.renameProject(world.owner, project.id, { name })).rejects.toMatchObject({ issues: [{}] });
  });

  it('never admits to production by App ID alone', async () => {
    const { project } = await make(world.owner, 'production');
    expect(await code(projects.setMode(world.owner, project.id, { mode: 'app-id' }))).toBe('project.state');

    const other = (await make()).project;
    await world.confirmed(world.owner, () => projects.setMode(world.owner, other.id, { mode: 'app-id' }));
    expect((await published(other.appId)).project).toMatchObject({ mode: 'app-id' });
    expect(await code(projects.setEnvironment(world.owner, other.id, { environment: 'production' }))).toBe(
      'project.state',
    );
  });

  it('publishes only what changed, and nothing when nothing did', async () => {
    const { project, seq } = await make();
    const policy = { ...project.tokenPolicy, maxLifetimeSeconds: 600 };
    const changed = await projects.setTokenPolicy(world.owner, project.id, policy);
    expect(changed.seq).toBeGreaterThan(seq);
    const after = await published(project.appId);
    expect(after.tokenPolicy).toMatchObject({ maxLifetimeSeconds: 600, version: changed.seq });
    expect(after.staleness).toMatchObject({ version: seq });
    expect(after.project).toMatchObject({ version: seq });
    expect(await projects.setTokenPolicy(world.owner, project.id, policy)).toEqual(changed);
    expect(await world.events(project.id)).toHaveLength(2);
  });
});

describe('certificates', () => {
  it('take two places; one goes only when disabled, and edges forget it at once', async () => {
    const { project, certificate: first } = await make();
    const { id, appId } = project;
    const second = await projects.addCertificate(world.owner, id);
    expect(second.certificate.slot).toBe('secondary');
    expect(await code(projects.addCertificate(world.owner, id))).toBe('certificate.state');
    expect(await publishedCertificates(appId)).toEqual([first.id, second.certificate.id]);

    expect(await code(projects.deleteCertificate(world.owner, id, first.id))).toBe('certificate.state');
    expect(await code(projects.enableCertificate(world.owner, id, first.id))).toBe('certificate.state');
    expect(await code(projects.disableCertificate(world.owner, id, first.id))).toBe('authz.step_up_required');
    await world.confirmed(world.owner, () => projects.disableCertificate(world.owner, id, first.id));
    expect(await publishedCertificates(appId)).toEqual([second.certificate.id]);
    await projects.enableCertificate(world.owner, id, first.id);
    expect(await publishedCertificates(appId)).toEqual([first.id, second.certificate.id]);
    await world.confirmed(world.owner, () => projects.disableCertificate(world.owner, id, first.id));
    await world.confirmed(world.owner, () => projects.deleteCertificate(world.owner, id, first.id));
    for (const act of [projects.enableCertificate, projects.disableCertificate, projects.deleteCertificate]) {
      expect(await code(act(world.owner, id, first.id))).toBe('certificate.state');
    }
    expect((await projects.addCertificate(world.owner, id)).certificate.slot).toBe('primary');
    expect((await projects.listCertificates(world.owner, id)).map(({ status }) => status)).toEqual([
      'enabled',
      'enabled',
      'deleted',
    ]);
  });

  it('are two at most, also when two are asked for at once', async () => {
    const { project } = await make();
    const results = await Promise.all([1, 2, 3].map(() => code(projects.addCertificate(world.owner, project.id))));
    expect(results.sort()).toEqual(['certificate.state', 'certificate.state', 'done']);
  });

  it('are shown once per second factor, with a reason, and recorded', async () => {
    const { project, certificate } = await make();
    const reveal = () =>
      projects.revealCertificate(world.owner, project.id, certificate.id, { reason: 'moving the app server' });
    expect(await code(reveal())).toBe('authz.step_up_required');
    expect(await world.confirmed(world.owner, reveal)).toEqual({ value: certificate.value });
    expect(await code(reveal())).toBe('authz.step_up_required');
    expect(await world.events(project.id)).toMatchObject([
      { schema: 'project.created@1' },
      { schema: 'certificate.revealed@1', outcome: 'success' },
    ]);
  });

  it('when the keyring is away nothing is shown, and the attempt stays visible as failed', async () => {
    const { project, certificate } = await make();
    const reveal = () => projects.revealCertificate(world.owner, project.id, certificate.id, { reason: 'a test' });
    await world.confirm(world.owner, await world.asked(reveal));
    await world.stopKeyring();
    try {
      expect(await code(reveal())).toBe('keyring.unavailable');
      expect(await code(make())).toBe('keyring.unavailable');
      expect(await code(projects.addCertificate(world.owner, project.id))).toBe('keyring.unavailable');
    } finally {
      await world.startKeyring();
    }
    expect((await world.events(project.id)).map(({ schema, outcome }) => `${schema} ${outcome}`)).toEqual([
      'project.created@1 success',
      'certificate.revealed@1 success',
      'certificate.revealed@1 failed',
    ]);
  });

  it('never come out of anything else: lists, rows the console can read, policy', async () => {
    const { project, certificate } = await make();
    const second = await projects.addCertificate(world.owner, project.id);
    const seen = JSON.stringify(
      [
        await projects.listCertificates(world.owner, project.id),
        await projects.getProject(world.owner, project.id),
        await projects.listProjects(world.owner),
        await asMember(world.owner.secret, world.owner.organisationId, (tx) =>
          Promise.all([
            tx.prisma.certificate.findMany(),
            tx.prisma.auditValue.findMany(),
            tx.prisma.policyResource.findMany(),
          ]),
        ),
        await personalValues(world.sql),
      ],
      (_key, value) =>
        typeof value === 'bigint' ? String(value) : value instanceof Uint8Array ? Buffer.from(value).toString() : value,
    );
    for (const { value } of [certificate, second]) {
      expect(seen).not.toContain(value);
      expect(seen).not.toContain(Buffer.from(value).toString('base64'));
    }
  });
});

describe('one transaction', () => {
  it('an act that fails at its end leaves neither rows, nor policy, nor event, nor a used-up second factor', async () => {
    const { project } = await make();
    const freeze = () => projects.freezeProject(world.owner, project.id, { reason: 'a test' });
    await world.confirm(world.owner, await world.asked(freeze));
    const before = await world.sql('select seq from "PolicyHead"');
    await world.sql(
      `create function refuse_it() returns trigger language plpgsql as $$ begin raise exception 'no room'; end $$`,
    );
    await world.sql('create trigger refuse_it before insert on "AuditEvent" for each row execute function refuse_it()');
    try {
      await expect(freeze()).rejects.toThrow();
    } finally {
      await world.sql('drop function refuse_it cascade');
    }
    expect((await projects.getProject(world.owner, project.id)).status).toBe('active');
    expect(await world.sql('select seq from "PolicyHead"')).toEqual(before);
    expect(await world.events(project.id)).toHaveLength(1);
    await freeze();
  });

  it('changes of one project at once are published one after another, each with all before it', async () => {
    const { project } = await make();
    const others = [1, 2, 3, 4, 5].map((i) => projects.renameProject(world.owner, project.id, { name: `Name ${i}` }));
    await Promise.all([...others, projects.addCertificate(world.owner, project.id)]);
    const row = await projects.getProject(world.owner, project.id);
    const resource = (await published(project.appId)).project as ProjectResource;
    expect(resource.name).toBe(row.name);
    expect(resource.certificates).toHaveLength(2);
  });
});

describe('lists', () => {
  it('go on where the page before ended', async () => {
    const made = [];
    for (let i = 0; i < 3; i++) made.push((await make(world.stranger)).project.id);
    const first = await projects.listProjects(world.stranger, { limit: 2 });
    const rest = await projects.listProjects(world.stranger, { limit: 2, cursor: first.next });
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(made.reverse());
    expect(rest.next).toBeNull();
    expect(await code(projects.listProjects(world.stranger, { cursor: 'x' }))).toBe('cursor.invalid');
  });

  it('tell how much each certificate was used lately', async () => {
    const { project, certificate } = await make();
    await world.decision(project.id, { certificateId: certificate.id });
    await world.decision(project.id, { certificateId: certificate.id, verdict: 'deny', code: 'token.expired' });
    await world.decision(project.id, { certificateId: certificate.id, at: new Date(Date.now() - 2 * 86_400_000) });
    expect(await projects.listCertificates(world.owner, project.id)).toMatchObject([
      { id: certificate.id, joinsLastDay: 1 },
    ]);
  });
});
