/** The peers of one `appId:channel` and who plays whom. Nothing here can name a peer of another room. */
import type { Peer } from './peer';

export class Room {
  readonly peers = new Set<Peer>();
  /** Peers still being connected: they will be added, so the room stays. */
  opening = 0;

  constructor(readonly key: string) {}

  add(peer: Peer): void {
    this.peers.add(peer);
    if (!peer.publishes) peer.follow(this.#choose(peer));
  }

  /** A publisher's first packet: whoever waits for it, or for anybody, follows it now. */
  heard(publisher: Peer): void {
    publisher.heard = true;
    for (const peer of this.peers) {
      if (peer.publishes) continue;
      // A named publisher that comes back on a new connection replaces its old one.
      if (peer.wants === publisher.account || (peer.wants === null && peer.following === null)) peer.follow(publisher);
    }
  }

  remove(peer: Peer): void {
    this.peers.delete(peer);
    peer.follow(null);
    for (const follower of [...peer.followers]) follower.follow(this.#choose(follower));
  }

  /** The wanted publisher's newest connection, or the first publisher heard. */
  #choose(player: Peer): Peer | null {
    let chosen: Peer | null = null;
    for (const peer of this.peers) {
      if (!peer.publishes || !peer.heard) continue;
      if (player.wants === null) return peer;
      if (peer.account === player.wants) chosen = peer;
    }
    return chosen;
  }
}
