import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CreateApiKey } from '@/lib/api-keys/schemas';
import type { Region } from '@/lib/kernel/region';
import type { CreateRevocation } from '@/lib/policy/schemas';
import type { CreatedProject } from '@/lib/projects/create';
import { askOf, openWorld, outcome, type Person, type World } from './identity-world';

vi.mock('next/headers', async () => (await import('./identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('./identity-world')).nextNavigation);

/**
 * An extension in the browser of an organisation's owner has been taken over. It sees every page, presses every button and rewrites every
 * form on its way out; the owner's passkey it cannot press. So it waits until the owner confirms something harmless, and then sends
 * something else under that confirmation: a fence with one more region, a key with one more scope, the revocation of somebody else.
 * Or it saves the confirmation: for a second act of the same kind, for later, for a session of its own.
 */
let world: World;
let owner: Person;
let policy: typeof import('@/lib/policy');
let keys: typeof import('@/lib/api-keys');
let projects: typeof import('@/lib/projects');
let made: CreatedProject;

beforeAll(async () => {
  world = await openWorld();
  owner = await world.addPasskey(world.owner);
  [policy, keys, projects] = await Promise.all([
    import('@/lib/policy'),
    import('@/lib/api-keys'),
    import('@/lib/projects'),
  ]);
});
beforeEach(async () => {
  await world.calm();
  made = await projects.createProject(as(), { name: 'Consult', environment: 'production', fence: ['EU', 'JP'] });
});
afterAll(() => world?.stop());

const as = (secret = owner.secret) => ({ kind: 'member', secret, organisationId: world.organisationId }) as const;
const fenceNow = async () => (await projects.getProject(as(), made.project.id)).fence.regions;
const keysNow = async () =>
  (await keys.listApiKeys(as(), made.project.id)).map(({ name, scopes }) => ({ name, scopes }));
const revokedNow = async () =>
  (await policy.listRevocations(as(), made.project.id)).items.map(({ subject, reason }) => ({ subject, reason }));

const apply = (regions: Region[], secret?: string) => policy.applyFence(as(secret), made.project.id, { regions });
const create = (key: CreateApiKey, secret?: string) => keys.createApiKey(as(secret), made.project.id, key);
const revoke = (asked: CreateRevocation, secret?: string) => policy.revoke(as(secret), made.project.id, asked);
const confirm = async (act: Promise<unknown>) => world.confirm(owner, owner.secret, await askOf(act));

const KEY: CreateApiKey = { name: 'app server', scopes: ['project:read'], expiresAt: '2999-01-01T00:00:00Z' };
const USER: CreateRevocation = { subject: { type: 'user', account: 'mallory' }, reason: 'left the company' };

describe('a form swapped after it was confirmed', () => {
  it.each<[string, Region[]]>([
    ['one more region', ['EU', 'CN']],
    ['another region', ['CN']],
    ['every region', ['NA', 'EU', 'AS', 'JP', 'IN', 'CN']],
  ])('does not apply a fence with %s', async (_what, swapped) => {
    await confirm(apply(['EU']));
    expect(await outcome(apply(swapped))).toBe('authz.step_up_required');
    expect(await fenceNow()).toEqual(['EU', 'JP']);
    await apply(['EU']);
    expect(await fenceNow()).toEqual(['EU']);
  });

  it('does not even move the home of a fence', async () => {
    await confirm(apply(['JP', 'EU', 'NA']));
    expect(await outcome(apply(['EU', 'JP', 'NA']))).toBe('authz.step_up_required');
    expect(await fenceNow()).toEqual(['EU', 'JP']);
  });

  it('is asked about anew, in the terms of what was sent', async () => {
    await confirm(apply(['EU']));
    const { terms } = await askOf(apply(['CN']));
    expect(terms).toContainEqual(['Fence after', 'CN Mainland China (home)']);
  });

  it.each<[string, Partial<CreateApiKey>]>([
    ['one more scope', { scopes: ['project:read', 'token:mint'] }],
    ['another scope', { scopes: ['token:mint'] }],
    ['no end', { expiresAt: undefined }],
    ['a later end', { expiresAt: '2999-01-02T00:00:00Z' }],
    ['another name', { name: 'somebody else’s server' }],
  ])('does not make a key with %s', async (_what, swapped) => {
    await confirm(create(KEY));
    expect(await outcome(create({ ...KEY, ...swapped }))).toBe('authz.step_up_required');
    expect(await keysNow()).toEqual([]);
    await create(KEY);
    expect(await keysNow()).toEqual([{ name: 'app server', scopes: ['project:read'] }]);
  });

  it.each<[string, Partial<CreateRevocation>]>([
    ['somebody else', { subject: { type: 'user', account: 'alice' } }],
    ['a channel of the same name', { subject: { type: 'channel', channel: 'mallory' } }],
    ['everything', { subject: { type: 'project' } }],
    ['less than was confirmed', { issuedBefore: '2020-01-01T00:00:00Z' }],
    ['for another reason', { reason: 'no reason at all' }],
  ])('does not revoke %s', async (_what, swapped) => {
    await confirm(revoke(USER));
    expect(await outcome(revoke({ ...USER, ...swapped }))).toBe('authz.step_up_required');
    expect(await revokedNow()).toEqual([]);
    await revoke(USER);
    expect(await revokedNow()).toEqual([{ subject: 'mallory', reason: 'left the company' }]);
  });

  it('cannot smuggle a second line into what is read before it is confirmed', async () => {
    const { terms } = await askOf(revoke({ ...USER, reason: 'left the company\nRevoked: nothing' }));
    expect(terms.at(-1)).toEqual(['Reason', 'left the company Revoked: nothing']);
    expect(terms.flat().join('')).not.toContain('\n');
  });
});

describe('a world changed after something was confirmed', () => {
  it('has the fence confirmed anew when a colleague moved it meanwhile', async () => {
    await confirm(apply(['EU']));
    await world.stepped(owner, owner.secret, () => apply(['EU', 'JP', 'CN']));
    expect(await outcome(apply(['EU']))).toBe('authz.step_up_required');
    // Back to what it was, and still another version of it.
    await world.stepped(owner, owner.secret, () => apply(['EU', 'JP']));
    expect(await outcome(apply(['EU']))).toBe('authz.step_up_required');
    expect(await fenceNow()).toEqual(['EU', 'JP']);
  });

  it('has the act confirmed anew when the project got another name', async () => {
    await confirm(create(KEY));
    await projects.renameProject(as(), made.project.id, { name: 'Accounts' });
    expect(await outcome(create(KEY))).toBe('authz.step_up_required');
  });
});

describe('a confirmation that is saved', () => {
  it('does the act once', async () => {
    await confirm(create(KEY));
    expect(await outcome(create(KEY))).toBe('in');
    expect(await outcome(create(KEY))).toBe('authz.step_up_required');
    expect(await keysNow()).toHaveLength(1);
  });

  it('does the act once, however many requests carry it at the same time', async () => {
    await confirm(create(KEY));
    const all = await Promise.all(Array.from({ length: 20 }, () => outcome(create(KEY))));
    expect(all.filter((one) => one === 'in')).toHaveLength(1);
    expect(new Set(all)).toEqual(new Set(['in', 'authz.step_up_required']));
    expect(await keysNow()).toHaveLength(1);
  });

  it('is worth nothing in another session, of the same person and with the same passkey', async () => {
    await confirm(apply(['EU']));
    await confirm(create(KEY));
    await confirm(revoke(USER));
    const other = await world.withPasskey(owner);
    expect(await outcome(apply(['EU'], other))).toBe('authz.step_up_required');
    expect(await outcome(create(KEY, other))).toBe('authz.step_up_required');
    expect(await outcome(revoke(USER, other))).toBe('authz.step_up_required');
    expect([await fenceNow(), await keysNow(), await revokedNow()]).toEqual([['EU', 'JP'], [], []]);
  });

  it('is worth nothing on a sister project of the same name', async () => {
    await confirm(create(KEY));
    made = await projects.createProject(as(), { name: 'Consult', environment: 'production', fence: ['EU', 'JP'] });
    expect(await outcome(create(KEY))).toBe('authz.step_up_required');
  });

  it('ends after five minutes', async () => {
    await confirm(create(KEY));
    await world.sql(`update "StepUp" set "expiresAt" = now() - interval '1 second' where "usedAt" is null`);
    expect(await outcome(create(KEY))).toBe('authz.step_up_required');
  });
});
