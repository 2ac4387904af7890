import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as keys from '@/lib/api-keys';
import { API_SCOPES } from '@/lib/api-keys/schemas';
import type { Caller } from '@/lib/authz';
import * as fleet from '@/lib/fleet';
import * as policy from '@/lib/policy';
import * as projects from '@/lib/projects';
import type { CreatedProject } from '@/lib/projects/create';
import * as tokens from '@/lib/tokens';
import { openWorld, type World } from './world';

/**
 * Somebody else's project is to every use case what one that never existed is: the same error in every word, nothing changed, nothing
 * recorded. Held for members of another organisation, for keys of another organisation and for keys of a sister project.
 */
let world: World;
let mine: CreatedProject;
let sister: CreatedProject;
let theirs: CreatedProject;
let theirKeyId: string;

beforeAll(async () => {
  world = await openWorld();
  const make = (who: typeof world.owner) =>
    projects.createProject(who, { name: 'Test', environment: 'development', fence: ['EU'] });
  mine = await make(world.owner);
  sister = await make(world.owner);
  theirs = await make(world.stranger);
  theirKeyId = (await world.key(theirs.project.id, ['project:read'], world.stranger.organisationId)).keyId;
});
afterAll(async () => {
  await world?.stop();
});

const NOBODY = 'prj_01a2b3c4d5e67f00800000000000ffff';
const reason = 'a test';
const policyOf = { maxLifetimeSeconds: 60 };

/** Every use case that takes a project. A new one must be added here: the last test counts. */
const CASES: Record<string, (caller: Caller, id: string, certificateId: string) => Promise<unknown>> = {
  getProject: (c, id) => projects.getProject(c, id),
  renameProject: (c, id) => projects.renameProject(c, id, { name: 'Taken' }),
  setEnvironment: (c, id) => projects.setEnvironment(c, id, { environment: 'staging' }),
  setMode: (c, id) => projects.setMode(c, id, { mode: 'app-id' }),
  setTokenPolicy: (c, id) => projects.setTokenPolicy(c, id, policyOf),
  freezeProject: (c, id) => projects.freezeProject(c, id, { reason }),
  unfreezeProject: (c, id) => projects.unfreezeProject(c, id),
  archiveProject: (c, id) => projects.archiveProject(c, id, { reason }),
  restoreProject: (c, id) => projects.restoreProject(c, id),
  listCertificates: (c, id) => projects.listCertificates(c, id),
  addCertificate: (c, id) => projects.addCertificate(c, id),
  enableCertificate: (c, id, crt) => projects.enableCertificate(c, id, crt),
  disableCertificate: (c, id, crt) => projects.disableCertificate(c, id, crt),
  deleteCertificate: (c, id, crt) => projects.deleteCertificate(c, id, crt),
  revealCertificate: (c, id, crt) => projects.revealCertificate(c, id, crt, { reason }),
  planFence: (c, id) => policy.planFence(c, id, { regions: ['NA'] }),
  applyFence: (c, id) => policy.applyFence(c, id, { regions: ['NA'] }),
  revoke: (c, id) => policy.revoke(c, id, { subject: { type: 'project' }, reason }),
  listRevocations: (c, id) => policy.listRevocations(c, id),
  mintToken: (c, id) => tokens.mintToken(c, id, { services: [{ kind: 'rtm', user: 'ada' }], lifetimeSeconds: 60 }),
  inspectToken: (c, id) => tokens.inspectToken(c, id, { token: '007', channel: 'room', account: '' }),
  listSessions: (c, id) => fleet.listSessions(c, id, { live: true }),
  listDecisions: (c, id) => fleet.listDecisions(c, id, {}),
  activity: (c, id) => fleet.activity(c, id),
  listApiKeys: (c, id) => keys.listApiKeys(c, id),
  createApiKey: (c, id) => keys.createApiKey(c, id, { name: 'key', scopes: ['project:read'] }),
  revokeApiKey: (c, id) => keys.revokeApiKey(c, id, theirKeyId),
};

/** The acts that ask to be confirmed, as the projects and certificates are. */
const CONFIRMED = [
  'setEnvironment',
  'setMode',
  'freezeProject',
  'disableCertificate',
  'revealCertificate',
  'applyFence',
  'revoke',
  'createApiKey',
] as const;
const asksOf = (caller: Caller, { project, certificate }: CreatedProject, acts: readonly string[] = CONFIRMED) =>
  Promise.all(acts.map((name) => world.asked(() => CASES[name]!(caller, project.id, certificate.id))));

const refusal = async (work: Promise<unknown>) => {
  try {
    return { done: await work };
  } catch (error) {
    const { code, status, publicMessage, why, field } = error as Record<string, unknown>;
    return { code, status, publicMessage, why, field };
  }
};
const everything = () =>
  world.sql(
    `select (select seq from "PolicyHead") as seq, (select md5(string_agg(p::text, '' order by id)) from "Project" p) as projects, (select md5(string_agg(c::text, '' order by id)) from "Certificate" c) as certificates,
      (select count(*) from "AuditEvent") as events, (select count(*) from "Revocation") as revocations, (select md5(string_agg("revokedAt"::text, '' order by id)) from "ApiKey") as keys`,
  );

describe('a project of somebody else', () => {
  it.each(Object.keys(CASES))('%s: for a member the same as none', async (name) => {
    for (const ask of await asksOf(world.stranger, theirs)) await world.confirm(world.owner, ask);
    const before = await everything();
    const foreign = await refusal(CASES[name]!(world.owner, theirs.project.id, theirs.certificate.id));
    const none = await refusal(CASES[name]!(world.owner, NOBODY, 'crt_none'));
    expect(foreign).toEqual(none);
    expect(foreign).toEqual({
      code: 'project.not_found',
      status: 404,
      publicMessage: 'Not found.',
      why: undefined,
      field: undefined,
    });
    expect(await everything()).toEqual(before);
  });

  it.each(Object.keys(CASES))('%s: for a key of a sister project the same as none', async (name) => {
    const caller = await world.key(sister.project.id, Object.keys(API_SCOPES));
    const foreign = await refusal(CASES[name]!(caller, mine.project.id, mine.certificate.id));
    expect(foreign).toEqual(await refusal(CASES[name]!(caller, NOBODY, 'crt_none')));
    expect(['project.not_found', 'authz.forbidden']).toContain(foreign.code);
  });

  it('and its certificates, keys and lists stay unseen from a project of one’s own', async () => {
    const id = mine.project.id;
    const acts = ['disableCertificate', 'revealCertificate'];
    for (const ask of [...(await asksOf(world.stranger, theirs, acts)), ...(await asksOf(world.owner, sister, acts))])
      await world.confirm(world.owner, ask);
    for (const act of ['enableCertificate', 'disableCertificate', 'deleteCertificate', 'revealCertificate']) {
      const none = await refusal(CASES[act]!(world.owner, id, 'crt_none'));
      expect(none.code).toBe('certificate.not_found');
      for (const foreign of [theirs.certificate.id, sister.certificate.id])
        expect(await refusal(CASES[act]!(world.owner, id, foreign))).toEqual(none);
    }
    expect(await refusal(keys.revokeApiKey(world.owner, id, theirKeyId))).toEqual(
      await refusal(keys.revokeApiKey(world.owner, id, 'key_none')),
    );
    const listed = (await projects.listProjects(world.owner)).items.map((project) => project.id);
    expect(listed).toContain(id);
    expect(listed).not.toContain(theirs.project.id);
    const key = await world.key(id, ['project:read']);
    expect((await projects.listProjects(key)).items.map((project) => project.id)).toEqual([id]);
  });

  it('is counted in nobody else’s numbers', async () => {
    await world.edge('eu-1', 'EU');
    for (let i = 0; i < 3; i++) await world.session(theirs.project.id);
    await world.session(sister.project.id);
    const live = async (caller: Caller) => (await fleet.listEdges(caller))[0]?.liveSessions;
    expect(await live(world.stranger)).toBe(3);
    expect(await live(world.owner)).toBe(1);
    expect(await live(await world.key(mine.project.id, ['project:read']))).toBe(0);
  });
});

describe('roles', () => {
  it('an auditor reads and changes nothing', async () => {
    const reads = ['getProject', 'planFence', 'listRevocations', 'listSessions', 'listDecisions', 'activity'];
    for (const [name, act] of Object.entries(CASES)) {
      const { code } = await refusal(act(world.auditor, mine.project.id, mine.certificate.id));
      expect({ name, code }).toEqual({ name, code: reads.includes(name) ? undefined : 'authz.forbidden' });
    }
  });

  it('what roles and scopes refuse, the database refuses as well', async () => {
    const { asMember, asApiKey } = await import('@/lib/db');
    const change = (tx: Parameters<Parameters<typeof asMember>[2]>[0]) =>
      tx.prisma.project.updateMany({ data: { name: 'Taken' } });
    expect(await asMember(world.auditor.secret, world.auditor.organisationId, change)).toEqual({ count: 0 });
    const key = await world.key(mine.project.id, ['project:read', 'certificate:write']);
    expect(await asApiKey(key.key, change)).toEqual({ count: 0 });
  });
});

it('the list above is complete', () => {
  const doors = [projects, policy, tokens, fleet, keys]
    .flatMap((door) => Object.entries(door))
    .filter(([, value]) => typeof value === 'function');
  const withoutProject = [
    'createProject',
    'listProjects',
    'toProjectView',
    'projectErrors',
    'certificateCan',
    'environmentCan',
    'projectCan',
    'enforcement',
    'policyErrors',
    'lastChange',
    'publishProject',
    'tokenErrors',
    'snippets',
    'listEdges',
    // What somebody leaves behind, of the whole organisation; the acts run inside the transaction that removes them.
    'listMadeKeys',
    'revokeTokens',
    'revokeTokensOf',
    'settleKeysOf',
    // Staff's acts on edges.
    'banEdge',
    'expectEdge',
    'fleetState',
    'renewJoin',
    'setDraining',
    'staffFleet',
    'beat',
    'fleetErrors',
    'apiKeyErrors',
    'once',
    'createRateLimit',
  ];
  expect(
    doors
      .map(([name]) => name)
      .filter((name) => !withoutProject.includes(name))
      .sort(),
  ).toEqual(Object.keys(CASES).sort());
});
