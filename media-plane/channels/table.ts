import type { NewSession, Peer, Session } from './session';

/** The live sessions, found by id, by project and by peer, and how many connections each token is still setting up. */
export class SessionTable {
  readonly #sessions = new Map<string, Session>();
  readonly #byApp = new Map<string, Set<Session>>();
  readonly #byPeer = new Map<string, { session: Session; peer: Peer }>();
  readonly #pending = new Map<string, number>();

  get size(): number {
    return this.#sessions.size;
  }

  get peers(): number {
    return this.#byPeer.size;
  }

  get(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  all(): IterableIterator<Session> {
    return this.#sessions.values();
  }

  of(appId: string): Iterable<Session> {
    return this.#byApp.get(appId) ?? [];
  }

  peer(peerId: string): { session: Session; peer: Peer } | undefined {
    return this.#byPeer.get(peerId);
  }

  add(session: Session): void {
    this.#sessions.set(session.id, session);
    let ofApp = this.#byApp.get(session.appId);
    if (!ofApp) {
      ofApp = new Set();
      this.#byApp.set(session.appId, ofApp);
    }
    ofApp.add(session);
  }

  remove(session: Session): void {
    this.#sessions.delete(session.id);
    const ofApp = this.#byApp.get(session.appId);
    ofApp?.delete(session);
    if (ofApp?.size === 0) this.#byApp.delete(session.appId);
  }

  addPeer(session: Session, peer: Peer): void {
    session.peers.set(peer.id, peer);
    this.#byPeer.set(peer.peerId, { session, peer });
    this.#count(session, 1);
  }

  connected(session: Session, peer: Peer): void {
    if (peer.connected) return;
    peer.connected = true;
    this.#count(session, -1);
  }

  removePeer(session: Session, peer: Peer): void {
    if (session.peers.get(peer.id) === peer) session.peers.delete(peer.id);
    if (this.#byPeer.delete(peer.peerId) && !peer.connected) this.#count(session, -1);
  }

  /** Connections of the same token (without one: of the same address) that were opened and never connected. */
  pending(session: Pick<NewSession, 'appId' | 'tokenHash' | 'address'>): number {
    return this.#pending.get(bearerKey(session)) ?? 0;
  }

  #count(session: Session, by: 1 | -1): void {
    // A WebSocket session has its own limits, and its token may change under it.
    if (session.kind !== 'http') return;
    const key = bearerKey(session);
    const left = (this.#pending.get(key) ?? 0) + by;
    if (left > 0) this.#pending.set(key, left);
    else this.#pending.delete(key);
  }
}

const bearerKey = ({ appId, tokenHash, address }: Pick<NewSession, 'appId' | 'tokenHash' | 'address'>): string =>
  `${appId} ${tokenHash ? tokenHash.toString('base64') : address}`;
