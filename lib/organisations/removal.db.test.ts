import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApiKey } from '@/lib/api-keys';
import type { Caller } from '@/lib/authz';
import { createProject, getProject } from '@/lib/projects';
import { mintToken } from '@/lib/tokens';
import { type MemberCaller, openWorld, type World } from '@/test/contract/world';
import * as organisations from '.';

// Nobody visits a page here; the two only exist inside Next.
vi.mock('next/headers', () => ({}));
vi.mock('next/navigation', () => ({}));

let world: World;
let projectId: string;
let joined = 0;

beforeAll(async () => {
  world = await openWorld();
  projectId = (await createProject(world.owner, { name: 'Test', environment: 'development', fence: ['EU'] })).project
    .id;
});
afterAll(() => world?.stop());

const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error) => error.code ?? error,
  );

/** Somebody of the organisation with a session of their own; `elsewhere` belongs to the stranger's organisation too. */
async function join(role: string, { elsewhere = false } = {}): Promise<MemberCaller & { membershipId: string }> {
  const n = ++joined;
  const { organisationId } = world.owner;
  const [userId, sessionId, secret, membershipId] = [`usr_${n}`, `ses_${n}`, `secret-${n}`, `mem_${n}`];
  await world.sql(
    `insert into "User" ("id", "realm", "email", "name", "passwordHash") values ($1, 'customer', $1 || '@example.com', $1, 'no password')`,
    [userId],
  );
  const member = `insert into "Membership" ("id", "organisationId", "userId", "role") values ($1, $2, $3, $4::"MemberRole")`;
  await world.sql(member, [membershipId, organisationId, userId, role]);
  if (elsewhere) await world.sql(member, [`${membershipId}_else`, world.stranger.organisationId, userId, role]);
  await world.sql(
    `insert into "Session" ("id", "secretHash", "userId", "realm", "aal", "raisedBy", "expiresAt", "addressPrefix", "userAgent")
     values ($1, sha256(convert_to($2, 'UTF8')), $3, 'customer', 2, 'totp', now() + interval '8 hours', '192.0.2.0/24', 'test')`,
    [sessionId, secret, userId],
  );
  return { kind: 'member', secret, organisationId, userId, sessionId, membershipId };
}

const keyOf = async (who: MemberCaller): Promise<Caller & { kind: 'api-key' }> => {
  const make = () => createApiKey(who, projectId, { name: `of ${who.userId}`, scopes: ['project:read'] });
  return { kind: 'api-key', key: (await world.confirmed(who, make)).key };
};
const tokenOf = (who: MemberCaller, account: string, lifetimeSeconds = 600) =>
  mintToken(who, projectId, {
    services: [{ kind: 'rtc', channel: 'room', account, privileges: { join: lifetimeSeconds } }],
    lifetimeSeconds,
  });
/** Which of these token ids a revocation names, in their order. */
const revoked = async (...tokenIds: string[]) => {
  const rows = await world.sql<{ subject: string }>('select "subject" from "Revocation" where "subject" = any($1)', [
    tokenIds,
  ]);
  return tokenIds.map((tokenId) => rows.some(({ subject }) => subject === tokenId));
};
const remove = (who: { membershipId: string }, fate: 'end' | 'keep', by: MemberCaller = world.owner) =>
  organisations.removeMember(by.secret, by.organisationId, who.membershipId, { keys: fate });
const schemas = async (objects: string[]) =>
  (await world.sql<{ schema: string }>('select schema from "AuditEvent" where "objectId" = any($1)', [objects])).map(
    ({ schema }) => schema,
  );

describe('taking a member out', () => {
  it('ends their session here, the keys they made and the tokens they minted, and leaves those of others', async () => {
    const leaver = await join('developer');
    const [key, token, short] = [await keyOf(leaver), await tokenOf(leaver, 'ada'), await tokenOf(leaver, 'bob', 60)];
    const [othersKey, othersToken] = [await keyOf(world.developer), await tokenOf(world.developer, 'ada')];
    await world.sql(`update "MintedToken" set "expiresAt" = now() - interval '1 second' where "tokenId" = $1`, [
      short.tokenId,
    ]);
    expect(await code(getProject(leaver, projectId))).toBe('done');

    expect(await remove(leaver, 'end')).toEqual({ keys: 1, tokens: 1 });
    expect(await code(getProject(leaver, projectId))).toBe('organisation.not_found');
    expect(await code(getProject(key, projectId))).toBe('key.invalid');
    expect(await code(getProject(othersKey, projectId))).toBe('done');
    expect(await revoked(token.tokenId, short.tokenId, othersToken.tokenId)).toEqual([true, false, false]);
    expect(await schemas([leaver.membershipId])).toEqual(
      expect.arrayContaining(['member.removed@1', 'tokens.revoked@1']),
    );
    // The same person invited again finds nothing of the past working.
    await world.sql(
      `insert into "Membership" ("id", "organisationId", "userId", "role") values ('mem_back', $1, $2, 'developer')`,
      [leaver.organisationId, leaver.userId],
    );
    expect(await code(getProject(key, projectId))).toBe('key.invalid');
    expect(await revoked(token.tokenId)).toEqual([true]);
  });

  it('can keep their keys under the name of whoever removes them, and never the tokens', async () => {
    const leaver = await join('developer');
    const [key, token] = [await keyOf(leaver), await tokenOf(leaver, 'ada')];
    expect(await remove(leaver, 'keep')).toEqual({ keys: 1, tokens: 1 });
    expect(await code(getProject(key, projectId))).toBe('done');
    expect(await revoked(token.tokenId)).toEqual([true]);
    const [row] = await world.sql<{ id: string; createdById: string }>(
      'select "id", "createdById" from "ApiKey" where "name" = $1',
      [`of ${leaver.userId}`],
    );
    expect(row!.createdById).toBe(world.owner.userId);
    expect(await schemas([row!.id])).toEqual(expect.arrayContaining(['api-key.taken_over@1']));
  });

  it('lets nobody who leaves keep keys, and nobody below an administrator take any over', async () => {
    const [leaver, other] = [await join('administrator'), await join('developer')];
    expect(await code(remove(leaver, 'keep', leaver))).toBe('member.keeps_keys');
    expect(await code(remove(other, 'keep', world.developer))).toBe('member.role');
    expect(await code(remove(leaver, 'end', leaver))).toBe('done');
  });

  it('refuses what the member was about to leave behind: a token minted at the same moment', async () => {
    const leaver = await join('developer');
    const minting = Array.from({ length: 12 }, (_, i) => tokenOf(leaver, `user-${i}`).catch((error) => error.code));
    await remove(leaver, 'end');
    for (const made of await Promise.all(minting)) {
      if (typeof made === 'string') expect(made).toBe('organisation.not_found');
      else expect(await revoked(made.tokenId)).toEqual([true]);
    }
    expect(await world.sql('select 1 from "MintedToken" where "mintedById" = $1', [leaver.userId])).toHaveLength(
      (
        await world.sql(
          `select 1 from "Revocation" where "reason" like 'Minted by%'
        and "subject" in (select "tokenId" from "MintedToken" where "mintedById" = $1)`,
          [leaver.userId],
        )
      ).length,
    );
  });

  it('tells them', async () => {
    const leaver = await join('developer');
    await remove(leaver, 'end');
    expect(await world.sql('select "kind", "sessionId" from "Notice" where "userId" = $1', [leaver.userId])).toEqual([
      { kind: 'member.removed', sessionId: null },
    ]);
  });
});

describe('ending the sessions of a member', () => {
  const end = (who: { membershipId: string }, by: MemberCaller) =>
    organisations.endMemberSessions(by.secret, by.organisationId, who.membershipId);

  it('ends all of them, records it and tells the person', async () => {
    const member = await join('developer');
    expect(await end(member, world.owner)).toBe(1);
    expect(await code(getProject(member, projectId))).toBe('session.invalid');
    expect(await schemas([member.membershipId])).toEqual(['member.sessions_ended@1']);
    expect(await world.sql('select "kind" from "Notice" where "userId" = $1', [member.userId])).toEqual([
      { kind: 'sessions.ended' },
    ]);
  });

  it('is not for people of other organisations too, for owners by administrators, for oneself, or for others', async () => {
    const [shared, administrator] = [await join('developer', { elsewhere: true }), await join('administrator')];
    expect(await code(end(shared, world.owner))).toBe('member.elsewhere');
    expect(await code(getProject(shared, projectId))).toBe('done');
    const [owner] = await world.sql<{ id: string }>(`select "id" from "Membership" where "userId" = $1`, [
      world.owner.userId,
    ]);
    expect(await code(end({ membershipId: owner!.id }, administrator))).toBe('member.role');
    expect(await code(end(administrator, administrator))).toBe('member.self');
    expect(await code(end(administrator, world.developer))).toBe('member.role');
    expect(await code(end(administrator, world.stranger))).toBe('member.not_found');
  });
});
