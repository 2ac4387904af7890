import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Opened } from '@/lib/grants/schemas';
import type { Resource } from '@/lib/kernel/bundle/resources';
import { newId } from '@/lib/platform';
import { startTestEdge, type TestEdge, TestSocket, token, until } from '../plane/edge-world';
import { type GrantWorld, openGrantWorld, type Someone } from '../support/grant-world';
import { outcome } from './identity-world';

vi.mock('next/headers', async () => (await import('./identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('./identity-world')).nextNavigation);

/**
 * Ada works for the provider and wants to listen to a customer's call: without anybody in it noticing, without the customer finding it in their
 * log, and for longer than she was given. She has her own grants, her own browser and a client of her own making; she has a friend who writes
 * rows into the database; and she has what is left of last week's token. What she does not have are the customer's certificates. Whatever she
 * tries, she is in no channel that does not see her, in none without a grant that runs, and nobody hears anything from her.
 */
let world: GrantWorld;
let grants: typeof import('@/lib/grants');
let ada: Someone;
let security: Someone;
let edge: TestEdge;
let project: { id: string; appId: string; primary: string };
let app: string;
type Watching = Extract<Opened, { through: 'media-plane' }>;

beforeAll(async () => {
  world = await openGrantWorld();
  grants = await import('@/lib/grants');
  ada = await world.employee('support', 'authorised employee');
  security = await world.employee('security', 'security approver');
  const { createProject } = await import('@/lib/projects');
  const made = await createProject(world.owner, { name: 'Consult', environment: 'production', fence: ['EU'] });
  project = { ...made.project, primary: made.certificate.value };
  app = `app:${project.appId}`;
  await grants.changeTarget(world.staff, {
    ...{ id: app, class: 'edge', region: 'EU', dataClasses: ['log'], state: 'active' },
    organisations: [world.owner.organisationId],
  });
  edge = await startTestEdge('eu-1', 'EU');
  edge.policy.lease = Number.MAX_SAFE_INTEGER;
  edge.policy.certificates.set(made.certificate.id, made.certificate.value);
});
afterAll(async () => {
  await edge?.stop();
  await world?.close();
});

let seq = Date.now();
/** The way from rows to this edge, as control goes it: all of them, signed by the keyring and not by control. */
const edgeHears = async (): Promise<void> => {
  const rows = await world.sql<{ body: Resource }>(
    `select "body" from "PolicyResource" where not "deleted" and "appId" = $1`,
    [project.appId],
  );
  seq += 1;
  const resources = rows.map(({ body }) => body);
  const { payload } = await world.call('policy.sign', { type: 'Snapshot', region: 'EU', epoch: 1, seq, resources });
  const signed = JSON.parse(Buffer.from(payload, 'base64').toString()).resources as Resource[];
  const stays = new Set(signed.map(({ kind, id }) => `${kind}/${id}`));
  const gone = [...edge.policy.index.resources()].map(({ kind, id }) => `${kind}/${id}` as const);
  await edge.policy.change(
    signed,
    gone.filter((key) => !stays.has(key)),
  );
};
const granted = async (): Promise<string> => {
  const request = await world.ask(ada, { targets: [app] });
  await world.sign(security, () =>
    grants.voteOnRequest(security, { request, role: 'security', verdict: 'approve', minutes: 60 }),
  );
  return request;
};
const confirmed = async (request: string): Promise<Watching> => {
  const session = newId('ssn');
  const ask = { session, request, target: app, publicKey: '', channel: 'room' };
  const opened = await world.sign(ada, () => grants.openSession(ada, ask, null));
  if (opened.through !== 'media-plane') throw new Error(opened.through);
  return opened;
};
const joining = (account: string, bearer: string) =>
  new TestSocket(edge.url).send({ type: 'join', appId: project.appId, channel: 'room', account, token: bearer });
const refused = async (account: string, bearer: string) =>
  (await (await joining(account, bearer)).next('refused')).code;
const participant = async (account: string): Promise<TestSocket> => {
  const socket = await joining(account, token({ ...project, resources: [] }, { account }));
  await socket.next('joined');
  return socket;
};
const sees = (socket: TestSocket, account: string) =>
  socket.messages.some(
    (message) =>
      message.type === 'participants' && message.participants.some((one) => one.observer && one.account === account),
  );

describe('an engineer who wants to listen unseen', () => {
  it('is seen: by who is there, by who comes later, and in a crowd', async () => {
    await edgeHears();
    const alice = await participant('alice');
    const { account, token: own } = await confirmed(await granted());
    await edgeHears();
    const observer = await joining(account, own);
    await observer.next('joined');
    await until(() => sees(alice, account));
    const late = await participant('late');
    await until(() => sees(late, account));
    // Not more than 200 are named: she is always among them.
    const list = late.messages.find((message) => message.type === 'participants');
    expect(list?.participants[0]).toMatchObject({ account, observer: true });
    for (const socket of [alice, late, observer]) socket.close();
  });

  it('has no other name: neither an ordinary one, nor one that only looks like an observer’s', async () => {
    const { account, token: own } = await confirmed(await granted());
    await edgeHears();
    expect(await refused('alice', own)).toBe('token.wrong_account');
    expect(await refused(account.toUpperCase(), own)).toBe('token.wrong_account');
    const observer = await joining('', own);
    expect((await observer.next('joined')).account).toBe(account);
    observer.close();
  });

  it('gets one token for each touch of her passkey, and one join for each token', async () => {
    const request = await granted();
    const { account, token: own, session } = await confirmed(request);
    expect(await outcome(world.call('observer.token', { session, ...(await certificate()) }))).toBe('grant.unknown');
    await edgeHears();
    const observer = await joining(account, own);
    await observer.next('joined');
    expect(await refused(account, own)).toBe('observer.used');
    observer.close();
    await until(() => edge.policy.sessions('left').some((one) => one.account === account));
    expect(await refused(account, own)).toBe('observer.used');
  });

  it('says nothing in the call, whatever her client offers', async () => {
    const { account, token: own } = await confirmed(await granted());
    await edgeHears();
    const observer = await joining(account, own);
    expect((await observer.next('joined')).permissions).toEqual([]);
    await observer.send({ type: 'offer', id: 'loud', direction: 'publish', sdp: 'v=0' });
    expect(await observer.next('refused')).toMatchObject({ code: 'privilege.publish_missing' });
    observer.close();
  });

  it('is not let in by rows: what a friend writes into the database, the keyring does not sign', async () => {
    const request = await granted();
    const { account, token: own, session } = await confirmed(request);
    await grants.revoke(world.staff, request);
    await edgeHears();
    expect(await refused(account, own)).toBe('observer.no_grant');
    // The friend undoes what the revocation did, and says that everything is in order until tomorrow.
    const tokenId = 'f'.repeat(64);
    const tomorrow = Math.floor(Date.now() / 1000) + 86_400;
    await world.sql(
      `update "AccessRequest" set "state" = 'active', "deadline" = now() + interval '1 day' where "id" = $1`,
      [request],
    );
    await world.sql(
      `update "PolicyResource" set "deleted" = false, "body" = "body" || jsonb_build_object('until', $2::bigint, 'tokenId', $3::text) where "key" = $1`,
      [`observation/${session}`, tomorrow, tokenId],
    );
    await edgeHears();
    expect(edge.policy.index.get(`observation/${session}`)).toMatchObject({ until: 0, tokenId: '' });
    expect(await refused(account, own)).toBe('observer.no_grant');
    await world.sql(`update "PolicyResource" set "deleted" = true where "key" = $1`, [`observation/${session}`]);
  });

  it('is cut when the grant is revoked while she listens, and stands in both logs', async () => {
    const request = await granted();
    const { account, token: own, session } = await confirmed(request);
    await edgeHears();
    const observer = await joining(account, own);
    await observer.next('joined');
    await grants.revoke(world.staff, request);
    await edgeHears();
    expect(await observer.next('cut')).toMatchObject({ code: 'observer.no_grant', rejoin: false });
    await report(account);
    await world.control();
    const names = async (organisationId: string | null) =>
      (
        await world.sql<{ schema: string }>(
          `select "schema" from "AuditEvent" where "objectId" = $1 and "organisationId" is not distinct from $2 order by "at", "id"`,
          [request, organisationId],
        )
      ).map(({ schema }) => schema);
    for (const schema of ['provider_access.watching@1', 'provider_access.watched@1'])
      expect(await names(world.owner.organisationId)).toContain(schema);
    for (const schema of ['production.watching@1', 'production.watched@1']) expect(await names(null)).toContain(schema);
    const row = (await grants.readProviderAccess(world.owner, {})).rows.find(({ id }) => id === request);
    expect(row?.watched).toMatchObject([{ session, account, channel: 'room', why: 'observer.no_grant' }]);
  });
});

/** What the edge writes upstream of somebody, put where control puts it. */
async function report(account: string): Promise<void> {
  const records = edge.policy.sessions().filter((record) => record.account === account);
  const [first, last] = [records[0]!, records.at(-1)!];
  await world.sql(
    `insert into "MediaSession" ("id", "edgeName", "bootId", "organisationId", "projectId", "appId", "channel", "account", "direction", "startedAt",
       "endedAt", "endReason")
     values ($1, 'eu-1', 'boot', $2, $3, $4, $5, $6, 'both', to_timestamp($7 / 1000.0), to_timestamp($8 / 1000.0), $9)`,
    [
      ...[first.sessionId, world.owner.organisationId, project.id, project.appId, first.channel, account],
      ...[first.at, last.at, last.reason],
    ],
  );
}

async function certificate(): Promise<{ certificateId: string; projectId: string; appId: string; sealed: string }> {
  const [row] = await world.sql<{ id: string; sealed: string }>(
    `select "id", "sealed" from "Certificate" where "projectId" = $1 limit 1`,
    [project.id],
  );
  return { certificateId: row!.id, projectId: project.id, appId: project.appId, sealed: row!.sealed };
}
