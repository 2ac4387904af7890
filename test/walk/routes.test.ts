import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API_SCOPES } from '@/lib/api-keys/schemas';
import type { Realm } from '@/lib/identity/request/origins';
import { api, asked, get, paramsFor, paramsOf } from './ask';
import { guardOf, pathOf, routes } from './doors';
import { refusals } from './refusals';
import { type Cast, openCast } from './strangers';
import { openWalk, type WalkWorld } from './world';

/**
 * Every handler of a route. The REST API is walked by its own description: each operation without a key, with keys of every wrong kind,
 * with every scope but its own, and with the ids of another organisation.
 */
let world: WalkWorld;
let cast: Cast;
let operations: Operation[];

/** An operation in the description. */
interface Described {
  operationId: string;
  'x-scopes': string[];
  requestBody?: { content: Record<string, { example: unknown }> };
}
interface Operation {
  id: string;
  method: string;
  path: string;
  scopes: string[];
  body: unknown;
}

beforeAll(async () => {
  world = await openWalk();
  cast = await openCast(world);
  const description = await api({ world }, 'GET', '/api/v1/openapi.json');
  const { paths } = JSON.parse(description.body) as { paths: Record<string, Record<string, Described>> };
  operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { operationId, requestBody, 'x-scopes': scopes }]) => ({
      id: operationId,
      method: method.toUpperCase(),
      path,
      scopes,
      body: requestBody?.content['application/json']?.example,
    })),
  );
}, 300_000);
afterAll(async () => {
  console.log(`The walk asked ${asked()} questions at ${routes.length} handlers of routes.`);
  await world?.stop();
});

const filled = (path: string) =>
  `/api/v1${path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => paramsOf(world.a)[name] ?? `no-${name}`)}`;
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

describe('the REST API', () => {
  it('describes every handler there is', () => {
    const described = operations.map(
      ({ method, path }) => `app/api/v1${path.replaceAll(/\{(\w+)\}/g, '[$1]')}/route.ts ${method}`,
    );
    const handlers = routes
      .map(({ id }) => id)
      .filter((id) => id.startsWith('app/api/v1/') && guardOf(id)?.open === null);
    expect(described.sort()).toEqual(handlers.sort());
  });

  it('refuses whoever has no key for it', async () => {
    const gone = async (column: string) => {
      const { key, keyId } = await world.base.key(world.a.projectId, Object.keys(API_SCOPES));
      await world.sql(`update "ApiKey" set "${column}" = now() - interval '1 second' where "id" = $1`, [keyId]);
      return key;
    };
    const cookie = cast.member.owner.cookie ?? '';
    const session = { cookie };
    const callers: Record<string, { headers: Record<string, string>; query?: string; realm?: Realm }> = {
      nobody: { headers: {} },
      'a key nobody was given': { headers: bearer(`ck_${'a'.repeat(40)}`) },
      'a revoked key': { headers: bearer(await gone('revokedAt')) },
      'an expired key': { headers: bearer(await gone('expiresAt')) },
      'the owner’s cookie in place of a key': { headers: session },
      'the owner’s cookie as a key': { headers: bearer(cookie.split('=')[1] ?? '') },
      'a key in the address': { headers: {}, query: `?key=${world.a.key}&access_token=${world.a.key}` },
      'a key as Basic': { headers: { authorization: `Basic ${Buffer.from(`${world.a.key}:`).toString('base64')}` } },
      'two keys in one header': { headers: bearer(`${world.a.key}, Bearer ${world.a.key}`) },
      'a good key on the staff origin': { headers: bearer(world.a.key), realm: 'staff' },
    };
    const questions = operations.flatMap(({ id, method, path, body }) =>
      Object.entries(callers).map(([who, { headers, query = '', realm = 'customer' }]) => ({
        door: id,
        who,
        private: [world.a],
        ask: () => api({ world, realm }, method, filled(path) + query, { headers, body }),
      })),
    );
    expect(await refusals(world, questions)).toEqual([]);
  }, 300_000);

  it('refuses a key that has every scope but the one it takes', async () => {
    const questions = await Promise.all(
      operations.map(async ({ id, method, path, body, scopes }) => {
        const others = Object.keys(API_SCOPES).filter((scope) => !scopes.includes(scope));
        const { key } = await world.base.key(world.a.projectId, others);
        return {
          door: id,
          who: 'every other scope',
          private: [world.a],
          ask: () => api({ world }, method, filled(path), { headers: bearer(key), body }),
        };
      }),
    );
    expect(await refusals(world, questions)).toEqual([]);
  }, 120_000);

  it('answers a right key', async () => {
    const shut: string[] = [];
    for (const { id, method, path, body } of operations) {
      const { status, body: text } = await api({ world }, method, filled(path), { headers: bearer(world.a.key), body });
      if (status === 401 || status === 403 || status === 404) shut.push(`${id}: ${status} ${text}`);
    }
    expect(shut).toEqual([]);
  }, 120_000);
});

describe('handlers behind pages', () => {
  const behindPages = routes.flatMap(({ id, segments, method }) => {
    const guard = guardOf(id);
    return guard?.open === null && (guard.realm === 'customer' || guard.realm === 'staff')
      ? [{ id, segments, method, realm: guard.realm }]
      : [];
  });

  /** What one's own organisation may ask whatever else the address names, because it says nothing of anybody. */
  const OF_NOBODY: Record<string, string> = {
    'app/(customer)/[org]/(organisation)/security/policy.md/route.ts GET': 'The own policy.',
    'app/(customer)/[org]/projects/[project]/changes/[seq]/status/route.ts GET': 'How far the fleet is.',
  };

  it('refuse every stranger', async () => {
    expect(behindPages.length).toBeGreaterThan(2);
    const questions = behindPages.flatMap(({ id, segments, method, realm }) => {
      expect(method).toBe('GET');
      const params = paramsFor(world, segments, world.a);
      const elsewhere = { visitor: cast.stranger, who: 'another organisation, under its own address' };
      return [
        ...cast.strangers[realm].map((visitor) => ({ visitor, who: visitor.name, params })),
        ...(realm === 'customer' ? [{ ...elsewhere, params: { ...params, org: world.b.slug } }] : []),
      ].map(({ visitor, who, params: filledWith }) => ({
        door: id,
        who,
        private: [world.a],
        ask: () => get({ world, ...visitor }, pathOf(segments, filledWith)),
        mayAnswer: who === elsewhere.who && Object.hasOwn(OF_NOBODY, id),
      }));
    });
    expect(await refusals(world, questions)).toEqual([]);
  }, 120_000);

  it('let in whom they are for', async () => {
    for (const { id, segments, realm } of behindPages) {
      const visitor = realm === 'staff' ? cast.staff.administrator : cast.member.owner;
      const answer = await get({ world, ...visitor }, pathOf(segments, paramsFor(world, segments, world.a)));
      expect([id, answer.status, answer.body.slice(0, 200)]).toEqual([id, 200, expect.anything()]);
    }
  });
});

it('every handler is walked, or says why it stands open', () => {
  const unknown = routes.filter(({ id }) => {
    const guard = guardOf(id);
    return !guard || (guard.open === null && guard.realm === 'person');
  });
  expect(unknown).toEqual([]);
});
