import { decodeFrame, encodeFrame, type Frame, MAX_CONTROL_FRAME } from '@/lib/kernel/bundle/frames';
import type { BeatPayload, Nack, Position } from '@/lib/kernel/bundle/messages';
import type { Region } from '@/lib/kernel/region';
import { type Log, messageOf } from '../log';
import type { Disk, Ratchet, Stored } from './disk';
import { State, type Touched } from './state';
import { type Keys, type Refused, verifyBeat, verifyDelta, verifySnapshot } from './verify';

/**
 * The policy of this edge as a durable state machine: verify, persist, swap. Knows nothing of the network. A frame that does
 * not hold changes nothing; what was in force stays in force.
 */
export type Taken = { ok: true; position: Position; touched: Touched } | Refused;

export class Bundle {
  readonly state: State;
  readonly #region: Region;
  readonly #keys: () => Keys;
  readonly #disk: Disk;
  readonly #log: Log;
  #ratchet: Ratchet | null = null;
  #lease: number | null = null;
  #issued = 0;
  #pending: { beat: BeatPayload; frame: Uint8Array } | null = null;

  constructor(region: Region, keys: () => Keys, disk: Disk, log: Log) {
    this.state = new State(region);
    this.#region = region;
    this.#keys = keys;
    this.#disk = disk;
    this.#log = log;
  }

  get ratchet(): Ratchet | null {
    return this.#ratchet;
  }

  /** Unix milliseconds, by control's clock. */
  get leaseExpiresAt(): number | null {
    return this.#lease;
  }

  /** Takes up what the disk holds, verifying all of it. Anything that fails ends the replay; control will send the rest. */
  async load(stored: Stored): Promise<void> {
    this.#ratchet = stored.ratchet;
    const { problem, bytes } = this.#replay(stored);
    if (problem) {
      this.#log('error', 'policy.disk_refused', { code: problem.code, detail: problem.detail });
      await this.#disk.cutLog(bytes);
    }
    const { position } = this.state;
    if (position && stored.ratchet && position.seq < stored.ratchet.seq) {
      // The folder was put back to an older time. Serving it would undo a revocation that had been acknowledged.
      this.#log('error', 'policy.disk_rolled_back', { seq: position.seq, ratchet: stored.ratchet.seq });
      this.state.applySnapshot([], null);
      return;
    }
    const beat = stored.beat && decodeFrame(stored.beat, MAX_CONTROL_FRAME);
    if (beat?.ok) {
      const verdict = verifyBeat(beat.frame, this.#region, this.#keys());
      if (verdict.ok) this.#renew(verdict.value);
    }
  }

  async takeSnapshot(frame: Frame): Promise<Taken> {
    const verdict = verifySnapshot(frame, this.#region, this.#keys(), this.#ratchet);
    if (!verdict.ok) return verdict;
    const { payload, position } = verdict.value;
    const problem = this.state.problemOfSnapshot(payload.resources);
    if (problem) return { ok: false, code: 'scope', detail: problem };
    const stored = await this.#persist(position, () =>
      this.#disk.writeSnapshot(encodeFrame(frame.header, frame.payload)),
    );
    if (stored) return stored;
    this.state.applySnapshot(payload.resources, position);
    await this.#caughtUp();
    return { ok: true, position, touched: 'all' };
  }

  async takeDelta(frame: Frame): Promise<Taken> {
    const verdict = verifyDelta(frame, this.#region, this.#keys(), this.state.position);
    if (!verdict.ok) return verdict;
    const { payload, position } = verdict.value;
    const problem = this.state.problemOfDelta(payload.put, payload.del);
    if (problem) return { ok: false, code: 'scope', detail: problem };
    const stored = await this.#persist(position, () =>
      this.#disk.appendDelta(encodeFrame(frame.header, frame.payload)),
    );
    if (stored) return stored;
    const touched = this.state.applyDelta(payload.put, payload.del, position);
    await this.#caughtUp();
    return { ok: true, position, touched };
  }

  /** A beat renews the lease only when nothing it speaks of is missing here: withheld changes let the lease run out. */
  async takeBeat(frame: Frame): Promise<'renewed' | 'behind' | 'drift' | Refused> {
    const verdict = verifyBeat(frame, this.#region, this.#keys());
    if (!verdict.ok) return verdict;
    const beat = verdict.value;
    if (beat.issued < this.#issued) return { ok: false, code: 'replay', detail: 'an older beat' };
    const held = this.state.position;
    if (!held || held.epoch !== beat.epoch || held.seq < beat.seq) {
      this.#pending = { beat, frame: encodeFrame(frame.header, frame.payload) };
      return 'behind';
    }
    if (held.seq === beat.seq && held.hash !== beat.hash) return 'drift';
    this.#renew(beat);
    await this.#disk.writeBeat(encodeFrame(frame.header, frame.payload));
    return 'renewed';
  }

  /** Takes up snapshot and log as far as they hold; `bytes` is how much of the log that is. */
  #replay(stored: Stored): { problem: Refused | null; bytes: number } {
    let bytes = 0;
    const snapshot = stored.snapshot && decodeFrame(stored.snapshot, MAX_CONTROL_FRAME);
    if (!snapshot) return { problem: null, bytes };
    if (!snapshot.ok) return { problem: { ok: false, code: 'storage', detail: snapshot.error }, bytes };
    // The ratchet is compared at the end, after the deltas: the snapshot alone may well lie below it.
    const first = verifySnapshot(snapshot.frame, this.#region, this.#keys(), null);
    if (!first.ok) return { problem: first, bytes };
    this.state.applySnapshot(first.value.payload.resources, first.value.position);
    for (const { frame, end } of stored.deltas) {
      const decoded = decodeFrame(frame, MAX_CONTROL_FRAME);
      if (!decoded.ok) return { problem: { ok: false, code: 'storage', detail: decoded.error }, bytes };
      const next = verifyDelta(decoded.frame, this.#region, this.#keys(), this.state.position);
      if (next.ok) this.state.applyDelta(next.value.payload.put, next.value.payload.del, next.value.position);
      else if (next.code !== 'replay') return { problem: next, bytes };
      bytes = end;
    }
    return { problem: null, bytes };
  }

  /** Policy first, then the ratchet: a ratchet that is ahead of the policy would lock out a good disk. */
  async #persist(position: Position, write: () => Promise<void>): Promise<Refused | null> {
    try {
      await write();
      this.#ratchet = { epoch: position.epoch, seq: position.seq };
      await this.#disk.writeRatchet(this.#ratchet);
      return null;
    } catch (error) {
      this.#log('error', 'policy.storage', { error: messageOf(error) });
      return { ok: false, code: 'storage' satisfies Nack['code'], detail: 'the policy could not be written to disk' };
    }
  }

  async #caughtUp(): Promise<void> {
    const held = this.state.position;
    const pending = this.#pending;
    if (!pending || !held || held.seq < pending.beat.seq) return;
    this.#pending = null;
    if (held.seq === pending.beat.seq && held.hash !== pending.beat.hash) return;
    this.#renew(pending.beat);
    await this.#disk.writeBeat(pending.frame);
  }

  #renew(beat: BeatPayload): void {
    this.#issued = beat.issued;
    this.#lease = Math.max(this.#lease ?? 0, beat.expires);
  }
}
