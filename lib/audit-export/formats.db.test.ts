/** Files for a SIEM, and files that only an auditor's key opens, as they come out of the worker. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { host, openPack } from '@/lib/cli/audit-verify-source';
import { leafHash, parseVkey } from '@/lib/kernel/log';
import { verifyPack } from '@/lib/kernel/pack';
import { primitives } from '@/lib/primitives';
import { outcome } from '@/test/attacks/identity-world';
import { openWorld, type World } from '@/test/contract/world';
import { has } from '@/test/foreign/skip';
import { age } from '@/test/support/age';
import { ocsfFaults } from '@/test/support/ocsf-validator';
import { sweep } from './files';
import { type ExportRequest, type ExportView, FORMATS } from './schemas';
import { openJobs } from './worker/store';

let world: World;
let exports: typeof import('.');
let home: string;
let projectId: string;
const keys: { identity: string; recipient: string }[] = [];

beforeAll(async () => {
  world = await openWorld();
  home = process.env.CORDON_EXPORT_HOME!;
  exports = await import('.');
  const { createProject, renameProject } = await import('@/lib/projects');
  const created = await createProject(world.owner, { name: 'Ours', environment: 'development', fence: ['EU'] });
  projectId = created.project.id;
  for (let i = 0; i < 10; i++) await renameProject(world.owner, projectId, { name: `Ours ${i}` });
  await world.sequence();
  for (let i = 0; i < 3; i++) {
    const identity = await generateX25519Identity();
    keys.push({ identity, recipient: await identityToRecipient(identity) });
  }
});
afterAll(() => world?.stop());

async function exported(asked: ExportRequest): Promise<ExportView> {
  const id = await exports.requestExport(world.owner, asked);
  expect(await world.writeExport()).toBe(true);
  const view = (await exports.listExports(world.owner)).find((each) => each.id === id)!;
  expect(view).toMatchObject({ state: 'ready', problem: null });
  return view;
}

async function downloaded({ id }: ExportView): Promise<Buffer> {
  const { stream } = await exports.downloadExport(world.owner, id);
  return Buffer.from(await new Response(stream()).arrayBuffer());
}

type Json = Record<string, unknown>;
const linesOf = (file: Buffer) =>
  file
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Json);

const storedAs = (id: string, schema: string) =>
  world.sql<{ id: string; header: Buffer; index: string }>(
    `select e."id", e."header", l."index" from "AuditEvent" e left join "LogLeaf" l on l."eventId" = e."id"
      where e."objectId" = $1 and e."schema" = $2 order by l."index"`,
    [id, schema],
  );

describe('OCSF', () => {
  it('is valid line by line, with the place and the hash that the log holds', async () => {
    const view = await exported({ format: 'ocsf' });
    const lines = linesOf(await downloaded(view));
    expect([lines.length, view.events]).toEqual([view.size, view.size]);
    expect(lines.flatMap(ocsfFaults)).toEqual([]);
    const rows = await world.sql<{ entry: Buffer }>(
      `select e."entry" from "LogLeaf" l join "AuditEvent" e on e."id" = l."eventId" where l."log" = $1 order by l."index"`,
      [world.owner.organisationId],
    );
    const said = lines.map(({ unmapped }) => (unmapped as { attestation_list: Json[] }).attestation_list[0]);
    expect(said.map((each) => each!.uid)).toEqual(lines.map((_, i) => String(i)));
    expect(said.map((each) => (each!.fingerprint as Json).value)).toEqual(
      rows.slice(0, view.size).map(({ entry }) => Buffer.from(leafHash(primitives, entry)).toString('hex')),
    );
    expect(said[0]!.chain_uid).toBe(`localhost:3000/audit/${world.owner.organisationId}`);
    expect(said[0]!.signatures).toEqual([
      expect.objectContaining({ algorithm: 'Ed25519', developer_uid: expect.stringMatching(/\+[0-9a-f]{8}$/) }),
    ]);
  });

  it('has what the filter finds, in its class, and nothing that the reader may not see', async () => {
    const lines = linesOf(await downloaded(await exported({ format: 'ocsf', event: 'project.renamed' })));
    expect(lines.map(({ class_uid, activity_id }) => [class_uid, activity_id])).toEqual(lines.map(() => [3004, 3]));
    expect(lines.map(({ unmapped }) => (unmapped as { personal: Json }).personal.after)).toContain('Ours 7');
    await world.sql(`alter table "AuditValue" disable trigger user`);
    await world.sql(
      `update "AuditValue" set "sealed" = '\\xffffffffffffffff' || substr("sealed", 9)
        where "eventId" in (select "id" from "AuditEvent" where "schema" = 'project.created@1') and "subject" <> ''`,
    );
    await world.sql(`alter table "AuditValue" enable trigger user`);
    const [line] = linesOf(await downloaded(await exported({ format: 'ocsf', event: 'project.created' })));
    expect(line!.unmapped).toMatchObject({ closed: { 'actor.id': 'erased' } });
    expect(JSON.stringify(line)).not.toContain(world.owner.userId);
  });

  it('tells of an event that somebody changed as a finding, whatever the filter', async () => {
    const [row] = await storedAs(projectId, 'project.renamed@1');
    const put = async (header: Buffer) => {
      await world.sql(`alter table "AuditEvent" disable trigger user`);
      await world.sql(`update "AuditEvent" set "header" = $2 where "id" = $1`, [row!.id, header]);
      await world.sql(`alter table "AuditEvent" enable trigger user`);
    };
    await put(Buffer.from(row!.header.toString().replace('"success"', '"refused"')));
    const lines = linesOf(await downloaded(await exported({ format: 'ocsf', event: 'project.created' })));
    await put(row!.header);
    expect(lines.flatMap(ocsfFaults)).toEqual([]);
    expect(lines.filter(({ class_uid }) => class_uid === 2004)).toEqual([
      expect.objectContaining({
        severity_id: 5,
        unmapped: expect.objectContaining({ state: 'altered', index: Number(row!.index) }),
      }),
    ]);
  });
});

describe('an encrypted file', () => {
  it('says to whom, in its description and in its event, where it can be erased', async () => {
    const recipients = keys.slice(0, 2).map(({ recipient }) => recipient);
    const view = await exported({ format: 'ndjson', recipients });
    expect(view.encrypted).toBe(true);
    const file = await downloaded(view);
    expect(view).toMatchObject({ bytes: file.length, sha256: createHash('sha256').update(file).digest('hex') });
    expect(await exports.describeExport(world.owner, view.id)).toMatchObject({
      file: `${view.id}.ndjson.age`,
      encryption: { format: 'age', recipients },
    });
    const [event] = await storedAs(view.id, 'audit.exported@3');
    const header = event!.header.toString();
    expect(JSON.parse(header)).toMatchObject({ details: { encrypted: true, sha256: view.sha256 } });
    for (const recipient of recipients) expect(header).not.toContain(recipient);
    await world.sequence();
    const lines = linesOf(await downloaded(await exported({ format: 'ndjson', event: 'audit.exported' })));
    expect(lines.find(({ objectId }) => objectId === view.id)!.personal).toMatchObject({ recipients });
  });

  it('is not asked for with keys that are none', async () => {
    const ask = (recipients: string[]) => outcome(exports.requestExport(world.owner, { format: 'csv', recipients }));
    const { recipient } = keys[0]!;
    expect(await ask([`${recipient.slice(0, -1)}${recipient.endsWith('q') ? 'p' : 'q'}`])).toBe('export.recipient');
  });

  it('is not asked for by the console’s role with what is no key', async () => {
    const { organisationId, userId, secret } = world.auditor;
    const insert = (recipients: string[]) =>
      import('@/lib/db').then(({ asMember }) =>
        asMember(secret, organisationId, (tx) =>
          tx.execute(
            `insert into "AuditExport" ("id", "organisationId", "requestedById", "format", "filter", "recipients", "rangeFrom", "rangeTo", "size")
             values ('exp_${'a'.repeat(32)}', $1, $2, 'ndjson', '{}', $3::text[], 0, 1, (select max("size") from "LogCheckpoint"))`,
            [organisationId, userId, recipients],
          ),
        ).then(() => 'in', String),
      );
    const { recipient } = keys[0]!;
    for (const hostile of [['age1plugin'], ['-p'], [''], [recipient, ''], [`${recipient} x`], Array(9).fill(recipient)])
      expect(await insert(hostile), String(hostile)).toContain('AuditExport_recipients');
  });

  it('leaves nothing in the clear: neither when it is ready nor, after the next sweep, when its worker was killed', async () => {
    const view = await exported({ format: 'pack', recipients: [keys[0]!.recipient] });
    expect(readdirSync(home).filter((name) => name.startsWith(view.id))).toEqual([
      expect.stringMatching(/\.cordon-pack\.tar\.gz\.age$/),
    ]);
    for (const name of readdirSync(home).filter((each) => each.endsWith('.age')))
      expect(readFileSync(join(home, name)).subarray(0, 21).toString()).toBe('age-encryption.org/v1');
    const id = await exports.requestExport(world.owner, { format: 'pack', recipients: [keys[0]!.recipient] });
    const jobs = await openJobs(world.exporterUrl, { waiting: () => undefined, lost: () => undefined });
    const job = (await jobs.claim())!;
    const folder = join(home, `${id}-${job.tries}.work`);
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(join(folder, 'pack'), 'in the clear');
    await jobs.close();
    expect(await world.writeExport()).toBe(true);
    const again = await openJobs(world.exporterUrl, { waiting: () => undefined, lost: () => undefined });
    await sweep(home, () => again.kept());
    await again.close();
    expect(readdirSync(home).filter((name) => name.startsWith(id))).toEqual([
      expect.stringMatching(/\.cordon-pack\.tar\.gz\.age$/),
    ]);
    expect(statSync(home).mode & 0o777).toBe(0o700);
  });
});

describe.skipIf(!has('age', ['--version'], 'that a foreign program opens our encrypted exports'))(
  'Debian’s age',
  () => {
    it.each(FORMATS)('opens a file in %s with the auditor’s key and with no other', async (format) => {
      const view = await exported({ format, event: 'project', recipients: [keys[0]!.recipient, keys[1]!.recipient] });
      const file = await downloaded(view);
      expect(file.includes('Ours 7')).toBe(false);
      expect(age.open(file, keys[2]!.identity)).toBeNull();
      const plain = age.open(file, keys[1]!.identity)!;
      expect(age.open(file, keys[0]!.identity)!.equals(plain)).toBe(true);
      if (format !== 'pack') {
        expect(plain.includes('Ours 7')).toBe(true);
        return;
      }
      const path = join(home, 'opened.cordon-pack.tar.gz');
      writeFileSync(path, plain);
      const { vkeys } = await (await import('@/lib/transparency')).operatorLog();
      const result = await verifyPack(host, openPack(path), {
        keys: vkeys.map((vkey) => parseVkey(primitives, vkey)!),
        origin: `localhost:3000/audit/${world.owner.organisationId}`,
      });
      expect(result.ok && result.report.manifest.counts.events).toBe(view.events);
    });
  },
);
