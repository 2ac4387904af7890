import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { append, pseudonym } from '@/lib/audit';
import { openWitnesses, witnessOnce } from '@/lib/audit/witnesses/test-support';
import { host, openPack } from '@/lib/cli/audit-verify-source';
import { COSIGNATURE, formatVkey, parseVkey } from '@/lib/kernel/log';
import { type PackReport, parsePolicy, verifyPack } from '@/lib/kernel/pack';
import { primitives } from '@/lib/primitives';
import { readVerifier } from '@/lib/verifier';
import { formatPolicy } from '@/lib/witness';
import { outcome } from '@/test/attacks/identity-world';
import { type MemberCaller, openWorld, type World } from '@/test/contract/world';
import { signerOf } from '@/test/foreign/world';
import { query } from '@/test/support/world';
import { pathOf, sweep } from './files';
import type { ExportRequest, ExportView } from './schemas';
import { openJobs } from './worker/store';

let world: World;
let exports: typeof import('.');
let db: typeof import('@/lib/db');
let vkeys: string[];
let home: string;
let projectId: string;

beforeAll(async () => {
  world = await openWorld();
  home = process.env.CORDON_EXPORT_HOME!;
  exports = await import('.');
  db = await import('@/lib/db');
  const { createProject, renameProject } = await import('@/lib/projects');
  const fence = ['EU'] as 'EU'[];
  projectId = (await createProject(world.owner, { name: 'Ours', environment: 'development', fence })).project.id;
  const theirs = (await createProject(world.stranger, { name: 'Theirs', environment: 'development', fence })).project
    .id;
  for (let i = 0; i < 20; i++) {
    await renameProject(world.owner, projectId, { name: `Ours ${i}` });
    await renameProject(world.stranger, theirs, { name: `Theirs ${i}` });
  }
  await world.sequence();
  ({ vkeys } = await (await import('@/lib/transparency')).operatorLog());
});
afterAll(() => world?.stop());

/** Nothing is left for the next test to be counted, or worked on. */
afterEach(async () => {
  while (await world.writeExport());
});

const find = async (who: MemberCaller, id: string): Promise<ExportView> =>
  (await exports.listExports(who)).find((each) => each.id === id)!;

async function exported(who: MemberCaller, asked: ExportRequest): Promise<ExportView> {
  const id = await exports.requestExport(who, asked);
  expect(await world.writeExport()).toBe(true);
  return find(who, id);
}

const fileOf = async ({ id, format, encrypted }: Pick<ExportView, 'id' | 'format' | 'encrypted'>) => {
  const [row] = await world.sql<{ tries: number }>('select "tries" from "AuditExport" where "id" = $1', [id]);
  return pathOf(home, { id, format, encrypted, tries: row!.tries });
};

async function downloaded(who: MemberCaller, id: string): Promise<Buffer> {
  const { stream } = await exports.downloadExport(who, id);
  return Buffer.from(await new Response(stream()).arrayBuffer());
}

const linesOf = async (who: MemberCaller, asked: Omit<ExportRequest, 'format'> = {}) => {
  const { id } = await exported(who, { ...asked, format: 'ndjson' });
  const text = (await downloaded(who, id)).toString();
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
};

async function verified(view: ExportView): Promise<PackReport> {
  const keys = vkeys.map((vkey) => parseVkey(primitives, vkey)!);
  const origin = `localhost:3000/audit/${world.owner.organisationId}`;
  const result = await verifyPack(host, openPack(await fileOf(view)), { keys, origin });
  if (!result.ok) throw new Error(`${result.code} ${result.detail}`);
  return result.report;
}

async function packText(view: ExportView, file: string): Promise<string> {
  for await (const { name, data } of openPack(await fileOf(view)).files()) {
    if (name !== file) continue;
    const chunks: Uint8Array[] = [];
    for await (const chunk of data) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks).toString();
  }
  throw new Error(`the pack has no ${file}`);
}

const sizeOf = async (log: string) =>
  Number(
    (await world.sql<{ s: string }>('select max("size") as s from "LogCheckpoint" where "log" = $1', [log]))[0]!.s,
  );
const eventsOf = (id: string) =>
  world.sql<{ schema: string; header: Buffer; actor: string }>(
    `select "schema", "header", "actor" from "AuditEvent" where "objectType" = 'audit-export' and "objectId" = $1 order by "at", "id"`,
    [id],
  );
const past = (table: string, sql: string) =>
  world.sql(`alter table "${table}" disable trigger user; ${sql}; alter table "${table}" enable trigger user`);

describe('a pack', () => {
  it('of a filtered log verifies, with every event that matches and a stub of every other', async () => {
    const size = await sizeOf(world.owner.organisationId);
    const view = await exported(world.auditor, { format: 'pack', event: 'project.renamed', project: projectId });
    expect(view).toMatchObject({ state: 'ready', from: 0, to: size, size, events: 20, problem: null });
    const report = await verified(view);
    expect(report.manifest.counts).toEqual({ events: 20, stubs: size - 20 });
    expect(report.manifest.opened).toEqual(['schema', 'projectId']);
    expect(report.operator).not.toBeNull();
    expect(await packText(view, 'verify.html')).toBe(readVerifier().html.toString());
    for (const line of (await packText(view, 'stubs.ndjson')).split('\n').slice(0, -1))
      expect(Object.keys((JSON.parse(line) as { open: object }).open).sort()).toEqual(['projectId', 'schema']);
  });

  it('brings the operator’s checkpoint that witnesses cosigned, though newer ones are only signed', async () => {
    const around = await openWitnesses();
    try {
      const witness = await around.witness('w1', vkeys);
      const text = await witnessOnce(world.sql, [witness], around.root, 1);
      const policy = parsePolicy(primitives, text);
      if ('line' in policy) throw new Error('no policy');
      const size = await sizeOf('operator');
      await linesOf(world.owner);
      const view = await exported(world.owner, { format: 'pack' });
      await world.sequence();
      expect(await sizeOf('operator')).toBeGreaterThan(size);
      const keys = vkeys.map((vkey) => parseVkey(primitives, vkey)!);
      const result = await verifyPack(host, openPack(await fileOf(view)), { keys, policy });
      expect(result).toMatchObject({ ok: true, report: { witnessed: 'operator', operator: { checkpoint: { size } } } });
      const others = formatPolicy([{ vkey: formatVkey(signerOf('x.example', 9, COSIGNATURE).key), url: null }], 1);
      const unmet = parsePolicy(primitives, others);
      if ('line' in unmet) throw new Error('no policy');
      const refused = await verifyPack(host, openPack(await fileOf(view)), { keys, policy: unmet });
      expect(refused).toMatchObject({ ok: false, code: 'unwitnessed' });
    } finally {
      await around.close();
    }
  });

  it('of everything, and of a few places, verifies too', async () => {
    const all = await exported(world.owner, { format: 'pack' });
    expect((await verified(all)).manifest.counts).toEqual({ events: all.size, stubs: 0 });
    const few = await exported(world.owner, { format: 'pack', first: 5, end: 9, outcome: 'refused' });
    const { range, counts } = (await verified(few)).manifest;
    expect([range, counts]).toEqual([
      { from: 5, to: 9 },
      { events: 0, stubs: 4 },
    ]);
  });

  it('is of the log as it stood when it was asked for', async () => {
    const size = await sizeOf(world.owner.organisationId);
    const id = await exports.requestExport(world.owner, { format: 'pack' });
    await world.sequence();
    expect(await sizeOf(world.owner.organisationId)).toBeGreaterThan(size);
    await world.writeExport();
    const { manifest } = await verified(await find(world.owner, id));
    expect([manifest.checkpoint.size, manifest.range]).toEqual([size, { from: 0, to: size }]);
  });

  it('of the provider’s log verifies', async () => {
    await (await import('@/lib/audit-log')).readProviderLog(world.staff.secret, {});
    await world.sequence();
    const id = await exports.requestProviderExport(world.staff.secret, { format: 'pack', event: 'audit' });
    await world.writeExport();
    const view = (await exports.listProviderExports(world.staff.secret)).find((each) => each.id === id)!;
    expect(view.state).toBe('ready');
    const keys = vkeys.map((vkey) => parseVkey(primitives, vkey)!);
    const result = await verifyPack(host, openPack(await fileOf(view)), {
      keys,
      origin: 'localhost:3000/audit/provider',
    });
    expect(result.ok && result.report.manifest.counts.events).toBeGreaterThan(0);
  });
});

describe('what is in a file', () => {
  it('is of one organisation, whole', async () => {
    const lines = await linesOf(world.owner);
    expect(lines.map(({ index }) => index)).toEqual(Array.from({ length: lines.length }, (_, i) => i));
    expect(new Set(lines.map(({ organisationId }) => organisationId))).toEqual(new Set([world.owner.organisationId]));
    expect(new Set(lines.map(({ state }) => state))).toEqual(new Set(['intact']));
    const text = JSON.stringify(lines);
    expect(text).toContain('Ours 7');
    expect(text).not.toContain('Theirs');
    expect(text).not.toContain(world.stranger.userId);
  });

  it('is the same in CSV, and no cell is a formula', async () => {
    await db.asMember(world.owner.secret, world.owner.organisationId, (tx) =>
      append(tx, {
        schema: 'audit.read@1',
        outcome: 'success',
        actor: { kind: 'member', id: world.owner.userId },
        organisationId: world.owner.organisationId,
        object: { type: 'audit-log', id: '=HYPERLINK("http://evil.example","x")' },
        fields: { filters: [] },
      }),
    );
    await world.sequence();
    const view = await exported(world.owner, { format: 'csv' });
    const text = (await downloaded(world.owner, view.id)).toString();
    const rows = parse(text, { columns: true }) as Record<string, string>[];
    expect([rows.length, view.events]).toEqual([view.size, view.size]);
    expect(rows.filter(({ objectId }) => objectId?.includes('HYPERLINK')).map(({ objectId }) => objectId)).toEqual([
      `'=HYPERLINK("http://evil.example","x")`,
    ]);
    for (const row of rows) for (const cell of Object.values(row)) expect(cell).not.toMatch(/^[=+\-@\t\r\n]/);
  });

  it('has no value that was erased', async () => {
    const ours = world.owner.organisationId;
    const asked = { event: 'project.created' } as const;
    const pack = async () => packText(await exported(world.owner, { format: 'pack', ...asked }), 'events.ndjson');
    expect([JSON.stringify(await linesOf(world.owner, asked)), await pack()]).toEqual([
      expect.stringContaining(world.owner.userId),
      expect.stringContaining(world.owner.userId),
    ]);
    // As it is once the keyring has forgotten the key.
    await past(
      'AuditValue',
      `update "AuditValue" set "sealed" = '\\xffffffffffffffff' || substr("sealed", 9)
        where "organisationId" = '${ours}' and "subject" = '${world.owner.userId}'
          and "eventId" in (select "id" from "AuditEvent" where "schema" = 'project.created@1')`,
    );
    const [line] = await linesOf(world.owner, asked);
    expect(line!.closed).toEqual({ 'actor.id': 'erased' });
    expect(JSON.stringify(line)).not.toContain(world.owner.userId);
    expect(await pack()).not.toContain(world.owner.userId);
  });

  it('is what its event says, and its description', async () => {
    const view = await exported(world.auditor, { format: 'ndjson', event: 'project.renamed' });
    const bytes = await downloaded(world.owner, view.id);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect([view.sha256, view.bytes]).toEqual([sha256, bytes.length]);
    const events = await eventsOf(view.id);
    expect(events.map(({ schema }) => schema)).toEqual([
      'audit.export_requested@1',
      'audit.exported@3',
      'audit.downloaded@1',
    ]);
    expect((JSON.parse(events[1]!.header.toString()) as { details: object }).details).toEqual({
      format: 'ndjson',
      filters: ['schema'],
      count: 20,
      sha256,
      encrypted: false,
    });
    // Who asked is who exported.
    expect(events[1]!.actor).toBe(events[0]!.actor);
    expect(await exports.describeExport(world.owner, view.id)).toMatchObject({ events: 20, sha256, timezone: 'UTC' });
  });
});

describe('a row that somebody changed', () => {
  it('is shown as altered in lines, whatever the filter, and keeps a pack from being made, naming the place', async () => {
    const [row] = await world.sql<{ id: string; index: string; header: Buffer }>(
      `select e."id", l."index", e."header" from "AuditEvent" e join "LogLeaf" l on l."eventId" = e."id"
        where e."organisationId" = $1 and e."schema" = 'project.renamed@1' order by l."index" limit 1`,
      [world.owner.organisationId],
    );
    const place = Number(row!.index);
    const put = (header: Buffer) =>
      past('AuditEvent', `update "AuditEvent" set "header" = '\\x${header.toString('hex')}' where "id" = '${row!.id}'`);
    await put(Buffer.from(row!.header.toString().replace('"success"', '"refused"')));
    const lines = await linesOf(world.owner, { event: 'project.created' });
    expect(lines.filter(({ state }) => state === 'altered').map(({ index }) => index)).toEqual([place]);
    for (const asked of [{}, { outcome: 'success' as const }]) {
      const pack = await exported(world.owner, { format: 'pack', ...asked });
      expect([pack.state, pack.problem]).toEqual([
        'failed',
        expect.stringMatching(new RegExp(`^#${place}: .*not what the log holds`)),
      ]);
      expect((await eventsOf(pack.id)).at(-1)!.schema).toBe('audit.export_failed@1');
    }
    // What is only added is in no commitment, and could say of itself that it is another place, or intact.
    const added = '"index":0,"state":"intact","personal":{},';
    await put(Buffer.from(row!.header.toString().replace('{', `{${added}`)));
    const [line] = await linesOf(world.owner, { event: 'project.renamed' });
    expect(line).toMatchObject({ index: place, state: 'altered' });
    await put(row!.header);
    expect((await exported(world.owner, { format: 'pack' })).state).toBe('ready');
  });
});

describe('who may', () => {
  const asked = { format: 'ndjson' } as const;

  it('ask and download is decided by the role, each time', async () => {
    expect(await outcome(exports.requestExport(world.developer, asked))).toBe('authz.forbidden');
    expect(await outcome(exports.listExports(world.developer))).toBe('authz.forbidden');
    const { id } = await exported(world.owner, asked);
    expect(await outcome(exports.downloadExport(world.developer, id))).toBe('authz.forbidden');
    expect(await outcome(exports.downloadExport(world.stranger, id))).toBe('export.not_found');
    expect(await outcome(exports.describeExport(world.stranger, id))).toBe('export.not_found');
    expect(await outcome(exports.downloadProviderExport(world.staff.secret, id))).toBe('export.not_found');
    expect(await outcome(exports.downloadExport(world.owner, `${id}'`))).toBe('export.not_found');
    expect((await exports.listExports(world.stranger)).map((each) => each.id)).not.toContain(id);
    await world.sql(`update "User" set "staffRole" = 'support' where "id" = $1`, [world.staff.userId]);
    expect(await outcome(exports.requestProviderExport(world.staff.secret, asked))).toBe('authz.forbidden');
    await world.sql(`update "User" set "staffRole" = 'administrator' where "id" = $1`, [world.staff.userId]);
    expect((await eventsOf(id)).map(({ schema }) => schema)).not.toContain('audit.downloaded@1');
  });

  it('a job is not done for somebody who lost the right', async () => {
    const id = await exports.requestExport(world.auditor, asked);
    const role = (name: string) =>
      world.sql('update "Membership" set "role" = $2::"MemberRole" where "userId" = $1', [world.auditor.userId, name]);
    await role('developer');
    await world.writeExport();
    await role('auditor');
    expect(await find(world.owner, id)).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('may not export'),
    });
    expect(readdirSync(home).filter((name) => name.startsWith(id))).toEqual([]);
  });

  it('the worker’s role reads no table, and no log but that of the job it works on', async () => {
    const id = await exports.requestExport(world.auditor, asked);
    const ask = (sql: string, values: unknown[] = []) => query(world.exporterUrl, sql, values).then(() => 'in', String);
    for (const table of ['AuditEvent', 'AuditValue', 'AuditExport', 'LogTile', 'User'])
      expect(await ask(`select * from "${table}"`)).toContain('permission denied');
    const rows = 'select * from cordon.export_rows($1, 0, 10, true)';
    expect(await ask(rows, [id])).toContain('export.over');
    const jobs = await openJobs(world.exporterUrl, { waiting: () => undefined, lost: () => undefined });
    const job = (await jobs.claim())!;
    expect(await ask(rows, [id])).toBe('in');
    expect(job.id).toBe(id);
    const role = (name: string) =>
      world.sql('update "Membership" set "role" = $2::"MemberRole" where "userId" = $1', [world.auditor.userId, name]);
    await role('developer');
    expect(await ask(rows, [id])).toContain('export.closed');
    await role('auditor');
    expect(await ask(rows, [id])).toBe('in');
    await jobs.release(job);
    expect(await ask(rows, [id])).toContain('export.over');
    await jobs.close();
    await world.sql('update "AuditExport" set "nextTryAt" = now() where "id" = $1', [id]);
  });

  it('the worker’s role records nothing else, and for nobody else', async () => {
    const id = await exports.requestExport(world.owner, asked);
    const jobs = await openJobs(world.exporterUrl, { waiting: () => undefined, lost: () => undefined });
    const job = (await jobs.claim())!;
    expect(job.id).toBe(id);
    const done = { events: 0, bytes: 0, sha256: '0'.repeat(64) };
    const refused = /row-level security/;
    await expect(jobs.finish({ ...job, requestedById: world.auditor.userId }, done)).rejects.toThrow(refused);
    await expect(jobs.finish({ ...job, organisationId: world.stranger.organisationId }, done)).rejects.toThrow(refused);
    await expect(jobs.finish({ ...job, organisationId: null }, done)).rejects.toThrow(refused);
    await expect(jobs.finish({ ...job, id: `exp_${'0'.repeat(32)}` }, done)).rejects.toThrow(refused);
    const insert = (event: Record<string, unknown>) =>
      query(
        world.exporterUrl,
        `insert into "AuditEvent" ("id", "organisationId", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId", "header",
          "commitments", "seed", "entry")
         select gen_random_uuid(), $1, gen_random_uuid(), $2, 'success', $3, $4, $5, $6, '\\x00', '{}', uuid_send(gen_random_uuid()),
          substr(sha256('') || sha256(''), 1, 55)`,
        ['organisationId', 'schema', 'actorKind', 'actor', 'objectType', 'objectId'].map((name) => event[name]),
      );
    const { organisationId } = job;
    const own = {
      ...{ organisationId, schema: 'audit.exported@3', actorKind: 'member', objectType: 'audit-export', objectId: id },
      actor: pseudonym('member', world.owner.userId, organisationId, primitives),
    };
    for (const change of [
      { organisationId: world.stranger.organisationId },
      { organisationId: null },
      { schema: 'audit.read@1' },
      { actorKind: 'system' },
      { actor: pseudonym('member', world.auditor.userId, organisationId, primitives) },
      { objectType: 'project' },
      { objectId: `exp_${'0'.repeat(32)}` },
    ])
      await expect(insert({ ...own, ...change }), JSON.stringify(change)).rejects.toThrow(refused);
    await jobs.close();
  });

  it('the console’s role asks for nobody else, and makes nothing ready', async () => {
    const insert = (organisationId: string | null, userId: string, more = '') =>
      db
        .asMember(world.auditor.secret, world.auditor.organisationId, (tx) =>
          tx.execute(
            `insert into "AuditExport" ("id", "organisationId", "requestedById", "format", "filter", "rangeFrom", "rangeTo", "size"${more && ', "state"'})
             values ('exp_${'a'.repeat(32)}', $1, $2, 'ndjson', '{}', 0, 1, (select max("size") from "LogCheckpoint")${more})`,
            [organisationId, userId],
          ),
        )
        .then(() => 'in', String);
    const { organisationId, userId } = world.auditor;
    expect(await insert(world.stranger.organisationId, userId)).toContain('row-level security');
    expect(await insert(null, userId)).toContain('row-level security');
    expect(await insert(organisationId, world.owner.userId)).toContain('row-level security');
    expect(await insert(organisationId, userId, ", 'ready'")).toContain('permission denied');
    expect(await insert(organisationId, userId)).toBe('in');
  });
});

describe('asking', () => {
  it('is refused for places that are not covered, marks nobody can have, and a fourth at once', async () => {
    const ask = (more: Partial<ExportRequest>) =>
      outcome(exports.requestExport(world.owner, { format: 'csv', ...more }));
    const size = await sizeOf(world.owner.organisationId);
    for (const range of [{ first: size }, { end: size + 1 }, { first: 3, end: 3 }, { first: 4, end: 3 }])
      expect(await ask(range)).toBe('export.range');
    expect(await ask({ from: '2026-02-02', to: '2026-02-01' })).toBe('export.filter');
    expect([await ask({}), await ask({}), await ask({}), await ask({})]).toEqual(['in', 'in', 'in', 'export.too_many']);
  });
});

describe('a worker that is killed', () => {
  it('leaves a job that the next one writes again from its beginning, and whose remains are removed', async () => {
    const id = await exports.requestExport(world.owner, { format: 'pack' });
    const dead = await openJobs(world.exporterUrl, { waiting: () => undefined, lost: () => undefined });
    const job = (await dead.claim())!;
    const part = join(home, `${id}-${job.tries}.part`);
    writeFileSync(part, 'half of it');
    await dead.close();
    expect((await find(world.owner, id)).state).toBe('running');
    expect(await world.writeExport()).toBe(true);
    const view = await find(world.owner, id);
    expect(view.state).toBe('ready');
    await verified(view);
    await swept();
    expect([existsSync(part), existsSync(await fileOf(view))]).toEqual([false, true]);
    expect((await eventsOf(id)).filter(({ schema }) => schema === 'audit.exported@3')).toHaveLength(1);
  });

  it('in good order stops between pages, and leaves nothing', async () => {
    const id = await exports.requestExport(world.owner, { format: 'ndjson' });
    await expect(world.writeExport(() => true)).rejects.toMatchObject({ name: 'Interrupted' });
    expect(readdirSync(home).filter((name) => name.startsWith(id))).toEqual([]);
    expect(await world.writeExport()).toBe(true);
    expect((await find(world.owner, id)).state).toBe('ready');
  });

  it('again and again makes the job fail in the end', async () => {
    const id = await exports.requestExport(world.owner, { format: 'ndjson' });
    await world.sql('update "AuditExport" set "tries" = 6, "state" = \'running\' where "id" = $1', [id]);
    await world.writeExport();
    expect(await find(world.owner, id)).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('several times'),
    });
  });

  it('without the keyring tries later', async () => {
    const id = await exports.requestExport(world.owner, { format: 'pack' });
    await world.stopKeyring();
    expect(await world.writeExport()).toBe(true);
    await world.startKeyring();
    expect((await find(world.owner, id)).state).toBe('queued');
    expect(await world.writeExport()).toBe(false);
    await world.sql('update "AuditExport" set "nextTryAt" = now() where "id" = $1', [id]);
    expect(await world.writeExport()).toBe(true);
    expect((await find(world.owner, id)).state).toBe('ready');
  });
});

describe('the worker of a console', () => {
  it('begins as soon as it is asked, one of several, and stops', async () => {
    const said: string[] = [];
    let ready: (id: unknown) => void = () => undefined;
    const done = new Promise((resolve) => {
      ready = resolve;
    });
    const log = {
      info: (msg: string, fields?: { name?: unknown }) => {
        said.push(msg);
        if (msg === 'export.ready') ready(fields?.name);
      },
      warn: (msg: string) => void said.push(msg),
    };
    const workers = [exports.startExporter(log), exports.startExporter(log)];
    const id = await exports.requestExport(world.owner, { format: 'csv' });
    expect(await done).toBe(id);
    await Promise.all(workers.map((worker) => worker.stop()));
    expect(said).toEqual(['exporter.leads', 'export.ready']);
    expect((await find(world.owner, id)).state).toBe('ready');
  });

  it('does not begin without the verifier that every pack brings', () => {
    const nowhere = vi.spyOn(process, 'cwd').mockReturnValue('/nowhere');
    const log = { info: () => undefined, warn: () => undefined };
    expect(() => exports.startExporter(log)).toThrow('.build/verify.html is missing');
    nowhere.mockRestore();
  });
});

async function swept(): Promise<void> {
  const jobs = await openJobs(world.exporterUrl, { waiting: () => undefined, lost: () => undefined });
  await sweep(home, () => jobs.kept());
  await jobs.close();
}

describe('files', () => {
  it('are nobody else’s on the machine', async () => {
    const view = await exported(world.owner, { format: 'ndjson' });
    expect([statSync(home).mode & 0o777, statSync(await fileOf(view)).mode & 0o777]).toEqual([0o700, 0o600]);
  });

  it('are handed out for a day and then removed, and nothing else is', async () => {
    const view = await exported(world.owner, { format: 'ndjson' });
    const other = await exported(world.owner, { format: 'ndjson' });
    const foreign = join(home, 'notes.txt');
    writeFileSync(foreign, 'somebody else’s');
    const path = await fileOf(view);
    const left = Date.parse(view.expiresAt) - Date.now();
    expect(left).toBeGreaterThan(23.9 * 3_600_000);
    expect(left).toBeLessThan(24.1 * 3_600_000);
    await world.sql(`update "AuditExport" set "expiresAt" = now() where "id" = $1`, [view.id]);
    expect(await outcome(exports.downloadExport(world.owner, view.id))).toBe('export.not_ready');
    expect(existsSync(path)).toBe(true);
    await swept();
    expect([existsSync(path), existsSync(await fileOf(other)), existsSync(foreign)]).toEqual([false, true, true]);
    expect((await find(world.owner, view.id)).state).toBe('expired');
  });

  it('that are gone, or not as they were written, are said to be, and nothing is recorded', async () => {
    const view = await exported(world.owner, { format: 'ndjson' });
    writeFileSync(await fileOf(view), 'short');
    expect(await outcome(exports.downloadExport(world.owner, view.id))).toBe('export.elsewhere');
    expect((await eventsOf(view.id)).map(({ schema }) => schema)).not.toContain('audit.downloaded@1');
  });
});
