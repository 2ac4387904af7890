import type { Keyring, Output } from '@/lib/keyring';
import { frontierOf, Growth } from './growth';
import {
  type Cursor,
  insertCheckpoints,
  type Queryable,
  readHeads,
  readStillUnsigned,
  readUnsigned,
  type SignedCheckpoint,
  type UnsignedLog,
  withCursor,
  writeGrowth,
} from './store';
import { type ProvenTree, proveTrees, type TreeQuestion } from './trees';

/** Whose entries are the checkpoints of all others. */
export const OPERATOR = 'operator';
/** As many as the keyring takes in one call. */
const LOGS_AT_ONCE = 256;

export interface RefusedLog {
  log: string;
  size: number;
  /** Of the keyring; or `log.disagrees`, when what is stored contradicts itself. */
  code: 'log.backwards' | 'log.fork' | 'log.disagrees';
  /** What the keyring signed last. */
  signed: number;
}

export interface SignedPass {
  signed: number;
  refused: RefusedLog[];
  /** Another sequencer came first with some log; a further pass sees how far. */
  again: boolean;
}

type SignKeyring = Pick<Keyring, 'call'>;
type Answer = Output<'log.sign'>['logs'][number];

/**
 * Has every log signed that grew since it was signed last, whoever let it grow; then the operator's log, to which their checkpoints are appended.
 * `skip` names logs that were refused lately. Throws KeyringError, and `sequencer.superseded` as `step` does.
 */
export async function signGrown(
  db: Queryable,
  keyring: SignKeyring,
  cursor: Cursor,
  skip: (log: string) => boolean = () => false,
): Promise<SignedPass> {
  const pass: SignedPass = { signed: 0, refused: [], again: false };
  for (let after = ''; ; ) {
    const unsigned = await readUnsigned(db, after, LOGS_AT_ONCE);
    const last = unsigned.at(-1);
    if (!last) break;
    after = last.name;
    await signSome(
      db,
      keyring,
      cursor,
      unsigned.filter(({ name }) => !skip(name)),
      pass,
    );
  }
  if (!skip(OPERATOR)) await signSome(db, keyring, cursor, await readStillUnsigned(db, [OPERATOR]), pass);
  return pass;
}

async function signSome(
  db: Queryable,
  keyring: SignKeyring,
  cursor: Cursor,
  logs: readonly UnsignedLog[],
  pass: SignedPass,
): Promise<void> {
  const { sound, refused } = await readBack(db, logs);
  pass.refused.push(...refused);
  const signed: SignedCheckpoint[] = [];
  for (const { tree, answer } of await ask(db, keyring, sound)) {
    const { log, size, root } = tree;
    if (answer.outcome === 'signed')
      signed.push({ log, size, root, note: Buffer.from(answer.note), operatorIndex: null });
    else if (answer.code === 'log.fork') pass.refused.push({ log, size, code: answer.code, signed: answer.signed });
    else await overtaken(db, { log, size, signed: answer.signed }, pass);
  }
  if (signed.length > 0) pass.signed += await store(db, cursor, signed);
}

/** The keyring has signed a tree that we have not seen: another sequencer let the log grow since, or the database has lost it. */
async function overtaken(db: Queryable, behind: Omit<RefusedLog, 'code'>, pass: SignedPass): Promise<void> {
  const [head] = await readHeads(db, [behind.log]);
  if (head && head.size >= behind.signed) pass.again = true;
  else pass.refused.push({ ...behind, code: 'log.backwards' });
}

/** The trees as the stored tiles give them. One that differs from what the log was built with must not be signed. */
async function readBack(db: Queryable, logs: readonly UnsignedLog[]) {
  const refused: RefusedLog[] = [];
  const sound: ProvenTree[] = [];
  const disagrees = (log: string, size: number, signed: number) =>
    refused.push({ log, size, code: 'log.disagrees', signed });
  const read = await proveSome(
    db,
    logs.map(({ name, size, signed }) => ({ log: name, size, from: signed })),
  );
  for (const [i, { name, size, signed, frontier }] of logs.entries()) {
    const tree = read[i];
    if (tree && Buffer.compare(tree.root, frontierOf(size, frontier).root()) === 0) sound.push(tree);
    else disagrees(name, size, signed);
  }
  return { sound, refused };
}

/** All at once; when a tile is missing, one by one, so that the damage of one log does not stop the others. */
async function proveSome(db: Queryable, questions: readonly TreeQuestion[]): Promise<(ProvenTree | null)[]> {
  const orDamaged = (error: unknown): null => {
    if (error instanceof RangeError) return null;
    throw error;
  };
  const all = await proveTrees(db, questions).catch(orDamaged);
  if (all) return all;
  const each: (ProvenTree | null)[] = [];
  for (const question of questions) each.push((await proveTrees(db, [question]).catch(orDamaged))?.[0] ?? null);
  return each;
}

/** The keyring may have signed more than is stored (its answer was lost) or less (it was restored): then it says from where it wants the proof. */
async function ask(
  db: Queryable,
  keyring: SignKeyring,
  trees: readonly ProvenTree[],
): Promise<{ tree: ProvenTree; answer: Answer }[]> {
  if (trees.length === 0) return [];
  const first = await call(keyring, trees);
  const elsewhere = first.flatMap(({ tree, answer }) =>
    answer.outcome === 'refused' && answer.code === 'log.from' ? [{ ...tree, from: answer.signed }] : [],
  );
  if (elsewhere.length === 0) return first;
  const settled = first.filter(({ answer }) => answer.outcome === 'signed' || answer.code !== 'log.from');
  return [...settled, ...(await call(keyring, await proveTrees(db, elsewhere)))];
}

async function call(keyring: SignKeyring, trees: readonly ProvenTree[]) {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  const { logs } = await keyring.call('log.sign', {
    logs: trees.map(({ log, size, root, from, proof }) => ({
      log,
      size,
      root: base64(root),
      from,
      proof: proof.map(base64),
    })),
  });
  return trees.map((tree, i) => ({ tree, answer: logs[i]! }));
}

/** Stores checkpoints and appends them to the operator's log. How many: those another sequencer has stored meanwhile do not count twice. */
async function store(db: Queryable, cursor: Cursor, signed: readonly SignedCheckpoint[]): Promise<number> {
  return await withCursor(db, cursor, async () => {
    const now = await readStillUnsigned(
      db,
      signed.map(({ log }) => log),
    );
    const known = new Map(now.map((log) => [log.name, log.signed]));
    const fresh = signed.filter(({ log, size }) => size > (known.get(log) ?? size));
    if (fresh.length === 0) return 0;
    const others = fresh.filter(({ log }) => log !== OPERATOR);
    if (others.length > 0) {
      const [head] = await readHeads(db, [OPERATOR]);
      const growth = new Growth(head ?? { name: OPERATOR, size: 0, frontier: new Uint8Array() });
      for (const checkpoint of others) checkpoint.operatorIndex = growth.append(checkpoint.note);
      await writeGrowth(db, [growth]);
    }
    await insertCheckpoints(db, fresh);
    return fresh.length;
  });
}
