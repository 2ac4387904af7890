import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject, getProject } from '@/lib/projects';
import { openWorld, type World } from '@/test/contract/world';
import { personalValues } from '@/test/support/personal';
import * as keys from '.';
import { createRateLimit } from './rate';

let world: World;
let projectId: string;
beforeAll(async () => {
  world = await openWorld();
  projectId = (await createProject(world.owner, { name: 'Test', environment: 'development', fence: ['EU'] })).project
    .id;
});
afterAll(async () => {
  await world?.stop();
});

const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error) => error.code ?? error,
  );
const make = (more = {}) =>
  world.confirmed(world.owner, () =>
    keys.createApiKey(world.owner, projectId, { name: 'app server', scopes: ['project:read'], ...more }),
  );

describe('an API key', () => {
  it('is shown once, works from then on, and is kept as a hash', async () => {
    expect(await code(keys.createApiKey(world.owner, projectId, { name: 'x', scopes: ['project:read'] }))).toBe(
      'authz.step_up_required',
    );
    const { key, view } = await make();
    expect(key).toMatch(/^ck_[0-9a-f]{10}_[0-9a-f]{48}$/);
    expect(key.startsWith(`${view.prefix}_`)).toBe(true);
    expect((await getProject({ kind: 'api-key', key }, projectId)).id).toBe(projectId);
    const listed = await keys.listApiKeys(world.owner, projectId);
    expect(listed[0]).toMatchObject({ id: view.id, state: 'active', lastUsedAt: expect.any(String) });
    const secret = key.slice(view.prefix.length + 1);
    expect(
      JSON.stringify([listed, await world.sql('select * from "ApiKey"'), await personalValues(world.sql)]),
    ).not.toContain(secret);
    const [row] = await world.sql<{ secretHash: Buffer }>('select "secretHash" from "ApiKey" where id = $1', [view.id]);
    expect(row!.secretHash.equals(createHash('sha256').update(key).digest())).toBe(true);
  });

  it('asks for exactly this name, these scopes and this end', async () => {
    const { terms } = await world.asked(() =>
      keys.createApiKey(world.owner, projectId, {
        name: 'app server',
        scopes: ['project:read', 'token:mint'],
        expiresAt: '2999-01-02T03:04:05Z',
      }),
    );
    expect(terms).toEqual([
      ['Project', 'Test'],
      ['Name', 'app server'],
      ['Scopes', 'project:read, token:mint'],
      ['Expires', '2999-01-02 03:04:05 UTC'],
    ]);
  });

  it('ends when it says, and at once when revoked, for good', async () => {
    expect(await code(make({ expiresAt: new Date(Date.now() - 1000).toISOString() }))).toBe('api-key.expiry');
    const { key, view } = await make({ expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    await keys.revokeApiKey(world.owner, projectId, view.id);
    expect(await code(getProject({ kind: 'api-key', key }, projectId))).toBe('key.invalid');
    await keys.revokeApiKey(world.owner, projectId, view.id);
    const events = (await world.events(projectId)).filter(({ schema }) => schema === 'api-key.revoked@1');
    expect(events).toHaveLength(1);
    expect((await keys.listApiKeys(world.owner, projectId)).find(({ id }) => id === view.id)?.state).toBe('revoked');
  });

  it('neither makes nor reads keys', async () => {
    const { key } = await make();
    const caller = { kind: 'api-key', key } as const;
    expect(await code(keys.listApiKeys(caller, projectId))).toBe('authz.forbidden');
    expect(await code(keys.createApiKey(caller, projectId, { name: 'x', scopes: ['project:read'] }))).toBe(
      'authz.forbidden',
    );
  });

  it('a project has a hundred at most', async () => {
    const project = (await createProject(world.owner, { name: 'Full', environment: 'development', fence: ['EU'] }))
      .project.id;
    await world.sql(
      `insert into "ApiKey" (id, "organisationId", "projectId", name, prefix, "secretHash", scopes, "createdById") select 'k' || n, $1, $2, 'k', 'k' || n, decode(md5(n::text), 'hex'), '{}', 'x' from generate_series(1, 100) n`,
      [world.owner.organisationId, project],
    );
    const another = () => keys.createApiKey(world.owner, project, { name: 'x', scopes: ['project:read'] });
    expect(await code(another())).toBe('api-key.too_many');
    await keys.revokeApiKey(world.owner, project, 'k1');
    expect(await code(world.confirmed(world.owner, another))).toBe('done');
  });
});

describe('once', () => {
  const hash = new Uint8Array(createHash('sha256').update('a request').digest());

  it('a request that died with its process blocks its key for a minute, not for ever', async () => {
    const { key: apiKey } = await make();
    let runs = 0;
    const act = async () => ({ status: 200, body: { run: ++runs } });
    const ask = () => keys.once({ apiKey, key: 'died', hash, keep: true }, act);
    void keys.once({ apiKey, key: 'died', hash, keep: true }, () => new Promise(() => {}));
    await expect.poll(() => world.sql(`select 1 from "Idempotency" where key = 'died'`)).toHaveLength(1);
    expect(await code(ask())).toBe('idempotency.in_progress');
    await world.sql(`update "Idempotency" set "createdAt" = now() - interval '61 seconds'`);
    expect(await ask()).toMatchObject({ body: { run: 1 }, replayed: false });
    expect(await ask()).toMatchObject({ body: { run: 1 }, replayed: true });
    await world.sql(`update "Idempotency" set "createdAt" = now() - interval '25 hours'`);
    expect(await ask()).toMatchObject({ body: { run: 2 }, replayed: false });
  });
});

describe('the rate of a key', () => {
  it('is a burst, then so many a second, each key for itself', () => {
    const rate = createRateLimit({ perSecond: 2, burst: 3 });
    expect([0, 0, 0, 0].map(() => rate.take('a', 1000))).toEqual([0, 0, 0, 1]);
    expect(rate.take('b', 1000)).toBe(0);
    expect(rate.take('a', 1500)).toBe(0);
    expect(rate.take('a', 1500)).toBe(1);
    expect(rate.take('a', 60_000)).toBe(0);
  });
});
