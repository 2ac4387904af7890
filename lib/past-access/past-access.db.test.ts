import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type MemberCaller, openWorld, type World } from '@/test/contract/world';

vi.mock('next/headers', async () => (await import('@/test/attacks/identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('@/test/attacks/identity-world')).nextNavigation);

/** A history made by the application's own acts, read back at the moments between them. */
let world: World;
let past: typeof import('.');
const moments: Record<string, Date> = {};

beforeAll(async () => {
  world = await openWorld();
  past = await import('.');
  const { append } = await import('@/lib/audit');
  const { changeRole } = await import('@/lib/organisations');
  const { changeTerms } = await import('@/lib/auditors');
  const db = await import('@/lib/db');
  const { owner, developer, organisationId } = { ...world, organisationId: world.owner.organisationId };
  /** As the acceptance of an invitation records it; these people were put in by the test. */
  const joined = (who: MemberCaller, role: string) =>
    db.asMember(who.secret, organisationId, (tx) =>
      append(tx, {
        schema: 'invitation.accepted@1',
        outcome: 'success',
        actor: { kind: 'member', id: who.userId },
        organisationId,
        object: { type: 'invitation', id: `inv_${role}` },
        fields: { realm: 'customer', role, email: 'somebody@example.com' },
      }),
    );
  await joined(owner, 'owner');
  await joined(developer, 'developer');
  await mark('two');
  const [{ id }] = (await world.sql<{ id: string }>('select "id" from "Membership" where "userId" = $1', [
    developer.userId,
  ])) as [{ id: string }];
  await changeRole(owner.secret, organisationId, id, 'auditor');
  await mark('audits');
  await changeTerms(owner.secret, organisationId, id, { projects: [] }, new Date());
  const { createProject } = await import('@/lib/projects');
  const { project } = await createProject(owner, { name: 'One', environment: 'development', fence: ['EU'] });
  const { createApiKey } = await import('@/lib/api-keys');
  await world.confirmed(owner, () => createApiKey(owner, project.id, { name: 'Server', scopes: ['project:read'] }));
  await mark('key');
});
afterAll(() => world?.stop());

/** The last thing that happened until here. */
async function mark(name: string): Promise<void> {
  const [row] = await world.sql<{ at: Date }>('select max("at") as at from "AuditEvent"');
  moments[name] = row!.at;
}

const roles = async (moment: Date) =>
  (await past.readPastAccess(world.auditor, moment)).members.map(({ role }) => role).sort();

it('is played from what the application recorded, to what is now', async () => {
  expect(await roles(moments.two!)).toEqual(['developer', 'owner']);
  expect(await roles(moments.audits!)).toEqual(['auditor', 'owner']);
  const now = await past.readPastAccess(world.auditor);
  expect(now.members.map(({ role }) => role).sort()).toEqual(['auditor', 'owner']);
  expect(now.members.find(({ role }) => role === 'auditor')!.until).not.toBeNull();
  expect(now.keys).toMatchObject([{ name: 'Server', scopes: ['project:read'] }]);
});

it('says since when it is recorded, and who is here without a record', async () => {
  const now = await past.readPastAccess(world.auditor);
  expect(now.since).not.toBeNull();
  // The auditor who looks was put in by the test.
  expect(now.gaps.filter(({ says }) => says.includes('how they joined is not recorded'))).toHaveLength(1);
  const before = await past.readPastAccess(world.auditor, new Date('2020-01-01T00:00:00Z'));
  expect(before.members).toEqual([]);
});
