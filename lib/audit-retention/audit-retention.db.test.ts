import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { append, CLASSES, classOf, DEFAULT_MONTHS, EVENTS, MONTHS } from '@/lib/audit';
import { host, openPack } from '@/lib/cli/audit-verify-source';
import { parseVkey } from '@/lib/kernel/log';
import { verifyPack } from '@/lib/kernel/pack';
import { primitives } from '@/lib/primitives';
import { outcome } from '@/test/attacks/identity-world';
import { type MemberCaller, openWorld, type World } from '@/test/contract/world';
import { query } from '@/test/support/world';

let world: World;
let second: MemberCaller;
let retention: typeof import('.');
let transparency: typeof import('@/lib/transparency');
let exports: typeof import('@/lib/audit-export');
let auditLog: typeof import('@/lib/audit-log');
let db: typeof import('@/lib/db');

beforeAll(async () => {
  world = await openWorld();
  second = await world.join('administrator');
  [retention, transparency, exports, auditLog, db] = await Promise.all([
    import('.'),
    import('@/lib/transparency'),
    import('@/lib/audit-export'),
    import('@/lib/audit-log'),
    import('@/lib/db'),
  ]);
});
afterAll(() => world?.stop());

/** What tests leave behind of holds and proposals would refuse the next one's. */
beforeEach(async () => {
  await world.sql(
    `update "AuditHold" set "releaseAskedById" = 'a', "releasedById" = 'b', "releasedAt" = now() where "releasedAt" is null`,
  );
  await world.sql(`update "AuditPruning" set "state" = 'withdrawn' where "state" in ('proposed', 'approved')`);
});

const YEAR = 365 * 86_400_000;
const log = () => world.owner.organisationId;
const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
const today = new Date().toISOString().slice(0, 10);

/** Records of long ago: written by the installer, whom no policy holds to the clock. */
async function old(count: number, yearsAgo: number, schema: 'audit.read@1' | 'project.renamed@1', subject?: string) {
  const { onConnection } = await import('@/lib/db/control');
  const pg = await import('pg');
  const client = new pg.default.Client(world.installerUrl);
  await client.connect();
  const ids: string[] = [];
  try {
    await client.query('begin');
    for (let i = 0; i < count; i++) {
      const at = Date.now() - yearsAgo * YEAR + i * 1000;
      const about = {
        outcome: 'success',
        organisationId: log(),
        actor: { kind: 'member', id: world.owner.userId },
      } as const;
      const id =
        schema === 'audit.read@1'
          ? await append(
              onConnection(client),
              { ...about, schema, object: { type: 'audit-log', id: log() }, fields: { filters: [] } },
              at,
            )
          : await append(
              onConnection(client),
              {
                ...about,
                schema,
                object: { type: 'project', id: 'prj_x' },
                fields: { before: `Canary ${i}`, after: 'B' },
                ...(subject ? { subject } : {}),
              },
              at,
            );
      ids.push(id);
    }
    await client.query('commit');
  } finally {
    await client.end();
  }
  return ids;
}

const stored = async (ids: string[]) =>
  (await world.sql<{ id: string }>('select "id" from "AuditEvent" where "id" = any($1::uuid[])', [ids])).length;
const recorded = (schema: string) =>
  world.sql<{ header: string }>(
    `select convert_from("header", 'UTF8') as header from "AuditEvent" where "schema" = $1 order by "at" desc, "id" desc`,
    [schema],
  );
const details = async (schema: string) => JSON.parse((await recorded(schema))[0]!.header).details;

async function prune(classes: ('activity' | 'configuration')[] = ['activity'], before = today): Promise<string> {
  const id = await world.confirmed(world.owner, () => retention.proposePruning(world.owner, { classes, before }));
  await world.confirmed(second, () => retention.approvePruning(second, id));
  return id;
}

describe('classes of records', () => {
  it('are the same in the database', async () => {
    const names = [...Object.keys(EVENTS), 'production.granted@1', 'audit.pruned@7', 'certificate.revealed@2'];
    const rows = await world.sql<{ name: string; class: string }>(
      'select name, cordon.audit_class(name) as class from unnest($1::text[]) name',
      [names],
    );
    expect(rows.map(({ name, class: of }) => [name, of])).toEqual(names.map((name) => [name, classOf(name)]));
    expect(classOf('production.granted@1')).toBe('access');
    const months = await world.sql<{ class: string; months: number | null }>(
      'select class, cordon.default_months(class) as months from unnest($1::text[]) class',
      [[...CLASSES]],
    );
    expect(Object.fromEntries(months.map((row) => [row.class, row.months]))).toEqual({
      ...DEFAULT_MONTHS,
      keeping: null,
    });
  });
});

describe('periods', () => {
  it('become longer at once, shorter only when confirmed, and never shorter than a year', async () => {
    expect(await retention.setRetention(world.owner, 'activity', 24)).toBe(true);
    expect(await outcome(retention.setRetention(world.owner, 'activity', 13))).toBe('authz.step_up_required');
    await world.confirmed(world.owner, () => retention.setRetention(world.owner, 'activity', 13));
    expect(await details('audit.retention_changed@1')).toEqual({ class: 'activity', before: 24, after: 13 });
    await expect(
      world.confirmed(world.owner, () => retention.setRetention(world.owner, 'activity', MONTHS.least - 1)),
    ).rejects.toThrow('AuditRetention_months');
    expect(await outcome(retention.setRetention(world.auditor, 'activity', 30))).toBe('authz.forbidden');
    const view = await retention.readKeeping(world.auditor);
    expect(view.classes.map(({ class: name, months }) => [name, months])).toEqual([
      ['access', 72],
      ['security', 36],
      ['configuration', 72],
      ['activity', 13],
      ['keeping', null],
    ]);
  });
});

describe('holds', () => {
  it('are set by one and released by two', async () => {
    const id = await retention.setHold(world.owner, {
      kind: 'log',
      target: undefined,
      from: undefined,
      to: undefined,
      reason: 'Suit 12/4',
    });
    expect(await outcome(retention.releaseHold(world.owner, id))).toBe('authz.step_up_required');
    expect(await world.confirmed(world.owner, () => retention.releaseHold(world.owner, id))).toBe('asked');
    expect(await outcome(retention.releaseHold(world.owner, id))).toBe('hold.own');
    expect(await outcome(retention.releaseHold(world.stranger, id))).toBe('hold.not_found');
    expect(await outcome(retention.releaseHold(world.developer, id))).toBe('authz.forbidden');
    expect(await world.confirmed(second, () => retention.releaseHold(second, id))).toBe('released');
    expect(await outcome(retention.releaseHold(second, id))).toBe('hold.released');
    const [hold] = (await retention.readKeeping(world.auditor)).holds;
    expect(hold).toMatchObject({ id, setBy: { id: world.owner.userId }, releasedBy: { id: second.userId } });
  });

  it.each([
    ['the whole log', () => ({ kind: 'log' as const })],
    ['a project', () => ({ kind: 'project' as const, target: 'prj_x' })],
    ['a person', () => ({ kind: 'person' as const, target: world.owner.userId })],
    ['a range of time', () => ({ kind: 'time' as const, from: '2000-01-01', to: tomorrow })],
  ])('on %s keep its records', async (_what, hold) => {
    const ids = await old(3, 8, 'project.renamed@1');
    await world.sequence();
    const id = await prune(['configuration']);
    // Set after it was approved, and before it is done.
    await retention.setHold(world.owner, {
      target: undefined,
      from: undefined,
      to: undefined,
      ...hold(),
      reason: 'Held',
    });
    await world.keep();
    expect(await stored(ids)).toBe(3);
    const [pruning] = await world.sql<{ state: string; pruned: string; held: string }>(
      'select "state", "pruned", "held" from "AuditPruning" where "id" = $1',
      [id],
    );
    expect(pruning).toMatchObject({ state: 'done', pruned: '0' });
    expect(Number(pruning!.held)).toBeGreaterThanOrEqual(3);
  });
});

describe('a pruning', () => {
  it('takes what is past its period, in batches that may be killed, and leaves every proof', async () => {
    // A quiet beginning of the log goes as a whole; then records of other classes lie between.
    const reads = await old(30, 3, 'audit.read@1');
    const renames = await old(5, 3, 'project.renamed@1');
    const more = await old(300, 2, 'audit.read@1');
    const young = await old(3, 1, 'audit.read@1');
    await world.sequence();
    const before = await proofs(young);
    const id = await prune();
    const { expected } = await details('audit.pruning_proposed@1');
    expect(expected).toBeGreaterThanOrEqual(330);

    // Killed between batches, and within one.
    const client = new (await import('pg')).default.Client(world.controlUrl);
    await client.connect();
    await client.query('select * from cordon.prune_batch($1, 40)', [id]);
    await client.query('begin');
    await client.query('select * from cordon.prune_batch($1, 40)', [id]);
    await client.end();
    await world.keep(64);

    expect(await stored([...reads, ...more])).toBe(0);
    expect(await stored([...renames, ...young])).toBe(8);
    const done = await details('audit.pruned@1');
    expect(done).toMatchObject({ classes: ['activity'], pruned: expected, held: 0 });
    expect(
      await world.sql('select 1 from "AuditValue" where "eventId" = any($1::uuid[])', [[...reads, ...more]]),
    ).toEqual([]);

    await world.sequence();
    expect(await proofs(young)).toBe(before);
    const rows = await world.sql<{ index: string }>(
      'select "index" from "LogLeaf" where "eventId" = any($1::uuid[]) order by 1',
      [renames],
    );
    const place = Number(rows[0]!.index);
    // Bundles with survivors are whole, and their entries are those of the tiles.
    const bundle = await transparency.readTile(
      world.owner,
      `tile/entries/${String(Math.floor(place / 256)).padStart(3, '0')}${await partOf(place)}`,
    );
    expect(bundle.length).toBeGreaterThan(0);
    expect(await outcome(transparency.exportProof(world.owner, reads[0]!))).toBe('proof.pruned');
    expect((await transparency.exportProof(world.owner, young[0]!)).text).toContain('c2sp.org/tlog-proof@v1');

    const page = await auditLog.readAuditLog(world.owner, {});
    expect(page.log.pruned.minimum + page.log.pruned.later).toBeGreaterThanOrEqual(expected);
  });

  it('is listed by exports, and makes a pack say which range is whole', async () => {
    await old(2, 3, 'audit.read@1');
    const [last] = await old(1, 1, 'project.renamed@1');
    await world.sequence();
    await prune();
    await world.keep();
    await world.sequence();
    const lines = (await exported({ format: 'ndjson' })).text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ state }) => state === 'pruned').length).toBeGreaterThanOrEqual(2);
    expect(lines.filter(({ state }) => state === 'missing')).toEqual([]);
    const refused = await exported({ format: 'pack' });
    expect(refused).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('From this place on the range is whole'),
    });
    const first = Number(/^#(\d+)/.exec(refused.problem!)![1]);
    const [{ index } = { index: '' }] = await world.sql<{ index: string }>(
      'select "index" from "LogLeaf" where "eventId" = $1',
      [last],
    );
    expect(first).toBe(Number(index));
    const whole = await exported({ format: 'pack', first });
    expect(whole).toMatchObject({ state: 'ready', from: first });
    const { vkeys } = await transparency.operatorLog();
    const result = await verifyPack(host, openPack(whole.path!), {
      keys: vkeys.map((vkey) => parseVkey(primitives, vkey)!),
      origin: `localhost:3000/audit/${log()}`,
    });
    expect(result.ok).toBe(true);
    expect(await exported({ format: 'pack', end: first })).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('ends with records'),
    });
  });

  it('of a beginning is published as a minimum index, and its bundles are gone', async () => {
    const staffLog = { kind: 'staff' as const, secret: world.staff.secret };
    const colleague = await world.employ('security');
    const keeper = { ...staffLog };
    const insert = `insert into "AuditEvent" ("id", "organisationId", "at", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId",
      "header", "commitments", "seed", "entry") select gen_random_uuid(), null, now() - interval '5 years', gen_random_uuid(), 'audit.read@1', 'success', 'system', 'a', 't', 'o',
      '\\x00', '{}', uuid_send(gen_random_uuid()), substr(sha256(uuid_send(gen_random_uuid())) || sha256(uuid_send(gen_random_uuid())), 1, 55) from generate_series(1, 600)`;
    await world.sql(insert);
    await world.sequence();
    const [first] = await world.sql<{ index: number }>(
      `select min("index")::int as index from "LogLeaf" l join "AuditEvent" e on e."id" = l."eventId" where l."log" = 'provider' and e."schema" = 'audit.read@1'`,
    );
    const tile = await transparency.readTile(staffLog, 'tile/0/001');
    // Whatever stands before it in this log must be old as well for the beginning to go.
    await world.sql(`alter table "AuditEvent" disable trigger user; update "AuditEvent" set "at" = now() - interval '5 years', "schema" = 'audit.read@1' where "organisationId" is null;
      alter table "AuditEvent" enable trigger user`);
    expect(first!.index).toBeGreaterThanOrEqual(0);
    const id = await world.confirmed(world.staff, () =>
      retention.proposePruning(keeper, { classes: ['activity'], before: today }),
    );
    await world.confirmed(colleague, () => retention.approvePruning({ kind: 'staff', secret: colleague.secret }, id));
    await world.keep();
    const view = await retention.readKeeping(keeper);
    expect(view.pruned.minimum).toBeGreaterThanOrEqual(600);
    expect(await outcome(transparency.readTile(staffLog, 'tile/entries/000'))).toBe('log.pruned');
    expect(await outcome(transparency.readTile(staffLog, 'tile/entries/001'))).toBe('log.pruned');
    expect(Buffer.from(await transparency.readTile(staffLog, 'tile/0/001')).equals(Buffer.from(tile))).toBe(true);
    // No rows are left of bundles that are gone as a whole; those of the last one are kept with their entries.
    const [lowest] = await world.sql<{ lowest: string }>(
      `select min("index") as lowest from "LogPruned" where "log" = 'provider'`,
    );
    expect(Number(lowest!.lowest)).toBe(Math.floor(view.pruned.minimum / 256) * 256);
  });

  it('does not take what is not what the log holds', async () => {
    const [altered, honest] = await old(2, 3, 'audit.read@1');
    await world.sequence();
    await world.sql(`alter table "AuditEvent" disable trigger user;
      update "AuditEvent" set "entry" = substr(sha256('x') || sha256('y'), 1, 55) where "id" = '${altered}'; alter table "AuditEvent" enable trigger user`);
    await prune();
    await world.keep();
    expect([await stored([altered!]), await stored([honest!])]).toEqual([1, 0]);
  });
});

describe('the log of an organisation that is no more', () => {
  it('hangs on no key of another table', async () => {
    const rows = await world.sql(
      `select conrelid::regclass::text as t from pg_constraint where contype = 'f'
         and (conrelid::regclass::text ~ '"(AuditEvent|AuditValue|Log)' or confrelid::regclass::text ~ '"(AuditEvent|AuditValue|Log)')`,
    );
    expect(rows).toEqual([]);
  });

  it('is still served, to the provider', async () => {
    const gone = world.stranger.organisationId;
    await db.asMember(world.stranger.secret, gone, (tx) =>
      append(tx, {
        schema: 'organisation.renamed@1',
        outcome: 'success',
        organisationId: gone,
        actor: { kind: 'member', id: world.stranger.userId },
        object: { type: 'organisation', id: gone },
        fields: { before: 'A', after: 'B' },
      }),
    );
    await world.sequence();
    const note = Buffer.from(await transparency.readCheckpoint(world.stranger));
    const reader = { kind: 'staff' as const, secret: world.staff.secret, orphan: gone };
    expect(await outcome(transparency.readCheckpoint(reader))).toBe('log.not_found');
    // An organisation keeps an owner by a trigger; whoever owns the database can be rid of that too.
    await world.sql(
      `alter table "Membership" disable trigger user; delete from "Membership" where "organisationId" = '${gone}'; alter table "Membership" enable trigger user`,
    );
    await world.sql('delete from "Organisation" where "id" = $1', [gone]);
    expect(await outcome(transparency.readCheckpoint(world.stranger))).toBe('organisation.not_found');
    expect(Buffer.from(await transparency.readCheckpoint(reader)).equals(note)).toBe(true);
    const size = Number(note.toString().split('\n')[1]);
    expect((await transparency.readTile(reader, `tile/0/000.p/${size}`)).length).toBe(size * 32);
    expect((await transparency.readTile(reader, `tile/entries/000.p/${size}`)).length).toBe(size * 57);
    // What belongs to an organisation that exists stays closed.
    expect(await outcome(transparency.readCheckpoint({ ...reader, orphan: log() }))).toBe('log.not_found');
    const [count] = await query<{ n: string }>(world.consoleUrl, `select count(*) as n from "AuditEvent"`);
    expect(count!.n).toBe('0');
  });
});

/** Proofs that hold whatever was pruned: inclusion hashes for these events, under the same checkpoint size. */
async function proofs(ids: string[]): Promise<string> {
  const rows = await world.sql<{ hashes: string }>(
    `select encode(substr(t."hashes", (l."index" % 256)::int * 32 + 1, 32), 'hex') as hashes from "LogLeaf" l join "LogTile" t
      on t."log" = l."log" and t."level" = 0 and t."n" = l."index" / 256 where l."eventId" = any($1::uuid[]) order by l."index"`,
    [ids],
  );
  for (const id of ids) expect((await transparency.exportProof(world.owner, id)).text).toContain('index ');
  return rows.map(({ hashes }) => hashes).join();
}

async function partOf(place: number): Promise<string> {
  const size = Number(
    (await world.sql<{ s: string }>('select max("size") as s from "LogCheckpoint" where "log" = $1', [log()]))[0]!.s,
  );
  const width = Math.min(256, size - Math.floor(place / 256) * 256);
  return width === 256 ? '' : `.p/${width}`;
}

async function exported(asked: { format: 'pack' | 'ndjson'; first?: number; end?: number }) {
  const id = await exports.requestExport(world.owner, asked);
  await world.writeExport();
  const view = (await exports.listExports(world.owner)).find((each) => each.id === id)!;
  if (view.state !== 'ready') return { ...view, text: '', path: null };
  const { stream } = await exports.downloadExport(world.owner, id);
  const bytes = Buffer.from(await new Response(stream()).arrayBuffer());
  const [row] = await world.sql<{ tries: number }>('select "tries" from "AuditExport" where "id" = $1', [id]);
  const { pathOf } = await import('@/lib/audit-export/files');
  const path = pathOf(process.env.CORDON_EXPORT_HOME!, {
    id,
    format: asked.format,
    tries: row!.tries,
    encrypted: false,
  });
  return { ...view, text: asked.format === 'pack' ? '' : bytes.toString(), path };
}
