import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { API_SCOPES } from '@/lib/api-keys/schemas';
import { ROOT, sourceFiles } from '../support/imports';
import { type Answer, act, api, get, paramsFor, paramsOf } from '../walk/ask';
import { actions, guardOf, pages, pathOf } from '../walk/doors';
import { argumentsOf } from '../walk/fields';
import { type Cast, openCast, roleMay } from '../walk/strangers';
import { openWalk, type WalkWorld } from '../walk/world';

/**
 * The attacker is a customer like any other: owner of an organisation, with a session and API keys of their own. Both are good. They have
 * seen ids of another organisation (in a screenshot, a log, a support mail) and put them wherever the console takes an id; and they add to
 * what they send members that no form shows, in the hope that somebody stores whatever comes.
 */
let world: WalkWorld;
let cast: Cast;
/** Every id of the organisation attacked, by what it is of. */
let ids: Record<string, string>;
let before: string;

beforeAll(async () => {
  world = await openWalk();
  cast = await openCast(world);
  const { words: _words, key: _key, slug: _slug, invitationSecret: _secret, frozen, streams, ...rest } = world.a;
  const [project] = await world.sql<{ appId: string }>('select "appId" from "Project" where "id" = $1', [
    world.a.projectId,
  ]);
  ids = {
    ...rest,
    frozenId: frozen.id,
    streamId: streams.active,
    userId: world.member.owner.userId,
    appId: project!.appId,
  };
}, 300_000);
beforeEach(async () => {
  before = await theirs();
});
afterAll(() => world?.stop());

/** Digest of every row that belongs to the organisation attacked, or to its people. */
async function theirs(): Promise<string> {
  const tables = await world.sql<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' and tablename not in ('Throttle', '_prisma_migrations') order by 1`,
  );
  const own = JSON.stringify([world.a.organisationId, ...Object.values(world.member).map(({ userId }) => userId)]);
  const parts = tables.map(
    ({ name }) =>
      `select '${name}' as t, coalesce(md5(string_agg(row::text, '' order by row::text)), '') as d
       from (select to_jsonb(x) - '{lastSeenAt,lastUsedAt}'::text[] as row from "${name}" x) r
       where $1::jsonb ?| array[row->>'organisationId', row->>'userId', row->>'id']`,
  );
  return JSON.stringify(await world.sql(`${parts.join(' union all ')} order by t`, [own]));
}
const untouched = async () => expect(await theirs()).toBe(before);
/** Nothing private of the other organisation stands in it. An id that was sent may come back. */
const tellsNothing = (where: string, { body }: Answer) =>
  expect([where, Object.values(world.a.words).filter((word) => body.includes(word))]).toEqual([where, []]);

interface Operation {
  operationId: string;
  parameters: { name: string; in: string; schema: { type?: string } }[];
  requestBody?: { content: { 'application/json': { schema: object; example: Record<string, unknown> } } };
}
async function everyOperation() {
  const { body } = await api({ world }, 'GET', '/api/v1/openapi.json');
  const { paths } = JSON.parse(body) as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  );
}
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const ownKey = async () =>
  bearer((await world.base.key(world.b.projectId, Object.keys(API_SCOPES), world.b.organisationId)).key);
/** The path with this one's own ids, but for one parameter. */
const filled = (path: string, changed: Record<string, string> = {}) =>
  `/api/v1${path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent({ ...paramsOf(world.b), ...changed }[name] ?? ''))}`;

/** Copies of a document in which one text, at any depth, is another; and with every text that is. */
function replaced(document: unknown, by: string): unknown[] {
  if (typeof document === 'string') return [by];
  if (Array.isArray(document))
    return document.flatMap((each, at) => replaced(each, by).map((other) => document.toSpliced(at, 1, other)));
  if (typeof document !== 'object' || document === null) return [];
  return Object.entries(document).flatMap(([name, value]) =>
    replaced(value, by).map((other) => ({ ...document, [name]: other })),
  );
}

describe('ids of another organisation', () => {
  it('in every parameter of every operation of the REST API, reach nothing', async () => {
    let asked = 0;
    for (const { operationId, method, path, parameters, requestBody } of await everyOperation()) {
      const example = requestBody?.content['application/json'].example;
      for (const [what, id] of Object.entries(ids)) {
        // Revoking one's own project, say, is one's own business; what must not be is that anything of theirs comes of it.
        const headers = await ownKey();
        const named = parameters.filter(({ schema }) => schema.type !== 'integer');
        const targets = [
          ...named
            .filter((each) => each.in === 'path')
            .map(({ name }) => ({ url: filled(path, { [name]: id }), body: example })),
          ...named
            .filter((each) => each.in === 'query')
            .map(({ name }) => ({ url: `${filled(path)}?${name}=${encodeURIComponent(id)}`, body: example })),
          ...['projectId', 'organisationId'].map((name) => ({ url: `${filled(path)}?${name}=${id}`, body: example })),
          ...replaced(example, id).map((body) => ({ url: filled(path), body })),
        ];
        for (const { url, body } of targets) {
          asked += 1;
          const answer = await api({ world }, method, url, { headers, body });
          tellsNothing(`${operationId} with ${what}: ${method} ${url} ${JSON.stringify(body)}`, answer);
          expect([operationId, what, answer.status < 500]).toEqual([operationId, what, true]);
        }
      }
    }
    expect(asked).toBeGreaterThan(200);
    await untouched();
  }, 600_000);

  it('and a certificate of theirs is to every operation what none is', async () => {
    const headers = await ownKey();
    for (const { operationId, method, path } of await everyOperation()) {
      if (!path.includes('{certificateId}')) continue;
      const answers = [];
      for (const certificateId of [world.a.certificateId, 'crt_01a2b3c4d5e67f008000000000000009']) {
        const { status, body } = await api({ world }, method, filled(path, { certificateId }), { headers });
        answers.push({ operationId, status, ...JSON.parse(body), requestId: '' });
      }
      expect(answers[0]).toEqual(answers[1]);
      expect(answers[0].status).toBe(404);
    }
  });

  it('in the number of a change, tell how far the fleet is and nothing of what it did to them', async () => {
    const [change] = await world.sql<{ seq: string }>(
      'select max("seq")::text as seq from "PolicyResource" where "organisationId" = $1',
      [world.a.organisationId],
    );
    await world.sql(
      `insert into "EdgeAck" ("edgeName", "epoch", "seq", "stage", "at", "cut") values ('eu-1', 1, $1, 'enforced', now(), 4711)`,
      [change!.seq],
    );
    await world.sql(`update "Edge" set "enforcedSeq" = $1 where "name" = 'eu-1'`, [change!.seq]);
    const answer = await api({ world }, 'GET', `/api/v1/policy/${change!.seq}`, { headers: await ownKey() });
    expect([answer.status, answer.body.includes('4711')]).toEqual([200, false]);
    const own = await api({ world }, 'GET', `/api/v1/policy/${change!.seq}`, { headers: bearer(world.a.key) });
    expect(own.body).toContain('"cut":4711');
    const path = `/${world.b.slug}/projects/${world.b.projectId}/changes/${change!.seq}`;
    expect((await get({ world, ...cast.stranger }, path)).body).not.toContain('4711');
    expect((await get({ world, ...cast.stranger }, `${path}/status`)).body).not.toContain('4711');
  });

  it('in every parameter of every page, reach nothing', async () => {
    // What pages read from the address, as their files say.
    const names = new Set(
      sourceFiles(['app']).flatMap((file) =>
        [
          ...readFileSync(join(ROOT, file), 'utf8').matchAll(
            /\bone\(\w+, '(\w+)'\)|\b(?:params|search|query|searchParams\))\.(\w+)\b/g,
          ),
        ]
          .map(([, first, second]) => first ?? second ?? '')
          .filter(Boolean),
      ),
    );
    expect(names.size).toBeGreaterThan(6);
    const everywhere = (id: string) => new URLSearchParams([...names].map((name) => [name, id])).toString();
    let asked = 0;
    for (const { segments, file } of pages) {
      if (segments[0] === '(staff)') continue;
      // What an address can name: an organisation, a project, things in it, a person.
      const { organisationId, projectId, certificateId, eventId, userId } = ids;
      for (const [what, id] of Object.entries({
        slug: world.a.slug,
        organisationId,
        projectId,
        certificateId,
        eventId,
        userId,
      })) {
        if (id === undefined) throw new Error(`no ${what}`);
        const own = paramsOf(world.b);
        const placed = Object.keys(own).filter((name) => segments.includes(`[${name}]`));
        const addresses = [
          `${pathOf(segments, own)}?${everywhere(id)}`,
          ...placed.map((name) => pathOf(segments, { ...own, [name]: id })),
        ];
        for (const address of addresses) {
          asked += 1;
          const answer = await get({ world, ...cast.stranger }, address);
          tellsNothing(`${file} with ${what}: ${address}`, answer);
        }
      }
    }
    expect(asked).toBeGreaterThan(300);
    await untouched();
  }, 600_000);

  it('of shared screen records open none without the link, and the page asks to be neither found nor followed', async () => {
    const { session, copy, share } = world.access;
    const own = cast.member.owner.cookie;
    const cookies = [null, own, `cordon-view-customer=${share}`, `${own}; cordon-view-customer=${'A'.repeat(43)}`];
    const answers = new Set<string>();
    for (const cookie of cookies)
      for (const query of ['', `?session=${session}`, `?copy=${copy}&share=${share}&from=0`])
        for (const what of ['lines', 'file']) {
          const from = { world, realm: 'customer', cookie } as const;
          const { status, body } = await get(from, `/shared-record/${what}${query}`);
          answers.add(`${status} ${JSON.parse(body).code}`);
        }
    expect([...answers]).toEqual(['404 recording.share']);
    const nobody = { world, realm: 'customer', cookie: null } as const;
    const page = await get(nobody, `/shared-record?share=${share}`);
    expect(page.status).toBe(200);
    expect(page.body).toMatch(/<meta name="robots" content="noindex/);
    expect(page.body).toMatch(/<meta name="referrer" content="no-referrer"/);
    expect(page.body).not.toContain(session);
    // The staff's origin has no such door, and customers none of the staff's.
    expect((await get({ ...nobody, realm: 'staff' }, '/shared-record')).status).toBe(404);
    expect((await get({ ...nobody, cookie: own }, `/staff/sessions/${session}`)).status).toBe(404);
  });

  it('in every field of every form, reach nothing', async () => {
    const visitor = cast.stranger;
    for (const action of actions()) {
      const guard = guardOf(action.id);
      if (!guard || guard.open !== null || guard.realm === 'staff') continue;
      const path = pathOf(action.pages[0] ?? [], paramsFor(world, action.pages[0] ?? [], world.b));
      const [, form] = argumentsOf(action.name, { world, tenant: world.b }) as [unknown, FormData | undefined];
      if (!(form instanceof FormData)) continue;
      for (const field of new Set(form.keys())) {
        if (!/id$/i.test(field)) continue;
        // An id of the field's own kind: any other is refused by its first letters, which the REST API's own test tries.
        const id = ids[field] ?? ids.projectId;
        if (id === undefined) continue;
        const args = argumentsOf(action.name, { world, tenant: world.b }, { [field]: id });
        tellsNothing(`${action.id} with ${field}`, await act({ world, ...visitor }, action, path, args));
      }
    }
    await untouched();
  }, 600_000);
});

describe('members that nobody asked for', () => {
  /** Values that would show wherever they were stored. */
  const MARK = 'zqmassmark';
  const EXTRA: Record<string, unknown> = {
    id: `${MARK}_id`,
    createdById: `${MARK}_by`,
    createdAt: '2001-02-03T04:05:06.000Z',
    invitedById: `${MARK}_inv`,
    secretHash: `${MARK}_hash`,
    passwordHash: `${MARK}_password`,
    sealed: `${MARK}_sealed`,
    fingerprint: `${MARK}_finger`,
    prefix: `${MARK}_prefix`,
    appId: `${MARK}_app`,
    userId: `${MARK}_user`,
    staffRole: 'administrator',
    memberRole: 'owner',
    realm: 'staff',
    aal: 2,
    raisedBy: 'passkey',
    isAdmin: true,
    fenceVersion: 4711,
    frozen: false,
    seq: 1,
    scopes: ['project:write'],
    revokedAt: null,
    expiresAt: '2099-01-01T00:00:00.000Z',
    acceptedAt: `${MARK}_accepted`,
    secret: `${MARK}_secret`,
    principal: { kind: 'staff', role: 'administrator' },
    constructor: { prototype: { isAdmin: true } },
  };
  const stored = async (text: string) => {
    const tables = await world.sql<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public'`,
    );
    const found = tables.map(
      ({ name }) => `select '${name}' as t where exists (select 1 from "${name}" x where to_jsonb(x)::text like $1)`,
    );
    return (await world.sql<{ t: string }>(found.join(' union all '), [`%${text}%`])).map(({ t }) => t);
  };
  const standing = () =>
    world.sql(`select "id", "realm", "status", "staffRole", (select array_agg(m."role"::text order by m."id") from "Membership" m where m."userId" = u."id") as roles,
      (select array_agg(s."aal"::text || s."raisedBy" order by s."id") from "Session" s where s."userId" = u."id") as sessions
      from "User" u order by "id"`);

  it('in a body of the REST API are refused or dropped, and none is stored', async () => {
    const people = await standing();
    const project = () =>
      world.sql(
        'select "organisationId", "appId", "environment", "mode", "status", "createdAt" from "Project" where "id" = $1',
        [world.b.projectId],
      );
    const before = await project();
    const more = {
      organisationId: world.a.organisationId,
      projectId: world.a.projectId,
      status: 'archived',
      environment: 'production',
      mode: 'app_id',
    };
    let refused = 0;
    for (const { operationId, method, path, requestBody } of await everyOperation()) {
      const example = requestBody?.content['application/json'].example;
      if (!example) continue;
      for (const [name, value] of Object.entries({ ...EXTRA, ...more })) {
        if (Object.hasOwn(example, name)) continue;
        const headers = await ownKey();
        const answer = await api({ world }, method, filled(path), { headers, body: { ...example, [name]: value } });
        expect([operationId, name, answer.status < 500]).toEqual([operationId, name, true]);
        if (answer.status === 422) refused += 1;
      }
      // `__proto__` cannot be written as a literal.
      const body = JSON.parse(JSON.stringify(example).replace('{', `{"__proto__":{"isAdmin":true,"id":"${MARK}"},`));
      expect((await api({ world }, method, filled(path), { headers: await ownKey(), body })).status).toBeLessThan(500);
    }
    expect(refused).toBeGreaterThan(20);
    expect(await project()).toEqual(before);
    expect(await stored(MARK)).toEqual([]);
    expect(await standing()).toEqual(people);
    await untouched();
  }, 300_000);

  it('in a form are not looked at: what is stored is what the form is for', async () => {
    const people = await standing();
    const extra = Object.fromEntries(Object.entries(EXTRA).map(([name, value]) => [name, String(value)]));
    let done = 0;
    for (const action of actions()) {
      const guard = guardOf(action.id);
      // Changing a role, ending a session or a password is what those forms are for.
      if (!guard || guard.open !== null || ['Membership', 'Session', 'User'].includes(guard.subject)) continue;
      const roles = Object.entries(guard.realm === 'staff' ? world.staff : { owner: world.stranger });
      const who = roles.find(([role]) => guard.realm === 'person' || roleMay(guard, role))?.[1];
      if (!who) continue;
      const { secret } = await world.session(who);
      const from = { world, realm: who.realm, cookie: await world.cookie(who.realm, secret) };
      const args = argumentsOf(action.name, { world, tenant: world.b }, extra);
      const answer = await act(
        from,
        action,
        pathOf(action.pages[0] ?? [], paramsFor(world, action.pages[0] ?? [], world.b)),
        args,
      );
      expect([action.id, answer.status < 500]).toEqual([action.id, true]);
      if (answer.answered?.ok) done += 1;
    }
    expect(done).toBeGreaterThan(5);
    expect(await stored(MARK)).toEqual([]);
    expect(await stored('2001-02-03')).toEqual([]);
    const after = await standing();
    const sessionsApart = (rows: Record<string, unknown>[]) => rows.map(({ sessions: _sessions, ...row }) => row);
    expect(sessionsApart(after)).toEqual(sessionsApart(people));
    await untouched();
  }, 300_000);

  it('with signing in give nothing but the first step', async () => {
    const action = actions().find(({ name }) => name === 'signInAction')!;
    const args = argumentsOf(
      'signInAction',
      { world, tenant: world.b },
      {
        ...Object.fromEntries(Object.entries(EXTRA).map(([name, value]) => [name, String(value)])),
        email: world.stranger.email,
        password: world.password,
        realm: 'staff',
        aal: '2',
      },
    );
    const answer = await act({ world, realm: 'customer', cookie: null }, action, '/sign-in', args);
    expect(answer.setCookies).toHaveLength(1);
    const [newest] = await world.sql<{ aal: number; raisedBy: string; realm: string }>(
      'select "aal", "raisedBy", "realm" from "Session" where "userId" = $1 order by "createdAt" desc limit 1',
      [world.stranger.userId],
    );
    expect(newest).toEqual({ aal: 1, raisedBy: '', realm: 'customer' });
  });
});
