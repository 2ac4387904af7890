import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { append, type EventLeaf, knownShapes, recordsOf } from '@/lib/audit';
import { fsck, openChecker, openSigned } from '@/lib/audit/fsck';
import { entryOfRow } from '@/lib/audit/leaf';
import { Growth } from '@/lib/audit/sequencer/growth';
import { signGrown } from '@/lib/audit/sequencer/sign';
import { step } from '@/lib/audit/sequencer/step';
import { connect, keyringIn } from '@/lib/audit/sequencer/test-support';
import { begin } from '@/lib/audit/sequencer/worker';
import { host } from '@/lib/cli/audit-verify-source';
import { onConnection } from '@/lib/db/control';
import { fromUtf8 } from '@/lib/kernel/encoding';
import {
  formatProofFile,
  HASH_BYTES,
  inclusionProof,
  openingLine,
  openingOf,
  parseVkey,
  rangeProof,
  type SubtreeReader,
  tileReader,
} from '@/lib/kernel/log';
import { buildPack, type Spool, verifyPack } from '@/lib/kernel/pack';
import { openContext } from '@/lib/keyring/open';
import { logVkey } from '@/lib/keyring/operations/log';
import { ORIGINS, openTestKeyring, type TestKeyring } from '@/lib/keyring/test-support';
import { primitives } from '@/lib/primitives';
import type { TestDatabase } from '../support/database';
import { closeIdle, query } from '../support/world';

/** Logs with real events, what an outsider does with them, and what the owner of the database can do to them. */
export const US = 'org_us';
export const THEM = 'org_them';

export interface LogWorld {
  db: TestDatabase;
  keyring: TestKeyring;
  /** Writes so many events into each log, and has them sequenced and signed `each` at a time. */
  grow(count: number, each?: number, keyring?: TestKeyring): Promise<void>;
  /** What the sequencer gets signed, or is refused: by log. */
  sign(keyring?: TestKeyring): Promise<Record<string, string>>;
  /** With triggers off, as a superuser. Statements in one transaction. */
  asOwner(sql: string): Promise<void>;
  /** The newest checkpoint as an outsider keeps it. */
  head(log: string): Promise<Buffer>;
  fsck(head?: Buffer): ReturnType<typeof fsck>;
  /** A pack of the whole log, as somebody makes it who checks nothing, and what an auditor's verifier says of it. */
  pack(log: string, head?: Buffer): Promise<{ code: string; index?: number }>;
  stop(): Promise<void>;
}

export async function openLogWorld(db: TestDatabase, keyring?: TestKeyring): Promise<LogWorld> {
  const own = keyring ?? (await openTestKeyring());
  const vkey = logVkey(own.context);
  const keys = [parseVkey(primitives, vkey)!];
  let written = 0;

  const world: LogWorld = {
    db,
    keyring: own,
    async grow(count, each = count, signer = own) {
      const writer = new pg.Client(db.url.installer);
      await writer.connect();
      for (let done = 0; done < count; done += each) {
        for (const organisationId of [US, THEM, null])
          for (let i = 0; i < each; i++) {
            await writer.query('begin');
            await append(onConnection(writer), {
              schema: 'project.renamed@1',
              outcome: 'success',
              actor: { kind: 'member', id: 'usr_ada', addressPrefix: '192.0.2.0/24' },
              object: { type: 'project', id: `prj_${++written}` },
              organisationId,
              fields: { before: `Name ${i}`, after: `Name ${i + 1}` },
            });
            await writer.query('commit');
          }
        const refused = await world.sign(signer);
        if (Object.keys(refused).length > 0) throw new Error(`refused: ${JSON.stringify(refused)}`);
      }
      await writer.end();
    },
    async sign(other = own) {
      const client = await connect(db);
      try {
        let cursor = await begin(client);
        for (let stepped = await step(client, cursor); stepped; stepped = await step(client, cursor))
          cursor = stepped.cursor;
        const { refused } = await signGrown(client, keyringIn(other), cursor);
        return Object.fromEntries(refused.map(({ log, code }) => [log, code]));
      } finally {
        await client.end();
      }
    },
    asOwner: async (sql) => void (await query(db.url.installer, `set session_replication_role = 'replica'; ${sql}`)),
    async head(log) {
      const sql = 'select "note" from "LogCheckpoint" where "log" = $1 order by "size" desc limit 1';
      return (await query<{ note: Buffer }>(db.url.installer, sql, [log]))[0]!.note;
    },
    async fsck(head) {
      const client = await openChecker(db.url.checker);
      try {
        const known = head && (await openSigned(head, US, keys));
        if (head && !known) throw new Error('the held checkpoint is not signed by this key');
        return await fsck(client, { keys, heads: known ? [{ log: US, ...known }] : [] });
      } finally {
        await client.end();
      }
    },
    async pack(log, head) {
      const source = await packOf(db, log, vkey);
      const origin = `localhost:3000/audit/${log}`;
      const result = await verifyPack(host, source, { keys, origin, ...(head && { knownHead: head }) });
      return result.ok ? { code: 'ok' } : { code: result.code, index: result.index };
    },
    stop: () => (keyring ? Promise.resolve() : own.close()),
  };
  return world;
}

/** The same world once more: another database and another keyring with the same rows, keys and memory. */
export async function cloneWorld({ db, keyring }: LogWorld): Promise<LogWorld & { drop(): Promise<void> }> {
  const name = `${db.name}_${++clones}`;
  const administer = new URL(db.url.installer);
  administer.pathname = '/postgres';
  await closeIdle(db.url.installer);
  await query(administer.href, `create database ${name} template ${db.name} strategy file_copy`);
  const url = Object.fromEntries(
    Object.entries(db.url).map(([role, href]) => [role, href.replace(`/${db.name}`, `/${name}`)]),
  ) as TestDatabase['url'];
  const drop = async () => void (await query(administer.href, `drop database ${name} with (force)`));
  const clone = await openLogWorld({ ...db, name, url, drop }, await copyKeyring(keyring));
  return {
    ...clone,
    async drop() {
      await clone.keyring.close();
      await drop();
    },
  };
}
let clones = 0;

/**
 * Entries, tiles, size and frontier of a log, made to fit the events that are said to have its places: what somebody does who knows how it all
 * hangs together.
 */
export async function rebuild({ db }: LogWorld, log: string): Promise<void> {
  const rows = await query<EventLeaf & { id: string; entry: Buffer }>(
    db.url.installer,
    `select e."id", e."header", e."commitments", e."seed", e."entry" from "LogLeaf" l join "AuditEvent" e on e."xid" = l."xid" and e."id" = l."eventId" where l."log" = $1 order by l."index"`,
    [log],
  );
  const growth = new Growth({ name: log, size: 0, frontier: new Uint8Array() });
  for (const row of rows) growth.append(entryOfRow(row, primitives));
  const client = new pg.Client(db.url.installer);
  await client.connect();
  await client.query(`set session_replication_role = 'replica'`);
  for (const row of rows)
    await client.query('update "AuditEvent" set "entry" = $2 where "id" = $1', [row.id, entryOfRow(row, primitives)]);
  await client.query('delete from "LogTile" where "log" = $1', [log]);
  for (const { level, n, hashes } of growth.pieces)
    await client.query('insert into "LogTile" values ($1, $2, $3, $4, $5)', [
      log,
      level,
      n,
      hashes.length,
      Buffer.concat(hashes),
    ]);
  await client.query(
    `update "Log" set "size" = $2, "frontier" = $3, "signed" = least("signed", $2) where "name" = $1`,
    [log, growth.size, growth.frontier],
  );
  await client.end();
}

/** The same keys, and the same memory of what was signed unless it was rolled back to nothing: what somebody has who copied the keyring's files. */
export async function copyKeyring(keyring: TestKeyring, { forgetful = false } = {}): Promise<TestKeyring> {
  const home = mkdtempSync(join(tmpdir(), 'cordon-stolen-'));
  cpSync(keyring.home, home, { recursive: true });
  if (forgetful) rmSync(join(home, 'logs.log'));
  const context = await openContext(home, () => keyring.clock.now, ORIGINS);
  const close = async () => {
    const { positions, credentials, logs, subjects } = context;
    await Promise.all([positions.close(), credentials.close(), logs.close(), subjects.close()]);
    rmSync(home, { recursive: true });
  };
  return { ...keyring, context, home, close };
}

async function readerOf(db: TestDatabase, log: string): Promise<{ read: SubtreeReader; leaves: Uint8Array }> {
  const rows = await query<{ level: number; n: string; hashes: Buffer }>(
    db.url.installer,
    'select "level", "n", "hashes" from "LogTile" where "log" = $1 order by "level", "n"',
    [log],
  );
  const tiles = new Map(rows.map(({ level, n, hashes }) => [`${level}/${n}`, hashes]));
  const leaves = Buffer.concat(rows.filter(({ level }) => level === 0).map(({ hashes }) => hashes));
  return { read: tileReader(primitives, (level, n) => tiles.get(`${level}/${n}`)!), leaves };
}

async function packOf(db: TestDatabase, log: string, vkey: string) {
  const sql = <T extends pg.QueryResultRow>(text: string, values: unknown[]) =>
    query<T>(db.url.installer, text, values);
  const [checkpoint] = await sql<{ size: string; note: Buffer; operatorIndex: string }>(
    'select "size", "note", "operatorIndex" from "LogCheckpoint" where "log" = $1 order by "size" desc limit 1',
    [log],
  );
  const size = Number(checkpoint!.size);
  const [operator] = await sql<{ size: string; note: Buffer }>(
    `select "size", "note" from "LogCheckpoint" where "log" = 'operator' order by "size" desc limit 1`,
    [],
  );
  const rows = await sql<{
    index: string;
    id: string;
    header: Buffer;
    commitments: Record<string, string>;
    seed: Buffer;
  }>(
    `select l."index", e."id", e."header", e."commitments", e."seed" from "LogLeaf" l join "AuditEvent" e on e."xid" = l."xid" and e."id" = l."eventId"
      where l."log" = $1 and l."index" < $2 order by l."index"`,
    [log, size],
  );
  const records = await recordsOf(rows.map((row) => ({ ...row, sealed: [] })));
  const lines = rows.map(({ index }, i) => openingLine(openingOf(primitives, Number(index), records[i]!)));
  const { read, leaves } = await readerOf(db, log);
  const operatorTree = await readerOf(db, 'operator');
  const operatorIndex = Number(checkpoint!.operatorIndex);
  const files = new Map<string, Uint8Array>();
  const spool: Spool = {
    async write(name, data) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of data) chunks.push(chunk);
      files.set(name, Buffer.concat(chunks));
    },
    read: (name) => once(files.get(name)!),
  };
  // Whoever leaves events out shows others twice, so that the counts fit.
  const shown = lines.concat(Array.from({ length: size - lines.length }, () => lines.at(-1) ?? '{}'));
  const members = await buildPack(
    host,
    {
      checkpoint: fromUtf8(checkpoint!.note)!,
      range: { from: 0, to: size },
      proof: rangeProof(primitives, [0, size], size, read),
      leaves: once(leaves.subarray(0, size * HASH_BYTES)),
      events: each(shown),
      stubs: each([]),
      filter: {},
      provable: true,
      schemas: knownShapes(),
      vkeys: [vkey],
      operatorProof: formatProofFile({
        index: operatorIndex,
        hashes: inclusionProof(primitives, operatorIndex, Number(operator!.size), operatorTree.read),
        extra: null,
        checkpoint: fromUtf8(operator!.note)!,
      }),
      createdAt: '2026-11-22T00:00:00.000Z',
      software: 'test',
    },
    spool,
  );
  return {
    async *files() {
      for (const { name, bytes, read: data } of members) yield { name, bytes, data: data() };
    },
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}
