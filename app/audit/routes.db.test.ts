import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { INSERT_EVENTS } from '@/lib/audit/sequencer/test-support';
import { cookieNames } from '@/lib/identity/request/cookies';
import { sealSessionCookie } from '@/lib/identity/request/next-auth';
import { hashSecret, newSecret } from '@/lib/identity/sessions/secrets';
import { CONSOLE, originOf, type Realm, request, STAFF, visit } from '@/test/attacks/identity-world';
import { openWorld, type World } from '@/test/contract/world';

vi.mock('next/headers', async () => (await import('@/test/attacks/identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('@/test/attacks/identity-world')).nextNavigation);

/** The handlers as a browser or a log client meets them: by cookie, path and headers. */
let world: World;
let ours: string;
let theirs: string;

beforeAll(async () => {
  world = await openWorld();
  ours = world.owner.organisationId;
  theirs = world.stranger.organisationId;
  for (const who of [world.owner, world.developer, world.staff]) {
    // Cookies carry secrets of the form that real ones have.
    who.secret = newSecret();
    await world.sql('update "Session" set "secretHash" = $2 where "id" = $1', [who.sessionId, hashSecret(who.secret)]);
  }
  const { readAuditLog, readProviderLog } = await import('@/lib/audit-log');
  await readAuditLog(world.owner, {});
  await readAuditLog(world.stranger, {});
  await readProviderLog(world.staff.secret, {});
  await world.sequence();
});
afterAll(() => world?.stop());
beforeEach(() => {
  visit(CONSOLE);
  request.jar.clear();
});

async function signedIn(realm: Realm, secret: string): Promise<void> {
  visit(originOf(realm));
  request.jar.clear();
  const name = cookieNames({ customer: CONSOLE, staff: STAFF }, realm).session;
  request.jar.set(name, await sealSessionCookie(realm, secret));
}

/** Asks a path as Next would find its route. */
async function ask(path: string): Promise<Response> {
  const [, , log = '', ...rest] = path.split('/');
  const asked = new Request(`http://localhost:3000${path}`);
  const kind = rest[0] === 'checkpoint' ? 'checkpoint' : 'tile';
  if (log === 'operator') return (await operator[kind]()).GET(asked);
  if (log === 'provider') return (await provider[kind]()).GET(asked);
  return (await organisation[kind]()).GET(asked, { params: Promise.resolve({ log }) });
}
const operator = {
  checkpoint: () => import('./operator/checkpoint/route'),
  tile: () => import('./operator/tile/[...tile]/route'),
};
const provider = {
  checkpoint: () => import('./provider/checkpoint/route'),
  tile: () => import('./provider/tile/[...tile]/route'),
};
const organisation = {
  checkpoint: () => import('./[log]/checkpoint/route'),
  tile: () => import('./[log]/tile/[...tile]/route'),
};
const PATHS = ['checkpoint', 'tile/0/000.p/1', 'tile/entries/000.p/1'];
const statuses = async (log: string) =>
  Promise.all(PATHS.map(async (path) => (await ask(`/audit/${log}/${path}`)).status));

describe('the routes of a log', () => {
  it('give everybody the operator’s, nobody else’s', async () => {
    expect(await statuses('operator')).toEqual([200, 200, 200]);
    for (const log of [ours, 'provider', 'org_none']) expect(await statuses(log), log).toEqual([401, 401, 401]);
  });

  it('give members their own, and the same nothing of others as of none', async () => {
    await signedIn('customer', world.owner.secret);
    expect(await statuses(ours)).toEqual([200, 200, 200]);
    expect(await statuses('provider')).toEqual([401, 401, 401]);
    const answers = [theirs, 'org_none', 'none', `${ours}x`, ours.toUpperCase()].map(async (log) => {
      const answer = await ask(`/audit/${log}/checkpoint`);
      const { requestId: _, ...problem } = await answer.json();
      return JSON.stringify([answer.status, problem, [...answer.headers]]);
    });
    const distinct = new Set(await Promise.all(answers));
    expect([...distinct]).toEqual([expect.stringContaining('[404,')]);
    await signedIn('customer', world.developer.secret);
    expect(await statuses(ours)).toEqual([403, 403, 403]);
  });

  it('give staff the provider’s, and no organisation’s', async () => {
    await signedIn('staff', world.staff.secret);
    expect(await statuses('provider')).toEqual([200, 200, 200]);
    for (const status of await statuses(ours)) expect([401, 404]).toContain(status);
    // But the log of one that is no more, which has no other readers left.
    const former = async (log: string) => {
      const { GET } = await import('./provider/former/[log]/checkpoint/route');
      return (
        await GET(new Request(`${STAFF}/audit/provider/former/${log}/checkpoint`), { params: Promise.resolve({ log }) })
      ).status;
    };
    await world.sql(INSERT_EVENTS, ['org_former', 1]);
    await world.sequence();
    expect([await former('org_former'), await former(ours), await former('org_none')]).toEqual([200, 404, 404]);
  });

  it('let tiles be kept, by everybody or by the member alone, and nothing else', async () => {
    await signedIn('customer', world.owner.secret);
    const cache = async (path: string) => (await ask(path)).headers.get('cache-control');
    expect(await cache('/audit/operator/tile/0/000.p/1')).toBe('public, max-age=31536000, immutable');
    expect(await cache(`/audit/${ours}/tile/entries/000.p/1`)).toBe('private, max-age=31536000, immutable');
    expect(await cache('/audit/operator/checkpoint')).toBe('no-store');
    expect(await cache(`/audit/${ours}/checkpoint`)).toBe('no-store');
    expect(await cache('/audit/operator/tile/0/000.p/200')).toBe('no-store');
    expect(await cache(`/audit/${theirs}/tile/0/000.p/1`)).toBe('no-store');
  });

  it('take a path as it was sent, in its one spelling', async () => {
    const status = async (path: string) => (await ask(path)).status;
    expect(await status('/audit/operator/tile/0/000.p/1')).toBe(200);
    for (const path of [
      'tile/0%2F000.p/1',
      'tile/0/000%2Ep/1',
      'tile/0/000.p/01',
      'tile/00/000.p/1',
      'tile/0/tile/0/000.p/1',
    ])
      expect(await status(`/audit/operator/${path}`), path).toBe(404);
  });
});

describe('the route of a proof', () => {
  const proof = async (event: string) => {
    const { GET } = await import('@/app/(customer)/[org]/(organisation)/audit/[event]/proof/route');
    return GET(new Request(`${CONSOLE}/${ours}/audit/${event}/proof`), {
      params: Promise.resolve({ org: ours, event }),
    });
  };

  it('gives a file, or says when to ask again', async () => {
    const { readAuditLog } = await import('@/lib/audit-log');
    await readAuditLog(world.owner, {});
    const { events } = await readAuditLog(world.owner, {});
    const [newest, older] = [events[0], events.at(-1)];
    await signedIn('customer', world.owner.secret);
    const waiting = await proof(newest!.id);
    expect([waiting.status, waiting.headers.get('retry-after')]).toEqual([409, '1']);
    expect(await waiting.json()).toMatchObject({ code: 'proof.pending', why: expect.stringContaining('no place') });
    const answer = await proof(older!.id);
    expect([answer.status, answer.headers.get('content-disposition')]).toEqual([
      200,
      `attachment; filename="${older!.id}.tlog-proof"`,
    ]);
    expect(await answer.text()).toMatch(/^c2sp\.org\/tlog-proof@v1\n/);
    request.jar.clear();
    expect((await proof(older!.id)).status).toBe(401);
  });
});
