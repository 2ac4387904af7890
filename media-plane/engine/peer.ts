/**
 * One peer as the forwarding path sees it: permission bits and expiries as plain fields, so that a packet costs a bit test
 * and a comparison, and what it sends and is sent.
 */
import { PERMISSION } from '@/lib/kernel/decision/types';
import { Bucket } from './bucket';
import { KeyFrameThrottle } from './keyframe';
import type { EngineLimits } from './limits';
import type { Output } from './output';
import type { Kind, OpenPeer } from './port';
import type { Room } from './room';
import type { Source } from './source';
import type { Transport } from './transport';

export const KINDS = ['audio', 'video', 'data'] as const satisfies readonly Kind[];
/** Key frame requests and retransmissions granted to one player, so that it cannot raise everybody's bitrate. */
const KEY_FRAMES_PER_SECOND = 1;
const KEY_FRAMES_BURST = 4;
const RETRANSMISSIONS_PER_SECOND = 1_000;

export class Peer {
  readonly id: string;
  readonly account: string;
  readonly wants: string | null;
  readonly publishes: boolean;
  /** Bits held now; cleared when a kind expires, so that it is announced once. */
  bits: number;
  /** Unix milliseconds, indexed by permission bit; never later than the join permission. */
  readonly until = { join: 0, audio: 0, video: 0, data: 0 };

  transport!: Transport;
  audio: Source | null = null;
  video: Source | null = null;
  audioOut: Output | null = null;
  videoOut: Output | null = null;
  /** Players of this publisher, in no order. */
  readonly followers: Peer[] = [];
  following: Peer | null = null;

  connected = false;
  closed = false;
  heard = false;
  readonly openedAt: number;
  /** RTP, RTCP or message last received; the moment of connecting before that. */
  lastHeardAt: number;
  lastRtcpAt = 0;
  lastPacketInAt = 0;
  lastSentAt = 0;
  /** Since when media goes out without a pause. */
  sendingSince = 0;
  /** A packet from or to this peer was forwarded. */
  lastForwardedAt = 0;
  packetsIn = 0;
  packetsOut = 0;
  bytesIn = 0;
  bytesOut = 0;
  dataActive = false;
  lastDataAt = 0;
  intraRequests = 0;
  readonly keyFrames: KeyFrameThrottle;
  readonly keyFrameBudget = new Bucket(KEY_FRAMES_PER_SECOND, KEY_FRAMES_BURST);
  readonly retransmissions = new Bucket(RETRANSMISSIONS_PER_SECOND, RETRANSMISSIONS_PER_SECOND);
  readonly packetBudget: Bucket;
  readonly messages: Bucket;

  constructor(
    open: OpenPeer,
    readonly room: Room,
    /** SSRC of the reports and requests we send to this peer. */
    readonly reportSsrc: number,
    limits: EngineLimits,
    now: number,
  ) {
    this.id = open.peerId;
    this.account = open.account;
    this.wants = open.publisher;
    this.publishes = open.direction !== 'subscribe';
    this.bits = open.permissions;
    this.openedAt = now;
    this.lastHeardAt = now;
    this.keyFrames = new KeyFrameThrottle(limits.keyFrameIntervalMs);
    this.packetBudget = new Bucket(limits.maxPacketsPerSecond, limits.maxPacketsPerSecond);
    this.messages = new Bucket(limits.maxMessagesPerSecond, limits.maxMessagesPerSecond);
    this.grant(open.permissions, open.expiresAt);
  }

  /** Replaces bits and expiries in place. */
  grant(permissions: number, expiresAt: OpenPeer['expiresAt']): void {
    this.bits = permissions & PERMISSION.join ? permissions : 0;
    this.until.join = expiresAt.join;
    for (const kind of KINDS) this.until[kind] = Math.min(expiresAt[kind], expiresAt.join);
  }

  maySend(kind: Kind, now: number): boolean {
    return (this.bits & PERMISSION[kind]) !== 0 && now < this.until[kind];
  }

  mayReceive(now: number): boolean {
    return (this.bits & PERMISSION.join) !== 0 && now < this.until.join;
  }

  output(kind: 'audio' | 'video'): Output | null {
    return kind === 'audio' ? this.audioOut : this.videoOut;
  }

  follow(publisher: Peer | null): void {
    if (this.following) {
      const at = this.following.followers.indexOf(this);
      if (at >= 0) this.following.followers.splice(at, 1);
    }
    this.following = publisher;
    publisher?.followers.push(this);
    this.audioOut?.attach(publisher?.audio ?? null);
    this.videoOut?.attach(publisher?.video ?? null);
  }
}
