import type { Tx } from '@/lib/authz';
import { fromUtf8 } from '@/lib/kernel/encoding';
import { parseCheckpointText, parseNote } from '@/lib/kernel/log';
import { keyring } from '@/lib/keyring';
import { systemClock } from '@/lib/platform';
import type { CheckpointView, LogView, OperatorLogView, ProofState } from './schemas';
import * as store from './store';
import { summary, witnessView } from './witnesses';

/** How a log stands. Within the reader's own transaction. */
export async function logView(tx: Tx, log: string): Promise<LogView> {
  const newest = await store.eventRows(tx, log).checkpoint();
  const checks = await store.checks(tx, log);
  const full = checks.find((check) => check.log === log && check.kind === 'full');
  return {
    size: await store.size(tx, log),
    checkpoint: newest && checkpointView(newest),
    witnesses: summary(await store.witnessState(tx), systemClock.now()),
    checks: {
      full: full ? { at: full.at.toISOString(), whole: full.state === 'whole' } : null,
      failing: checks
        .filter(({ state }) => state === 'failed')
        .map(({ log: of, kind, code, place, since }) => ({
          log: of,
          check: kind,
          code: code ?? '',
          place: place === null ? null : Number(place),
          since: since.toISOString(),
        })),
    },
    pruned: await store.pruned(tx, log),
  };
}

/** Where events of a log stand in it, by their id; those that are not named have no place yet. */
export async function placesOf(tx: Tx, log: string, eventIds: readonly string[]): Promise<Map<string, ProofState>> {
  if (eventIds.length === 0) return new Map();
  const rows = await store.places(tx, log, eventIds);
  return new Map(rows.map((row) => [row.eventId, stateOf(row)]));
}

function stateOf({ index, fits, size, signedAt, witnessedAt, writtenAt }: store.PlaceRow): ProofState {
  if (fits !== true) return { state: 'altered' };
  if (size === null || signedAt === null) return { state: 'waiting' };
  const afterMs = Math.max(0, signedAt.getTime() - writtenAt.getTime());
  return {
    state: 'logged',
    index: Number(index),
    size: Number(size),
    at: signedAt.toISOString(),
    afterMs,
    witnessedAt: witnessedAt?.toISOString() ?? null,
  };
}

/** What anybody may know of the operator's log, and by which keys it is checked. Throws `keyring.unavailable`. */
export async function operatorLog(): Promise<OperatorLogView> {
  const { newest, state, witnesses } = await store.withoutTenant(async (tx) => ({
    newest: await store.operatorRows(tx).checkpoint(),
    state: await store.witnessState(tx),
    witnesses: await store.witnesses(tx),
  }));
  const { logKeys = [] } = await keyring().call('trust.describe', {});
  return {
    checkpoint: newest && checkpointView(newest),
    vkeys: logKeys,
    witnesses: summary(state, systemClock.now()),
    witness: witnesses.map(witnessView),
  };
}

function checkpointView({ note: bytes, at }: store.CheckpointRow): CheckpointView {
  const note = fromUtf8(bytes);
  const parsed = note === null ? null : parseNote(note);
  const checkpoint = parsed && parseCheckpointText(parsed.text);
  if (note === null || !parsed || !checkpoint) throw new Error('a stored checkpoint cannot be read');
  const { origin, size } = checkpoint;
  return { origin, size, at: at.toISOString(), note };
}
