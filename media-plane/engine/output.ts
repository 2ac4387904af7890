/**
 * One kind towards one subscriber: the numbering it sees, continuous across publishers, denials and restarts. While detached
 * nothing is sent; the next packet that can stand alone anchors it again right behind the last one sent, so that what was
 * withheld never looks like loss.
 */
import { RTP_HEADER_BYTES, rewrite } from './rtp';
import type { Codec } from './sdp/offer';
import type { Source } from './source';

export class Output {
  packets = 0;
  octets = 0;
  #source: Source | null = null;
  #payloadType = -1;
  #anchored = false;
  #generation = 0;
  #anchor = 0;
  #anchorSequence = 0;
  #highest = 0;
  #timestampOffset = 0;
  #lastSequence: number;
  #lastTimestamp: number;
  #lastAt = 0;

  /** `payloadTypes` is what the subscriber answered for each codec; `start` seeds its numbering (32 random bits). */
  constructor(
    readonly ssrc: number,
    readonly payloadTypes: Partial<Record<Codec, number>>,
    start: number,
  ) {
    this.#lastSequence = start & 0x7fff;
    this.#lastTimestamp = start >>> 0;
  }

  get source(): Source | null {
    return this.#source;
  }

  /** Attached, but still waiting for a packet that can stand alone. */
  get waiting(): boolean {
    return this.#source !== null && this.#payloadType >= 0 && !this.#anchored;
  }

  attach(source: Source | null): void {
    this.#source = source;
    this.#payloadType = source ? (this.payloadTypes[source.codec.codec] ?? -1) : -1;
    this.#anchored = false;
  }

  /** Stops until the next packet that can stand alone. */
  detach(): void {
    this.#anchored = false;
  }

  /** Rewrites the header of a stripped packet for this subscriber; false when it must not be sent. */
  write(packet: Buffer, number: number, timestamp: number, marker: number, standsAlone: boolean, now: number): boolean {
    const source = this.#source;
    if (source === null || this.#payloadType < 0) return false;
    if (!this.#anchored || this.#generation !== source.sequence.generation) {
      if (!standsAlone) {
        this.#anchored = false;
        return false;
      }
      this.#anchorAt(source, number, timestamp, now);
    } else if (number < this.#anchor) return false;
    const sequence = (this.#anchorSequence + number - this.#anchor) & 0xffff;
    const outTimestamp = (timestamp + this.#timestampOffset) >>> 0;
    if (number >= this.#highest) {
      this.#highest = number;
      this.#lastSequence = sequence;
      this.#lastTimestamp = outTimestamp;
      this.#lastAt = now;
    }
    rewrite(packet, marker, this.#payloadType, sequence, outTimestamp, this.ssrc);
    this.packets++;
    this.octets += packet.length - RTP_HEADER_BYTES;
    return true;
  }

  /** The packet once sent under `sequence`, rewritten again; null when it is not there any more or was never sent. */
  retransmit(sequence: number): Buffer | null {
    const source = this.#source;
    if (source === null || !this.#anchored) return null;
    const number = this.#highest - ((this.#lastSequence - sequence) & 0xffff);
    if (number < this.#anchor) return null;
    const kept = source.ring.get(number);
    if (!kept) return null;
    const timestamp = (kept.timestamp + this.#timestampOffset) >>> 0;
    rewrite(kept.packet, kept.marker, this.#payloadType, sequence, timestamp, this.ssrc);
    return kept.packet;
  }

  /** The publisher's RTP timestamp in this subscriber's numbering, for sender reports; null while detached. */
  timestamp(original: number): number | null {
    return this.#anchored ? (original + this.#timestampOffset) >>> 0 : null;
  }

  #anchorAt(source: Source, number: number, timestamp: number, now: number): void {
    const elapsed =
      this.#lastAt === 0 ? 0 : Math.max(1, Math.round(((now - this.#lastAt) * source.codec.clockRate) / 1_000));
    this.#anchored = true;
    this.#generation = source.sequence.generation;
    this.#anchor = number;
    this.#anchorSequence = (this.#lastSequence + 1) & 0xffff;
    this.#highest = number;
    this.#timestampOffset = (this.#lastTimestamp + elapsed - timestamp) >>> 0;
  }
}
