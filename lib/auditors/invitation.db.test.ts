import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newId } from '@/lib/platform';
import { openWorld, type World } from '@/test/contract/world';

vi.mock('next/headers', async () => (await import('@/test/attacks/identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('@/test/attacks/identity-world')).nextNavigation);

let world: World;
let organisations: typeof import('@/lib/organisations');
let projectId: string;

beforeAll(async () => {
  world = await openWorld();
  organisations = await import('@/lib/organisations');
  const { createProject } = await import('@/lib/projects');
  const made = await createProject(world.owner, { name: 'One', environment: 'development', fence: ['EU'] });
  projectId = made.project.id;
});
afterAll(() => world?.stop());

type Fields = Omit<Parameters<typeof organisations.inviteMember>[2], 'email' | 'role'>;
const invite = (email: string, fields: Fields = {}, role: 'auditor' | 'developer' = 'auditor') =>
  organisations.inviteMember(world.owner.secret, world.owner.organisationId, { email, role, ...fields }, new Date());

/** Accepts as somebody new; gives the membership. */
async function accepted(link: string) {
  const { door, withoutTenant } = await import('@/lib/db');
  const userId = newId('usr');
  const input = {
    linkSecret: new URL(link).hash.slice(1),
    userId,
    name: 'New',
    passwordHash: 'x',
    membershipId: newId('mem'),
  };
  await withoutTenant((tx) => door.acceptInvitation(tx, input));
  const [row] = await world.sql<Record<string, unknown>>('select * from "Membership" where "userId" = $1', [userId]);
  return row!;
}
const terms = () =>
  world.sql<{ details: Record<string, unknown>; type: string }>(
    `select convert_from("header", 'UTF8')::jsonb -> 'details' as details, "objectType" as type from "AuditEvent"
      where "schema" = 'member.terms_set@1' order by "at" desc, "id" desc limit 1`,
  );

describe('an invitation of an auditor', () => {
  it('has an end when nobody says one, and is for all projects', async () => {
    const row = await accepted((await invite('all@audit.example')).link);
    expect(row).toMatchObject({ role: 'auditor', scopeProjects: null, scopeFrom: null, scopeBefore: null });
    const days = ((row.accessUntil as Date).getTime() - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(29.9);
    expect(days).toBeLessThan(30.1);
  });

  it('carries its terms to whoever accepts it, and says them in the log', async () => {
    const until = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
    const asked = { until, projects: [projectId], eventsFrom: '2026-01-01', eventsBefore: '2026-07-01' };
    const { link, expiresAt } = await invite('one@audit.example', asked);
    expect((await terms())[0]).toMatchObject({
      type: 'invitation',
      details: { projects: [projectId], from: '2026-01-01T00:00:00.000Z', before: '2026-07-01T00:00:00.000Z' },
    });
    const row = await accepted(link);
    expect(row).toMatchObject({ scopeProjects: [projectId], scopeBefore: new Date('2026-07-01T00:00:00Z') });
    // No link leads to access that is over.
    expect(expiresAt).toEqual(row.accessUntil);
  });

  it('is refused for a project of others, and for more than a year', async () => {
    await expect(invite('x@audit.example', { projects: ['prj_nowhere'] })).rejects.toMatchObject({
      code: 'auditor.projects',
    });
    await expect(invite('x@audit.example', { until: '2099-01-01' })).rejects.toMatchObject({ code: 'auditor.until' });
  });

  it('leaves other roles without terms, whatever is sent along', async () => {
    const row = await accepted(
      (await invite('dev@acme.example', { projects: [projectId], until: '2026-12-01' }, 'developer')).link,
    );
    expect(row).toMatchObject({ role: 'developer', accessUntil: null, scopeProjects: null });
  });
});

describe('a change of role', () => {
  it('to auditor sets an end, and away from it takes the terms away', async () => {
    const [member] = await world.sql<{ id: string }>('select "id" from "Membership" where "userId" = $1', [
      world.developer.userId,
    ]);
    const change = (role: 'auditor' | 'developer') =>
      organisations.changeRole(world.owner.secret, world.owner.organisationId, member!.id, role);
    const row = async () =>
      (await world.sql<Record<string, unknown>>('select * from "Membership" where "id" = $1', [member!.id]))[0]!;
    await change('auditor');
    expect((await row()).accessUntil).toBeInstanceOf(Date);
    expect((await terms())[0]).toMatchObject({ type: 'membership', details: { projects: null } });
    await change('developer');
    expect(await row()).toMatchObject({ accessUntil: null, scopeProjects: null });
  });
});
