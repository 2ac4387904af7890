import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyFence, revoke } from '@/lib/policy';
import { createProject, disableCertificate, freezeProject, setTokenPolicy } from '@/lib/projects';
import type { CreatedProject } from '@/lib/projects/create';
import { openWorld, type World } from '@/test/contract/world';
import { personalValues } from '@/test/support/personal';
import * as tokens from '.';

// The vendor's own builder: what customers' servers run today.
const { RtcTokenBuilder, RtcRole } = createRequire(import.meta.url)('agora-token');

let world: World;
beforeAll(async () => {
  world = await openWorld();
  await world.sql(`insert into "PolicyResource" (key, kind, body, seq) values ('edges/edges', 'edges', $1, 1)`, [
    JSON.stringify({
      kind: 'edges',
      id: 'edges',
      version: 1,
      generation: 1,
      edges: [
        { name: 'na-1', region: 'NA', url: 'http://na', relay: '', serving: true },
        { name: 'eu-1', region: 'EU', url: 'http://eu', relay: '', serving: true },
      ],
    }),
  ]);
});
afterAll(async () => {
  await world?.stop();
});

const make = (): Promise<CreatedProject> =>
  createProject(world.owner, { name: 'Test', environment: 'production', fence: ['EU'] });
const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error) => error.code ?? error,
  );
const rtc = { kind: 'rtc', channel: 'room', account: 'ada', privileges: { join: true, audio: 60 } } as const;
const ask = { channel: 'room', account: 'ada' };

describe('making a token', () => {
  it('gives one that the decision of the edges admits, with exactly the rights asked for', async () => {
    const { project, certificate } = await make();
    const made = await tokens.mintToken(world.owner, project.id, { services: [rtc], lifetimeSeconds: 600 });
    const seen = await tokens.inspectToken(world.owner, project.id, { token: made.token, ...ask });
    expect(seen.decision).toMatchObject({ verdict: 'allow', code: 'ok', account: 'ada' });
    expect(seen.decision.permissions.map(({ name }) => name)).toEqual(['join', 'audio']);
    expect(seen.decision.permissions[0]!.expiresAt).toBe(made.expiresAt);
    expect(seen.token).toMatchObject({ version: '007', tokenId: made.tokenId, expiresAt: made.expiresAt });
    expect(seen.certificate).toEqual({ id: certificate.id, slot: 'primary' });
    expect(seen.edge).toEqual({ name: 'eu-1', region: 'EU' });
    expect((await world.events(project.id)).at(-2)).toMatchObject({
      schema: 'token.minted@1',
      details: { lifetimeSeconds: 600, services: ['rtc'] },
    });
    const everything = JSON.stringify([
      await world.sql('select convert_from(header, \'UTF8\') as h from "AuditEvent"'),
      await personalValues(world.sql),
    ]);
    expect(everything).not.toContain(made.token.slice(20, 60));
    expect(everything).not.toContain(certificate.value);
  });

  it('keeps to what the project allows', async () => {
    const { project, certificate } = await make();
    await setTokenPolicy(world.owner, project.id, { maxLifetimeSeconds: 300, wildcardUser: false });
    const mint = (services: Parameters<typeof tokens.mintToken>[2]['services'], lifetimeSeconds = 300) =>
      code(tokens.mintToken(world.owner, project.id, { services, lifetimeSeconds }));
    expect(await mint([rtc])).toBe('done');
    expect(await mint([rtc], 301)).toBe('token.lifetime');
    expect(await mint([{ ...rtc, account: '*' }])).toBe('token.wildcard_forbidden');
    expect(await mint([{ ...rtc, channel: 'room*' }])).toBe('token.wildcard_forbidden');
    expect(
      await mint([
        { kind: 'rtm', user: 'ada' },
        { kind: 'rtm2', user: 'ada' },
      ]),
    ).toBe('done');
    await world.confirmed(world.owner, () => disableCertificate(world.owner, project.id, certificate.id));
    expect(await mint([rtc])).toBe('token.no_certificate');
    await world.confirmed(world.owner, () => freezeProject(world.owner, project.id, { reason: 'a test' }));
    expect(await mint([rtc])).toBe('token.project_state');
  });
});

describe('explaining a token', () => {
  it("reads the vendor's, names the rule that refuses, and what was not looked at", async () => {
    const { project, certificate } = await make();
    const token = RtcTokenBuilder.buildTokenWithUserAccount(
      project.appId,
      certificate.value,
      'room',
      'ada',
      RtcRole.SUBSCRIBER,
      600,
      600,
    );
    const inspect = (more: object) => tokens.inspectToken(world.owner, project.id, { token, ...ask, ...more });
    const admitted = await inspect({});
    expect(admitted.decision).toMatchObject({ verdict: 'allow', permissions: [{ name: 'join' }] });
    expect(admitted.steps.every(({ result }) => result === 'passed')).toBe(true);

    const refused = await inspect({ channel: 'other' });
    expect(refused.decision).toMatchObject({
      verdict: 'deny',
      code: 'token.wrong_channel',
      rule: 'audience',
      status: 403,
    });
    expect(refused.steps.find(({ result }) => result === 'refused')?.rule).toBe('audience');
    expect(refused.steps.filter(({ result }) => result === 'not_reached').map(({ rule }) => rule)).toEqual([
      'time',
      'revocation',
      'privilege',
    ]);

    expect((await inspect({ edge: 'na-1' })).decision).toMatchObject({
      code: 'fence.region_denied',
      allowedRegions: ['EU'],
    });
    expect(await code(inspect({ edge: 'nowhere' }))).toBe('edge.not_found');
    expect((await inspect({ at: new Date(Date.now() + 3_600_000).toISOString() })).decision.code).toBe('token.expired');
    expect((await inspect({ token: '007AAAA' })).decision.code).toBe('token.malformed');
    expect((await inspect({ token: '007AAAA' })).unreadable).toMatch(/damaged/);
    const forged = RtcTokenBuilder.buildTokenWithUserAccount(project.appId, '0'.repeat(32), 'room', 'ada', 1, 600, 600);
    expect((await inspect({ token: forged })).decision.code).toBe('token.signature');
  });

  it('follows every change of policy: fence, revocation, certificate', async () => {
    const { project } = await make();
    const { token } = await tokens.mintToken(world.owner, project.id, { services: [rtc], lifetimeSeconds: 600 });
    const verdict = async () =>
      (await tokens.inspectToken(world.owner, project.id, { token, ...ask, edge: 'eu-1' })).decision.code;
    expect(await verdict()).toBe('ok');
    await world.confirmed(world.owner, () => applyFence(world.owner, project.id, { regions: ['NA'] }));
    expect(await verdict()).toBe('fence.region_denied');
    await world.confirmed(world.owner, () => applyFence(world.owner, project.id, { regions: ['EU'] }));
    await world.confirmed(world.owner, () =>
      revoke(world.owner, project.id, { subject: { type: 'user', account: 'ada' }, reason: 'a test' }),
    );
    expect(await verdict()).toBe('revoked.user');
  });
});

describe('code for an app server', () => {
  it('never holds a certificate', async () => {
    const { project, certificate } = await make();
    const all = tokens.snippets(project);
    expect(all.map(({ language }) => language)).toEqual(['Node.js', 'Python', 'Go', 'Java', 'PHP']);
    for (const { code: text } of all) {
      expect(text).toContain(project.appId);
      expect(text).toContain('APP_CERTIFICATE');
      expect(text).not.toContain(certificate.value);
    }
  });

  it('in Node.js makes a token that is admitted', async () => {
    const { project, certificate } = await make();
    const text = tokens.snippets(project)[0]!.code;
    const run = new Function('require', 'process', `${text}\nreturn tokenFor('room', 'ada');`);
    const token = run(createRequire(import.meta.url), { env: { APP_CERTIFICATE: certificate.value } });
    expect((await tokens.inspectToken(world.owner, project.id, { token, ...ask })).decision.verdict).toBe('allow');
  });
});
