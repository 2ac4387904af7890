import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Keyring } from '@/lib/keyring';
import { startCluster, type TestCluster, type TestDatabase } from '@/test/support/database';
import { query } from '@/test/support/world';
import { signGrown } from './sign';
import { step } from './step';
import type { Queryable } from './store';
import {
  addEvents,
  connect,
  expectWhole,
  keyringIn,
  ORG_A,
  ORG_B,
  openTestKeyring,
  sequence,
  type TestKeyring,
} from './test-support';
import { begin } from './worker';

/** Whatever ends, and whenever: no event is lost, none has two places, no log forks. */
let cluster: TestCluster;
let db: TestDatabase;
let keyring: TestKeyring;

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());
beforeEach(async () => {
  [db, keyring] = await Promise.all([cluster.database(), openTestKeyring()]);
});
afterEach(async () => {
  await keyring.close();
  await db.drop();
});

class Killed extends Error {}

/** The process dies before or after its so-many-th statement or request: as the others see it, its connection is gone. */
class Doomed {
  count = 0;
  died = false;

  constructor(
    private readonly client: pg.Client,
    private readonly inner: Pick<Keyring, 'call'>,
    private readonly at: number,
    private readonly when: 'before' | 'after',
  ) {}

  get database(): Queryable {
    const query = (...args: unknown[]) =>
      this.live(() => (this.client.query as (...a: unknown[]) => Promise<unknown>)(...args));
    return { query } as unknown as Queryable;
  }

  get keyring(): Pick<Keyring, 'call'> {
    return { call: (operation, input) => this.live(() => this.inner.call(operation, input)) };
  }

  private async live<R>(act: () => Promise<R>): Promise<R> {
    if (this.died) throw new Killed();
    const last = ++this.count === this.at;
    if (last && this.when === 'before') this.die();
    const result = await act();
    if (last) this.die();
    return result;
  }

  private die(): never {
    this.died = true;
    (this.client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    throw new Killed();
  }
}

describe('a sequencer that is killed', () => {
  it.each(['before', 'after'] as const)(
    '%s any statement or request has lost, doubled and forked nothing',
    async (when) => {
      let deaths = 0;
      for (let at = 1; ; at++) {
        for (const log of [ORG_A, ORG_B, null]) await addEvents(db, log, 20);
        const doomed = new Doomed(await connect(db), keyringIn(keyring), at, when);
        const ended = await sequence(doomed.database, doomed.keyring, 35).then(
          () => 'done',
          (error) => error,
        );
        if (!doomed.died) {
          expect(ended).toBe('done');
          break;
        }
        deaths++;
        // So that what the dead one had signed is not what the next asks for.
        await addEvents(db, ORG_A);
        const next = await connect(db);
        await sequence(next, keyringIn(keyring));
        await next.end();
        await expectWhole(db, keyring);
      }
      expect(deaths).toBeGreaterThan(30);
    },
  );
});

describe('two sequencers that both believe they lead', () => {
  it('do the work once', async () => {
    let writing = true;
    const writers = (async () => {
      for (let i = 0; i < 60; i++) await addEvents(db, [ORG_A, ORG_B, null][i % 3]!, 7);
      writing = false;
    })();
    const outcomes = { stepped: 0, superseded: 0 };
    const believer = async () => {
      const client = await connect(db);
      let cursor = await begin(client);
      while (writing) {
        try {
          const stepped = await step(client, cursor, 50);
          if (stepped) {
            cursor = stepped.cursor;
            outcomes.stepped++;
          }
          // The other may have had a larger tree signed, which is no refusal.
          expect((await signGrown(client, keyringIn(keyring), cursor)).refused).toEqual([]);
        } catch (error) {
          expect(error).toMatchObject({ code: 'sequencer.superseded' });
          outcomes.superseded++;
          cursor = await begin(client);
        }
      }
      await client.end();
    };
    await Promise.all([writers, believer(), believer(), believer()]);
    const last = await connect(db);
    await sequence(last, keyringIn(keyring));
    await last.end();
    await expectWhole(db, keyring);
    expect(outcomes.stepped).toBeGreaterThan(5);
    expect(outcomes.superseded).toBeGreaterThan(0);
  });
});

describe('a sequencer that was overtaken', () => {
  it('takes the larger tree of the other for no refusal', async () => {
    const [client, other] = await Promise.all([connect(db), connect(db)]);
    const inner = keyringIn(keyring);
    await addEvents(db, ORG_A, 5);
    const { cursor } = (await step(client, await begin(client)))!;
    let asked = false;
    const slow: Pick<Keyring, 'call'> = {
      async call(operation, input) {
        if (!asked) {
          asked = true;
          await addEvents(db, ORG_A, 4);
          await sequence(other, inner);
        }
        return await inner.call(operation, input);
      },
    };
    expect(await signGrown(client, slow, cursor)).toEqual({ signed: 0, refused: [], again: true });
    await Promise.all([client.end(), other.end()]);
    await expectWhole(db, keyring);
  });
});

describe('damage', () => {
  it('of a stored tile is not signed over, and does not stop the other logs', async () => {
    const client = await connect(db);
    for (const log of [ORG_A, ORG_B]) await addEvents(db, log, 5);
    await sequence(client, keyringIn(keyring));
    await query(
      db.url.installer,
      `set session_replication_role = 'replica'; update "LogTile" set "hashes" = overlay("hashes" placing '\\x00'::bytea from 7) where "log" = '${ORG_A}'`,
    );
    for (const log of [ORG_A, ORG_B]) await addEvents(db, log, 1);
    const { cursor } = (await step(client, await begin(client)))!;
    const pass = await signGrown(client, keyringIn(keyring), cursor);
    expect(pass.refused).toEqual([{ log: ORG_A, size: 6, code: 'log.disagrees', signed: 5 }]);
    const logs = await query(
      db.url.installer,
      `select "name", "signed" from "Log" where "name" like 'org%' order by 1`,
    );
    expect(logs).toEqual([
      { name: ORG_A, signed: '5' },
      { name: ORG_B, signed: '6' },
    ]);
    await client.end();
  });

  it('of a missing tile neither', async () => {
    const client = await connect(db);
    for (const log of [ORG_A, ORG_B]) await addEvents(db, log, 5);
    const { cursor } = (await step(client, await begin(client)))!;
    await query(
      db.url.installer,
      `set session_replication_role = 'replica'; delete from "LogTile" where "log" = '${ORG_A}'`,
    );
    const pass = await signGrown(client, keyringIn(keyring), cursor);
    expect(pass.refused).toEqual([{ log: ORG_A, size: 5, code: 'log.disagrees', signed: 0 }]);
    await client.end();
  });

  it('of the whole history, rewritten to agree with itself, is refused by the keyring', async () => {
    const client = await connect(db);
    await addEvents(db, ORG_A, 5);
    await sequence(client, keyringIn(keyring));
    // Somebody with every right on the database takes an event out of the log and has it built anew.
    await query(
      db.url.installer,
      `set session_replication_role = 'replica'; delete from "AuditEvent" where "id" = (select "eventId" from "LogLeaf" where "index" = 2);
       delete from "LogLeaf"; delete from "LogTile"; delete from "Log"; delete from "LogCheckpoint";
       update "LogCursor" set "xid" = '0', "eventId" = '00000000-0000-0000-0000-000000000000'`,
    );
    await addEvents(db, ORG_A, 3);
    const { cursor } = (await step(client, await begin(client)))!;
    const { refused, signed } = await signGrown(client, keyringIn(keyring), cursor);
    expect(refused).toEqual([{ log: ORG_A, size: 7, code: 'log.fork', signed: 5 }]);
    expect(signed).toBe(0);
    await client.end();
  });

  it('of the newest part, lost by the database, is refused by the keyring', async () => {
    const client = await connect(db);
    await addEvents(db, ORG_A, 5);
    await sequence(client, keyringIn(keyring));
    // As a backup of before: nothing was sequenced yet, and some of the events had not been written.
    await query(
      db.url.installer,
      `set session_replication_role = 'replica'; delete from "AuditEvent" where "id" in (select "eventId" from "LogLeaf" where "index" > 2);
       delete from "LogLeaf"; delete from "LogTile"; delete from "Log"; delete from "LogCheckpoint";
       update "LogCursor" set "xid" = '0', "eventId" = '00000000-0000-0000-0000-000000000000'`,
    );
    const { cursor } = (await step(client, await begin(client)))!;
    const { refused, signed, again } = await signGrown(client, keyringIn(keyring), cursor);
    expect(refused).toEqual([{ log: ORG_A, size: 3, code: 'log.backwards', signed: 5 }]);
    expect([signed, again]).toEqual([0, false]);
    await client.end();
  });
});

describe('what was given out', () => {
  it('stays as it is, whoever asks', async () => {
    const client = await connect(db);
    await addEvents(db, ORG_A, 300);
    await sequence(client, keyringIn(keyring));
    await client.end();
    for (const sql of [
      'update "LogLeaf" set "index" = "index" + 1000',
      'delete from "LogLeaf"',
      'truncate "LogLeaf"',
      `update "LogCheckpoint" set "note" = ''`,
      'delete from "LogCheckpoint"',
      'truncate "LogCheckpoint"',
      `update "LogTile" set "hashes" = substr("hashes", 33) || substr("hashes", 1, 32)`,
      'update "LogTile" set "width" = "width" - 1, "hashes" = substr("hashes", 1, octet_length("hashes") - 32) where "width" > 1',
      'update "LogTile" set "n" = "n" + 1000',
      'delete from "LogTile"',
      'truncate "LogTile"',
      'update "Log" set "size" = 3, "signed" = 3, "frontier" = substr("frontier", 1, 64)',
      'update "Log" set "signed" = 0',
      'delete from "Log"',
      'truncate "Log"',
      `update "LogCursor" set "xid" = '0'`,
      'delete from "LogCursor"',
      'truncate "LogCursor"',
    ])
      await expect(query(db.url.installer, sql), sql).rejects.toThrow('audit.append_only');
  });
});
