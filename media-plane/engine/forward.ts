/**
 * The forwarding path. Each packet is tested against its sender's bit and expiry and each receiver's, then rewritten in
 * place and handed to the native side, which copies it.
 */
import { PERMISSION } from '@/lib/kernel/decision/types';
import { beginsKeyFrame } from './keyframe';
import type { Output } from './output';
import type { Peer } from './peer';
import type { Kind } from './port';
import { readRtcp, writeFir, writeNack, writePli, writeReceiverReport, writeSenderReport } from './rtcp';
import { isRtcp, newRtpView, parseRtp, stripHeader } from './rtp';
import { MAX_DATA_MESSAGE_BYTES } from './sdp/answer';
import type { Source } from './source';

/** Names our reports; says nothing about the machine. */
const CNAME = 'cordon';
/** Media is kept no longer than this (and the second until the next look). */
const RETRANSMIT_MS = 2_000;
const view = newRtpView();

export interface ForwardEvents {
  media(peer: Peer, kind: Kind, active: boolean): void;
  expired(peer: Peer, kind: Kind): void;
}

export class Forwarder {
  packetsIn = 0;
  packetsOut = 0;

  constructor(readonly events: ForwardEvents) {}

  /** An RTP or RTCP packet from a peer. */
  receive(peer: Peer, packet: Buffer, now: number): void {
    if (peer.closed) return;
    if (isRtcp(packet)) {
      peer.lastRtcpAt = now;
      peer.lastHeardAt = now;
      this.#rtcp(peer, packet, now);
    } else if (peer.publishes) this.#rtp(peer, packet, now);
  }

  #rtp(peer: Peer, packet: Buffer, now: number): void {
    if (!parseRtp(packet, view)) return;
    peer.packetsIn++;
    peer.bytesIn += packet.length;
    peer.lastHeardAt = now;
    peer.lastPacketInAt = now;
    this.packetsIn++;
    const source =
      peer.video?.codec.payloadType === view.payloadType
        ? peer.video
        : peer.audio?.codec.payloadType === view.payloadType
          ? peer.audio
          : null;
    if (source === null || !peer.packetBudget.take(now) || !this.allowed(peer, source.kind, now)) return;
    const number = source.accept(view, now);
    if (number < 0) return;
    if (!peer.heard) peer.room.heard(peer);
    if (!source.active) {
      source.active = true;
      this.events.media(peer, source.kind, true);
    }
    const { timestamp, marker } = view;
    const standsAlone = beginsKeyFrame(source.codec.codec, packet, view.payloadStart, view.payloadEnd);
    const stripped = stripHeader(packet, view);
    source.ring.put(number, stripped, timestamp, marker, now);

    const followers = peer.followers;
    let sent = false;
    for (let index = 0; index < followers.length; index++) {
      const follower = followers[index]!;
      const output = source.kind === 'video' ? follower.videoOut : follower.audioOut;
      if (output === null || !follower.connected || !follower.mayReceive(now)) continue;
      if (!output.write(stripped, number, timestamp, marker, standsAlone, now)) continue;
      if (this.#send(follower, stripped, now)) sent = true;
    }
    if (sent) peer.lastForwardedAt = now;
  }

  #send(follower: Peer, packet: Buffer, now: number): boolean {
    if (!follower.transport.sendMedia(packet)) return false;
    if (now - follower.lastSentAt > 1_000) follower.sendingSince = now;
    follower.lastSentAt = now;
    follower.lastForwardedAt = now;
    follower.packetsOut++;
    follower.bytesOut += packet.length;
    this.packetsOut++;
    return true;
  }

  /** A message from a peer's data channel, to every other peer of its room that has one. */
  message(peer: Peer, message: string | Buffer, now: number): void {
    if (peer.closed) return;
    peer.lastHeardAt = now;
    const bytes = typeof message === 'string' ? Buffer.byteLength(message) : message.length;
    if (bytes > MAX_DATA_MESSAGE_BYTES || !peer.messages.take(now) || !this.allowed(peer, 'data', now)) return;
    peer.lastDataAt = now;
    if (!peer.dataActive) {
      peer.dataActive = true;
      this.events.media(peer, 'data', true);
    }
    for (const other of peer.room.peers) {
      if (other === peer || !other.connected || !other.mayReceive(now)) continue;
      if (!other.transport.sendData(message)) continue;
      other.lastForwardedAt = now;
      peer.lastForwardedAt = now;
    }
  }

  /** The check of the hot path; notices an expiry itself instead of waiting for the timer. */
  allowed(peer: Peer, kind: Kind, now: number): boolean {
    const bit = PERMISSION[kind];
    if ((peer.bits & bit) === 0) return false;
    if (now < peer.until[kind]) return true;
    this.expire(peer, kind);
    return false;
  }

  expire(peer: Peer, kind: Kind): void {
    peer.bits &= ~PERMISSION[kind];
    this.deny(peer, kind);
    this.events.expired(peer, kind);
  }

  /** Forgets what a kind has sent, so that nothing of it can be retransmitted and players re-anchor if it returns. */
  deny(peer: Peer, kind: Kind): void {
    if (kind === 'data') {
      if (peer.dataActive) this.events.media(peer, 'data', false);
      peer.dataActive = false;
      return;
    }
    const source = peer[kind];
    if (source === null) return;
    source.suspend();
    if (kind === 'video') peer.keyFrames.cancel();
    for (const follower of peer.followers) follower.output(kind)?.detach();
    if (source.active) this.events.media(peer, kind, false);
    source.active = false;
  }

  #rtcp(peer: Peer, packet: Buffer, now: number): void {
    readRtcp(packet, {
      senderReport: (report) => {
        const source = [peer.audio, peer.video].find((candidate) => candidate?.ssrc === report.ssrc);
        if (!source || !peer.maySend(source.kind, now)) return;
        source.senderReport(report, now);
        for (const follower of peer.followers) {
          const output = follower.output(source.kind);
          const rtpTimestamp = output?.timestamp(report.rtpTimestamp) ?? null;
          if (!output || rtpTimestamp === null || !follower.connected || !follower.mayReceive(now)) continue;
          const rewritten = { ...report, ssrc: output.ssrc, rtpTimestamp };
          follower.transport.sendMedia(writeSenderReport(rewritten, output.packets, output.octets, CNAME));
        }
      },
      nack: (ssrc, sequences) => {
        const output = [peer.audioOut, peer.videoOut].find((candidate) => candidate?.ssrc === ssrc);
        if (output) this.#retransmit(peer, output, sequences, now);
      },
      keyFrame: (ssrc) => {
        const publisher = peer.following;
        if (peer.videoOut?.ssrc !== ssrc || !publisher || !peer.mayReceive(now)) return;
        if (peer.keyFrameBudget.take(now)) this.requestKeyFrame(publisher, now);
      },
    });
  }

  /** The same checks as on first sending: a retransmission is no way around a denial. */
  #retransmit(player: Peer, output: Output, sequences: number[], now: number): void {
    const publisher = player.following;
    const kind = output.source?.kind;
    if (!publisher || !kind || !publisher.maySend(kind, now) || !player.mayReceive(now)) return;
    for (const sequence of sequences) {
      if (!player.retransmissions.take(now)) return;
      const packet = output.retransmit(sequence);
      if (packet && this.#send(player, packet, now)) publisher.lastForwardedAt = now;
    }
  }

  requestKeyFrame(publisher: Peer, now: number): void {
    if (!publisher.video || publisher.video.ssrc < 0 || !publisher.maySend('video', now)) return;
    if (publisher.keyFrames.request(now)) this.#askKeyFrame(publisher, publisher.video);
  }

  #askKeyFrame(publisher: Peer, source: Source): void {
    const fir = !source.codec.feedback.includes('nack pli') && source.codec.feedback.includes('ccm fir');
    publisher.transport.sendMedia(
      fir
        ? writeFir(publisher.reportSsrc, source.ssrc, publisher.intraRequests++)
        : writePli(publisher.reportSsrc, source.ssrc),
    );
  }

  /** Every 20 ms: ask a publisher for what is missing, and for the key frame that had to wait. */
  recover(peer: Peer, now: number): void {
    for (const source of [peer.audio, peer.video]) {
      if (!source || source.gaps.size === 0) continue;
      const due = source.gaps.due(now).map((number) => source.sequence.original(number));
      if (due.length > 0) peer.transport.sendMedia(writeNack(peer.reportSsrc, source.ssrc, due));
    }
    if (peer.video && peer.keyFrames.due(now) && peer.maySend('video', now)) this.#askKeyFrame(peer, peer.video);
  }

  /** Every second: forget packets too old to be worth sending again. */
  forget(peer: Peer, now: number): void {
    peer.audio?.ring.expire(now - RETRANSMIT_MS);
    peer.video?.ring.expire(now - RETRANSMIT_MS);
  }

  /** Every second: tell a publisher how its packets arrive, and keep asking while a player waits for a key frame. */
  report(peer: Peer, now: number): void {
    const blocks = [peer.audio, peer.video].flatMap((source) => {
      const block = source && peer.maySend(source.kind, now) ? source.reportBlock(now) : null;
      return block ? [block] : [];
    });
    if (blocks.length > 0) peer.transport.sendMedia(writeReceiverReport(peer.reportSsrc, blocks, CNAME));
    if (peer.followers.some((follower) => follower.connected && follower.videoOut?.waiting))
      this.requestKeyFrame(peer, now);
  }
}
