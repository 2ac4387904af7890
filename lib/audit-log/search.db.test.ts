import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEARCHED_AT_ONCE } from '@/lib/audit/read';
import { outcome } from '@/test/attacks/identity-world';
import { openWorld, type World } from '@/test/contract/world';
import { auditFilter } from './schemas';

let world: World;
let log: typeof import('.');
let views: typeof import('@/lib/audit-views');
let projectId: string;

beforeAll(async () => {
  world = await openWorld();
  [log, views] = await Promise.all([import('.'), import('@/lib/audit-views')]);
  const { createProject, renameProject } = await import('@/lib/projects');
  const made = await createProject(world.owner, { name: 'Needle', environment: 'staging', fence: ['EU'] });
  projectId = made.project.id;
  await renameProject(world.owner, projectId, { name: 'Haystack' });
});
afterAll(() => world?.stop());

const read = (params: Record<string, string>) => log.readAuditLog(world.owner, auditFilter.parse(params));

/** So many events of before, which say nothing. */
const pad = (count: number) =>
  world.sql(
    `insert into "AuditEvent" ("id", "organisationId", "at", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId",
       "header", "commitments", "seed", "entry")
     select gen_random_uuid(), $1, now() + n * interval '1 millisecond', gen_random_uuid(), 'audit.read@1', 'success', 'member', 'act_x', 'audit-log', $1,
       convert_to('{"details":{"filters":["n' || n || '"]}}', 'UTF8'), '{}', decode(repeat('00', 16), 'hex'), decode(repeat('00', 55), 'hex')
     from generate_series(1, $2::int) n`,
    [world.owner.organisationId, count],
  );

describe('a search of the log', () => {
  it('finds words of plain fields and ids of objects, whatever their case, and no personal value', async () => {
    const { events, searched } = await read({ q: 'STAGING' });
    expect(events.map(({ event }) => event)).toEqual(['project.created@1']);
    expect(searched!.count).toBeGreaterThan(1);
    expect((await read({ q: projectId.slice(4, 30) })).events).toHaveLength(2);
    expect((await read({ q: 'Needle' })).events).toEqual([]);
  });

  it('takes no character of a text for a pattern', async () => {
    for (const q of ['%%', '__', '\\%', "'';"]) expect((await read({ q })).events, q).toEqual([]);
  });

  it('finds an object by its kind and by its id, and events of a minute', async () => {
    expect((await read({ object: 'project' })).events).toHaveLength(2);
    expect((await read({ object: projectId })).events).toHaveLength(2);
    const minute = (ms: number) => new Date(ms).toISOString().slice(0, 16);
    const within = { object: 'project', from: minute(Date.now() - 120_000), to: minute(Date.now() + 120_000) };
    expect((await read(within)).events).toHaveLength(2);
    expect((await read({ object: 'project', to: minute(Date.now() - 120_000) })).events).toEqual([]);
    expect(auditFilter.parse({ from: '2026-13-01T00:00', to: '2026-11-22T10:30Z' })).toEqual({});
  });

  it('looks at so many events a page, says how far, and goes on there', async () => {
    await pad(SEARCHED_AT_ONCE + 50);
    const first = await read({ q: 'staging' });
    expect(first.events).toEqual([]);
    expect(first.searched!.count).toBe(SEARCHED_AT_ONCE);
    const next = await read({ q: 'staging', cursor: first.next! });
    expect(next.events.map(({ event }) => event)).toEqual(['project.created@1']);
    expect(next.next).toBeNull();
    const pages = await read({ q: '"n1' });
    expect(pages.events).toHaveLength(50);
    const more = await read({ q: '"n1', cursor: pages.next! });
    expect(new Set([...pages.events, ...more.events].map(({ id }) => id)).size).toBe(100);
  });
});

describe('saved views', () => {
  const save = (who: World['owner'], name: string, shared: boolean) =>
    views.saveView(who, { name, shared, ...auditFilter.parse({ event: 'fence' }) });
  const names = async (who: World['owner']) => (await views.listViews(who)).map(({ name }) => name);

  it('are one’s own, or shared with those who read the log, and sharing is recorded', async () => {
    await save(world.owner, 'Mine', false);
    const id = await save(world.owner, 'Ours', true);
    expect(await names(world.owner)).toEqual(['Mine', 'Ours']);
    expect(await names(world.auditor)).toEqual(['Ours']);
    expect(await outcome(names(world.developer))).toBe('authz.forbidden');
    expect(await names(world.stranger)).toEqual([]);
    const shared = await read({ event: 'audit.view_shared' });
    expect(shared.events.map(({ object }) => object.id)).toEqual([id]);
    expect(await outcome(views.removeView(world.auditor, id))).toBe('view.not_found');
    expect(await outcome(views.removeView(world.stranger, id))).toBe('view.not_found');
    await views.removeView(world.owner, id);
    expect(await names(world.auditor)).toEqual([]);
  });

  it('of the provider’s log are the staff’s who read it', async () => {
    const as = (role: string) =>
      world.sql('update "User" set "staffRole" = $2::"StaffRole" where "id" = $1', [world.staff.userId, role]);
    const staff = { kind: 'staff' as const, secret: world.staff.secret };
    await save(world.owner, 'Ours', true);
    const id = await views.saveView(staff, { name: 'Edges', shared: true, ...auditFilter.parse({ object: 'edge' }) });
    expect((await views.listViews(staff)).map(({ name }) => name)).toEqual(['Edges']);
    expect(await names(world.owner)).not.toContain('Edges');
    expect(await outcome(views.removeView(world.owner, id))).toBe('view.not_found');
    const { events } = await log.readProviderLog(world.staff.secret, auditFilter.parse({ event: 'audit.view_shared' }));
    expect(events.map(({ object }) => object.id)).toEqual([id]);
    await as('support');
    expect(await outcome(views.listViews(staff))).toBe('authz.forbidden');
    await as('administrator');
    await views.removeView(staff, id);
    expect(await views.listViews(staff)).toEqual([]);
  });

  it('of others are none of a bounded auditor’s', async () => {
    await save(world.owner, 'Ours', true);
    await world.sql('update "Membership" set "scopeProjects" = array[$2] where "userId" = $1', [
      world.auditor.userId,
      projectId,
    ]);
    await save(world.auditor, 'Theirs', false);
    expect(await names(world.auditor)).toEqual(['Theirs']);
    await world.sql('update "Membership" set "scopeProjects" = null where "userId" = $1', [world.auditor.userId]);
  });
});
