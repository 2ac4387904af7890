import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keyringIn } from '@/lib/audit/sequencer/test-support';
import { cloneWorld, type LogWorld, openLogWorld, THEM, US } from '@/test/attacks/log-world';
import { startCluster, type TestCluster } from '@/test/support/database';
import { addMember, addPerson, query } from '@/test/support/world';
import { openChecker } from '../fsck';
import { Checks } from './run';

let cluster: TestCluster;
let original: LogWorld;
let world: Awaited<ReturnType<typeof cloneWorld>>;
let pool: pg.Pool;
let checker: pg.Client;
let checks: Checks;
/** Of control: skewed, and what of the keyring. */
let skew: number;
const random = { next: 0 };

beforeAll(async () => {
  cluster = await startCluster();
  original = await openLogWorld(await cluster.database());
  // Two tiles and a bit.
  await original.grow(520, 130);
});
afterAll(async () => {
  await original?.stop();
  await cluster?.stop();
});
beforeEach(async () => {
  world = await cloneWorld(original);
  skew = 0;
  random.next = 0;
  world.keyring.clock.now = Date.now();
  pool = new pg.Pool({ connectionString: world.db.url.control, max: 2 });
  checker = await openChecker(world.db.url.checker);
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const keyring = keyringIn(world.keyring);
  checks = new Checks({
    checkerUrl: world.db.url.checker,
    pool,
    keyring: {
      call: async (operation, input) => {
        world.keyring.clock.now = Date.now();
        return await keyring.call(operation, input);
      },
    },
    log: quiet,
    clock: { now: () => Date.now() + skew },
    random: () => random.next,
  });
});
afterEach(async () => {
  await checker.end();
  await pool.end();
  await world.drop();
});

const sql = <T extends pg.QueryResultRow>(text: string) => query<T>(world.db.url.installer, text);
const states = async () =>
  (
    await sql<{
      is: string;
    }>(`select "log" || ' ' || "kind" || ' ' || "state" || coalesce(' ' || "code" || ' ' || coalesce("place", -1), '') as is
    from "LogCheck" order by 1`)
  ).map((row) => row.is);
const events = async () =>
  (
    await sql<{ is: string }>(`select coalesce("organisationId", 'provider') || ' ' || "schema" || ' ' ||
      ((convert_from("header", 'UTF8')::jsonb) #>> '{details,code}') as is from "AuditEvent" where "schema" like 'audit.check%' order by "xid", 1`)
  ).map((row) => row.is);
const damage = (index: number) =>
  world.asOwner(`update "AuditEvent" e set "seed" = set_bit(e."seed", 1, 1 - get_bit(e."seed", 1)) from "LogLeaf" l
    where l."log" = '${US}' and l."index" = ${index} and e."xid" = l."xid" and e."id" = l."eventId"`);

describe('each minute', () => {
  it('finds whole logs whole, and says nothing of it', async () => {
    await checks.minute(checker);
    expect(await states()).toEqual([
      'operator spot whole',
      `${THEM} spot whole`,
      `${US} spot whole`,
      'provider clock whole',
      'provider spot whole',
    ]);
    expect(await events()).toEqual([]);
  });

  it('finds what changed in the newest tile, tells it once to provider and customer, and again when it is right', async () => {
    await damage(515);
    await checks.minute(checker);
    await checks.minute(checker);
    expect(await states()).toContain(`${US} spot failed event 515`);
    const failed = ['audit.check_failed@1 event', 'audit.check_failed@1 event'];
    expect(await events()).toEqual([`${US} ${failed[0]}`, `provider ${failed[1]}`]);
    await damage(515);
    await checks.minute(checker);
    expect(await states()).toContain(`${US} spot whole`);
    expect((await events()).slice(2).sort()).toEqual([
      `${US} audit.check_recovered@1 event`,
      'provider audit.check_recovered@1 event',
    ]);
  });

  it('finds what changed in a tile it happens to look at, and keeps an eye on it', async () => {
    await damage(300);
    await checks.minute(checker);
    expect(await states()).toContain(`${US} spot whole`);
    random.next = 0.5;
    await checks.minute(checker);
    expect(await states()).toContain(`${US} spot failed event 300`);
    random.next = 0;
    await checks.minute(checker);
    expect(await states()).toContain(`${US} spot failed event 300`);
  });

  it.each([
    ['a missing tile', `delete from "LogTile" where "log" = '${US}' and "level" = 0 and "n" = 2`, 'tile 512'],
    [
      'a missing event',
      `delete from "AuditEvent" e using "LogLeaf" l where l."log" = '${US}' and l."index" = 514 and e."id" = l."eventId"`,
      'missing 514',
    ],
    [
      'a forged note',
      `update "LogCheckpoint" set "note" = substr("note", 1, 80) where "log" = '${US}' and "size" = 520`,
      'signature -1',
    ],
  ])('finds %s', async (_, change, found) => {
    await world.asOwner(change);
    await checks.minute(checker);
    expect(await states()).toContain(`${US} spot failed ${found}`);
  });

  it('finds a clock that is off by more than two seconds, and says how long it was', async () => {
    skew = 1_500;
    await checks.minute(checker);
    expect(await states()).toContain('provider clock whole');
    skew = 60_000;
    await checks.minute(checker);
    expect((await states()).join()).toMatch(/provider clock failed clock\.(database|keyring) -1/);
    skew = 0;
    await sql(
      `update "LogCheck" set "since" = "since" - interval '5 minutes' - interval '60 seconds' where "kind" = 'clock'`,
    );
    await checks.minute(checker);
    const [recovered] = await sql<{ seconds: number }>(
      `select ((convert_from("header", 'UTF8')::jsonb) #>> '{details,seconds}')::int as seconds from "AuditEvent" where "schema" = 'audit.check_recovered@1'`,
    );
    expect(recovered!.seconds).toBeGreaterThanOrEqual(299);
    expect(recovered!.seconds).toBeLessThan(400);
  });
});

describe('each night', () => {
  it('everything is looked at, and each log has its own result', async () => {
    await damage(3);
    await world.asOwner(
      `update "AuditEvent" e set "actor" = 'x' from "LogLeaf" l where l."log" = 'provider' and l."index" = 9 and e."id" = l."eventId"`,
    );
    await checks.full(checker);
    expect(await states()).toEqual([
      'operator full whole',
      `${THEM} full whole`,
      `${US} full failed event 3`,
      'provider full failed columns 9',
    ]);
  });

  it('it ends when it is told, and has then found nothing', async () => {
    await expect(checks.full(checker, () => true)).rejects.toThrow('stopped');
    expect(await states()).toEqual([]);
  });
});

describe('each day', () => {
  it('the day before is reviewed once in every log that there was, with what was out of the ordinary', async () => {
    await checks.review(checker);
    expect(await sql(`select 1 from "LogCheck"`)).toEqual([]);
    skew = 86_400_000;
    await world.asOwner(`update "AuditEvent" set "outcome" = 'refused' where "organisationId" = '${US}'`);
    await Promise.all([checks.review(checker), checks.review(checker)]);
    await checks.review(checker);
    const found = await sql<{ log: string | null; details: { events: number; findings: string[] } }>(
      `select "organisationId" as log, (convert_from("header", 'UTF8')::jsonb) -> 'details' as details from "AuditEvent"
        where "schema" = 'audit.reviewed@1' order by 1`,
    );
    expect(found.map(({ log, details }) => [log, details.events, details.findings])).toEqual([
      [THEM, 520, []],
      [US, 520, ['refusals']],
      [null, 520, []],
    ]);
  });
});

describe('a failure', () => {
  it('is told to those who look after it', async () => {
    const [security, viewer, owner, stranger] = [
      await addPerson(world.db, 'staff', 'security'),
      await addPerson(world.db, 'staff', 'support'),
      await addPerson(world.db, 'customer'),
      await addPerson(world.db, 'customer'),
    ];
    for (const [id, who] of [
      [US, owner],
      [THEM, stranger],
    ] as const) {
      await sql(`insert into "Organisation" ("id", "name", "slug") values ('${id}', '${id}', '${id}')`);
      await addMember(world.db, id, who, 'owner');
    }
    await damage(515);
    await checks.minute(checker);
    const told = await sql<{ userId: string; kind: string }>('select "userId", "kind" from "Notice"');
    expect(told.map(({ userId }) => userId).sort()).toEqual([security.id, owner.id].sort());
    expect(told[0]!.kind).toBe('audit.check-failed');
    expect(viewer.id).not.toBe(stranger.id);
    for (const url of [world.db.url.console, world.db.url.checker])
      await expect(query(url, `select cordon.notify_check('${US}', '{}')`)).rejects.toThrow('permission denied');
  });
});
