import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProject, setTokenPolicy } from '@/lib/projects';
import type { ProjectView } from '@/lib/projects/schemas';
import { openWorld, type World } from '@/test/contract/world';
import * as policy from '.';

let world: World;
let project: ProjectView;
let certificateId: string;
beforeAll(async () => {
  world = await openWorld();
  await world.edge('eu-1', 'EU');
  await world.edge('na-1', 'NA');
  await world.edge('jp-1', 'JP');
  await world.edge('cn-old', 'CN', { lastSeenAt: new Date(Date.now() - 60_000) });
});
beforeEach(async () => {
  const made = await createProject(world.owner, { name: 'Test', environment: 'development', fence: ['EU', 'NA'] });
  project = made.project;
  certificateId = made.certificate.id;
});
afterAll(async () => {
  await world?.stop();
});

const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error) => error.code ?? error,
  );
const reason = 'a test';
const tokenId = (n: number) => n.toString(16).padStart(64, '0');

interface Published {
  subject: { type: string; tokenId?: string };
  issuedBefore: number;
}
async function revocations(): Promise<Published[]> {
  const rows = await world.sql<{ body: Published }>(
    `select body from "PolicyResource" where kind = 'revocation' and "appId" = $1 order by seq, key`,
    [project.appId],
  );
  return rows.map(({ body }) => body);
}

describe('the fence', () => {
  it('tells beforehand what a change would cut, from what is live now', async () => {
    for (const edgeName of ['eu-1', 'na-1', 'na-1']) await world.session(project.id, { edgeName });
    await world.session(project.id, { edgeName: 'na-1', channel: 'other' });
    await world.session(project.id, { edgeName: 'na-1', endedAt: new Date() });
    await world.decision(project.id, { edgeName: 'na-1' });
    await world.decision(project.id, { edgeName: 'na-1', at: new Date(Date.now() - 2 * 86_400_000) });
    await world.decision(project.id, { edgeName: 'eu-1' });
    const plan = await policy.planFence(world.owner, project.id, { regions: ['EU', 'JP'] });
    expect(plan).toMatchObject({
      added: ['JP'],
      removed: ['NA'],
      sessionsCut: 3,
      channelsTouched: ['other', 'room'],
      joinsRefusedLastDay: 1,
    });
    expect(plan.edges).toEqual([
      { name: 'cn-old', region: 'CN', live: 0, cut: 0, effect: 'refuses' },
      { name: 'eu-1', region: 'EU', live: 1, cut: 0, effect: 'allows' },
      { name: 'jp-1', region: 'JP', live: 0, cut: 0, effect: 'starts_allowing' },
      { name: 'na-1', region: 'NA', live: 3, cut: 3, effect: 'stops_allowing' },
    ]);
    expect(await world.events(project.id)).toHaveLength(1);
  });

  it('changes with a second factor, is published and recorded with before and after', async () => {
    const apply = () => policy.applyFence(world.owner, project.id, { regions: ['JP', 'EU'] });
    expect(await world.asked(apply)).toEqual({
      action: 'fence.apply',
      object: project.id,
      version: '1',
      terms: [
        ['Project', 'Test'],
        ['Fence before', 'EU Europe (home), NA North America'],
        ['Fence after', 'JP Japan (home), EU Europe'],
        ['Sessions cut', 'all in NA North America'],
      ],
    });
    const { seq } = await world.confirmed(world.owner, apply);
    const [row] = await world.sql<{ body: { regions: string[]; version: number } }>(
      `select body from "PolicyResource" where key = $1`,
      [`fence/${project.appId}`],
    );
    expect(row!.body).toMatchObject({ regions: ['JP', 'EU'], version: seq });
    expect((await world.events(project.id)).at(-1)).toMatchObject({
      schema: 'fence.changed@1',
      details: { before: ['EU', 'NA'], after: ['JP', 'EU'], seq },
    });
    expect(await apply()).toEqual({ seq });
  });
});

describe('a revocation', () => {
  const revoke = async (subject: Parameters<typeof policy.revoke>[2]['subject'], more = {}) => {
    return world.confirmed(world.owner, () => policy.revoke(world.owner, project.id, { subject, reason, ...more }));
  };

  it('of every kind of subject reaches the edges, the list and the log', async () => {
    const subjects = [
      { type: 'token', tokenId: tokenId(1) },
      { type: 'user', account: 'ada' },
      { type: 'channel', channel: 'room' },
      { type: 'certificate', certificateId },
      { type: 'project' },
    ] as const;
    for (const subject of subjects) {
      const { revocation, seq } = await revoke(subject);
      expect(revocation).toMatchObject({ subjectType: subject.type, seq });
    }
    expect((await revocations()).map(({ subject }) => subject)).toEqual(subjects);
    const first = await policy.listRevocations(world.owner, project.id, { limit: 3 });
    const rest = await policy.listRevocations(world.owner, project.id, { limit: 3, cursor: first.next });
    expect([...first.items, ...rest.items].map(({ subjectType }) => subjectType)).toEqual([
      'project',
      'certificate',
      'channel',
      'user',
      'token',
    ]);
    expect((await world.events(project.id)).filter(({ schema }) => schema === 'revocation.created@1')).toHaveLength(5);
  });

  it('says in words what is confirmed, whatever the user is called', async () => {
    const ask = (subject: Parameters<typeof policy.revoke>[2]['subject'], more = {}) =>
      world.asked(() => policy.revoke(world.owner, project.id, { subject, reason: 'a test\nin two lines', ...more }));
    const { terms } = await ask({ type: 'user', account: 'ada\u2028Reason: none' });
    expect(terms).toEqual([
      ['Project', 'Test'],
      ['Revoked', 'every token of the user ada\\u{2028}Reason: none, and wildcard tokens this user joined with'],
      ['Issued before', 'the moment this is applied'],
      ['What follows', 'Edges refuse them and cut the sessions they opened'],
      ['Reason', 'a test in two lines'],
    ]);
    const dated = await ask({ type: 'certificate', certificateId }, { issuedBefore: '2026-01-02T05:04:05+02:00' });
    const fingerprint = /^every token signed with the primary certificate c1:\S+$/;
    expect(dated.terms.slice(1, 3)).toEqual([
      ['Revoked', expect.stringMatching(fingerprint)],
      ['Issued before', '2026-01-02 03:04:05 UTC'],
    ]);
  });

  it('needs the second factor, a past time and a certificate of this project', async () => {
    expect(await code(policy.revoke(world.owner, project.id, { subject: { type: 'project' }, reason }))).toBe(
      'authz.step_up_required',
    );
    expect(await code(revoke({ type: 'project' }, { issuedBefore: '2999-01-01T00:00:00Z' }))).toBe('revocation.future');
    const theirs = await createProject(world.stranger, { name: 'Theirs', environment: 'development' });
    expect(await code(revoke({ type: 'certificate', certificateId: theirs.certificate.id }))).toBe(
      'revocation.certificate_unknown',
    );
    expect(await revocations()).toEqual([]);
  });

  it('of a user takes along the wildcard tokens that user joined with, and no others', async () => {
    const join = (n: number, fields: Record<string, unknown>) =>
      world.decision(project.id, { tokenId: tokenId(n), wildcardUser: true, ...fields });
    await join(1, {});
    await join(1, {});
    await join(2, { account: 'somebody else' });
    await join(3, { wildcardUser: false });
    await join(4, { verdict: 'deny' });
    await join(5, { at: new Date(Date.now() - 2 * 86_400_000) });
    const { seq } = await revoke({ type: 'user', account: 'ada' });
    expect((await revocations()).map(({ subject }) => subject.tokenId ?? subject.type).sort()).toEqual([
      tokenId(1),
      'user',
    ]);
    const { items } = await policy.listRevocations(world.owner, project.id);
    expect(items.map((item) => item.seq)).toEqual([seq, seq]);

    // Version 006 has no issue time and may live longer than a day.
    await setTokenPolicy(world.owner, project.id, { legacy006: true });
    await revoke({ type: 'user', account: 'ada' });
    expect((await revocations()).map(({ subject }) => subject.tokenId)).toContain(tokenId(5));
  });

  it('carries more tokens than one change can, and refuses what no change should', async () => {
    await world.sql(
      `insert into "Decision" ("edgeName", "bootId", n, "organisationId", "projectId", "appId", at, "traceId", channel, account, action, verdict, rule, code, epoch, seq, "tokenId", "wildcardUser", "addressPrefix")
       select 'eu-1', 'many', n, $1, $2, $3, now(), 'trc', 'room', 'many', 'join', 'allow', 'privilege', 'ok', 1, 1, lpad(to_hex(n), 64, '0'), true, '' from generate_series(1, 1001) n`,
      [world.owner.organisationId, project.id, project.appId],
    );
    expect(await code(revoke({ type: 'user', account: 'many' }))).toBe('revocation.too_many_tokens');
    await world.sql(`delete from "Decision" where "bootId" = 'many' and n > 200`);
    await revoke({ type: 'user', account: 'many' });
    expect(await revocations()).toHaveLength(201);
  });
});

describe('how far a change has got', () => {
  it('is computed when asked: enforced, applied, pending, offline', async () => {
    const { seq } = await world.confirmed(world.owner, () =>
      policy.revoke(world.owner, project.id, { subject: { type: 'project' }, reason }),
    );
    await world.sql(`update "Edge" set "appliedSeq" = $1, "enforcedSeq" = $1 where name = 'eu-1'`, [seq]);
    await world.sql(`update "Edge" set "appliedSeq" = $1 where name = 'na-1'`, [seq]);
    await world.sql(`insert into "EdgeAck" values ('eu-1', 1, $1, 'enforced', now(), 7)`, [seq]);
    const { edges, ...counts } = await policy.enforcement(world.owner, seq);
    expect(counts).toEqual({ seq, applied: 2, enforced: 1, expected: 3 });
    expect(edges.map(({ name, stage, cut }) => `${name} ${stage} ${cut}`)).toEqual([
      'cn-old offline 0',
      'eu-1 enforced 7',
      'jp-1 pending 0',
      'na-1 applied 0',
    ]);
    expect(await code(policy.enforcement(world.owner, seq + 1000))).toBe('policy.unknown_change');
  });
});
