/**
 * Erasing one person from a log of a million records: how long it takes, and what somebody finds who kept a backup of the database from before and
 * has every key that is left. The same as test/attacks/erased-subject.test.ts, which says who that is.
 */
import { openWorld } from '../contract/world';
import { keysIn, opened, type Stage, scan, spellings, stageErasure, verified } from '../support/erasure';
import type { Result } from './measure';

const EVENTS = Number(process.env.CORDON_BENCH_EVENTS ?? 1_000_000);
const ABOUT = EVENTS / 100;
/** A transaction of the console ends after fifteen seconds. */
const ERASED_MS = 15_000;

export async function bench(emit: (result: Result) => void): Promise<void> {
  const world = await openWorld();
  let stage: Stage | undefined;
  try {
    const written = performance.now();
    stage = await stageErasure(world, { events: EVENTS, about: ABOUT });
    const stagedSeconds = Math.round((performance.now() - written) / 1000);
    const control = opened(stage.sealed, keysIn(stage.keysBefore));
    const { subject, sealed, proofs, backup, canary } = stage;

    const { erasePerson } = await import('@/lib/audit-retention');
    const ask = await world.asked(() => erasePerson(world.owner, subject.userId));
    await world.confirm(world.owner, ask);
    const started = performance.now();
    const erased = await erasePerson(world.owner, subject.userId);
    const ms = Math.round(performance.now() - started);
    emit(
      result('a person in one record of a hundred, erased', 'ms', ms, ERASED_MS, {
        records: EVENTS,
        erased,
        stagedSeconds,
      }),
    );

    const keys = keysIn(world.keyringHome);
    emit(
      result('values opened with every key that is left', 'values', opened(sealed, keys), 0, {
        values: sealed.length,
        keys: keys.length,
        before: control,
      }),
    );

    const homes = [backup, world.databaseHome, world.keyringHome];
    const scans = homes.map((home) => scan(home, spellings(canary)));
    const bytes = scans.reduce((sum, each) => sum + each.bytes, 0);
    const found = scans.flatMap((each) => each.found);
    emit(
      result(
        'files with the person’s values, of backup, write-ahead log, database and keyring',
        'files',
        found.length,
        0,
        { bytes },
      ),
    );

    await world.sequence();
    const { exportProof } = await import('@/lib/transparency');
    const anew: string[] = [];
    for (const { eventId } of sealed.slice(0, proofs.length)) anew.push((await exportProof(world.owner, eventId)).text);
    const good = (await verified(world, proofs)) + (await verified(world, anew));
    emit(
      result('proofs that do not verify, from before and new', 'proofs', proofs.length + anew.length - good, 0, {
        proofs: good,
      }),
    );
  } finally {
    stage?.remove();
    await world.stop();
  }
}

function result(name: string, unit: string, ours: number, most: number, details: Record<string, number>): Result {
  return { case: name, unit, ours, peers: {}, ratio: {}, targets: { most }, pass: ours <= most, ...details };
}
