/**
 * What the vendor's own token builder makes, at real edges with a policy that came all the way from the database: what is let in,
 * what is refused and with which code, and that what was revoked stays out whichever way it tries.
 */

import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Api,
  apiOf,
  type Demo,
  type DemoProject,
  postOffer,
  projectOf,
  readDemo,
  vendorToken,
} from '../support/demo';
import { newHome, type System, startSystem } from '../support/system';
import { PlayClient, until } from './support/engine-client';

const legacy = createRequire(import.meta.url)('agora-token/src/AccessToken');
const now = (): number => Math.floor(Date.now() / 1000);

let system: System;
let demo: Demo;
let consult: DemoProject;
let townHall: DemoProject;
let eu: string;
let na: string;
const home = newHome();
const players: PlayClient[] = [];

beforeAll(async () => {
  system = await startSystem({ demo: true, home });
  demo = readDemo(home);
  [consult, townHall] = [projectOf(demo, 'Consult'), projectOf(demo, 'Town hall')];
  [eu, na] = [system.edges['eu-1']!, system.edges['na-1']!];
}, 300_000);
afterAll(async () => {
  for (const player of players) player.close();
  await system?.interrupt();
  rmSync(home, { recursive: true, force: true });
});

/** A native player with a real offer; connected when it was let in. */
async function play(edge: string, project: DemoProject, token: string, query = '') {
  const player = new PlayClient({ audio: false });
  players.push(player);
  const posted = await postOffer(edge, 'whep', project, token, { query, offer: await player.offer() });
  if (posted.status === 201) await player.accept(posted.sdp);
  return { player, posted, code: posted.problem?.code as string | undefined };
}

async function enforced(api: Api, path: string, body: object): Promise<void> {
  const made = await api('POST', path, body);
  expect(made.status).toBe(201);
  await until(async () => {
    const { body: stand } = await api('GET', `/policy/${made.body.seq}`);
    return stand.expected === 2 && stand.enforced === 2;
  }, 'both edges to enforce it');
}

/** Asked without ending it: a PATCH that lacks If-Match (428), or an unknown session (404). */
async function sessionIsThere(location: string, token: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/trickle-ice-sdpfrag' };
  const { status } = await fetch(location, { method: 'PATCH', headers, body: '' });
  expect([404, 428]).toContain(status);
  return status === 428;
}

describe('tokens of the official package', () => {
  it('let in by uid and by account, by the primary and the secondary certificate', async () => {
    const tokens = [
      vendorToken(consult, { user: 7 }),
      vendorToken(consult, { user: 'dr-demo' }),
      vendorToken(consult, { user: 8, certificate: consult.certificates.secondary! }),
    ];
    for (const token of tokens) expect((await play(eu, consult, token)).posted).toMatchObject({ status: 201 });
  });

  it('let in wherever the fence allows, although the channel lives in one place', async () => {
    for (const edge of [eu, na]) {
      const token = vendorToken(townHall, { user: 7 });
      expect((await play(edge, townHall, token)).posted).toMatchObject({ status: 201 });
    }
  });

  it('refused outside the fence, naming the edge that is inside', async () => {
    const posted = await postOffer(na, 'whip', consult, vendorToken(consult, { user: 7 }));
    expect(posted).toMatchObject({
      status: 403,
      problem: { code: 'fence.region_denied', rule: 'fence', allowedRegions: ['EU'] },
    });
    expect(JSON.stringify(posted.problem.allowedEdges)).toContain('eu-1');
  });

  it('a token without publishing rights plays and does not publish', async () => {
    const token = vendorToken(consult, { user: 9, role: 'subscriber' });
    const refused = await postOffer(eu, 'whip', consult, token);
    expect([refused.status, refused.problem?.code]).toEqual([403, 'privilege.publish_missing']);
    expect((await play(eu, consult, token)).posted.status).toBe(201);
  });

  it.each<[code: string, status: number, about: () => { project?: string; token: string | null; query?: string }]>([
    ['token.missing', 401, () => ({ token: null })],
    ['token.malformed', 401, () => ({ token: '007not-a-token' })],
    ['token.wrong_project', 403, () => ({ token: vendorToken(projectOf(demo, 'Triage'), { user: 7 }) })],
    ['token.wrong_channel', 403, () => ({ token: vendorToken(consult, { user: 7, channel: 'next-door' }) })],
    ['token.wrong_account', 403, () => ({ token: vendorToken(consult, { user: 7 }), query: 'uid=8' })],
    ['token.expired', 403, () => ({ token: vendorToken(consult, { user: 7, issuedAt: now() - 700 }) })],
    ['token.not_yet_valid', 403, () => ({ token: vendorToken(consult, { user: 7, issuedAt: now() + 300 }) })],
    ['token.signature', 403, () => ({ token: vendorToken(consult, { user: 7, certificate: '0'.repeat(32) }) })],
    ['token.wildcard_forbidden', 403, () => ({ token: vendorToken(consult, { user: 0 }), query: 'uid=7' })],
    ['token.legacy_forbidden', 403, () => ({ token: legacyToken(consult, 'room', '7') })],
    ['project.frozen', 403, () => ({ project: 'Pilot 2025', token: vendorToken(projectOf(demo, 'Pilot 2025')) })],
  ])('%s', async (code, status, about) => {
    const { project = 'Consult', token, query } = about();
    for (const kind of ['whip', 'whep'] as const) {
      const posted = await postOffer(eu, kind, projectOf(demo, project), token, { query });
      expect([posted.status, posted.problem?.code]).toEqual([status, code]);
      expect(posted.problem.traceId).toMatch(/\S/);
    }
  });

  it('an App ID nobody has is unknown', async () => {
    const posted = await postOffer(eu, 'whip', { appId: '0'.repeat(32) }, vendorToken(consult, { user: 7 }));
    expect([posted.status, posted.problem?.code]).toEqual([404, 'project.unknown']);
  });
});

describe('what was revoked', () => {
  it('a token: its session ends and it never comes back, another token of the same user does', async () => {
    const api = apiOf(demo, 'Consult');
    const [token, other] = [vendorToken(consult, { user: 21 }), vendorToken(consult, { user: 21 })];
    const { posted } = await play(eu, consult, token);
    expect(await sessionIsThere(posted.location, token)).toBe(true);
    const { body } = await api('POST', '/tokens/inspect', { token, channel: 'room', account: '21' });
    expect(body.token.tokenId).toMatch(/^[0-9a-f]{64}$/);
    await enforced(api, '/revocations', {
      subject: { type: 'token', tokenId: body.token.tokenId },
      reason: 'vendor test',
    });
    expect(await sessionIsThere(posted.location, token)).toBe(false);
    expect((await play(eu, consult, token)).code).toBe('revoked.token');
    expect((await play(eu, consult, other)).posted.status).toBe(201);
  });

  it('a user: no token of that name made so far comes in, a wildcard token it used neither, anywhere, under any name', async () => {
    const api = apiOf(demo, 'Town hall');
    const used = vendorToken(townHall, { user: 0, lifetimeSeconds: 601 });
    const shown = vendorToken(townHall, { user: 0, lifetimeSeconds: 602 });
    const clean = vendorToken(townHall, { user: 0, lifetimeSeconds: 603 });
    const named = vendorToken(townHall, { user: 42 });
    const { posted } = await play(eu, townHall, used, 'uid=42');
    expect(posted.status).toBe(201);
    await enforced(api, '/revocations', { subject: { type: 'user', account: '42' }, reason: 'vendor test' });
    expect(await sessionIsThere(posted.location, used)).toBe(false);

    for (const edge of [eu, na]) {
      expect((await play(edge, townHall, named)).code).toBe('revoked.user');
      expect((await play(edge, townHall, used, 'uid=42')).code).toMatch(/^revoked\.(user|token)$/);
      expect((await play(edge, townHall, used, 'uid=43')).code).toBe('revoked.token');
      expect((await play(edge, townHall, used, 'account=somebody-else')).code).toBe('revoked.token');
      expect((await play(edge, townHall, clean, 'uid=44')).posted.status).toBe(201);
    }
    // One it had kept back is given away by the attempt to use it.
    expect((await play(eu, townHall, shown, 'uid=42')).code).toBe('revoked.user');
    for (const edge of [eu, na])
      await until(
        async () =>
          (await postOffer(edge, 'whip', townHall, shown, { query: 'uid=45' })).problem?.code === 'revoked.token',
        'the token it showed to be refused under any name',
      );
  });
});

/** Version 006 by the vendor's older builder. */
function legacyToken(project: DemoProject, channel: string, account: string): string {
  const token = new legacy.AccessToken(project.appId, project.certificates.primary, channel, account);
  token.addPriviledge(legacy.priviledges.kJoinChannel, now() + 600);
  return token.build();
}
