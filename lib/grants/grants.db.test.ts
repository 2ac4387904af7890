import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readGrantTerms } from '@/lib/kernel/grant';
import { newId } from '@/lib/platform';
import { outcome } from '@/test/attacks/identity-world';
import { type GrantWorld, openGrantWorld, type Someone, wish } from '@/test/support/grant-world';

vi.mock('next/headers', async () => (await import('@/test/attacks/identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('@/test/attacks/identity-world')).nextNavigation);

let world: GrantWorld;
let grants: typeof import('.');
let ada: Someone;
let security: Someone;
let security2: Someone;

beforeAll(async () => {
  world = await openGrantWorld();
  grants = await import('.');
  ada = await world.employee('support', 'authorised employee', 'break-glass');
  security = await world.employee('security', 'security approver');
  security2 = await world.employee('support', 'security approver');
});
afterAll(() => world?.close());

const ask = (who: Someone, over: Parameters<GrantWorld['ask']>[1] = {}) => world.ask(who, over);
const vote = (who: Someone, request: string, over: Partial<Parameters<typeof grants.voteOnRequest>[1]> = {}) =>
  world.sign(who, () =>
    grants.voteOnRequest(who, { request, role: 'security', verdict: 'approve', minutes: 60, ...over }),
  );
const events = (schema: string) =>
  world.sql<{ header: string; organisationId: string | null }>(
    `select convert_from("header", 'UTF8') as header, "organisationId" from "AuditEvent" where "schema" = $1 order by "at"`,
    [schema],
  );
const detailsOf = async (schema: string, id: string) =>
  (await events(schema))
    .map(({ header }) => JSON.parse(header))
    .filter(({ objectId }) => objectId === id)
    .map(({ details }) => details);

describe('asking', () => {
  it('opens nothing by itself, and keeps what was signed', async () => {
    const id = await ask(ada);
    expect(await world.state(id)).toBe('pending');
    const view = await grants.readRequest(security, id);
    expect(view).toMatchObject({ state: 'pending', own: false, yours: { role: 'security' }, certain: true });
    expect(readGrantTerms(view.terms)).toMatchObject({ person: ada.userId, minutes: 60, ticket: 'INC-1' });
    expect(await detailsOf('grant.requested@1', id)).toMatchObject([
      { kind: 'access', minutes: 60, purpose: 'incident' },
    ]);
  });

  it.each([
    ['a minute more than the policy gives', { minutes: 61 }],
    ['no ticket', { ticket: '' }],
    ['a ticket of another form', { ticket: 'somebody asked me' }],
    ['files', { files: true }],
  ])('is refused with %s', async (_what, over) => {
    expect(await outcome(grants.askForAccess(ada, wish(world.policyId, over)))).toBe('grant.not_eligible');
  });

  it('is refused on a form of long ago, or of tomorrow', async () => {
    for (const at of [Date.now() - 31 * 60_000, Date.now() + 3_600_000])
      expect(await outcome(grants.askForAccess(ada, wish(world.policyId, { request: newId('grt', at) })))).toBe(
        'grant.stale',
      );
  });

  it('takes a designation', async () => {
    expect(await outcome(grants.askForAccess(security, wish(world.policyId)))).toBe('grant.not_designated');
  });

  it.each([
    [
      'the general training',
      `update "Training" set "completedAt" = now() - interval '400 days', "expiresAt" = now() - interval '40 days' where "userId" = $1 and "course" = 'general'`,
    ],
    ['the additional training', `delete from "Training" where "userId" = $1 and "course" = 'additional'`],
    ['the agreement', `delete from "AgreementSignature" where "userId" = $1`],
    ['a device-bound passkey', `update "Passkey" set "deviceBound" = false where "userId" = $1`],
    ['the record of the employer', `delete from "EmployeePlace" where "userId" = $1`],
  ])('takes %s', async (_what, sql) => {
    const bob = await world.employee('support', 'authorised employee');
    expect(await outcome(grants.askForAccess(bob, wish(world.policyId)))).toBe('authz.step_up_required');
    await world.sql(sql, [bob.userId]);
    expect(await outcome(grants.askForAccess(bob, wish(world.policyId)))).toBe('grant.not_ready');
  });

  it('changes nothing afterwards: a row that was rewritten cannot be approved', async () => {
    const id = await ask(ada);
    await world.sql(
      `update "AccessRequest" set "terms" = jsonb_set("terms", '{6,1}', '"Just looking around"') where "id" = $1`,
      [id],
    );
    await expect(vote(security, id)).rejects.toMatchObject({
      code: 'identity.act_refused',
      why: expect.stringContaining('grant.other_terms'),
    });
    expect(await world.state(id)).toBe('pending');
  });

  it('may be withdrawn by whoever asked, and by nobody else', async () => {
    const id = await ask(ada);
    expect(await outcome(grants.giveBack(security, id))).toBe('grant.not_yours');
    expect(await grants.giveBack(ada, id)).toBe('withdrawn');
    expect(await world.state(id)).toBe('withdrawn');
    expect(await outcome(grants.giveBack(ada, id))).toBe('grant.over');
  });

  it('is questioned and answered beside it', async () => {
    const id = await ask(ada);
    await grants.comment(security, { request: id, to: null, text: 'Which calls?' });
    await grants.comment(ada, { request: id, to: null, text: 'Those of ward-7.' });
    const { comments, reason } = await grants.readRequest(ada, id);
    expect(comments.map(({ text }) => text)).toEqual(['Which calls?', 'Those of ward-7.']);
    expect(reason).toBe('Calls in EU fail to connect');
    expect(await outcome(grants.comment(security, { request: id, to: world.stranger.organisationId, text: 'x' }))).toBe(
      'grant.not_found',
    );
  });
});

describe('an approval', () => {
  it('begins the grant, for as many minutes as the fewest that were given', async () => {
    const id = await ask(ada);
    expect(await vote(security, id, { minutes: 20 })).toBe('active');
    const view = await grants.readRequest(ada, id);
    expect(Date.parse(view.deadline!) - Date.parse(view.startsAt!)).toBe(20 * 60_000);
    expect(await detailsOf('grant.voted@1', id)).toEqual([
      { verdict: 'approve', role: 'security', minutes: 20, state: 'active' },
    ]);
    expect(await grants.giveBack(ada, id)).toBe('returned');
    expect(await world.state(id)).toBe('ended');
  });

  it('is for no more than was asked, in a role that is asked for, by somebody designated', async () => {
    const id = await ask(ada, { minutes: 30 });
    expect(
      await outcome(grants.voteOnRequest(security, { request: id, role: 'security', verdict: 'approve', minutes: 31 })),
    ).toBe('grant.minutes');
    const plain = await world.employee('support');
    expect(
      await outcome(grants.voteOnRequest(plain, { request: id, role: 'security', verdict: 'approve', minutes: 30 })),
    ).toBe('grant.not_designated');
    expect(
      await outcome(grants.voteOnRequest(ada, { request: id, role: 'security', verdict: 'approve', minutes: 30 })),
    ).toBe('grant.own');
    await world.designate(security2.userId, 'on-call approver');
    expect(
      await outcome(grants.voteOnRequest(security2, { request: id, role: 'on-call', verdict: 'approve', minutes: 30 })),
    ).toBe('grant.role');
  });

  it('is refused once it is denied, and a denial counts', async () => {
    const id = await ask(ada);
    expect(await vote(security, id, { verdict: 'deny' })).toBe('denied');
    await expect(vote(security2, id)).rejects.toMatchObject({ why: expect.stringContaining('grant.decided') });
    expect(await world.state(id)).toBe('denied');
  });

  it('starts later when that was asked for', async () => {
    const startsAt = Math.floor(Date.now() / 1000) + 3600;
    const id = await ask(ada, { startsAt });
    expect(await vote(security, id)).toBe('scheduled');
    const view = await grants.readRequest(ada, id);
    expect(view.startsAt).toBe(new Date(startsAt * 1000).toISOString());
    await grants.giveBack(ada, id);
  });

  it('that was given twice counts once, and twenty at the same moment make one grant', async () => {
    const id = await ask(ada);
    const votes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => vote(i % 2 ? security : security2, id)),
    );
    expect(votes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1);
    const rows = await world.sql('select 1 from "AccessVote" where "requestId" = $1', [id]);
    expect(rows.length).toBeLessThanOrEqual(2);
    expect(await world.state(id)).toBe('active');
    await world.control();
    await world.control();
    expect((await detailsOf('grant.settled@1', id)).filter(({ state }) => state === 'active')).toHaveLength(1);
    await grants.giveBack(ada, id);
  });
});

describe('overlapping grants', () => {
  it('end each for itself', async () => {
    const [first, second] = [await ask(ada), await ask(ada)];
    for (const id of [first, second]) await vote(security, id);
    await grants.giveBack(ada, first);
    expect([await world.state(first), await world.state(second)]).toEqual(['ended', 'active']);
    await grants.revoke(security, second);
    expect(await world.state(second)).toBe('ended');
    expect(await outcome(grants.revoke(ada, second))).toBe('authz.forbidden');
  });
});

describe('an extension', () => {
  it('moves the end of a grant that runs, when it is approved anew', async () => {
    const base = await ask(ada);
    await vote(security, base, { minutes: 20 });
    const before = await grants.readRequest(ada, base);
    const extension = {
      request: newId('grt'),
      extends: base,
      minutes: 15,
      reason: 'The cause is found, the fix is not',
    };
    await world.sign(ada, () => grants.askForExtension(ada, extension));
    expect((await grants.readRequest(ada, base)).deadline).toBe(before.deadline);
    expect(await vote(security2, extension.request, { minutes: 15 })).toBe('extended');
    const after = await grants.readRequest(ada, base);
    expect(Date.parse(after.deadline!) - Date.parse(before.deadline!)).toBe(15 * 60_000);
    await grants.giveBack(ada, base);
    expect(await outcome(grants.askForExtension(ada, { ...extension, request: newId('grt') }))).toBe(
      'grant.not_active',
    );
  });
});

describe('break-glass', () => {
  it('opens at once, tells everybody who was passed over, and is closed by two others', async () => {
    const id = await ask(ada, { kind: 'break-glass', minutes: 30 });
    expect(await world.state(id)).toBe('active');
    const told = await world.sql<{ userId: string }>(
      `select distinct "userId" from "Notice" where "kind" = 'grant.break-glass'`,
    );
    const passedOver = [security, security2, ...world.members, world.owner].map(({ userId }) => userId);
    expect(told.map(({ userId }) => userId).sort()).toEqual(expect.arrayContaining(passedOver.sort()));
    expect(told.map(({ userId }) => userId)).not.toContain(world.stranger.userId);

    const review = (who: Someone, verdict: 'approve' | 'deny' = 'approve') =>
      world.sign(who, () => grants.reviewBreakGlass(who, { request: id, verdict }));
    expect(await outcome(grants.reviewBreakGlass(ada, { request: id, verdict: 'approve' }))).toBe('grant.own');
    expect(await review(security)).toEqual({ open: true });
    await expect(review(security)).rejects.toMatchObject({ why: expect.stringContaining('grant.voted') });
    expect(await review(security2, 'deny')).toEqual({ open: false });
    await grants.giveBack(ada, id);
  });

  it('is not for whoever is only authorised', async () => {
    const bob = await world.employee('support', 'authorised employee');
    expect(await outcome(grants.askForAccess(bob, wish(world.policyId, { kind: 'break-glass', minutes: 30 })))).toBe(
      'grant.not_designated',
    );
  });
});

describe('control', () => {
  it.each([
    [
      'a training that lapses',
      `update "Training" set "completedAt" = now() - interval '365 days', "expiresAt" = now() where "userId" = $1 and "course" = 'general'`,
      'lapsed',
    ],
    ['somebody who leaves', `update "User" set "status" = 'disabled' where "id" = $1`, 'lapsed'],
    [
      'a lock on the person',
      `insert into "AccessLock" ("id", "kind", "subject", "reason", "setById") values ('lck_' || md5($1), 'user', $1, 'Laptop lost', 'usr_x')`,
      'locked',
    ],
    [
      'half an hour without use',
      `update "AccessRequest" set "startsAt" = now() - interval '31 minutes' where "personId" = $1`,
      'unused',
    ],
  ])('ends what runs after %s', async (_what, sql, why) => {
    const bob = await world.employee('support', 'authorised employee');
    const id = await ask(bob);
    await vote(security, id);
    await world.control();
    expect(await world.state(id)).toBe('active');
    await world.sql(sql, [bob.userId]);
    await world.control();
    const described = (await world.call('grant.describe', { requests: [id] })).requests[0];
    expect(described).toMatchObject({ state: 'ended', why });
    const settled = await detailsOf('grant.settled@1', id);
    expect(settled.map(({ state }) => state)).toEqual(['active', 'ended']);
    expect(settled.at(-1)).toMatchObject({ why });
    await world.control();
    expect(await detailsOf('grant.settled@1', id)).toHaveLength(2);
  });

  it('tells the person ten and two minutes before the end, once each, and again when the end has moved', async () => {
    const bob = await world.employee('support', 'authorised employee');
    const id = await ask(bob);
    await vote(security, id);
    const warned = async (left: string) => {
      await world.sql(
        `update "AccessRequest" set "startsAt" = now() - interval '1 hour', "deadline" = now() + $2::interval where "id" = $1`,
        [id, left],
      );
      for (let i = 0; i < 2; i++) await world.sql('select cordon.warn_of_ends()');
      const told = await world.sql<{ left: number }>(
        `select ("fields"->>'minutes')::int as left from "Notice" where "kind" = 'grant.ending' and "userId" = $1 order by "at"`,
        [bob.userId],
      );
      return told.map(({ left }) => left);
    };
    expect(await warned('11 minutes')).toEqual([]);
    expect(await warned('9 minutes')).toEqual([10]);
    expect(await warned('1 minute')).toEqual([10, 2]);
    expect(await warned('8 minutes')).toEqual([10, 2, 10]);
    expect(await warned('-1 minute')).toEqual([10, 2, 10]);
    await grants.giveBack(bob, id);
  });

  it('keeps everybody out while everything is locked, and lets them ask again afterwards', async () => {
    const lock = await grants.setLock(security, { kind: 'everything', subject: '', reason: 'Intrusion' });
    expect(await outcome(grants.askForAccess(ada, wish(world.policyId)))).toBe('grant.locked');
    await grants.liftLock(security, lock);
    expect(await outcome(grants.liftLock(security, lock))).toBe('lock.lifted');
    expect(await outcome(grants.askForAccess(ada, wish(world.policyId)))).toBe('authz.step_up_required');
    expect(await outcome(grants.setLock(ada, { kind: 'everything', subject: '', reason: 'x' }))).toBe(
      'authz.forbidden',
    );
  });
});

describe('a session', () => {
  it('is confirmed for one target and one key, on a grant that runs, by its owner', async () => {
    const id = await ask(ada);
    const open = (who: Someone, over: object = {}) =>
      grants.openSession(
        who,
        { session: newId('ssn'), request: id, target: 'host:eu-fra-1', publicKey: KEY, ...over },
        '192.0.2.9',
      );
    expect(await outcome(open(ada))).toBe('grant.not_active');
    await vote(security, id);
    expect(await outcome(open(security))).toBe('grant.not_yours');
    expect(await outcome(open(ada, { target: 'host:eu-fra-2' }))).toBe('grant.target');
    expect(await outcome(open(ada, { publicKey: 'ssh-rsa AAAA' }))).toBe('grant.public_key');
    const session = newId('ssn');
    const opened = await world.sign(ada, () => open(ada, { session }));
    expect(opened).toMatchObject({
      ...{ session, through: 'key' },
      certificate: expect.stringContaining('ssh-ed25519-cert-v01@openssh.com'),
    });
    const [listed] = await grants.listSessions(security);
    expect(listed).toMatchObject({ id: session, request: id, active: true, startedAt: null });
    expect(await detailsOf('production.opened@1', id)).toMatchObject([{ session, target: 'host:eu-fra-1' }]);
    const shown = newId('ssn');
    const terminal = await world.sign(ada, () => open(ada, { session: shown, publicKey: '' }));
    expect(terminal).toMatchObject({
      session: shown,
      through: 'web terminal',
      ticket: expect.stringMatching(/^.{43}$/),
    });
    expect(Date.parse(terminal.until)).toBeGreaterThan(Date.now() + 60_000);
    // Whoever watches it ends the grant, with a reason, and with no other session's id.
    const end = (who: Someone, over: object = {}) =>
      grants.terminate(who, { session, request: id, reason: 'Copies what is not theirs', ...over });
    expect(await outcome(end(security, { session: newId('ssn') }))).toBe('grant.not_found');
    expect(await outcome(end(ada))).toBe('authz.forbidden');
    await end(security);
    expect(await detailsOf('production.terminated@1', session)).toMatchObject([{ request: id }]);
    expect(await outcome(end(security))).toBe('grant.over');
    expect(await outcome(open(ada))).toBe('grant.not_active');
  });
});

describe('a channel', () => {
  let app: string;
  let project: { id: string; appId: string };
  const granted = async (): Promise<string> => {
    const id = await ask(ada, { targets: [app] });
    await vote(security, id);
    return id;
  };
  const watch = (id: string, over: object = {}, who = ada) =>
    grants.openSession(
      who,
      { session: newId('ssn'), request: id, target: app, publicKey: '', channel: 'room', ...over },
      '192.0.2.9',
    );
  const watched = async (id: string, session = newId('ssn')) => {
    const opened = await world.sign(ada, () => watch(id, { session }));
    if (opened.through !== 'media-plane') throw new Error(opened.through);
    return opened;
  };
  const toldOf = async (session: string) =>
    (
      await world.sql<{ deleted: boolean; body: object }>(
        'select "deleted", "body" from "PolicyResource" where "key" = $1',
        [`observation/${session}`],
      )
    )[0];
  /** What an edge reports of them, as it stands in the database. */
  const inChannel = (account: string, ended: string | null = null) =>
    world.sql(
      `insert into "MediaSession" ("id", "edgeName", "bootId", "organisationId", "projectId", "appId", "channel", "account", "direction",
         "startedAt", "endedAt", "endReason")
       values ($1, 'eu-1', 'boot', $2, $3, $4, 'room', $1, 'both', now(), null, null)
       on conflict ("id") do update set "endedAt" = "MediaSession"."startedAt" + interval '7 seconds', "endReason" = $5`,
      [account, world.owner.organisationId, project.id, project.appId, ended],
    );

  beforeAll(async () => {
    const { createProject } = await import('@/lib/projects');
    project = (await createProject(world.owner, { name: 'Consult', environment: 'production', fence: ['EU'] })).project;
    app = `app:${project.appId}`;
    await grants.changeTarget(world.staff, {
      ...{ id: app, class: 'edge', region: 'EU', dataClasses: ['log'], state: 'active' },
      organisations: [world.owner.organisationId],
    });
  });

  it('is watched with a token of its own, which the edges are told of, by whose grant it is', async () => {
    const id = await granted();
    const shell = { session: newId('ssn'), request: id, target: app, publicKey: '' };
    expect(await outcome(grants.openSession(ada, shell, null))).toBe('grant.channel');
    for (const channel of ['*', 'a/b', ' room', 'x'.repeat(64)])
      expect(await outcome(watch(id, { channel }))).toBe('grant.channel');
    expect(await outcome(watch(id, { publicKey: KEY }))).toBe('grant.target');
    expect(await outcome(watch(id, {}, security))).toBe('grant.not_yours');
    const onHost = await ask(ada);
    expect(await outcome(watch(onHost, { target: 'host:eu-fra-1' }))).toBe('grant.channel');
    await grants.giveBack(ada, onHost);

    const opened = await watched(id);
    expect(opened).toMatchObject({
      appId: project.appId,
      channel: 'room',
      account: expect.stringMatching(/^provider-observer-/),
    });
    expect(opened.token).toMatch(/^007/);
    const [row] = await grants.listSessions(security);
    expect(row).toMatchObject({ id: opened.session, through: 'media-plane', channel: 'room', startedAt: null });
    // Of itself the row lets nobody in: what the keyring signs is its own.
    expect(await toldOf(opened.session)).toMatchObject({
      deleted: false,
      body: { kind: 'observation', appId: project.appId, tokenId: '', until: 0 },
    });
    expect(await detailsOf('production.opened@1', id)).toMatchObject([{ session: opened.session, target: app }]);
    await grants.giveBack(ada, id);
    expect(await toldOf(opened.session)).toMatchObject({ deleted: true });
  });

  it('stands in both logs and on the customer’s page from when to when, once', async () => {
    const id = await granted();
    const { session, account } = await watched(id);
    const rows = async () =>
      (await grants.readProviderAccess(world.owner, {})).rows.find((one) => one.id === id)!.watched;
    expect(await rows()).toEqual([]);
    await inChannel(account);
    await world.control();
    await world.control();
    expect(await rows()).toMatchObject([{ session, account, channel: 'room', project: { id: project.id }, to: null }]);
    expect((await grants.readSession(security, session)).startedAt).not.toBeNull();
    await inChannel(account, 'client_left');
    await world.control();
    await world.control();
    const [seen] = await rows();
    expect(seen).toMatchObject({ why: 'client_left' });
    expect(Math.round((Date.parse(seen!.to!) - Date.parse(seen!.from)) / 1000)).toBe(7);
    // Who has left does not come back: nothing of it is left at the edges, though the grant runs on.
    expect(await toldOf(session)).toMatchObject({ deleted: true });
    expect(await world.state(id)).toBe('active');

    const { staff } = (await grants.readProviderAccess(world.owner, {})).rows.find((one) => one.id === id)!;
    for (const [schema, more] of [
      ['production.watching@1', {}],
      ['production.watched@1', { seconds: 7, why: 'client_left' }],
      ['provider_access.watching@1', { staff }],
      ['provider_access.watched@1', { staff, seconds: 7, why: 'client_left' }],
    ] as const)
      expect(await detailsOf(schema, id)).toMatchObject([{ session, target: app, ...more }]);
    const own = await events('provider_access.watched@1');
    expect(own.map(({ organisationId }) => organisationId)).toEqual([world.owner.organisationId]);
    expect(own[0]!.header).not.toContain(ada.userId);
    await grants.giveBack(ada, id);
  });

  it('is shown to nobody it does not concern, and to no member who may not read the log', async () => {
    const id = await granted();
    const { account } = await watched(id);
    await inChannel(account);
    await world.control();
    const seen = (await grants.readProviderAccess(world.stranger, {})).rows;
    expect(seen.filter((one) => one.id === id)).toEqual([]);
    expect(await outcome(grants.readProviderAccess(world.developer, {}))).toBe('authz.forbidden');
    await grants.giveBack(ada, id);
  });

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['revoked', (id) => grants.revoke(world.staff, id)],
    ['given back', (id) => grants.giveBack(ada, id)],
    [
      'locked',
      async () => {
        await grants.setLock(world.staff, { kind: 'project', subject: project.appId, reason: 'test' });
        await world.control();
      },
    ],
  ])('is taken from the edges when the grant is %s', async (_, end) => {
    const id = await granted();
    const { session } = await watched(id);
    await world.control();
    expect(await toldOf(session)).toMatchObject({ deleted: false });
    await end(id);
    expect(await toldOf(session)).toMatchObject({ deleted: true });
    expect(await outcome(watch(id))).toBe('grant.not_active');
  });
});

describe('the keyring away', () => {
  it('opens nothing, and shows the copy as one', async () => {
    const id = await ask(ada);
    await world.stopKeyring();
    try {
      expect(await outcome(grants.askForAccess(ada, wish(world.policyId)))).toMatch(/keyring/);
      expect(await grants.readRequest(security, id)).toMatchObject({ state: 'pending', certain: false });
    } finally {
      await world.startKeyring();
    }
    await grants.giveBack(ada, id);
  });
});

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFTYBv5IQ/CK+Dz3taCIrpxhfcsTfXtOm9qsPUOIU1J1 ada@laptop';
