import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Ask } from '@/lib/platform';
import { newId } from '@/lib/platform';
import { type GrantWorld, openGrantWorld, type Someone, wish } from '../support/grant-world';
import { sha256 } from '../support/world';
import { outcome, request, STAFF, visit } from './identity-world';

vi.mock('next/headers', async () => (await import('./identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('./identity-world')).nextNavigation);
vi.mock('next/cache', () => ({ revalidatePath: () => undefined }));

/**
 * An employee wants into production without being let in. They write the requests of the console by hand, with more than its forms offer; they
 * approve themselves; they send a colleague's signature again, or send it with something else; and with a hole in the console's SQL they
 * write rows that say "approved". Nothing of it opens a machine, and what a door refused stands in the log.
 */
let world: GrantWorld;
let grants: typeof import('@/lib/grants');
let ada: Someone;
let security: Someone;
let security2: Someone;

beforeAll(async () => {
  world = await openGrantWorld();
  grants = await import('@/lib/grants');
  ada = await world.employee('support', 'authorised employee', 'security approver');
  // A cookie carries a secret as sessions have it.
  ada = { ...ada, secret: randomBytes(32).toString('base64url') };
  await world.sql('update "Session" set "secretHash" = $2 where "id" = $1', [ada.sessionId, sha256(ada.secret)]);
  security = await world.employee('security', 'security approver');
  security2 = await world.employee('support', 'security approver');
});
afterAll(() => world?.close());

const vote = (who: Someone, id: string, over: object = {}) =>
  grants.voteOnRequest(who, { request: id, role: 'security', verdict: 'approve', minutes: 60, ...over });
const openIt = (id: string) => {
  const session = newId('ssn');
  return grants.openSession(ada, { session, request: id, target: 'host:eu-fra-1', publicKey: '' }, null);
};
const asked = (act: () => Promise<unknown>): Promise<Ask> => world.asked(act);

/** Sends a form to the action itself, with the cookie of a session, as no form of the console would. */
async function post(who: Someone, fields: Record<string, string>) {
  const { cookieNames } = await import('@/lib/identity/request/cookies');
  const { sealSessionCookie } = await import('@/lib/identity/request/next-auth');
  const { askAction } = await import('@/app/(staff)/staff/requests/actions');
  visit(STAFF);
  request.jar.clear();
  const origins = { customer: 'http://localhost:3000', staff: STAFF };
  request.jar.set(cookieNames(origins, 'staff').session, await sealSessionCookie('staff', who.secret));
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return (await askAction({}, form)) as { code?: string; message?: string; fields?: object; ask?: Ask };
}
const form = (over: Record<string, string> = {}) => ({
  request: newId('grt'),
  kind: 'access',
  policy: world.policyId,
  'target.host:eu-fra-1': 'on',
  purpose: 'incident',
  reason: 'Calls in EU fail to connect',
  ticket: 'INC-1',
  minutes: '60',
  command: '',
  starts: '',
  ...over,
});
const refusals = async (code: string) =>
  (
    await world.sql<{ header: string }>(
      `select convert_from("header", 'UTF8') as header from "AuditEvent" where "schema" = 'access.refused@1' and "organisationId" is null`,
    )
  ).filter(({ header }) => JSON.parse(header).details.code === code).length;

describe('a request written by hand', () => {
  it('is taken as the form would be', async () => {
    expect((await post(ada, form())).ask?.action).toBe('grant.request');
  });

  it.each([
    ['a minute more than the policy gives', { minutes: '61' }, 'grant.not_eligible'],
    ['a ticket that is none', { ticket: 'please' }, 'grant.not_eligible'],
    ['files', { files: 'on' }, 'grant.not_eligible'],
  ])('for %s is refused by the server, and recorded', async (_what, over, code) => {
    const before = await refusals(code);
    expect(await post(ada, form(over))).toMatchObject({ code });
    expect(await refusals(code)).toBe(before + 1);
  });

  it.each([
    ['more minutes than there can be', { minutes: '481' }],
    ['a command that is not what it looks like', { command: 'ls \u202e -la' }],
    ['a purpose of one’s own', { purpose: 'curiosity' }],
    ['no reason', { reason: 'because' }],
    ['a start that is none', { starts: 'soon' }],
    ['a start in a zone', { starts: '2026-11-22T14:30Z' }],
  ])('with %s does not come that far', async (_what, over) => {
    expect(await post(ada, form(over))).toMatchObject({ code: 'identity.input', fields: expect.anything() });
  });
});

describe('an approval', () => {
  it('of oneself is refused by the console, and by the ledger behind it, and recorded', async () => {
    const id = await world.ask(ada);
    expect(await outcome(vote(ada, id))).toBe('grant.own');
    const ask = await asked(() => vote(security, id));
    const { stepUpRequired } = await import('@/lib/authz');
    const forced = stepUpRequired(ask as Parameters<typeof stepUpRequired>[0]);
    await expect(world.sign(ada, () => Promise.reject(forced))).rejects.toMatchObject({
      code: 'identity.act_refused',
      why: expect.stringContaining('grant.person'),
    });
    const recorded = await world.sql(
      `select 1 from "AuditEvent" where "schema" = 'step-up.refused@1' and "objectId" = $1`,
      [id],
    );
    expect(recorded.length).toBeGreaterThan(0);
    expect(await world.state(id)).toBe('pending');
  });

  it('is signed for one verdict and one number of minutes, and spent on no other', async () => {
    const id = await world.ask(ada, { minutes: 60 });
    let spent = 0;
    // Signed, and then something else is sent.
    const swapped = (over: object) => () =>
      spent++ === 0 ? vote(security, id, { minutes: 10 }) : vote(security, id, over);
    await expect(world.sign(security, swapped({ minutes: 60 }))).rejects.toMatchObject({
      why: expect.stringContaining('grant.decided'),
    });
    const described = (await world.call('grant.describe', { requests: [id] })).requests[0];
    expect(described).toMatchObject({ state: 'active', minutes: 10 });
    await grants.giveBack(ada, id);
  });

  it('is not sent a second time', async () => {
    const { beginStepUp, confirmStepUpWithPasskey } = await import('@/lib/identity');
    const id = await world.ask(ada);
    const ask = await asked(() => vote(security, id));
    const { passkey } = await beginStepUp(security.secret, ask);
    const signed = world.answer(security, passkey!);
    await confirmStepUpWithPasskey(security.secret, ask, signed, '192.0.2.9');
    expect(await outcome(confirmStepUpWithPasskey(security.secret, ask, signed, '192.0.2.9'))).toBe('identity.passkey');
    expect(await vote(security, id)).toBe('active');
    expect(await outcome(vote(security, id))).toBe('grant.voted');
    await grants.giveBack(ada, id);
  });

  it('of somebody who left is void while it waits', async () => {
    const { policyId } = world;
    const [policy] = (await grants.readEligibility(world.staff)).policies.filter(({ id }) => id === policyId);
    const { id: _id, version: _version, name, changedAt: _at, ...terms } = policy!;
    const two = await grants.changePolicy(world.staff, {
      policy: null,
      name: `${name}, two`,
      terms: { ...terms, security: 2 },
    });
    const id = await world.ask(ada, { policy: two });
    const leaver = await world.employee('security', 'security approver');
    expect(await world.sign(leaver, () => vote(leaver, id))).toBe('pending');
    await world.sql(`update "User" set "status" = 'disabled' where "id" = $1`, [leaver.userId]);
    await world.control();
    expect(await world.sign(security, () => vote(security, id))).toBe('pending');
    expect(await world.sign(security2, () => vote(security2, id))).toBe('active');
    await grants.giveBack(ada, id);
  });
});

describe('a row that says "approved"', () => {
  it('opens nothing, whoever wrote it', async () => {
    const id = await world.ask(ada);
    await world.sql(
      `insert into "AccessVote" ("requestId", "userId", "role", "verdict", "minutes") values ($1, $2, 'security', 'approve', 60)`,
      [id, security.userId],
    );
    await world.sql(
      `update "AccessRequest" set "state" = 'active', "startsAt" = now(), "deadline" = now() + interval '1 hour' where "id" = $1`,
      [id],
    );
    expect(await outcome(openIt(id))).toBe('grant.not_active');
    expect((await grants.readRequest(ada, id)).state).toBe('pending');
    expect(await grants.ownActive(ada)).toEqual([]);
    const certificate = { session: newId('ssn'), publicKey: KEY, address: null };
    await expect(world.call('ssh.employeeCertificate', certificate)).rejects.toMatchObject({
      code: expect.stringMatching(/^grant\./),
    });
    expect((await world.call('grant.sheet', { target: 'host:eu-fra-1' })).sheet).not.toContain(id);
    await grants.giveBack(ada, id);
  });

  it('hides nothing when it says that a grant is over', async () => {
    const id = await world.ask(ada);
    await world.sign(security, () => vote(security, id));
    await world.control();
    const { asStaff } = await import('@/lib/db');
    await asStaff(ada.secret, (tx) =>
      tx.prisma.$executeRawUnsafe(`select cordon.note_standing($1, 'ended', now(), now(), 60, 'returned')`, id),
    );
    expect((await grants.readProviderAccess(world.owner, {})).rows.find((row) => row.id === id)?.state).toBe('active');
    await world.control();
    const [copy] = await world.sql<{ state: string }>('select "state" from "AccessRequest" where "id" = $1', [id]);
    expect(copy!.state).toBe('active');
    await grants.giveBack(ada, id);
  });

  it('nor does a request that nobody signed', async () => {
    const id = newId('grt');
    const [row] = await world.sql<{ terms: unknown }>('select "terms" from "AccessRequest" limit 1');
    await world.sql(
      `insert into "AccessRequest" ("id", "personId", "kind", "terms", "targets", "organisations", "decideBy", "state")
       values ($1, $2, 'access', $3::jsonb, '{host:eu-fra-1}', '{}', now() + interval '1 hour', 'active')`,
      [id, ada.userId, JSON.stringify(row!.terms)],
    );
    expect(await outcome(openIt(id))).toBe('grant.not_signed');
    await expect(world.sign(security, () => vote(security, id))).rejects.toMatchObject({
      why: expect.stringContaining('grant.unknown'),
    });
  });
});

describe('a passkey that can be copied', () => {
  it('asks for nothing', async () => {
    const bob = await world.employee('support', 'authorised employee');
    await world.sql(`delete from "Passkey" where "userId" = $1`, [bob.userId]);
    await world.equip(bob, 'staff', { deviceBound: false });
    expect(await outcome(grants.askForAccess(bob, wish(world.policyId)))).toBe('grant.not_ready');
    // With the row rewritten the ledger still knows what the passkey is.
    await world.sql(`update "Passkey" set "deviceBound" = true where "userId" = $1`, [bob.userId]);
    await expect(world.ask(bob)).rejects.toMatchObject({
      code: 'identity.act_refused',
      why: expect.stringContaining('grant.device_bound'),
    });
  });
});

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFTYBv5IQ/CK+Dz3taCIrpxhfcsTfXtOm9qsPUOIU1J1';
