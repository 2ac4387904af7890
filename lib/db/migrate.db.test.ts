import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCluster, type TestCluster } from '@/test/support/database';
import { query, sha256 } from '@/test/support/world';
import { diff } from './author';
import { expectEdge, openSetupLink } from './install';
import { migrate } from './migrate';

const passwords = { console: 'console-password-of-a-test', control: 'control-password-of-a-test' };
let cluster: TestCluster;
let directory: string;

beforeAll(async () => {
  cluster = await startCluster();
  directory = mkdtempSync(join(tmpdir(), 'cordon-migrations-'));
  cpSync('prisma/migrations', directory, { recursive: true });
});
afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  await cluster?.stop();
});

async function empty(name: string): Promise<string> {
  await cluster.server.ensureDatabase(name);
  return cluster.server.url(name);
}

describe('the migration runner', () => {
  it('applies everything once, also when several start together', async () => {
    const url = await empty('together');
    const results = await Promise.all([1, 2, 3].map(() => migrate({ url, passwords, proofKey: '00'.repeat(32) })));
    expect(results.filter((names) => names.length > 0)).toHaveLength(1);
    expect(await migrate({ url, passwords })).toEqual([]);
    const rows = await query<{ n: string }>(
      url,
      'select count(*) as n from public._prisma_migrations where finished_at is not null',
    );
    expect(Number(rows[0]!.n)).toBe(results.flat().length);
  });

  it('refuses a migration that was edited after it was applied', async () => {
    const url = await empty('edited');
    await migrate({ url, passwords, directory });
    const file = join(directory, '0001_tables/migration.sql');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, `${before}\n-- one more thought`);
    await expect(migrate({ url, passwords, directory })).rejects.toThrow(/edited afterwards: 0001_tables/);
    writeFileSync(file, before);
    await expect(migrate({ url, passwords, directory })).resolves.toEqual([]);
  });

  it('leaves nothing of a migration that fails half way', async () => {
    const url = await empty('half');
    cpSync(join(directory, '0001_tables'), join(directory, '0002_a'), { recursive: true });
    writeFileSync(join(directory, '0002_a/migration.sql'), 'create table half (a int); select 1 / 0;');
    await expect(migrate({ url, passwords, directory })).rejects.toThrow(/0002_a failed: division by zero/);
    expect(await query(url, `select to_regclass('half') as t`)).toEqual([{ t: null }]);
    rmSync(join(directory, '0002_a'), { recursive: true });
    expect((await migrate({ url, passwords, directory })).at(0)).toBe('0002_context');
  });

  it('works for an installer that is no superuser', async () => {
    const url = await empty('plain');
    await query(cluster.server.url('postgres'), `create role plain login createrole password 'plain'`);
    await query(
      cluster.server.url('postgres'),
      'grant cordon_owner, cordon_definer, cordon_console, cordon_control, cordon_mailer, cordon_sequencer, cordon_exporter, cordon_streamer, cordon_checker to plain with admin option',
    );
    await query(cluster.server.url('postgres'), 'alter database plain owner to plain');
    const plain = url.replace(/\/\/[^@]*@/, '//plain:plain@');
    expect((await migrate({ url: plain, passwords, proofKey: '00'.repeat(32) })).length).toBeGreaterThan(5);
  });

  it('changes the passwords of the login roles when it is given others', async () => {
    const url = await empty('passwords');
    await migrate({ url, passwords: { console: 'another-password-of-a-test', control: passwords.control } });
    const console_ = (password: string) => new pg.Client(url.replace(/\/\/[^@]*@/, `//cordon_console:${password}@`));
    const right = console_('another-password-of-a-test');
    await right.connect();
    await right.end();
    await expect(console_(passwords.console).connect()).rejects.toMatchObject({ code: '28P01' });
    await migrate({ url, passwords });
  });

  it('makes every table and column of the schema', async () => {
    const url = await empty('columns');
    await migrate({ url, passwords });
    const columns = await query<{ c: string }>(
      url,
      `select table_name || '.' || column_name as c from information_schema.columns where table_schema = 'public' and table_name <> '_prisma_migrations'`,
    );
    const wanted = [
      ...(await diff(undefined, readFileSync('prisma/schema.prisma', 'utf8'))).matchAll(
        /CREATE TABLE "(\w+)" \(([\s\S]*?)\n\);/g,
      ),
    ].flatMap(([, table, body]) => [...body!.matchAll(/^ {4}"(\w+)"/gm)].map(([, column]) => `${table}.${column}`));
    expect(wanted.length).toBeGreaterThan(150);
    expect(columns.map(({ c }) => c).sort()).toEqual(wanted.sort());
  });
});

describe('the installer', () => {
  it('opens set-up until there is an administrator, and then only to recover', async () => {
    const db = await cluster.database();
    const first = await openSetupLink(db.url.installer);
    const second = await openSetupLink(db.url.installer);
    const claim = (link: string | null, email: string) =>
      query(db.url.console, `select cordon.claim_setup($1, $2, $2 || '@example.com', 'Ada', 'hash')`, [link, email]);
    await expect(claim(first, 'usr_1')).rejects.toThrow('setup.closed');
    await claim(second, 'usr_1');
    await expect(claim(second, 'usr_2')).rejects.toThrow('setup.closed');
    expect(await openSetupLink(db.url.installer)).toBeNull();
    await claim(await openSetupLink(db.url.installer, { recover: true }), 'usr_2');
  });

  it('expects an edge and keeps only a hash of its token', async () => {
    const db = await cluster.database();
    const token = await expectEdge(db.url.installer, {
      name: 'eu-1',
      region: 'EU',
      url: 'http://localhost:1',
      relay: 'localhost:2',
    });
    const [row] = await query<{ joinHash: Buffer }>(db.url.control, 'select "joinHash" from "Edge" where "name" = $1', [
      'eu-1',
    ]);
    expect(row!.joinHash).toEqual(Buffer.from(sha256(token)));
  });
});
