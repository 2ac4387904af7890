/**
 * The operator has every right: both databases, the keyring's keys, and a second keyring that remembers nothing. To one customer the log is shown
 * as it happened; to another a log from which an act was left out, with checkpoints, operator log and proofs that all verify under the same
 * key. Against somebody who only checks signatures this works. It must not work against somebody who asks for witnesses: no two histories may
 * both get a quorum, whichever of the witnesses the operator shows which of them, in whatever order, and whatever the operator does to the
 * database in between.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  addEvents,
  connect,
  keyringIn,
  openTestKeyring,
  sequence,
  type TestKeyring,
} from '@/lib/audit/sequencer/test-support';
import { type AskedWitnesses, readWitnessPolicy } from '@/lib/audit/witnesses/config';
import { askRound, vkeyOf } from '@/lib/audit/witnesses/round';
import { witnessState } from '@/lib/audit/witnesses/state';
import { adopt, newestCheckpoint } from '@/lib/audit/witnesses/store';
import {
  keyOf,
  logVkey,
  openWitnesses,
  policyText,
  type TestWitnesses,
  twinOf,
} from '@/lib/audit/witnesses/test-support';
import { openCheckpoint } from '@/lib/kernel/log';
import { isWitnessed } from '@/lib/kernel/pack';
import type { Keyring } from '@/lib/keyring';
import { primitives } from '@/lib/primitives';
import { verifyEd25519 } from '@/lib/primitives/ed25519';
import { summary } from '@/lib/transparency/witnesses';
import { startCluster, type TestCluster, type TestDatabase } from '@/test/support/database';
import { query } from '@/test/support/world';

interface History {
  db: TestDatabase;
  client: pg.Client;
  keyring: Pick<Keyring, 'call'>;
}

let cluster: TestCluster;
let keyring: TestKeyring;
let twin: Awaited<ReturnType<typeof twinOf>>;
let around: TestWitnesses;
let honest: History;
let forked: History;
let policy: AskedWitnesses;
let vkey: string;

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());
beforeEach(async () => {
  [keyring, around] = await Promise.all([openTestKeyring(), openWitnesses()]);
  twin = await twinOf(keyring);
  vkey = await logVkey(keyring);
  const opened = async (signer: Pick<Keyring, 'call'>): Promise<History> => {
    const db = await cluster.database();
    return { db, client: await connect(db), keyring: signer };
  };
  honest = await opened(keyringIn(keyring));
  forked = await opened(twin);
  const witnesses = await Promise.all(['w1', 'w2', 'w3'].map((name) => around.witness(name, [vkey])));
  writeFileSync(join(around.root, 'policy'), policyText(witnesses, 2));
  policy = readWitnessPolicy(join(around.root, 'policy'));
  return async () => {
    for (const { client, db } of [honest, forked]) {
      await client.end();
      await db.drop();
    }
    await around.close();
    await twin.close();
    await keyring.close();
  };
});

async function happen({ db, client, keyring: signer }: History, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await addEvents(db, 'org_a', 1);
    await sequence(client, signer);
  }
}
/** Shows the newest checkpoint of a history to some of the witnesses. */
async function show({ client }: History, ...places: number[]): Promise<string[]> {
  await adopt(
    client,
    policy.witnesses.map((witness) => ({ name: witness.name, vkey: vkeyOf(witness) })),
  );
  const some = places.map((place) => policy.witnesses[place]!);
  const told = await askRound(client, policy, some, (await newestCheckpoint(client))!, Date.now());
  return told.map(({ asked }) => ('code' in asked ? asked.code : asked.outcome));
}
/** What a customer sees who is given this history's note and asks for the policy's witnesses. */
async function believed({ db }: History): Promise<{ signed: boolean; witnessed: boolean }> {
  const [row] = await query<{ note: Buffer }>(db.url.console, 'select * from cordon.operator_checkpoint()');
  const keys = [keyOf(vkey), ...policy.witnesses.map(({ key }) => key)];
  const log = { origin: 'localhost:3000/audit/operator', keys };
  const opened = await openCheckpoint(primitives, row!.note, log, verifyEd25519);
  return { signed: opened.ok, witnessed: opened.ok && isWitnessed(policy.quorum, opened.cosigners) };
}
const verdict = async ({ client }: History) => summary(await witnessState(client), Date.now());

describe('an operator who shows two customers two histories', () => {
  it('convinces both who look at signatures only, and one of those who ask for witnesses', async () => {
    await happen(honest, 5);
    await happen(forked, 4);
    expect(await show(honest, 0, 1, 2)).toEqual(['cosigned', 'cosigned', 'cosigned']);
    expect(await show(forked, 0, 1, 2)).not.toContain('cosigned');
    expect(await believed(honest)).toEqual({ signed: true, witnessed: true });
    expect(await believed(forked)).toEqual({ signed: true, witnessed: false });
    expect(await verdict(forked)).toMatchObject({ verdict: 'waiting', diverged: 3, last: null });
  });

  it('gets no second quorum by showing each witness only one of them', async () => {
    await happen(honest, 5);
    await happen(forked, 6);
    expect(await show(honest, 0, 1)).toEqual(['cosigned', 'cosigned']);
    expect(await show(forked, 2)).toEqual(['cosigned']);
    for (const place of [0, 1, 2, 0, 1]) await show(forked, place);
    await happen(forked, 3);
    await show(forked, 0, 1, 2);
    expect(await believed(forked)).toEqual({ signed: true, witnessed: false });
    expect(await verdict(forked)).toMatchObject({ diverged: 2 });
  });

  it('gets none by forking after a common beginning either', async () => {
    await happen(honest, 3);
    expect(await show(honest, 0, 1, 2)).toEqual(['cosigned', 'cosigned', 'cosigned']);
    const { size } = (await newestCheckpoint(honest.client))!;
    await happen(forked, 9);
    // As if the witnesses had cosigned this history up to there.
    await adopt(
      forked.client,
      policy.witnesses.map((witness) => ({ name: witness.name, vkey: vkeyOf(witness) })),
    );
    await query(forked.db.url.installer, `update "LogWitness" set "size" = ${size}, "state" = 'cosigning'`);
    expect(await show(forked, 0, 1, 2)).toEqual(Array(3).fill('witness.other_history'));
    expect(await believed(forked)).toEqual({ signed: true, witnessed: false });
    await happen(honest, 1);
    expect(await show(honest, 0, 1, 2)).toEqual(['cosigned', 'cosigned', 'cosigned']);
  });

  it('cannot copy the cosignatures of one under the other', async () => {
    await happen(honest, 4);
    await happen(forked, 4);
    await show(honest, 0, 1, 2);
    const lines = await query<{ vkey: string; line: Buffer }>(
      honest.db.url.installer,
      'select "vkey", "line" from "LogCosignature"',
    );
    for (const { vkey: of, line } of lines)
      await query(
        forked.db.url.installer,
        `insert into "LogCosignature" ("size", "vkey", "line", "time") select max("size"), $1, $2, now() from "LogCheckpoint" where "log" = 'operator'`,
        [of, line],
      );
    expect((await believed(forked)).witnessed).toBe(false);
  });
});
