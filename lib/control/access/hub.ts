import type { Keyring } from '@/lib/keyring';
import type { Log } from '@/lib/platform';
import type { Queryable } from '../store';
import type { AccessSession } from './session';
import { readBanned, readWatched } from './store';

/** The gateways and hosts connected to this control, and the sheets that hosts are sent. */
export class AccessHub {
  readonly #db: Queryable;
  readonly #keyring: Pick<Keyring, 'call'>;
  readonly #log: Log;
  readonly #sessions = new Map<string, AccessSession>();
  #watched: string[] = [];

  constructor(db: Queryable, keyring: Pick<Keyring, 'call'>, log: Log) {
    this.#db = db;
    this.#keyring = keyring;
    this.#log = log;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** One connection each: a newer one replaces the older, which is most likely half-open. A host gets its sheet at once, a gateway what is watched. */
  add(session: AccessSession): void {
    this.#sessions.get(session.peer.id)?.close('replaced');
    this.#sessions.set(session.peer.id, session);
    void this.#send(session);
    this.#tellWatched(session);
  }

  remove(session: AccessSession): void {
    if (this.#sessions.get(session.peer.id) === session) this.#sessions.delete(session.peer.id);
  }

  /** Sends every connected host its sheet, signed anew by the keyring out of what it knows now. */
  async sendSheets(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => this.#send(session)));
  }

  /** Tells every gateway which sessions somebody watches, when that has changed. */
  async sendWatched(): Promise<void> {
    const watched = await readWatched(this.#db);
    if (watched.join() === this.#watched.join()) return;
    this.#watched = watched;
    for (const session of this.#sessions.values()) this.#tellWatched(session);
  }

  /** Closes the connections of those who were banned, and those whose certificate has run out: they come back with a new one. */
  async enforce(now: number): Promise<void> {
    if (this.#sessions.size === 0) return;
    const banned = new Set(await readBanned(this.#db));
    for (const session of this.#sessions.values()) {
      if (banned.has(session.peer.id)) session.close('banned');
      else if (session.peer.expiresAt <= now) session.close('certificate_expired');
    }
  }

  closeAll(): void {
    for (const session of this.#sessions.values()) session.close('stopping');
  }

  #tellWatched(session: AccessSession): void {
    if (session.peer.kind === 'gateway') session.send({ type: 'Watched', sessions: this.#watched });
  }

  async #send(session: AccessSession): Promise<void> {
    const { id, kind } = session.peer;
    if (kind !== 'host') return;
    try {
      const { sheet, signature } = await this.#keyring.call('grant.sheet', { target: `host:${session.peer.name}` });
      session.send({ type: 'Sheet', signature }, Buffer.from(sheet));
    } catch (error) {
      // Without one the host lets nobody in once its own is no longer fresh.
      this.#log.warn('access.no_sheet', { name: id, error });
    }
  }
}
