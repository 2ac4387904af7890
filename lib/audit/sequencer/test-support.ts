import type pg from 'pg';
import { expect } from 'vitest';
import { Frontier, leafHash, openCheckpoint, parseVkey } from '@/lib/kernel/log';
import type { Keyring } from '@/lib/keyring';
import { run } from '@/lib/keyring/operations';
import { logVkey } from '@/lib/keyring/operations/log';
import { openTestKeyring, type TestKeyring } from '@/lib/keyring/test-support';
import { primitives } from '@/lib/primitives';
import { verifyEd25519 } from '@/lib/primitives/ed25519';
import type { TestDatabase } from '@/test/support/database';
import { query } from '@/test/support/world';
import { signGrown } from './sign';
import { step } from './step';
import { openClient, type Queryable } from './store';
import { begin } from './worker';

/** What the sequencer's tests share: events without a writer, a keyring in this process, and a check of everything from the entries up. */
export const ORG_A = 'org_a';
export const ORG_B = 'org_b';

/** Events of an organisation, or of the provider, in one transaction of `client` or a string's own. */
export const INSERT_EVENTS = `
  insert into "AuditEvent" ("id", "organisationId", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId", "header",
    "commitments", "seed", "entry")
  select gen_random_uuid(), $1, gen_random_uuid(), 's', 'success', 'system', 'a', 't', 'o', '\\x00', '{}', uuid_send(gen_random_uuid()),
    substr(sha256(uuid_send(gen_random_uuid())) || sha256(uuid_send(gen_random_uuid())), 1, 55) from generate_series(1, $2::int)`;

export const addEvents = (db: TestDatabase, organisationId: string | null, count = 1) =>
  query(db.url.installer, INSERT_EVENTS, [organisationId, count]);

/** The keyring's operation itself, without its socket. */
export function keyringIn({ context }: TestKeyring): Pick<Keyring, 'call'> {
  return { call: (operation, input) => run(context, operation, input) };
}

export { openTestKeyring, type TestKeyring };

export async function connect(db: TestDatabase): Promise<pg.Client> {
  const client = openClient(db.url.sequencer);
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** What the loop does until nothing is left. Nothing may be refused. */
export async function sequence(client: Queryable, keyring: Pick<Keyring, 'call'>, limit?: number): Promise<number> {
  let cursor = await begin(client);
  let events = 0;
  for (;;) {
    const stepped = await step(client, cursor, limit);
    if (!stepped) break;
    cursor = stepped.cursor;
    events += stepped.events;
  }
  expect((await signGrown(client, keyring, cursor)).refused).toEqual([]);
  return events;
}

interface LeafRow {
  log: string;
  index: string;
  entry: Buffer;
  organisationId: string | null;
}

/**
 * Every event has exactly one place, in its own log, in the order of (xid, id) and without gaps; every checkpoint is signed and has the root of
 * the entries themselves; every log is signed to its end; the operator's log is the checkpoints in the order of its indices.
 */
export async function expectWhole(db: TestDatabase, keyring: TestKeyring | { vkey: string }): Promise<void> {
  const sql = <T extends pg.QueryResultRow>(text: string) => query<T>(db.url.installer, text);
  const [events] = await sql<{ n: string }>('select count(*) as n from "AuditEvent"');
  const leaves = await sql<LeafRow>(
    `select l."log", l."index", e."entry", e."organisationId" from "LogLeaf" l join "AuditEvent" e on e."xid" = l."xid" and e."id" = l."eventId"
      order by e."xid", e."id"`,
  );
  expect(leaves).toHaveLength(Number(events!.n));
  const entries = new Map<string, Buffer[]>();
  const misplaced: string[] = [];
  for (const { log, index, entry, organisationId } of leaves) {
    const own = entries.get(log) ?? [];
    if (log !== (organisationId ?? 'provider') || Number(index) !== own.length)
      misplaced.push(`${log} ${index}, of ${organisationId}, where ${own.length} is next`);
    own.push(entry);
    entries.set(log, own);
  }
  expect(misplaced).toEqual([]);
  const checkpoints = await sql<{
    log: string;
    size: string;
    root: Buffer;
    note: Buffer;
    operatorIndex: string | null;
  }>('select "log", "size", "root", "note", "operatorIndex" from "LogCheckpoint" order by "operatorIndex", "size"');
  entries.set(
    'operator',
    checkpoints.flatMap(({ log, note }) => (log === 'operator' ? [] : [note])),
  );
  const indices = checkpoints.flatMap(({ operatorIndex }) => (operatorIndex === null ? [] : [Number(operatorIndex)]));
  expect(indices).toEqual(indices.map((_, i) => i));
  const vkey = 'vkey' in keyring ? keyring.vkey : logVkey(keyring.context);
  const keys = [parseVkey(primitives, vkey)!];
  const last = new Map<string, number>();
  for (const [log, own] of entries) {
    const roots = rootsAt(
      own,
      checkpoints.filter((each) => each.log === log).map(({ size }) => Number(size)),
    );
    for (const { size, root, note } of checkpoints.filter((each) => each.log === log)) {
      const opened = await openCheckpoint(
        primitives,
        note,
        { origin: `localhost:3000/audit/${log}`, keys },
        verifyEd25519,
      );
      expect(opened).toMatchObject({ ok: true, checkpoint: { size: Number(size) } });
      expect(root.toString('hex')).toBe(roots.get(Number(size)));
      expect(opened.ok && Buffer.from(opened.checkpoint.root).toString('hex')).toBe(root.toString('hex'));
      last.set(log, Math.max(last.get(log) ?? 0, Number(size)));
    }
    expect([log, last.get(log) ?? 0]).toEqual([log, own.length]);
  }
  const logs = await sql<{ name: string; size: string; signed: string }>('select "name", "size", "signed" from "Log"');
  expect(new Map(logs.map(({ name, size }) => [name, Number(size)]))).toEqual(
    new Map([...entries].filter(([, own]) => own.length > 0).map(([log, own]) => [log, own.length])),
  );
  for (const { size, signed } of logs) expect(signed).toBe(size);
}

function rootsAt(entries: readonly Buffer[], sizes: readonly number[]): Map<number, string> {
  const wanted = new Set(sizes);
  const frontier = new Frontier(primitives);
  const roots = new Map<number, string>();
  for (const entry of entries) {
    frontier.append(leafHash(primitives, entry));
    if (wanted.has(frontier.size)) roots.set(frontier.size, Buffer.from(frontier.root()).toString('hex'));
  }
  return roots;
}
