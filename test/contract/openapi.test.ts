import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { errorsOf } from '@/app/api/v1/_openapi';
import type { Operation } from '@/app/api/v1/_operation';
import { operations } from '@/app/api/v1/_operations';
import { GET } from '@/app/api/v1/openapi.json/route';
import { apiKeyErrors } from '@/lib/api-keys';
import { API_SCOPES } from '@/lib/api-keys/schemas';
import { accessOf } from '@/lib/authz';
import { createProject } from '@/lib/projects';
import { type Asked, allHandlers, call } from './api-world';
import { type KeyCaller, openWorld, type World } from './world';

// Pages' parts of Next, which no operation uses.
vi.mock('next/navigation', () => ({ redirect: () => {}, notFound: () => {} }));
vi.mock('next/headers', () => ({ cookies: async () => new Map(), headers: async () => new Headers() }));

/** The description of the interface is true: every operation in it exists, answers as described, and needs the scope it names. */
let world: World;
let projectId: string;
let certificateId: string;
let all: KeyCaller;
// biome-ignore lint/suspicious/noExplicitAny: a JSON document.
let document: any;

beforeAll(async () => {
  world = await openWorld();
  const made = await createProject(world.owner, { name: 'Described', environment: 'production', fence: ['EU'] });
  projectId = made.project.id;
  certificateId = made.certificate.id;
  all = await world.key(projectId, Object.keys(API_SCOPES));
  document = await (await GET(new Request('http://localhost/api/v1/openapi.json'))).json();
  await world.edge('eu-1', 'EU');
  await world.decision(projectId, { certificateId });
  await world.session(projectId);
});
afterAll(async () => {
  await world?.stop();
});

/** A request each operation must accept, in an order in which each finds the state it needs. */
const order = ['disableCertificate', 'enableCertificate'];
const sorted = [...operations].sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
function rightRequest({ id, example }: Operation): Asked {
  const params = { certificateId, seq: '1' };
  const body = id === 'inspectToken' ? { token: '007x', channel: 'room', account: 'ada' } : example.body;
  return { params, ...(body === undefined ? {} : { body }) };
}

describe('the description', () => {
  it('is OpenAPI 3.1 with a unique id, a scope, an example and every error for each operation', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item as object).map(([method, operation]) => ({ path, method, operation })),
    );
    expect(described).toHaveLength(operations.length);
    expect(new Set(described.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
    for (const { path, operation } of described) {
      expect(operation['x-scopes'].every((scope: string) => Object.hasOwn(API_SCOPES, scope))).toBe(true);
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const inPath = operation.parameters.filter(
        (p: { in: string; required: boolean }) => p.in === 'path' && p.required,
      );
      expect(inPath.map((p: { name: string }) => p.name)).toEqual(named);
      for (const status of ['401', '403', '429', '500']) expect(operation.responses).toHaveProperty(status);
      for (const { content } of Object.values<{ content: Record<string, { schema: object; example: unknown }> }>(
        operation.responses,
      )) {
        for (const { schema, example } of Object.values(content)) {
          expect(Object.keys(schema).length).toBeGreaterThan(0);
          expect(example).toBeDefined();
        }
      }
    }
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, ref]) => ref!);
    for (const ref of refs) expect(ref.split('/').reduce((at, part) => at?.[part], document)).toBeDefined();
  });

  it('has examples that are what it describes', () => {
    for (const { id, body, response, example } of operations) {
      if (body) expect({ id, ...body.safeParse(example.body) }).toMatchObject({ id, success: true });
      expect({ id, ...response.safeParse(example.response) }).toMatchObject({ id, success: true });
    }
  });

  it('and the files say the same: no handler is undescribed, each is guarded', async () => {
    const handlers = await allHandlers();
    const described = [...operations.map(({ method, path }) => `${method} ${path}`), 'GET /openapi.json'];
    expect([...handlers.keys()].sort()).toEqual(described.sort());
    for (const handler of handlers.values()) expect(accessOf(handler)).toBeDefined();
  });
});

describe('every operation', () => {
  it('answers a right request as described', async () => {
    for (const operation of sorted) {
      const { status, body, headers } = await call(operation, { key: all.key, ...rightRequest(operation) });
      expect({ id: operation.id, status, body }).toMatchObject({ id: operation.id, status: operation.status });
      expect({ id: operation.id, error: operation.response.safeParse(body).error }).toEqual({
        id: operation.id,
        error: undefined,
      });
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it('refuses without a key, with a wrong one, and with every other scope', async () => {
    for (const operation of operations) {
      const request = rightRequest(operation);
      expect(await call(operation, request)).toMatchObject({ status: 401, body: { code: 'authz.not_signed_in' } });
      const wrong = await call(operation, { ...request, key: `${all.key.slice(0, -1)}x` });
      expect(wrong).toMatchObject({ status: 401, body: { code: 'key.invalid' } });
      expect(wrong.headers.get('content-type')).toBe('application/problem+json');
      const others = Object.keys(API_SCOPES).filter(
        (scope) => !(operation.scopes as readonly string[]).includes(scope),
      );
      const { key } = await world.key(projectId, others);
      const refused = await call(operation, { ...request, key });
      expect({ id: operation.id, ...refused }).toMatchObject({
        id: operation.id,
        status: 403,
        body: { code: 'authz.forbidden' },
      });
    }
  });

  it('needs no scope but the one it names', async () => {
    for (const operation of sorted) {
      for (const scope of operation.scopes) {
        const { key } = await world.key(projectId, [scope]);
        const { status, body } = await call(operation, { ...rightRequest(operation), key });
        expect({ id: operation.id, scope, status, body }).toMatchObject({
          id: operation.id,
          scope,
          status: operation.status,
        });
      }
    }
  });

  it('answers only errors it documents', async () => {
    const asks: Asked[] = [
      {},
      { body: {} },
      { body: [] },
      { raw: '{' },
      { raw: 'x'.repeat(70_000) },
      { body: {}, headers: { 'content-type': 'text/plain' } },
      { query: { limit: '-1', cursor: 'x' } },
      { headers: { 'idempotency-key': 'a b' } },
    ];
    for (const operation of operations) {
      for (const ask of asks) {
        if (operation.method === 'GET' && (ask.body !== undefined || ask.raw !== undefined)) continue;
        const { key } = await world.key(projectId, [...operation.scopes]);
        const { status, body } = await call(operation, {
          params: { certificateId: 'crt_none', seq: '99999999' },
          key,
          ...ask,
        });
        if (status < 400) continue;
        expect({ id: operation.id, documented: errorsOf(operation), body }).toMatchObject({
          documented: expect.arrayContaining([body.code]),
        });
        expect(document.paths[operation.path][operation.method.toLowerCase()].responses).toHaveProperty(String(status));
        expect(body).toMatchObject({
          type: `urn:cordon:problem:${body.code}`,
          title: expect.any(String),
          requestId: expect.stringMatching(/^req_/),
        });
      }
    }
  });

  it('treats the certificate of another project as one that does not exist', async () => {
    const theirs = await createProject(world.stranger, { name: 'Theirs', environment: 'development' });
    const disable = operations.find(({ id }) => id === 'disableCertificate')!;
    const answers = [];
    for (const id of [theirs.certificate.id, 'crt_01a2b3c4d5e67f008000000000000009']) {
      const { status, body } = await call(disable, { key: all.key, params: { certificateId: id } });
      answers.push({ status, ...body, requestId: '' });
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject({ status: 404, code: 'certificate.not_found' });
  });
});

describe('repeated requests', () => {
  const revocations = { method: 'POST', path: '/revocations' } as const;
  const body = { subject: { type: 'channel', channel: 'repeat' }, reason: 'a test' };
  const count = async () =>
    Number((await world.sql<{ n: string }>(`select count(*) as n from "Revocation" where subject = 'repeat'`))[0]!.n);

  it('get the first answer, and change nothing again', async () => {
    const headers = { 'idempotency-key': 'first' };
    const first = await call(revocations, { key: all.key, body, headers });
    const second = await call(revocations, { key: all.key, body, headers });
    expect(second.body).toEqual(first.body);
    expect(second).toMatchObject({ status: 201 });
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(await count()).toBe(1);
    const other = await call(revocations, { key: all.key, body: { ...body, reason: 'another' }, headers });
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency.mismatch' } });
  });

  it('at the same time: one is done, none twice', async () => {
    const before = await count();
    const headers = { 'idempotency-key': 'together' };
    const answers = await Promise.all([1, 2, 3, 4].map(() => call(revocations, { key: all.key, body, headers })));
    expect(await count()).toBe(before + 1);
    for (const { status, body: said } of answers) {
      if (status !== 201) expect(said.code).toBe('idempotency.in_progress');
    }
    expect(answers.some(({ status }) => status === 201)).toBe(true);
  });

  it('are free again after a refusal, and belong to one key', async () => {
    const headers = { 'idempotency-key': 'refused' };
    const future = { ...body, issuedBefore: '2999-01-01T00:00:00Z' };
    for (let i = 0; i < 2; i++) {
      expect(await call(revocations, { key: all.key, body: future, headers })).toMatchObject({
        status: 422,
        body: { code: 'revocation.future' },
      });
    }
    const before = await count();
    const other = await world.key(projectId, ['revocation:write']);
    await call(revocations, { key: all.key, body, headers });
    await call(revocations, { key: other.key, body, headers });
    expect(await count()).toBe(before + 2);
  });

  it('of a token make another one, and none of them is stored', async () => {
    const tokens = { method: 'POST', path: '/tokens' } as const;
    const mint = { lifetimeSeconds: 60, services: [{ kind: 'rtc', channel: 'room', account: 'ada' }] };
    const headers = { 'idempotency-key': 'token' };
    const [a, b] = [
      await call(tokens, { key: all.key, body: mint, headers }),
      await call(tokens, { key: all.key, body: mint, headers }),
    ];
    expect([a.status, b.status]).toEqual([201, 201]);
    expect(a.body.token).not.toBe(b.body.token);
    const stored = JSON.stringify(await world.sql('select response from "Idempotency"'));
    expect(stored).not.toContain(a.body.token);
    expect(await call(tokens, { key: all.key, body: { ...mint, lifetimeSeconds: 61 }, headers })).toMatchObject({
      body: { code: 'idempotency.mismatch' },
    });
    expect(apiKeyErrors.codes).toContain('idempotency.mismatch');
  });
});

describe('limits', () => {
  it('no token for a browser', async () => {
    const mint = { lifetimeSeconds: 60, services: [{ kind: 'rtc', channel: 'room', account: 'ada' }] };
    const answer = await call(
      { method: 'POST', path: '/tokens' },
      { key: all.key, body: mint, headers: { origin: 'https://shop.example' } },
    );
    expect(answer).toMatchObject({ status: 403, body: { code: 'origin.forbidden' } });
    expect(answer.headers.has('access-control-allow-origin')).toBe(false);
  });

  it('a runaway client is told to wait, others are not', async () => {
    const { key } = await world.key(projectId, ['project:read']);
    const ask = () => call({ method: 'GET', path: '/fence' }, { key });
    const answers = await Promise.all(Array.from({ length: 80 }, ask));
    const limited = answers.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThan(0);
    expect(Number(limited[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
    const other = await world.key(projectId, ['project:read']);
    expect((await call({ method: 'GET', path: '/fence' }, { key: other.key })).status).toBe(200);
  });

  it('a revoked or expired key is nobody', async () => {
    const { key, keyId } = await world.key(projectId, ['project:read']);
    await world.sql(`update "ApiKey" set "expiresAt" = now() - interval '1 second' where id = $1`, [keyId]);
    expect(await call({ method: 'GET', path: '/fence' }, { key })).toMatchObject({
      status: 401,
      body: { code: 'key.invalid' },
    });
  });
});
