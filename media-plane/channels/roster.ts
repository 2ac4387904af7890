import { randomInt } from 'node:crypto';
import type { Participant, PermissionName } from '../signalling/protocol';
import { isObserver, roomOf, type Session } from './session';

/**
 * Who is in a channel and what they send. Changes within a tenth of a second are told once, so that a hundred people
 * joining at once cost each other a few messages and not thousands. That an observer of the provider comes is told at once, to everybody, before
 * there is a connection that could carry media to them.
 */
const GATHER_MILLISECONDS = 100;
/** Observers and then publishers come first, so in a large audience the ones worth seeing are named. */
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
    if (isObserver(session)) this.#tell(room);
    else this.changed(session);
  }

  /** Whether an observer of the provider is in the channel of this session. */
  observed(session: Session): boolean {
    return [...(this.#rooms.get(roomOf(session)) ?? [])].some(isObserver);
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
      this.#tell(room);
    }, GATHER_MILLISECONDS);
    this.#dirty.set(room, timer.unref());
  }

  #tell(room: string): void {
    for (const present of this.#rooms.get(room) ?? []) present.listener?.roster();
  }

  /** Several sessions of one account are one participant. `count` is exact; the list is cut at 200. */
  list(session: Session): { participants: Participant[]; count: number } {
    const byAccount = new Map<string, Set<PermissionName>>();
    const observers = new Set<string>();
    for (const present of this.#rooms.get(roomOf(session)) ?? []) {
      let kinds = byAccount.get(present.account);
      if (!kinds) {
        kinds = new Set();
        byAccount.set(present.account, kinds);
      }
      if (isObserver(present)) observers.add(present.account);
      for (const peer of present.peers.values()) for (const kind of peer.sending) kinds.add(kind);
    }
    const all = [...byAccount].map(([account, kinds]): Participant => {
      const named = { account, kinds: [...kinds].sort() };
      return observers.has(account) ? { ...named, observer: true } : named;
    });
    const rank = ({ observer, kinds }: Participant) => (observer ? 2 : Number(kinds.length > 0));
    all.sort((a, b) => rank(b) - rank(a));
    return { participants: all.slice(0, MAX_NAMED), count: all.length };
  }

  stop(): void {
    for (const timer of this.#dirty.values()) clearTimeout(timer);
    this.#dirty.clear();
  }
}
