import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  COSIGNATURE,
  cosign,
  formatNote,
  formatVkey,
  type Note,
  openCheckpoint,
  parseAddCheckpoint,
  parseNote,
} from '@/lib/kernel/log';
import { isWitnessed } from '@/lib/kernel/pack';
import { primitives } from '@/lib/primitives';
import { verifyEd25519 } from '@/lib/primitives/ed25519';
import { signerOf } from '@/test/foreign/world';
import { startCluster, type TestCluster, type TestDatabase } from '@/test/support/database';
import { query } from '@/test/support/world';
import {
  addEvents,
  connect,
  keyringIn,
  ORG_A,
  openTestKeyring,
  sequence,
  type TestKeyring,
} from '../sequencer/test-support';
import type { AskedWitnesses } from './config';
import { readWitnessPolicy } from './config';
import { askRound, vkeyOf } from './round';
import { startWitnessing, type Witnessing } from './run';
import { isLate, LATE_MILLISECONDS, witnessState } from './state';
import { adopt, newestCheckpoint } from './store';
import {
  keyOf,
  logVkey,
  openWitnesses,
  policyText,
  type TestWitness,
  type TestWitnesses,
  twinOf,
} from './test-support';

let cluster: TestCluster;
let db: TestDatabase;
let keyring: TestKeyring;
let client: pg.Client;
let vkey: string;
let around: TestWitnesses;
let running: Witnessing[];
let lines: { msg: string; [key: string]: unknown }[];

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());
beforeEach(async () => {
  [db, keyring, around] = await Promise.all([cluster.database(), openTestKeyring(), openWitnesses()]);
  client = await connect(db);
  vkey = await logVkey(keyring);
  running = [];
  lines = [];
});
afterEach(async () => {
  await Promise.all(running.map((witnessing) => witnessing.stop()));
  await client.end();
  await around.close();
  await keyring.close();
  await db.drop();
});

const WAIT = { timeout: 20_000, interval: 25 };
const clock = { skew: 0, now: () => Date.now() + clock.skew };
const said = (msg: string) => lines.filter((line) => line.msg === msg);

async function grow(count = 1): Promise<void> {
  await addEvents(db, ORG_A, count);
  await sequence(client, keyringIn(keyring));
}
function policy(witnesses: readonly { vkey: string; url: string }[], quorum: number): AskedWitnesses {
  const path = join(around.root, 'policy');
  writeFileSync(path, policyText(witnesses, quorum));
  return readWitnessPolicy(path);
}
const three = () => Promise.all(['w1', 'w2', 'w3'].map((name) => around.witness(name, [vkey])));
function start(of: AskedWitnesses | null): void {
  const line = (msg: string, fields: object = {}) => void lines.push({ msg, ...fields });
  const log = { info: line, warn: line, error: line };
  running.push(startWitnessing({ databaseUrl: db.url.sequencer, policy: of, log, clock }));
}
/** One round with all, past the schedule. */
async function round(of: AskedWitnesses, on = client) {
  await adopt(
    on,
    of.witnesses.map(({ name, key }) => ({ name, vkey: vkeyOf({ key }) })),
  );
  const newest = (await newestCheckpoint(on))!;
  const told = await askRound(on, of, of.witnesses, newest, clock.now());
  return told.map(({ asked }) => ('code' in asked ? asked.code : asked.outcome));
}
const served = async (): Promise<{ size: number; note: string }> => {
  const [row] = await query<{ size: string; note: Buffer }>(
    db.url.console,
    'select * from cordon.operator_checkpoint()',
  );
  return { size: Number(row!.size), note: row!.note.toString('utf8') };
};
const state = () => witnessState(client);
const rows = () =>
  query<{ name: string; state: string; code: string | null }>(
    db.url.console,
    'select "name", "state", "code" from cordon.operator_witnesses()',
  );
async function cosigners(note: string, witnesses: readonly { vkey: string }[]) {
  const keys = [vkey, ...witnesses.map((witness) => witness.vkey)].map(keyOf);
  const opened = await openCheckpoint(
    primitives,
    note,
    { origin: 'localhost:3000/audit/operator', keys },
    verifyEd25519,
  );
  return opened.ok ? opened.cosigners : opened.reason;
}

describe('three witnesses of whom two are enough', () => {
  it('cosign each checkpoint, and the note that everybody gets carries their lines', async () => {
    const witnesses = await three();
    const asked = policy(witnesses, 2);
    start(asked);
    await grow(2);
    for (let i = 0; i < 3; i++) {
      await grow(3);
      const { size } = await served();
      await expect.poll(async () => (await state()).witnessed?.size, WAIT).toBe(size);
      const { note } = await served();
      const seen = await cosigners(note, witnesses);
      expect(isWitnessed(asked.quorum, seen as { key: ReturnType<typeof keyOf> }[])).toBe(true);
    }
    await expect
      .poll(rows, WAIT)
      .toEqual(['w1', 'w2', 'w3'].map((name) => ({ name: `${name}.example/witness`, state: 'cosigning', code: null })));
    expect(await state()).toMatchObject({ asked: 3, diverged: 0, waitingSince: null, witnessed: { cosigned: 3 } });
  });

  it('do with one down, wait with two down, and catch up when it is back', async () => {
    const witnesses = (await three()) as [TestWitness, TestWitness, TestWitness];
    start(policy(witnesses, 2));
    await witnesses[2].stop();
    await grow(3);
    await expect.poll(async () => (await state()).witnessed?.cosigned, WAIT).toBe(2);
    await expect.poll(rows, WAIT).toContainEqual({
      name: 'w3.example/witness',
      state: 'failing',
      code: 'witness.unreachable',
    });
    await witnesses[1].stop();
    await grow(3);
    const { size } = await served();
    await expect.poll(async () => (await rows()).filter((row) => row.state === 'failing').length, WAIT).toBe(2);
    const waiting = await state();
    expect(waiting.witnessed!.size).toBeLessThan(size);
    expect([isLate(waiting, Date.now()), isLate(waiting, Date.now() + LATE_MILLISECONDS + 60_000)]).toEqual([
      false,
      true,
    ]);
    await witnesses[2].start();
    await expect.poll(async () => (await state()).witnessed, WAIT).toMatchObject({ size, cosigned: 2 });
    expect(said('witness.failing').map(({ name }) => name)).toEqual(['w3.example/witness', 'w2.example/witness']);
  });

  it('are said to be late in the log, after ten minutes without a quorum', async () => {
    const [one, two] = await three();
    await two!.stop();
    await grow();
    start(policy([one!, two!], 2));
    await expect.poll(() => said('witness.failing').length, WAIT).toBe(1);
    expect(said('witness.late')).toEqual([]);
    await running.pop()!.stop();
    clock.skew = LATE_MILLISECONDS + 1_000;
    try {
      start(policy([one!, two!], 2));
      await expect.poll(() => said('witness.late').length, WAIT).toBe(1);
    } finally {
      clock.skew = 0;
    }
  });

  it('may be asked by two controls at once', async () => {
    const asked = policy(await three(), 3);
    start(asked);
    start(asked);
    await grow(2);
    await grow(2);
    const { size } = await served();
    await expect.poll(async () => (await state()).witnessed, WAIT).toMatchObject({ size, cosigned: 3 });
    expect(said('witness.diverged')).toEqual([]);
  });

  it('are nobody’s any more without a policy, and what they cosigned stays', async () => {
    const witnesses = await three();
    await grow();
    expect(await round(policy(witnesses, 2))).toEqual(['cosigned', 'cosigned', 'cosigned']);
    start(null);
    await expect.poll(rows, WAIT).toEqual([]);
    expect(await state()).toMatchObject({ asked: 0, waitingSince: null, witnessed: { cosigned: 0 } });
    expect(await cosigners((await served()).note, witnesses)).toHaveLength(3);
  });
});

describe('what a witness answers', () => {
  const liar = signerOf('liar.example/w', 90, COSIGNATURE);
  const lines = (text: string, note: Pick<Note, 'signatures'>) => formatNote({ text, ...note }).slice(text.length + 1);
  const seconds = () => Math.floor(Date.now() / 1_000);
  type Answer = (text: string) => Promise<{ status?: number; type?: string; body: string }>;
  const LIES: [string, string, Answer][] = [
    [
      'of something else',
      'witness.false_cosignature',
      async (text) => {
        const other = text.replace(/\n\d+\n/, '\n9999\n');
        return { body: lines(other, { signatures: [await cosign(other, liar, seconds())] }) };
      },
    ],
    [
      'under another key',
      'witness.false_cosignature',
      async (text) => ({
        body: lines(text, {
          signatures: [await cosign(text, signerOf('liar.example/w', 91, COSIGNATURE), seconds())],
        }),
      }),
    ],
    [
      'of an hour ago',
      'witness.wrong_time',
      async (text) => ({ body: lines(text, { signatures: [await cosign(text, liar, seconds() - 3_600)] }) }),
    ],
    [
      'of the future',
      'witness.wrong_time',
      async (text) => ({ body: lines(text, { signatures: [await cosign(text, liar, seconds() + 3_600)] }) }),
    ],
    ['in nonsense', 'witness.false_cosignature', async () => ({ body: '<html>' })],
    ['too much', 'witness.unreachable', async () => ({ body: 'x'.repeat(100_000) })],
    ['elsewhere', 'witness.failed', async () => ({ status: 302, body: '' })],
    ['that it is down', 'witness.failed', async () => ({ status: 503, body: '' })],
    ['that it does not know the log', 'witness.unknown_log', async () => ({ status: 404, body: '' })],
    ['that it does not know the key', 'witness.unknown_key', async () => ({ status: 403, body: '' })],
    ['a size that is none', 'witness.failed', async () => ({ status: 409, type: 'text/x.tlog.size', body: '-1\n' })],
    ['a size as something else', 'witness.failed', async () => ({ status: 409, body: '1\n' })],
    [
      'the size it was asked from, always',
      'witness.conflict',
      async () => ({ status: 409, type: 'text/x.tlog.size', body: '0\n' }),
    ],
    ['a larger log', 'witness.ahead', async () => ({ status: 409, type: 'text/x.tlog.size', body: '9999\n' })],
    ['that it does not follow', 'witness.other_history', async () => ({ status: 422, body: '' })],
  ];

  it('is told apart, and nothing of a lie is kept', async () => {
    let answer: Answer;
    const url = await around.server(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { note } = parseAddCheckpoint(Buffer.concat(chunks))!;
      const { status = 200, type = 'text/plain', body } = await answer(parseNote(note)!.text);
      response.writeHead(status, { 'content-type': type, location: 'http://127.0.0.1:1/' }).end(body);
    });
    const asked = policy([{ vkey: formatVkey(liar.key), url }], 1);
    await grow();
    for (const [lie, code, told] of LIES) {
      answer = told;
      expect([lie, ...(await round(asked))]).toEqual([lie, code]);
      expect(await query(db.url.installer, 'select * from "LogCosignature"'), lie).toEqual([]);
    }
    expect((await state()).witnessed).toBeNull();
    expect(parseNote((await served()).note)!.signatures).toHaveLength(1);
  });

  it('is not waited for longer than a few seconds', async () => {
    const silent = await around.server(() => undefined);
    const slow = await around.server((_, response) => {
      response.writeHead(200).write('— ');
    });
    const others = [signerOf('a.example/w', 92, COSIGNATURE), signerOf('b.example/w', 93, COSIGNATURE)];
    const asked = policy(
      [silent, slow].map((url, i) => ({ vkey: formatVkey(others[i]!.key), url })),
      1,
    );
    await grow();
    const started = performance.now();
    expect(await round(asked)).toEqual(['witness.unreachable', 'witness.unreachable']);
    expect(performance.now() - started).toBeLessThan(12_000);
  });
});

describe('a witness that has seen another history', () => {
  it('says so when the database was restored to before, and nothing is witnessed', async () => {
    const [witness] = await three();
    const asked = policy([witness!], 1);
    await grow(2);
    const { size } = (await newestCheckpoint(client))!;
    await grow(2);
    expect(await round(asked)).toEqual(['cosigned']);
    await query(
      db.url.installer,
      `begin; set local session_replication_role = replica; delete from "LogCosignature"; delete from "LogWitnessed"; delete from "LogWitness";
       delete from "LogCheckpoint" where "log" = 'operator' and "size" > ${size}; commit`,
    );
    start(asked);
    await expect.poll(() => said('witness.diverged')[0], WAIT).toMatchObject({ code: 'witness.ahead', size });
    expect(await rows()).toEqual([{ name: 'w1.example/witness', state: 'diverged', code: 'witness.ahead' }]);
    expect(await state()).toMatchObject({ diverged: 1, witnessed: null });
  });

  it('says so of a fork, which the operator’s key can sign', async () => {
    const twin = await twinOf(keyring);
    const elsewhere = await cluster.database();
    const there = await connect(elsewhere);
    try {
      const [witness] = await three();
      const asked = policy([witness!], 1);
      for (let i = 0; i < 3; i++) {
        await addEvents(elsewhere, ORG_A, 1);
        await sequence(there, twin);
      }
      expect(await round(asked, there)).toEqual(['cosigned']);
      for (let i = 0; i < 5; i++) await grow();
      expect(await round(asked)).toEqual(['witness.other_history']);
      expect(await state()).toMatchObject({ diverged: 1, witnessed: null });
    } finally {
      await there.end();
      await twin.close();
      await elsewhere.drop();
    }
  });

  it('is not asked with tiles that do not give the signed root', async () => {
    const [witness] = await three();
    await grow(2);
    await query(
      db.url.installer,
      `begin; set local session_replication_role = replica;
       update "LogTile" set "hashes" = sha256('x') where "log" = 'operator'; commit`,
    );
    expect(await round(policy([witness!], 1))).toEqual(['log.disagrees']);
  });
});

describe('which checkpoint leaves with a proof', () => {
  const over = async (index: number) => {
    const sql = `select * from cordon.operator_checkpoint_over(${index})`;
    const [row] = await query<{ size: string; note: Buffer }>(db.url.exporter, sql);
    return row ? { size: Number(row.size), signatures: parseNote(row.note.toString('utf8'))!.signatures.length } : null;
  };
  const firstWitnessed = async (index: number) =>
    (await query<{ size: string }>(db.url.console, `select "size" from cordon.operator_witnessed(${index})`))[0]?.size;

  it('is the newest that the quorum cosigned over it, and without one the newest', async () => {
    const [witness] = await three();
    const asked = policy([witness!], 1);
    await grow();
    await grow();
    expect(await over(0)).toEqual({ size: 2, signatures: 1 });
    await round(asked);
    await grow();
    expect([await over(0), await over(1), await over(2), await over(3)]).toEqual([
      { size: 2, signatures: 2 },
      { size: 2, signatures: 2 },
      { size: 3, signatures: 1 },
      null,
    ]);
    await round(asked);
    expect(await over(0)).toEqual({ size: 3, signatures: 2 });
    expect([await firstWitnessed(1), await firstWitnessed(2), await firstWitnessed(3)]).toEqual(['2', '3', undefined]);
  });
});

it('nobody but the sequencer’s role writes what is witnessed, and nothing of it is changed', async () => {
  const [witness] = await three();
  await grow();
  await round(policy([witness!], 1));
  const writes = [
    'insert into "LogWitnessed" ("size") values (99)',
    'update "LogWitness" set "asked" = false',
    'delete from "LogCosignature"',
  ];
  for (const role of ['console', 'control', 'exporter'] as const)
    for (const write of writes)
      await expect(query(db.url[role], write), `${role}: ${write}`).rejects.toThrow('permission denied');
  for (const table of ['LogWitnessed', 'LogCosignature', 'LogWitness'])
    await expect(query(db.url.console, `select * from "${table}"`)).rejects.toThrow('permission denied');
  for (const write of ['update "LogWitnessed" set "size" = 9', 'delete from "LogCosignature"', 'truncate "LogWitness"'])
    await expect(query(db.url.installer, write)).rejects.toThrow();
});

describe('the policy file', () => {
  const read = (text: string) => {
    const path = join(around.root, 'bad');
    writeFileSync(path, text);
    return () => readWitnessPolicy(path);
  };

  it('is refused when nobody would be asked, or not where the policy says', async () => {
    const w = formatVkey(signerOf('w.example/w', 94, COSIGNATURE).key);
    for (const url of ['', ' ftp://w.example', ' https://user:pass@w.example', ' https://w.example?x=1', ' nowhere'])
      expect(read(`witness w ${w}${url}\nquorum w\n`), url).toThrow('names no URL');
    expect(read(`witness w ${w} https://w.example\nquorum none\n`)).toThrow('asks for no witness');
    expect(read(`witness w ${w} https://w.example\n`)).toThrow('line');
    expect(read(`witness w ${w} https://w.example/x/\nquorum w\n`)().witnesses[0]!.url).toBe('https://w.example/x');
    expect(() => readWitnessPolicy(join(around.root, 'none'))).toThrow('ENOENT');
  });
});
