import type { Region } from '@/lib/kernel/region';
import type { Log } from '@/lib/platform';
import type { Chains } from './chains';
import { type StoredFrame, toBytes } from './frames';
import type { Session } from './session';
import { type EdgeRow, type Queryable, readBeats, readChains, readEdges } from './store';

/**
 * Everything this process serves to its connected edges. New steps come from the leader in this process at once, or from the
 * table when another process leads; both ways end in `deliver`.
 */
export class Hub {
  readonly chains: Chains;
  readonly #db: Queryable;
  readonly #log: Log;
  readonly #sessions = new Map<string, Session>();
  #refreshing: Promise<void> | null = null;
  #again = false;

  constructor(db: Queryable, chains: Chains, log: Log) {
    this.chains = chains;
    this.#db = db;
    this.#log = log;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** One connection per edge: a newer one replaces the older, which is most likely half-open. */
  add(session: Session): void {
    this.#sessions.get(session.peer.name)?.close('replaced');
    this.#sessions.set(session.peer.name, session);
  }

  remove(session: Session): void {
    if (this.#sessions.get(session.peer.name) === session) this.#sessions.delete(session.peer.name);
  }

  /** Sends steps that `chains` holds already. */
  deliver(frames: readonly StoredFrame[]): void {
    for (const frame of frames) this.#send(frame.region, toBytes(frame));
  }

  deliverBeats(beats: readonly StoredFrame[]): void {
    for (const beat of beats) this.#send(beat.region, this.chains.setBeat(beat));
  }

  /** Reads what other processes stored. Calls that come while one runs share the next run. */
  refresh(): Promise<void> {
    if (this.#refreshing) {
      this.#again = true;
      return this.#refreshing;
    }
    this.#refreshing = this.#read()
      .catch((error: unknown) => this.#log.warn('hub.refresh_failed', { error }))
      .finally(() => {
        this.#refreshing = null;
        if (!this.#again) return;
        this.#again = false;
        void this.refresh();
      });
    return this.#refreshing;
  }

  /** Closes the connections of edges that were banned or removed. */
  async enforceBans(): Promise<void> {
    if (this.#sessions.size === 0) return;
    const rows = new Map<string, EdgeRow>((await readEdges(this.#db)).map((row) => [row.name, row]));
    for (const session of this.#sessions.values()) {
      const row = rows.get(session.peer.name);
      if (!row || row.banned) session.close('banned');
      else session.expire(Date.now());
    }
  }

  closeAll(): void {
    for (const session of this.#sessions.values()) session.close('stopping');
  }

  async #read(): Promise<void> {
    for (const frame of await readChains(this.#db, this.chains.positions()))
      if (this.chains.add(frame) === 'added') this.deliver([frame]);
    for (const beat of await readBeats(this.#db)) {
      const known = this.chains.beat(beat.region);
      if (!known || !Buffer.from(known).equals(toBytes(beat))) this.deliverBeats([beat]);
    }
  }

  #send(region: Region, bytes: Uint8Array): void {
    for (const session of this.#sessions.values()) if (session.peer.region === region) session.push(bytes);
  }
}
