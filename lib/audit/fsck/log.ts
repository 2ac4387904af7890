import { HASH_BYTES, type NoteKey, TILE_WIDTH } from '@/lib/kernel/log';
import { checkCheckpoint, checkpointsOf, type KnownHead } from './checkpoints';
import type { Findings } from './faults';
import { sourceOf } from './parts';
import { type LogBounds, type Queryable, readLevel } from './store';
import { LogTree } from './tree';

/** Leaves read at a time: a multiple of a tile. */
export const PAGE = 4 * TILE_WIDTH;

export interface LogContext {
  findings: Findings;
  keys: readonly NoteKey[];
  /** Of this log. */
  heads: readonly KnownHead[];
  /** After so many more leaves. Whoever wants to be slow waits here; whoever wants an end throws. */
  step(leaves: number): void | Promise<void>;
}

/** One log from its rows to its roots, in one pass and constant memory. */
export async function checkLog(db: Queryable, bounds: LogBounds, context: LogContext): Promise<void> {
  const { name: log, size } = bounds;
  const { findings, keys, step } = context;
  const source = sourceOf(log);
  const tree = new LogTree(log, findings, log === 'operator' ? 'operator' : 'event');
  const checkpoints = checkpointsOf(db, log, bounds.newest);
  let next = await checkpoints.next();
  for (let from = 0; from < size; from += PAGE) {
    const to = Math.min(from + PAGE, size);
    const places = await source(db, from, to, findings);
    const tiles = await readLevel(db, log, 0, from / TILE_WIDTH, Math.floor((to - 1) / TILE_WIDTH));
    for (let index = from; index < to; index++) {
      const stored = hashIn(tiles, index);
      if (!stored && (index % TILE_WIDTH === 0 || hashIn(tiles, index - 1))) missingHash(findings, log, 0, index);
      const place = places.get(index);
      tree.append(stored, place?.leaf ?? null, place?.eventId);
      for (const head of context.heads) if (head.size === tree.size) checkHead(head, tree, findings);
      for (; !next.done && next.value.size === tree.size; next = await checkpoints.next())
        await checkCheckpoint(next.value, { log, tree, keys, findings });
    }
    await checkUpper(db, log, tree, findings);
    await step(to - from);
  }
  tree.end();
  checkBounds(bounds, tree, findings);
  for (const head of context.heads)
    if (head.size > size)
      findings.add({
        code: 'older',
        log,
        size: head.size,
        index: size,
        detail: `it has ${size} entries, not ${head.size}`,
      });
}

function hashIn(tiles: ReadonlyMap<number, Buffer>, index: number): Uint8Array | null {
  const place = (index % TILE_WIDTH) * HASH_BYTES;
  const hash = tiles.get(Math.floor(index / TILE_WIDTH))?.subarray(place, place + HASH_BYTES);
  return hash?.length === HASH_BYTES ? hash : null;
}

function missingHash(findings: Findings, log: string, level: number, index: number): void {
  const n = Math.floor(index / TILE_WIDTH);
  findings.add({
    code: 'tile',
    log,
    index: index * TILE_WIDTH ** level,
    detail: `tile ${n} of level ${level} ends before it`,
  });
}

/** Every hash of an upper tile is the root of the tile below it. */
async function checkUpper(db: Queryable, log: string, tree: LogTree, findings: Findings): Promise<void> {
  const wanted = tree.takeUpper();
  for (const level of new Set(wanted.map((each) => each.level))) {
    const own = wanted.filter((each) => each.level === level);
    const [first, last] = [own[0]!.index, own.at(-1)!.index].map((index) => Math.floor(index / TILE_WIDTH));
    const tiles = await readLevel(db, log, level, first!, last!);
    for (const { index, root } of own) {
      const stored = hashIn(tiles, index);
      if (!stored) missingHash(findings, log, level, index);
      else if (Buffer.compare(stored, root) !== 0) {
        const detail = `hash ${index} of level ${level} is not the root of the tile below it`;
        findings.add({ code: 'tile', log, index: index * TILE_WIDTH ** level, detail });
      }
    }
  }
}

function checkHead({ log, size, root }: KnownHead, tree: LogTree, findings: Findings): void {
  if (Buffer.compare(tree.root, root) !== 0)
    findings.add({ code: 'diverged', log, index: 0, to: size, size, detail: `the first ${size} entries are others` });
}

function checkBounds(
  { name: log, size, frontier, signed, places, newest }: LogBounds,
  tree: LogTree,
  findings: Findings,
) {
  const wrong = (detail: string, index: number) => findings.add({ code: 'size', log, index, detail });
  if (places !== size) wrong(`its size is ${size}, its places end at ${places}`, Math.min(size, places));
  if (!tree.frontier.equals(frontier)) wrong('its frontier is not that of its leaves', size);
  if (signed !== newest)
    wrong(`signed up to ${signed}, its newest checkpoint is of ${newest}`, Math.min(signed, newest));
  if (newest > size) wrong(`its newest checkpoint is of ${newest}, it has ${size} entries`, size);
}
