import { randomInt } from 'node:crypto';
import type { Participant, PermissionName } from '../signalling/protocol';
import { roomOf, type Session } from './session';

/**
 * Who is in a channel and what they send. Changes within a tenth of a second are told once, so that a hundred people
 * joining at once cost each other a few messages and not thousands.
 */
const GATHER_MILLISECONDS = 100;
/** Publishers come first, so in a large audience the ones worth seeing are named. */
const MAX_NAMED = 200;

export class Roster {
  readonly #rooms = new Map<string, Set<Session>>();
  readonly #dirty = new Map<string, NodeJS.Timeout>();

  enter(session: Session): void {
    const room = roomOf(session);
    let present = this.#rooms.get(room);
    if (!present) {
      present = new Set();
      this.#rooms.set(room, present);
    }
    present.add(session);
    this.changed(session);
  }

  leave(session: Session): void {
    const room = roomOf(session);
    const present = this.#rooms.get(room);
    present?.delete(session);
    if (present?.size === 0) this.#rooms.delete(room);
    this.changed(session);
  }

  occupied(appId: string, channel: string): boolean {
    return this.#rooms.has(roomOf({ appId, channel }));
  }

  /** A uid (1 to 2^32-1, decimal) that nobody in the channel holds. */
  freeUid(appId: string, channel: string): string {
    const present = this.#rooms.get(roomOf({ appId, channel }));
    for (;;) {
      const uid = String(randomInt(1, 2 ** 32));
      if (![...(present ?? [])].some((session) => session.account === uid)) return uid;
    }
  }

  changed(session: Session): void {
    const room = roomOf(session);
    if (this.#dirty.has(room)) return;
    const timer = setTimeout(() => {
      this.#dirty.delete(room);
      for (const present of this.#rooms.get(room) ?? []) present.listener?.roster();
    }, GATHER_MILLISECONDS);
    this.#dirty.set(room, timer.unref());
  }

  /** Several sessions of one account are one participant. `count` is exact; the list is cut at 200. */
  list(session: Session): { participants: Participant[]; count: number } {
    const byAccount = new Map<string, Set<PermissionName>>();
    for (const present of this.#rooms.get(roomOf(session)) ?? []) {
      let kinds = byAccount.get(present.account);
      if (!kinds) {
        kinds = new Set();
        byAccount.set(present.account, kinds);
      }
      for (const peer of present.peers.values()) for (const kind of peer.sending) kinds.add(kind);
    }
    const all = [...byAccount].map(([account, kinds]): Participant => ({ account, kinds: [...kinds].sort() }));
    all.sort((a, b) => Number(b.kinds.length > 0) - Number(a.kinds.length > 0));
    return { participants: all.slice(0, MAX_NAMED), count: all.length };
  }

  stop(): void {
    for (const timer of this.#dirty.values()) clearTimeout(timer);
    this.#dirty.clear();
  }
}
