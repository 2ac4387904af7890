import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rtcPrivileges } from '@/lib/kernel/token';
import {
  addProject,
  observation,
  revocation,
  startTestEdge,
  type TestEdge,
  type TestProject,
  TestSocket,
  token,
  until,
} from './edge-world';
import { PlayClient, PublishClient } from './support/engine-client';

let edge: TestEdge;
let project: TestProject;

beforeAll(async () => {
  edge = await startTestEdge('eu-1', 'EU');
  project = addProject([edge.policy]);
});
afterAll(async () => {
  await edge?.stop();
});

interface Post {
  kind?: 'whip' | 'whep';
  appId?: string;
  channel?: string;
  query?: string;
  bearer?: string | null;
  body?: string;
  headers?: Record<string, string>;
}
const post = ({
  kind = 'whip',
  appId = project.appId,
  channel = 'room',
  query = '',
  bearer,
  body = 'v=0\r\n',
  headers,
}: Post): Promise<Response> =>
  fetch(`${edge.url}/${kind}/${appId}/${encodeURIComponent(channel)}${query}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/sdp',
      ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
      ...headers,
    },
  });

const now = () => Math.floor(Date.now() / 1000);

describe('WHIP and WHEP', () => {
  it('publishes and plays, and ends with DELETE by the same token only', async () => {
    const publisher = new PublishClient();
    const bearer = token(project, { account: 'alice' });
    const made = await post({ bearer, query: '?account=alice', body: await publisher.offer() });
    expect(made.status).toBe(201);
    expect(made.headers.get('content-type')).toBe('application/sdp');
    expect(made.headers.get('etag')).toMatch(/^"[\w-]{22}"$/);
    const location = made.headers.get('location') ?? '';
    expect(location).toMatch(new RegExp(`^${edge.url}/session/[\\w-]{32}$`));
    await publisher.accept(await made.text());

    const player = new PlayClient();
    const joined = await post({
      kind: 'whep',
      bearer: token(project),
      query: '?uid=77&publisher=alice',
      body: await player.offer(),
    });
    expect(joined.status).toBe(201);
    await player.accept(await joined.text());
    publisher.start();
    await until(() => player.received.video.packets > 0);

    const remove = (authorization?: string) =>
      fetch(location, { method: 'DELETE', headers: authorization ? { authorization } : {} });
    expect((await remove()).status).toBe(401);
    expect((await remove(`Bearer ${token(project)}`)).status).toBe(404);
    expect((await remove(`Bearer ${bearer}`)).status).toBe(200);
    expect((await remove(`Bearer ${bearer}`)).status).toBe(404);
    expect(
      edge.policy.sessions('left').some(({ account, reason }) => account === 'alice' && reason === 'client_left'),
    ).toBe(true);
    publisher.close();
    player.close();
  });

  it('keeps to the rules of PATCH and of methods', async () => {
    const client = new PublishClient();
    const bearer = token(project);
    const made = await post({ bearer, query: '?uid=5', body: await client.offer() });
    const location = made.headers.get('location') ?? '';
    const etag = made.headers.get('etag') ?? '';
    const patch = (headers: Record<string, string>) =>
      fetch(location, {
        method: 'PATCH',
        body: 'a=x',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/trickle-ice-sdpfrag', ...headers },
      });
    expect((await patch({})).status).toBe(428);
    expect((await patch({ etag })).status).toBe(428);
    expect((await patch({ 'if-match': '"other"' })).status).toBe(412);
    expect((await patch({ 'if-match': '*' })).status).toBe(422);
    expect((await patch({ 'if-match': etag })).status).toBe(204);
    const put = await fetch(location, { method: 'PUT' });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'OPTIONS, DELETE, PATCH']);
    expect((await fetch(`${edge.url}/whip/${project.appId}/room`)).status).toBe(405);
    await fetch(location, { method: 'DELETE', headers: { authorization: `Bearer ${bearer}` } });
    client.close();
  });

  it('answers browsers of any origin exactly as they need it', async () => {
    const response = await fetch(`${edge.url}/whip/${project.appId}/room`, {
      method: 'OPTIONS',
      headers: { origin: 'null', authorization: 'Bearer x' },
    });
    expect(response.status).toBe(204);
    const header = (name: string) => response.headers.get(`access-control-${name}`);
    expect(header('allow-origin')).toBe('*');
    expect(header('allow-methods')).toBe('OPTIONS, POST, DELETE, PATCH');
    expect(header('allow-headers')).toBe('authorization, content-type, etag, if-match');
    for (const name of ['location', 'etag', 'link', 'access-control-allow-methods'])
      expect(header('expose-headers')).toContain(name);
    expect(Number(header('max-age'))).toBeGreaterThan(0);
    const refused = await post({ bearer: null, query: '?uid=3' });
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('refuses what is too large, of another type or nowhere', async () => {
    expect((await post({ bearer: token(project), body: 'x'.repeat(70_000) })).status).toBe(413);
    expect((await post({ bearer: token(project), headers: { 'content-type': 'text/plain' } })).status).toBe(415);
    expect((await fetch(`${edge.url}/nowhere`)).status).toBe(404);
    expect((await fetch(`${edge.url}/whip/${project.appId}/%ff`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(`${edge.url}/whip/${project.appId}/room?${'x'.repeat(3000)}`, { method: 'POST' })).status).toBe(
      414,
    );
  });
});

/** Every refusal a single edge can give, as [code, HTTP status, what is asked]. */
const refusals: [string, number, () => Post & { token?: string | null }][] = [
  ['request.invalid', 422, () => ({ appId: 'nonsense', bearer: token(project) })],
  ['channel.invalid', 422, () => ({ channel: 'a/b', bearer: token(project) })],
  ['account.invalid', 422, () => ({ query: '?account=a*b', bearer: token(project) })],
  ['token.missing', 401, () => ({ bearer: null })],
  ['token.too_large', 401, () => ({ bearer: `007${'A'.repeat(9000)}` })],
  ['token.malformed', 401, () => ({ bearer: '007AAAA' })],
  ['token.version_unsupported', 401, () => ({ bearer: '009AAAA' })],
  ['project.unknown', 404, () => ({ appId: 'f'.repeat(32), bearer: token(project) })],
  ['project.frozen', 403, () => of(addProject([edge.policy], { status: 'frozen' }))],
  ['project.archived', 403, () => of(addProject([edge.policy], { status: 'archived' }))],
  ['fence.region_denied', 403, () => of(addProject([edge.policy], { fence: ['JP'] }))],
  ['token.wrong_project', 403, () => ({ bearer: token(project, { appId: 'e'.repeat(32) }) })],
  ['token.signature', 403, () => ({ bearer: token(project, { certificate: '0'.repeat(32) }) })],
  ['token.wrong_channel', 403, () => ({ bearer: token(project, { channel: 'elsewhere' }) })],
  ['token.wrong_account', 403, () => ({ query: '?account=bob', bearer: token(project, { account: 'alice' }) })],
  ['token.wildcard_forbidden', 403, () => ({ bearer: token(project, { channel: '*' }) })],
  ['token.not_yet_valid', 403, () => ({ bearer: token(project, { issuedAt: now() + 600 }) })],
  ['token.expired', 403, () => ({ bearer: token(project, { issuedAt: now() - 1000, lifetimeSeconds: 10 }) })],
  [
    'privilege.join_missing',
    403,
    () => ({ bearer: token(project, { privileges: rtcPrivileges('publisher').slice(1) }) }),
  ],
  ['privilege.publish_missing', 403, () => ({ bearer: token(project, { privileges: rtcPrivileges('subscriber') }) })],
  ['revoked.user', 403, () => revoked({ type: 'user', account: 'mallory' }, '?account=mallory')],
  ['revoked.channel', 403, () => revoked({ type: 'channel', channel: 'room' })],
  ['revoked.project', 403, () => revoked({ type: 'project' })],
  ['sdp.invalid', 422, () => ({ bearer: token(project), query: '?uid=9' })],
];
const of = (other: TestProject): Post => ({ appId: other.appId, bearer: token(other) });
function revoked(subject: Parameters<typeof revocation>[1], query = '?uid=1'): Post {
  const other = addProject([edge.policy]);
  const bearer = token(other);
  edge.policy.index.apply({ put: [revocation(other.appId, subject)], del: [] });
  return { appId: other.appId, bearer, query };
}

describe('refusals', () => {
  const seen = new Map<string, string>();

  it.each(refusals)('%s over HTTP', async (code, status, ask) => {
    const response = await post(ask());
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.has('www-authenticate')).toBe(status === 401);
    const problem = (await response.json()) as Record<string, unknown>;
    expect(problem).toMatchObject({
      code,
      status,
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      bundle: { epoch: 1 },
    });
    expect(typeof problem.detail).toBe('string');
    if (code.startsWith('revoked.')) expect(typeof problem.retryAfter).toBe('number');
    if (code === 'fence.region_denied') expect(problem.allowedRegions).toEqual(['JP']);
    seen.set(code, String(problem.traceId));
  });

  it('records every one of them', async () => {
    expect(seen.size).toBe(refusals.length);
    for (const [code, traceId] of seen) {
      const record = await until(() => edge.policy.decisions(code).find((decision) => decision.traceId === traceId));
      expect(record).toMatchObject({ verdict: 'deny', action: 'publish', addressPrefix: '127.0.0.0/24', count: 1 });
    }
  });

  const onlyHttp = new Set(['sdp.invalid', 'privilege.publish_missing']);
  it.each(refusals.filter(([code]) => !onlyHttp.has(code)))('%s over the WebSocket', async (code, _status, ask) => {
    const { appId = project.appId, channel = 'room', query = '', bearer = null } = ask();
    const wanted = new URLSearchParams(query);
    const socket = await new TestSocket(edge.url).send({
      type: 'join',
      appId,
      channel,
      account: wanted.get('account') ?? '',
      token: bearer,
    });
    expect(await socket.next('refused')).toMatchObject({ for: 'join', code });
    expect((await socket.end()).code).toBe(4003);
  });

  it('policy.missing and policy.stale', async () => {
    const { position, lease } = edge.policy;
    edge.policy.position = null;
    expect((await fetch(`${edge.url}/readyz`)).status).toBe(503);
    const missing = await post({ bearer: token(project) });
    edge.policy.position = position;
    expect([missing.status, missing.headers.get('retry-after')]).toEqual([503, '1']);
    edge.policy.lease = Date.now() - 301_000;
    const stale = await post({ bearer: token(project) });
    edge.policy.lease = lease;
    expect(((await stale.json()) as { code: string }).code).toBe('policy.stale');
  });

  it('limits an address that guesses, and lets it in to other projects meanwhile', async () => {
    const target = addProject([edge.policy]);
    const guess = () => post({ appId: target.appId, bearer: token(target, { certificate: '1'.repeat(32) }) });
    const codes: string[] = [];
    for (let i = 0; i < 40 && codes.at(-1) !== 'rate.limited'; i++)
      codes.push(((await (await guess()).json()) as { code: string }).code);
    expect(codes.length).toBeGreaterThan(10);
    const limited = await guess();
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(((await (await post({ bearer: token(project), query: '?uid=8' })).json()) as { code: string }).code).toBe(
      'sdp.invalid',
    );
    const count = () => edge.policy.decisions('rate.limited').reduce((sum, record) => sum + record.count, 0);
    await until(() => count() === 2);
  });
});

describe('probes', () => {
  it('answers health, readiness and, to this machine only, metrics', async () => {
    expect(await (await fetch(`${edge.url}/healthz`)).json()).toMatchObject({
      status: 'ok',
      edge: 'eu-1',
      region: 'EU',
    });
    expect(await (await fetch(`${edge.url}/readyz`)).json()).toMatchObject({ ready: true, policy: true, engine: true });
    const text = await (await fetch(`${edge.url}/metrics`)).text();
    expect(text).toMatch(/^cordon_engine_up 1$/m);
    expect(text).toMatch(/^cordon_decisions_total\{action="publish",verdict="deny",code="token\.missing"\} \d+$/m);
    expect((await fetch(`${edge.url}/metrics`, { headers: { 'x-forwarded-for': '203.0.113.9' } })).status).toBe(404);
  });
});

describe('the WebSocket', () => {
  const join = async (
    choices: Parameters<typeof token>[1] = {},
    account = '',
    channel = 'socket',
  ): Promise<TestSocket> => {
    const bearer = token(project, { channel, ...choices });
    return new TestSocket(edge.url).send({ type: 'join', appId: project.appId, channel, account, token: bearer });
  };

  it('joins, tells who is there, publishes, plays, renews and leaves', async () => {
    const alice = await join({ account: 'alice' }, 'alice');
    expect(await alice.next('joined')).toMatchObject({
      account: 'alice',
      permissions: ['audio', 'video', 'data'],
      edge: { name: 'eu-1', region: 'EU', url: edge.url },
    });
    const nobody = await join();
    expect((await nobody.next('joined')).account).toMatch(/^[1-9]\d{0,9}$/);

    const publisher = new PublishClient();
    await alice.send({ type: 'offer', id: 'camera', direction: 'publish', sdp: await publisher.offer() });
    await publisher.accept((await alice.next('answer')).sdp);
    const player = new PlayClient();
    await nobody.send({
      type: 'offer',
      id: 'screen',
      direction: 'subscribe',
      sdp: await player.offer(),
      publisher: 'alice',
    });
    await player.accept((await nobody.next('answer')).sdp);
    publisher.start();
    await until(() => player.received.video.packets > 0);
    await until(() =>
      nobody.messages.some(
        (m) =>
          m.type === 'participants' && m.participants.some((p) => p.account === 'alice' && p.kinds.includes('video')),
      ),
    );

    await alice.send({ type: 'offer', id: 'second', direction: 'publish', sdp: 'x' });
    expect(await alice.next('refused')).toMatchObject({ for: 'offer', id: 'second', code: 'request.invalid' });
    await nobody.send({ type: 'renew', token: token(project, { channel: 'socket', lifetimeSeconds: 3600 }) });
    expect((await nobody.next('renewed')).expiresAt.join).toBeGreaterThan(now() + 3000);
    await nobody.send({ type: 'renew', token: 'rubbish' });
    expect(await nobody.next('refused')).toMatchObject({ for: 'renew', code: 'token.version_unsupported' });
    await nobody.send({ type: 'ping' });
    await nobody.next('pong');

    publisher.close();
    player.close();
    alice.close();
    nobody.close();
    await until(() => edge.policy.sessions('left').filter(({ channel }) => channel === 'socket').length === 2);
  });

  it('warns before the end and ends the session at it', async () => {
    const socket = await join({ lifetimeSeconds: 4 });
    await socket.next('joined');
    await socket.next('expiring');
    expect(await socket.next('cut')).toMatchObject({ code: 'token.expired', rejoin: false });
    expect((await socket.end()).code).toBe(4001);
  });

  it('closes on what is no protocol', async () => {
    const end = async (message: object | string | Buffer) =>
      (await (await new TestSocket(edge.url).send(message)).end()).code;
    expect(await end('not json')).toBe(4000);
    expect(await end({ type: 'offer', id: 'a', direction: 'publish', sdp: '' })).toBe(4000);
    expect(await end(Buffer.from([1, 2, 3]))).toBe(4000);
    expect(await end('x'.repeat(70_000))).toBe(1009);
    expect((await new TestSocket(edge.url).end()).code).toBe(4000);
    const flood = await join();
    await flood.next('joined');
    for (let i = 0; i < 80; i++) await flood.send({ type: 'ping' });
    expect((await flood.end()).code).toBe(4008);
    const other = new TestSocket(`${edge.url}/elsewhere`);
    expect((await other.end()).code).toBe(1006);
  });
});

describe('a change of policy', () => {
  it('cuts the live sessions it concerns, tells why, and refuses them afterwards', async () => {
    const own = addProject([edge.policy]);
    const publisher = new PublishClient();
    const bearer = token(own, { account: 'alice' });
    const made = await post({ appId: own.appId, bearer, body: await publisher.offer() });
    await publisher.accept(await made.text());
    const player = new PlayClient();
    const viewer = await new TestSocket(edge.url).send({
      type: 'join',
      appId: own.appId,
      channel: 'room',
      account: 'bob',
      token: token(own),
    });
    await viewer.next('joined');
    await viewer.send({ type: 'offer', id: 'p', direction: 'subscribe', sdp: await player.offer() });
    await player.accept((await viewer.next('answer')).sdp);
    publisher.start();
    await until(() => player.received.video.packets > 5);

    expect(await edge.policy.change([revocation(own.appId, { type: 'user', account: 'alice' })])).toEqual({ cut: 1 });
    const frozen = player.received.video.packets;
    expect(edge.policy.sessions('cut').at(-1)).toMatchObject({ account: 'alice', reason: 'revoked.user' });
    await until(() =>
      edge.policy.decisions('revoked.user').some(({ action, account }) => action === 'enforce' && account === 'alice'),
    );
    const sent = publisher.sequences.video;
    await until(() => publisher.sequences.video > sent + 20);
    expect(player.received.video.packets).toBe(frozen);
    const again = await post({ appId: own.appId, bearer, body: 'v=0\r\n' });
    expect(((await again.json()) as { code: string }).code).toBe('revoked.user');

    expect(await edge.policy.change([revocation(own.appId, { type: 'project' })])).toEqual({ cut: 1 });
    expect(await viewer.next('cut')).toMatchObject({
      code: 'revoked.project',
      rejoin: false,
      retryAfter: expect.any(Number),
    });
    expect((await viewer.end()).code).toBe(4001);
    publisher.close();
    player.close();
  });

  it('shortens what a smaller project cap leaves, and cuts when the region leaves the fence', async () => {
    const own = addProject([edge.policy]);
    const socket = await new TestSocket(edge.url).send({
      type: 'join',
      appId: own.appId,
      channel: 'room',
      account: 'bob',
      token: token(own),
    });
    const { expiresAt } = await socket.next('joined');
    const policy = own.resources.find((resource) => resource.kind === 'tokenPolicy');
    const fence = own.resources.find((resource) => resource.kind === 'fence');
    if (policy?.kind !== 'tokenPolicy' || fence?.kind !== 'fence') throw new Error('the project is incomplete');
    expect(await edge.policy.change([{ ...policy, maxLifetimeSeconds: 300 }])).toEqual({ cut: 0 });
    expect((await socket.next('permissions')).expiresAt.join).toBe(expiresAt.join - 300);
    expect(await edge.policy.change([{ ...fence, regions: ['JP'] }])).toEqual({ cut: 1 });
    expect(await socket.next('cut')).toMatchObject({ code: 'fence.region_denied' });
  });
});

describe('somebody of the provider who watches', () => {
  let own: TestProject;
  const joining = (account: string, bearer: string, channel = 'room') =>
    new TestSocket(edge.url).send({ type: 'join', appId: own.appId, channel, account, token: bearer });
  const participant = (account: string) => joining(account, token(own, { account }));
  /** What this one was told last of who is there. */
  const listOf = (socket: TestSocket) => socket.messages.filter((message) => message.type === 'participants').at(-1);
  const sees = (socket: TestSocket, account: string) =>
    listOf(socket)?.participants.some((one) => one.account === account && one.observer === true) ?? false;
  const refused = async (account: string, bearer: string, channel?: string) => {
    const socket = await joining(account, bearer, channel);
    const { code } = await socket.next('refused');
    expect((await socket.end()).code).toBe(4003);
    return code;
  };

  beforeEach(() => {
    own = addProject([edge.policy]);
    edge.policy.lease = Date.now() + 60_000;
  });

  it('is seen by everybody before the first packet, sends nothing, and is cut when the grant is gone', async () => {
    const watch = observation(own, now() + 600);
    await edge.policy.change([watch.resource]);
    const alice = await participant('alice');
    await alice.next('joined');
    const publisher = new PublishClient();
    await alice.send({ type: 'offer', id: 'camera', direction: 'publish', sdp: await publisher.offer() });
    await publisher.accept((await alice.next('answer')).sdp);
    publisher.start();

    const observer = await joining(watch.account, watch.token);
    expect(await observer.next('joined')).toMatchObject({ account: watch.account, permissions: [] });
    // It was told before the observer heard that it has joined; there is no connection yet that media could come over.
    await until(() => sees(alice, watch.account));
    const player = new PlayClient();
    await observer.send({ type: 'offer', id: 'p', direction: 'subscribe', sdp: await player.offer() });
    await player.accept((await observer.next('answer')).sdp);
    await until(() => player.received.video.packets > 5);

    // Who comes later sees it as well, with the first they are told, and it stands before all others.
    const bob = await participant('bob');
    await bob.next('participants');
    const first = bob.messages.find((message) => message.type === 'participants');
    expect(first?.participants[0]).toEqual({ account: watch.account, kinds: [], observer: true });

    await observer.send({ type: 'offer', id: 'loud', direction: 'publish', sdp: 'v=0' });
    expect(await observer.next('refused')).toMatchObject({ for: 'offer', code: 'privilege.publish_missing' });
    await observer.send({ type: 'renew', token: watch.token });
    await until(() =>
      observer.messages.some((message) => message.type === 'refused' && message.code === 'observer.used'),
    );

    const began = performance.now();
    expect(await edge.policy.change([], [`observation/${watch.resource.id}`])).toEqual({ cut: 1 });
    expect(await observer.next('cut')).toMatchObject({ code: 'observer.no_grant', rejoin: false });
    expect(performance.now() - began).toBeLessThan(2_000);
    const frozen = player.received.video.packets;
    const sent = publisher.sequences.video;
    await until(() => publisher.sequences.video > sent + 20);
    expect(player.received.video.packets).toBe(frozen);
    await until(() => listOf(alice)?.participants.every(({ observer }) => !observer));
    expect(edge.policy.sessions().filter(({ account }) => account === watch.account)).toMatchObject([
      { event: 'joined', channel: 'room' },
      { event: 'cut', reason: 'observer.no_grant' },
    ]);
    expect(await refused(watch.account, watch.token)).toBe('observer.no_grant');
    for (const socket of [alice, bob]) socket.close();
    publisher.close();
    player.close();
  });

  it('joins once, in the channel and project of the grant, under no other name and with no other token', async () => {
    const other = addProject([edge.policy]);
    const watch = observation(own, now() + 600);
    expect(await refused(watch.account, watch.token)).toBe('observer.no_grant');
    await edge.policy.change([{ ...watch.resource, appId: other.appId } as typeof watch.resource]);
    expect(await refused(watch.account, watch.token)).toBe('observer.no_grant');
    await edge.policy.change([watch.resource]);
    expect(await refused(watch.account, watch.token, 'hall')).toBe('token.wrong_channel');
    expect(await refused('alice', watch.token)).toBe('token.wrong_account');
    expect(await refused(watch.account, token(own))).toBe('observer.no_grant');
    expect(await refused(watch.account, token(own, { account: watch.account }))).toBe('observer.no_grant');
    const { lease } = edge.policy;
    edge.policy.lease = Date.now() - 1_500;
    expect(await refused(watch.account, watch.token)).toBe('policy.stale');
    edge.policy.lease = lease;

    const observer = await joining(watch.account, watch.token);
    await observer.next('joined');
    expect(await refused(watch.account, watch.token)).toBe('observer.used');
    observer.close();
    await until(() => edge.policy.sessions('left').some(({ account }) => account === watch.account));
    // Neither after leaving, nor as a player of another kind.
    expect(await refused(watch.account, watch.token)).toBe('observer.used');
    const played = await post({ kind: 'whep', appId: own.appId, bearer: watch.token });
    expect(((await played.json()) as { code: string }).code).toBe('observer.used');
  });

  it('is cut at the deadline by the edge itself, with nobody to tell it', async () => {
    const { lease } = edge.policy;
    const deadline = now() + 3;
    const watch = observation(own, deadline);
    await edge.policy.change([watch.resource]);
    const observer = await joining(watch.account, watch.token);
    expect((await observer.next('joined')).expiresAt.join).toBe(deadline);
    edge.policy.lease = Date.now() - 60_000;
    await observer.next('cut');
    edge.policy.lease = lease;
    expect(Math.abs(Date.now() - deadline * 1000)).toBeLessThan(2_000);
    expect((await observer.end()).code).toBe(4001);
  });
});

describe('the engine', () => {
  it('ends every session when it dies, and takes new ones when it is back', async () => {
    const own = addProject([edge.policy]);
    const ask = { type: 'join', appId: own.appId, channel: 'room', account: 'bob', token: token(own) };
    const socket = await new TestSocket(edge.url).send(ask);
    await socket.next('joined');
    const pid = edge.engine.pid();
    if (pid === null) throw new Error('no engine');
    process.kill(pid, 'SIGKILL');
    expect(await socket.next('cut')).toMatchObject({ code: 'engine.restarted', rejoin: true });
    expect((await socket.end()).code).toBe(1012);
    await until(() => edge.engine.pid() !== null, 20_000);
    const back = await new TestSocket(edge.url).send(ask);
    await back.next('joined');
    back.close();
  });
});
