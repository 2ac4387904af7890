/** All peers of the engine child: opens and closes them, applies permissions, runs their timers. */
import { randomBytes } from 'node:crypto';
import { PERMISSION } from '@/lib/kernel/decision/types';
import { Forwarder } from './forward';
import type { EngineLimits } from './limits';
import { Output } from './output';
import { KINDS, Peer } from './peer';
import type { EngineEvent, EngineOptions, OpenPeer, OpenResult, PeerStats } from './port';
import { Room } from './room';
import { answeredCodecs, type OutgoingIdentity, writeAnswer } from './sdp/answer';
import { SdpError } from './sdp/error';
import { type Codec, type MediaSection, type Offer, readOffer } from './sdp/offer';
import { Source } from './source';
import { NativeTransport } from './transport';

type Network = Pick<EngineOptions, 'bindAddress' | 'udpPort' | 'publicAddress'>;
type PeerEvent = Exclude<EngineEvent, { type: 'down' | 'up' }>;
type CloseReason = Extract<EngineEvent, { type: 'closed' }>['reason'];

/** A kind that sends nothing for this long is announced as inactive. */
const INACTIVE_MS = 2_000;

export class Plane {
  readonly #rooms = new Map<string, Room>();
  readonly #peers = new Map<string, Peer>();
  readonly forwarder: Forwarder;

  constructor(
    readonly network: Network,
    readonly limits: EngineLimits,
    readonly emit: (event: PeerEvent) => void,
  ) {
    this.forwarder = new Forwarder({
      media: (peer, kind, active) => emit({ type: 'media', peerId: peer.id, kind, active }),
      expired: (peer, kind) => emit({ type: 'expired', peerId: peer.id, kind }),
    });
  }

  get size(): { peers: number; pending: number } {
    let pending = 0;
    for (const peer of this.#peers.values()) if (!peer.connected) pending++;
    return { peers: this.#peers.size, pending };
  }

  /** Age in milliseconds of the oldest packet kept for retransmission; 0 when none is. */
  oldestPacketMs(now: number): number {
    let oldest = now;
    for (const { audio, video } of this.#peers.values()) {
      for (const source of [audio, video]) oldest = Math.min(oldest, source?.ring.oldestAt() ?? now);
    }
    return now - oldest;
  }

  async open(open: OpenPeer, now: number): Promise<OpenResult> {
    const refusal = this.#refusal(open);
    if (refusal !== null) return { ok: false, code: 'engine.unavailable', detail: refusal };
    let offer: Offer;
    try {
      offer = readOffer(open.offer, { sends: open.direction !== 'subscribe' });
    } catch (error) {
      if (error instanceof SdpError) return { ok: false, code: 'sdp.invalid', detail: error.message };
      throw error;
    }
    const room = this.#rooms.get(open.room) ?? new Room(open.room);
    const peer = new Peer(open, room, random32(), this.limits, now);
    if (peer.publishes && !mayPublishAny(peer, offer, now)) {
      return { ok: false, code: 'privilege.publish_missing', detail: 'none of the offered kinds may be sent' };
    }
    this.#peers.set(peer.id, peer);
    // Before anything is awaited: whoever comes meanwhile must find this room, not make another of the same name.
    this.#rooms.set(room.key, room);
    room.opening++;
    try {
      const answer = await this.#connect(peer, offer).finally(() => room.opening--);
      if (peer.closed) {
        this.#tidy(room);
        return { ok: false, code: 'engine.unavailable', detail: 'closed while connecting' };
      }
      room.add(peer);
      return { ok: true, answer };
    } catch (error) {
      this.#drop(peer);
      if (error instanceof SdpError) return { ok: false, code: 'sdp.invalid', detail: error.message };
      return { ok: false, code: 'engine.unavailable', detail: 'the media connection could not be made' };
    }
  }

  #refusal(open: OpenPeer): string | null {
    if (this.#peers.has(open.peerId)) return 'the peer id is in use';
    if (this.#peers.size >= this.limits.maxPeers) return 'the engine is full';
    if (this.size.pending >= this.limits.maxPendingPeers) return 'too many peers are connecting';
    return null;
  }

  async #connect(peer: Peer, offer: Offer): Promise<string> {
    const outgoing = describeMedia(peer, offer);
    const transport = new NativeTransport(peer.id, offer, this.network, {
      connected: () => this.#connected(peer),
      failed: () => this.#end(peer, 'failed'),
      media: (packet) => this.forwarder.receive(peer, packet, Date.now()),
      data: (message) => this.forwarder.message(peer, message, Date.now()),
    });
    peer.transport = transport;
    const local = await transport.negotiate();
    const address = this.network.publicAddress ?? this.network.bindAddress;
    const sessionId = (randomBytes(8).readBigUInt64BE() >> 2n).toString();
    return writeAnswer(offer, { ...local, address, port: this.network.udpPort }, outgoing, sessionId);
  }

  #connected(peer: Peer): void {
    if (peer.connected || peer.closed) return;
    peer.connected = true;
    peer.lastHeardAt = Date.now();
    this.emit({ type: 'connected', peerId: peer.id });
    // Do not make a new player wait for the next key frame by itself.
    if (peer.following) this.forwarder.requestKeyFrame(peer.following, Date.now());
  }

  setPermissions(peerId: string, permissions: number, expiresAt: OpenPeer['expiresAt'], now: number): void {
    const peer = this.#peers.get(peerId);
    if (!peer) return;
    const before = peer.bits;
    const received = peer.mayReceive(now);
    peer.grant(permissions, expiresAt);
    if (!received) {
      peer.audioOut?.detach();
      peer.videoOut?.detach();
    }
    for (const kind of KINDS) {
      const had = (before & PERMISSION[kind]) !== 0;
      const has = peer.maySend(kind, now);
      if (had && !has) this.forwarder.deny(peer, kind);
      else if (!had && has && kind === 'video') this.forwarder.requestKeyFrame(peer, now);
    }
  }

  close(peerId: string): { lastPacketAt: number | null } {
    const peer = this.#peers.get(peerId);
    if (!peer) return { lastPacketAt: null };
    this.#end(peer, 'requested');
    return { lastPacketAt: peer.lastForwardedAt || null };
  }

  stats(): PeerStats[] {
    return [...this.#peers.values()].map(({ id, packetsIn, packetsOut, bytesIn, bytesOut, lastPacketInAt }) => ({
      peerId: id,
      packetsIn,
      packetsOut,
      bytesIn,
      bytesOut,
      lastPacketInAt,
    }));
  }

  /** Every 20 ms. */
  recover(now: number): void {
    for (const peer of this.#peers.values()) if (peer.publishes && peer.connected) this.forwarder.recover(peer, now);
  }

  /** Every second. */
  report(now: number): void {
    for (const peer of this.#peers.values()) {
      if (!peer.publishes || !peer.connected) continue;
      this.forwarder.forget(peer, now);
      this.forwarder.report(peer, now);
    }
  }

  /** Every 100 ms: deadlines. The forwarding path compares them too; this makes the announcements and cuts prompt. */
  sweep(now: number): void {
    for (const peer of [...this.#peers.values()]) {
      if (now >= peer.until.join) this.#end(peer, 'expired');
      else if (!peer.connected) {
        if (now - peer.openedAt >= this.limits.connectMs) this.#end(peer, 'timeout');
      } else if (this.#silent(peer, now)) this.#end(peer, 'timeout');
      else this.#sweepKinds(peer, now);
    }
  }

  #silent(peer: Peer, now: number): boolean {
    if (peer.publishes) {
      // Without media there is nothing to be heard; ICE notices that such a peer is gone.
      return (peer.audio ?? peer.video) !== null && now - peer.lastHeardAt >= this.limits.publisherSilenceMs;
    }
    const sending = now - peer.lastSentAt < 1_000;
    return sending && now - Math.max(peer.lastRtcpAt, peer.sendingSince) >= this.limits.subscriberSilenceMs;
  }

  #sweepKinds(peer: Peer, now: number): void {
    for (const kind of KINDS) {
      if ((peer.bits & PERMISSION[kind]) !== 0 && now >= peer.until[kind]) this.forwarder.expire(peer, kind);
    }
    for (const kind of ['audio', 'video'] as const) {
      const source = peer[kind];
      if (!source?.active || now - source.lastAt < INACTIVE_MS) continue;
      source.active = false;
      this.emit({ type: 'media', peerId: peer.id, kind, active: false });
    }
    if (peer.dataActive && now - peer.lastDataAt >= INACTIVE_MS) {
      peer.dataActive = false;
      this.emit({ type: 'media', peerId: peer.id, kind: 'data', active: false });
    }
  }

  #end(peer: Peer, reason: CloseReason): void {
    if (peer.closed) return;
    this.#drop(peer);
    this.emit({ type: 'closed', peerId: peer.id, reason, lastPacketAt: peer.lastForwardedAt || null });
  }

  #drop(peer: Peer): void {
    peer.closed = true;
    this.#peers.delete(peer.id);
    const { room, followers } = peer;
    const left = [...followers];
    peer.audio?.ring.clear();
    peer.video?.ring.clear();
    room.remove(peer);
    this.#tidy(room);
    peer.transport?.close();
    for (const follower of left) if (follower.following) this.forwarder.requestKeyFrame(follower.following, Date.now());
  }

  #tidy(room: Room): void {
    if (room.peers.size === 0 && room.opening === 0) this.#rooms.delete(room.key);
  }
}

function mayPublishAny(peer: Peer, offer: Offer, now: number): boolean {
  return offer.sections.some((section) => peer.maySend(section.kind === 'application' ? 'data' : section.kind, now));
}

/** Gives the peer its sources (publisher) or outputs (player) for what its offer carries. */
function describeMedia(peer: Peer, offer: Offer): OutgoingIdentity | null {
  const media = offer.sections.filter((section): section is MediaSection => section.kind !== 'application');
  if (peer.publishes) {
    for (const section of media) peer[section.kind] = new Source(section.kind, answeredCodecs(section, true)[0]!);
    return null;
  }
  const outgoing = { audioSsrc: random32(), videoSsrc: random32(), stream: randomBytes(12).toString('hex') };
  for (const section of media) {
    const payloadTypes: Partial<Record<Codec, number>> = {};
    for (const codec of answeredCodecs(section, false)) payloadTypes[codec.codec] = codec.payloadType;
    const ssrc = section.kind === 'audio' ? outgoing.audioSsrc : outgoing.videoSsrc;
    peer[section.kind === 'audio' ? 'audioOut' : 'videoOut'] = new Output(ssrc, payloadTypes, random32());
  }
  return outgoing;
}

/** Never 0, which some stacks treat as unset. */
function random32(): number {
  return randomBytes(4).readUInt32BE() || 1;
}
