import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EdgeRef } from '@/lib/kernel/bundle/resources';
import { homeOf } from '@/lib/kernel/decision';
import type { Region } from '@/lib/kernel/region';
import { primitives } from '@/lib/primitives';
import type { EdgePolicy } from '@/media-plane/edge';
import {
  addProject,
  edgesResource,
  revocation,
  startTestEdge,
  type TestEdge,
  TestPolicy,
  type TestProject,
  TestSocket,
  testAuthority,
  token,
  until,
} from './edge-world';
import { PublishClient } from './support/engine-client';

/** Two edges in EU and one in JP. The project's fence is EU, JP: the home is one of the two in EU. */
let edges: TestEdge[];
let project: TestProject;
let home: TestEdge;
let other: TestEdge;
let far: TestEdge;
let identityOf: (name: string, region: Region) => Promise<NonNullable<ReturnType<EdgePolicy['identity']>>>;

const CHANNEL = 'room';
const refs = (): EdgeRef[] =>
  edges.map(({ name, url, relay }, i) => ({ name, region: i === 2 ? 'JP' : 'EU', url, relay, serving: true }));

beforeAll(async () => {
  identityOf = await testAuthority();
  const start = async (name: string, region: Region, shared?: TestEdge): Promise<TestEdge> => {
    const policy = new TestPolicy();
    policy.held = await identityOf(name, region);
    return startTestEdge(name, region, policy, shared?.engine);
  };
  const first = await start('eu-1', 'EU');
  edges = [first, await start('eu-2', 'EU', first), await start('jp-1', 'JP', first)];
  far = edges[2] as TestEdge;
  const resource = edgesResource(refs());
  for (const { policy } of edges) policy.index.apply({ put: [resource], del: [] });
  project = addProject(
    edges.map(({ policy }) => policy),
    { fence: ['EU', 'JP'] },
  );
  if (resource.kind !== 'edges') throw new Error('not the edges resource');
  const homeName = homeOf(project.appId, CHANNEL, ['EU', 'JP'], resource, primitives)?.name;
  home = edges.find(({ name }) => name === homeName) as TestEdge;
  other = edges.find(({ name }) => name !== homeName && name.startsWith('eu')) as TestEdge;
});
afterAll(async () => {
  for (const edge of [...(edges ?? [])].reverse()) await edge.stop();
});

const post = (
  at: TestEdge,
  bearer: string,
  body: string,
  appId = project.appId,
  query = '?account=alice',
): Promise<Response> =>
  fetch(`${at.url}/whip/${appId}/${CHANNEL}${query}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/sdp', authorization: `Bearer ${bearer}` },
  });

describe('the relay', () => {
  it.each(['the same region', 'another region of the fence'])('takes WHIP to the home edge from %s', async (where) => {
    const entry = where === 'the same region' ? other : far;
    const client = new PublishClient();
    const bearer = token(project);
    const before = home.edge.sessions();
    const made = await post(entry, bearer, await client.offer());
    expect(made.status).toBe(201);
    const location = made.headers.get('location') ?? '';
    expect(location.startsWith(`${home.url}/session/`)).toBe(true);
    expect(made.headers.get('access-control-allow-origin')).toBe('*');
    await client.accept(await made.text());
    expect(home.edge.sessions()).toBe(before + 1);
    expect(entry.edge.sessions()).toBe(0);
    const { traceId } = await until(() => entry.policy.decisions('ok').find(({ action }) => action === 'relay'));
    expect(
      home.policy
        .decisions('ok')
        .some((decision) => decision.traceId === traceId && decision.addressPrefix === '127.0.0.0/24'),
    ).toBe(true);

    // To the Location it says, and, for clients that do not follow it, to the edge they know.
    const id = location.split('/').at(-1);
    const headers = { authorization: `Bearer ${bearer}` };
    expect((await fetch(`${entry.url}/session/${id}`, { method: 'DELETE', headers })).status).toBe(200);
    expect((await fetch(location, { method: 'DELETE', headers })).status).toBe(404);
    client.close();
  });

  it('takes the WebSocket there, and a cut at the home is a cut at the client', async () => {
    const socket = await new TestSocket(other.url).send({
      type: 'join',
      appId: project.appId,
      channel: CHANNEL,
      account: 'bob',
      token: token(project),
    });
    expect((await socket.next('joined')).edge.name).toBe(home.name);
    await socket.send({ type: 'ping' });
    await socket.next('pong');
    await home.policy.change([revocation(project.appId, { type: 'user', account: 'bob' })]);
    expect(await socket.next('cut')).toMatchObject({ code: 'revoked.user' });
    expect((await socket.end()).code).toBe(4001);
  });

  it('lets the home decide again', async () => {
    const own = addProject(
      edges.map(({ policy }) => policy),
      { fence: ['EU', 'JP'] },
    );
    // Revoked at the homes only, as in the moment before the other edge has the delta.
    const revoked = revocation(own.appId, { type: 'user', account: 'alice' });
    for (const edge of edges.slice(0, 2)) edge.policy.index.apply({ put: [revoked], del: [] });
    const refused = await post(far, token(own), 'v=0\r\n', own.appId);
    expect(refused.status).toBe(403);
    expect(((await refused.json()) as { code: string }).code).toBe('revoked.user');
  });

  it('answers 503 when the edges disagree on the set', async () => {
    other.policy.index.apply({ put: [edgesResource(refs(), 2)], del: [] });
    const refused = await post(other, token(project), 'v=0\r\n');
    const socket = await new TestSocket(other.url).send({
      type: 'join',
      appId: project.appId,
      channel: CHANNEL,
      account: 'eve',
      token: token(project),
    });
    const message = await socket.next('refused');
    other.policy.index.apply({ put: [edgesResource(refs())], del: [] });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(((await refused.json()) as { code: string }).code).toBe('policy.generation');
    expect(message.code).toBe('policy.generation');
  });

  it('never opens across the fence, and names where to go instead', async () => {
    const own = addProject(
      edges.map(({ policy }) => policy),
      { fence: ['EU'] },
    );
    const refused = await post(far, token(own), 'v=0\r\n', own.appId);
    expect(refused.status).toBe(403);
    const problem = (await refused.json()) as {
      code: string;
      allowedRegions: string[];
      allowedEdges: { url: string }[];
    };
    expect(problem.code).toBe('fence.region_denied');
    expect(problem.allowedRegions).toEqual(['EU']);
    expect(problem.allowedEdges.map(({ url }) => url)).toEqual([edges[0]?.url, edges[1]?.url]);
  });

  /** What another program gets that dials the relay listener itself. */
  const dial = async (
    who: { cert: string; key: string } | null,
    headers: Record<string, string>,
  ): Promise<number | string> =>
    new Promise((resolve) => {
      const sent = request(
        `https://${home.relay}/whip/${project.appId}/${CHANNEL}?account=alice`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/sdp', authorization: `Bearer ${token(project)}`, ...headers },
          ...who,
          rejectUnauthorized: false,
        },
        (response) => resolve(response.resume().statusCode ?? 0),
      );
      sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
      sent.end('v=0\r\n');
    });
  const relayHeaders = {
    'x-cordon-generation': '1',
    'x-cordon-client-address': '203.0.113.7',
    'x-cordon-trace': 'a'.repeat(32),
  };

  it('admits only edges the bundle names, by a certificate of the edge authority', async () => {
    const pem = ({ certificate, key }: { certificate: string; key: string }) => ({ cert: certificate, key });
    const known = pem(other.policy.held as NonNullable<TestPolicy['held']>);
    // 422: admitted, decided, and the engine then refused the offer.
    expect(await dial(known, relayHeaders)).toBe(422);
    await until(() =>
      home.policy
        .decisions('sdp.invalid')
        .some(({ addressPrefix, traceId }) => addressPrefix === '203.0.113.0/24' && traceId === 'a'.repeat(32)),
    );
    expect(await dial(known, {})).toBe(403);
    expect(await dial(pem(await identityOf('stranger', 'EU')), relayHeaders)).toBe(403);
    expect(await dial(pem(await identityOf(other.name, 'JP')), relayHeaders)).toBe(403);
    expect(await dial(null, relayHeaders)).toMatch(/ECONN|ERR_SSL|EPROTO/);
    const foreign = await (await testAuthority())(other.name, 'EU');
    expect(await dial(pem(foreign), relayHeaders)).toMatch(/ECONN|ERR_SSL|EPROTO/);
  });

  it('does not dial an edge whose certificate names another', async () => {
    const impostors = refs().map((ref) => (ref.name === home.name ? { ...ref, relay: far.relay } : ref));
    other.policy.index.apply({ put: [edgesResource(impostors)], del: [] });
    const refused = await post(other, token(project), 'v=0\r\n');
    other.policy.index.apply({ put: [edgesResource(refs())], del: [] });
    expect(refused.status).toBe(503);
    expect(((await refused.json()) as { code: string }).code).toBe('engine.unavailable');
  });

  it('speaks TLS 1.2 or newer to clients once it has a certificate for them', async () => {
    const { certificate, key, authority } = await identityOf('eu-3', 'EU');
    const secure = await startTestEdge('eu-3', 'EU', new TestPolicy(), home.engine, { cert: certificate, key });
    const get = (options: object) =>
      new Promise<number | string>((resolve) => {
        const sent = request(
          `${secure.url}/healthz`,
          { ca: authority, checkServerIdentity: () => undefined, ...options },
          (response) => resolve(response.resume().statusCode ?? 0),
        );
        sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
        sent.end();
      });
    expect(await get({})).toBe(200);
    expect(await get({ maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' })).not.toBe(200);
    await secure.stop();
  });

  it('reads the headers of the relay on its own listener only', async () => {
    const response = await fetch(`${home.url}/whip/${project.appId}/${CHANNEL}?account=alice`, {
      method: 'POST',
      body: 'v=0\r\n',
      headers: {
        'content-type': 'application/sdp',
        authorization: `Bearer ${token(project, { certificate: '2'.repeat(32) })}`,
        ...relayHeaders,
      },
    });
    const { traceId } = (await response.json()) as { traceId: string };
    expect(traceId).not.toBe('a'.repeat(32));
    const record = await until(() =>
      home.policy.decisions('token.signature').find((decision) => decision.traceId === traceId),
    );
    expect(record.addressPrefix).toBe('127.0.0.0/24');
  });
});
