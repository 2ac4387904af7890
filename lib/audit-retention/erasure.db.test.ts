import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { append } from '@/lib/audit';
import { openJobs } from '@/lib/audit-export/worker/store';
import { onConnection } from '@/lib/db/control';
import { outcome } from '@/test/attacks/identity-world';
import { type MemberCaller, openWorld, type World } from '@/test/contract/world';

let world: World;
let retention: typeof import('.');
let auditLog: typeof import('@/lib/audit-log');
let client: pg.Client;

beforeAll(async () => {
  world = await openWorld();
  [retention, auditLog] = await Promise.all([import('.'), import('@/lib/audit-log')]);
  client = new pg.Client({ connectionString: world.installerUrl });
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await world?.stop();
});

const renamed = (subject: string, organisationId: string | null = world.owner.organisationId) =>
  append(onConnection(client), {
    schema: 'profile.renamed@1',
    outcome: 'success',
    organisationId,
    actor: { kind: organisationId === null ? 'staff' : 'member', id: subject },
    object: { type: 'user', id: 'somebody' },
    subject,
    fields: { before: 'Ada', after: 'Ada L.' },
  });
const states = async (id: string, who: MemberCaller = world.owner) => {
  const { events } = await auditLog.readAuditLog(who, { event: 'profile.renamed' });
  const event = events.find((each) => each.id === id)!;
  return [...new Set(event.fields.map(({ state }) => state))];
};
const linked = async (subject: string, log: string | null = world.owner.organisationId) =>
  (
    await world.sql<{ n: number }>(
      'select count(*)::int as n from "AuditValue" where "subject" = $1 and "organisationId" is not distinct from $2',
      [subject, log],
    )
  )[0]!.n;
const erase = (person: string, who: MemberCaller = world.owner) =>
  world.confirmed(who, () => retention.erasePerson(who, person));
const erasures = () => world.sql<{ subject: string | null }>('select "subject" from "AuditErasure"');
const recorded = async () =>
  (
    await world.sql<{ header: string }>(
      `select convert_from("header", 'UTF8') as header from "AuditEvent" where "schema" = 'audit.subject_erased@1' order by "at" desc limit 1`,
    )
  )[0]!.header;

describe('erasing a person', () => {
  it('is confirmed for that person, says how many records, and leaves their pseudonym', async () => {
    const person = await world.join('developer');
    const [id, second] = [await renamed(person.userId), await renamed(person.userId)];
    const kept = await renamed(world.owner.userId);
    const outlook = await retention.erasureOutlook(world.owner, person.userId);
    expect(outlook).toMatchObject({ events: 2, holds: [] });
    const other = await world.join('developer');
    await renamed(other.userId);
    await world.confirm(world.owner, await world.asked(() => retention.erasePerson(world.owner, other.userId)));
    expect(await outcome(retention.erasePerson(world.owner, person.userId))).toBe('authz.step_up_required');
    expect(await erase(person.userId)).toBe(2);
    expect([await states(id), await states(second), await states(kept)]).toEqual([['erased'], ['erased'], ['present']]);
    expect(JSON.parse(await recorded())).toMatchObject({
      objectType: 'person',
      objectId: outlook.pseudonym,
      details: { events: 2, keys: [expect.stringMatching(/^[0-9a-f]{16}$/)] },
    });
    expect(await recorded()).not.toContain(person.userId);
    expect(await outcome(retention.erasePerson(world.owner, person.userId))).toBe('erasure.not_found');
    // What they do from then on is recorded under a new key.
    expect(await states(await renamed(person.userId))).toEqual(['present']);
  });

  it('takes a former member, and oneself', async () => {
    const person = await world.join('administrator');
    const id = await renamed(person.userId);
    await world.sql('delete from "Membership" where "userId" = $1', [person.userId]);
    await erase(person.userId);
    expect(await states(id)).toEqual(['erased']);
    const self = await world.join('administrator');
    const own = await renamed(self.userId);
    await erase(self.userId, self);
    expect(await states(own)).toEqual(['erased']);
    expect(await world.keep()).toBeUndefined();
    expect(await linked(self.userId)).toBe(0);
  });

  it('is for those who decide about the log, and reaches no other', async () => {
    const person = await world.join('developer');
    const elsewhere = world.stranger.organisationId;
    const [ours, theirs, providers] = [
      await renamed(person.userId),
      await renamed(person.userId, elsewhere),
      await renamed(person.userId, null),
    ];
    for (const who of [world.auditor, world.developer])
      expect(await outcome(retention.erasePerson(who, person.userId))).toBe('authz.forbidden');
    expect(await outcome(retention.erasePerson(world.owner, `usr_${'0'.repeat(32)}`))).toBe('erasure.not_found');
    expect(await outcome(retention.erasePerson(world.owner, 'everybody'))).toBe('erasure.subject');
    await erase(person.userId);
    expect(await states(ours)).toEqual(['erased']);
    expect(await states(theirs, world.stranger)).toEqual(['present']);
    expect(await linked(person.userId, null)).toBe(1);
    const staff = { kind: 'staff' as const, secret: world.staff.secret };
    const guard = await world.employ('security');
    expect(await outcome(retention.erasePerson({ ...staff, secret: guard.secret }, person.userId))).toBe(
      'authz.forbidden',
    );
    await world.confirmed(world.staff, () => retention.erasePerson(staff, person.userId));
    expect(await linked(person.userId, null)).toBe(0);
    expect(await world.sql('select 1 from "AuditEvent" where "id" = $1', [providers])).toHaveLength(1);
    expect(await states(theirs, world.stranger)).toEqual(['present']);
  });

  it.each([
    ['the log', () => ({ kind: 'log' as const, target: undefined })],
    ['the person', (person: string) => ({ kind: 'person' as const, target: person })],
    [
      'a time in which they did something',
      () => ({ kind: 'time' as const, target: undefined, from: '2020-01-01', to: '2999-01-01' }),
    ],
  ])('is refused by a hold on %s, which it names', async (_what, hold) => {
    const person = await world.join('developer');
    const id = await renamed(person.userId);
    const about = { from: undefined, to: undefined, ...hold(person.userId), reason: 'Suit' };
    await world.confirm(world.owner, await world.asked(() => retention.erasePerson(world.owner, person.userId)));
    const held = await retention.setHold(world.owner, about);
    await expect(retention.erasePerson(world.owner, person.userId)).rejects.toMatchObject({
      code: 'erasure.held',
      why: expect.stringContaining(held),
    });
    expect(await states(id)).toEqual(['present']);
    await world.sql(`update "AuditHold" set "releaseAskedById" = 'a', "releasedById" = 'b', "releasedAt" = now()`);
    // The confirmation from before is still there: nothing was done with it.
    expect(await retention.erasePerson(world.owner, person.userId)).toBe(1);
    expect(await states(id)).toEqual(['erased']);
  });
});

describe('a crash', () => {
  it('before the keyring answers leaves everything as it was', async () => {
    const person = await world.join('developer');
    const id = await renamed(person.userId);
    await world.confirm(world.owner, await world.asked(() => retention.erasePerson(world.owner, person.userId)));
    const before = (await erasures()).length;
    await world.stopKeyring();
    expect(await outcome(retention.erasePerson(world.owner, person.userId))).not.toBe('ok');
    await world.startKeyring();
    expect([await states(id), await linked(person.userId), (await erasures()).length]).toEqual([
      ['present'],
      1,
      before,
    ]);
    // The same confirmation is still good.
    expect(await retention.erasePerson(world.owner, person.userId)).toBe(1);
  });

  it('between keyring and database leaves nothing that can be read, and the next try finishes it', async () => {
    const person = await world.join('developer');
    const id = await renamed(person.userId);
    const before = (await erasures()).length;
    // The commit is refused, after the keyring destroyed the keys: as good as a kill at that moment.
    await world.sql(`create function public.die() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$;
      create constraint trigger die after insert on "AuditErasure" deferrable initially deferred for each row execute function public.die()`);
    await expect(erase(person.userId)).rejects.toThrow();
    await world.sql('drop trigger die on "AuditErasure"; drop function public.die()');
    expect([await states(id), await linked(person.userId), (await erasures()).length]).toEqual([['erased'], 1, before]);
    // The confirmation is used up at the keyring; a new one is asked for, and does the rest.
    expect(await outcome(retention.erasePerson(world.owner, person.userId))).toBe('authz.step_up_required');
    expect(await erase(person.userId)).toBe(1);
    expect([await states(id), await linked(person.userId)]).toEqual([['erased'], 0]);
  });
});

describe('an export', () => {
  it('that is being written when somebody is erased begins anew, without them', async () => {
    const person = await world.join('developer');
    await renamed(person.userId);
    await world.sequence();
    const exports = await import('@/lib/audit-export');
    const id = await exports.requestExport(world.owner, { format: 'ndjson' });
    const jobs = await openJobs(world.exporterUrl, { waiting: () => undefined, lost: () => undefined });
    const job = (await jobs.claim())!;
    expect(job.id).toBe(id);
    await erase(person.userId);
    await expect(jobs.rows(job, job.from, 10, true)).rejects.toThrow('export.over');
    await expect(jobs.finish(job, { events: 1, bytes: 1, sha256: 'a'.repeat(64) })).rejects.toThrow();
    await jobs.release(job);
    await jobs.close();
    expect(await world.writeExport()).toBe(true);
    const { stream } = await exports.downloadExport(world.owner, id);
    const lines = (await new Response(stream()).text()).split('\n').filter((line) => line.includes('profile.renamed'));
    expect(lines.length).toBeGreaterThan(0);
    const last = JSON.parse(lines.at(-1)!);
    expect([last.personal, last.closed.before]).toEqual([{}, 'erased']);
  });
});

describe('a value that was on its way', () => {
  it('under a destroyed key cannot be read, and is overwritten', async () => {
    const person = await world.join('developer');
    await renamed(person.userId);
    await client.query('begin');
    const late = await renamed(person.userId);
    await erase(person.userId);
    await client.query('commit');
    expect([await states(late), await linked(person.userId)]).toEqual([['erased'], 1]);
    await world.keep();
    expect([await states(late), await linked(person.userId)]).toEqual([['erased'], 0]);
    // Once no process can hold the key, nothing says who it was.
    await world.sql(`update "AuditErasure" set "erasedAt" = "erasedAt" - interval '4 minutes'`);
    await world.keep();
    expect((await erasures()).filter(({ subject }) => subject !== null)).toEqual([]);
  });

  it('under a new key stays', async () => {
    const person = await world.join('developer');
    await renamed(person.userId);
    await erase(person.userId);
    const next = await renamed(person.userId);
    await world.keep();
    expect([await states(next), await linked(person.userId)]).toEqual([['present'], 1]);
  });
});
