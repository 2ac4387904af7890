/**
 * The last packets of one publisher and kind, shared by all its subscribers for retransmission. Stripped packets are kept by
 * reference: their header belongs to whoever is sent next, so timestamp and marker are kept beside them. It is the only
 * place where media stays after it was forwarded; whatever leaves it is overwritten with zeros.
 */
export class Ring {
  readonly #numbers: Float64Array;
  readonly #packets: (Buffer | undefined)[];
  readonly #timestamps: Uint32Array;
  readonly #markers: Uint8Array;
  readonly #storedAt: Float64Array;

  /** `size` in packets, a power of two under 1024: the encryption layer refuses older repeats. */
  constructor(readonly size: number) {
    this.#numbers = new Float64Array(size).fill(-1);
    this.#packets = new Array<Buffer | undefined>(size).fill(undefined);
    this.#timestamps = new Uint32Array(size);
    this.#markers = new Uint8Array(size);
    this.#storedAt = new Float64Array(size);
  }

  put(number: number, packet: Buffer, timestamp: number, marker: number, now: number): void {
    const slot = number & (this.size - 1);
    this.#packets[slot]?.fill(0);
    this.#numbers[slot] = number;
    this.#packets[slot] = packet;
    this.#timestamps[slot] = timestamp;
    this.#markers[slot] = marker;
    this.#storedAt[slot] = now;
  }

  has(number: number): boolean {
    return this.#numbers[number & (this.size - 1)] === number;
  }

  get(number: number): { packet: Buffer; timestamp: number; marker: number } | null {
    const slot = number & (this.size - 1);
    const packet = this.#packets[slot];
    if (packet === undefined || this.#numbers[slot] !== number) return null;
    return { packet, timestamp: this.#timestamps[slot]!, marker: this.#markers[slot]! };
  }

  /** Unix milliseconds at which the oldest packet still held arrived; null when empty. */
  oldestAt(): number | null {
    let oldest = Number.POSITIVE_INFINITY;
    for (let slot = 0; slot < this.size; slot++) {
      if (this.#packets[slot] !== undefined && this.#storedAt[slot]! < oldest) oldest = this.#storedAt[slot]!;
    }
    return oldest === Number.POSITIVE_INFINITY ? null : oldest;
  }

  /** Drops what arrived before `before` (Unix milliseconds). */
  expire(before: number): void {
    for (let slot = 0; slot < this.size; slot++) if (this.#storedAt[slot]! < before) this.#release(slot);
  }

  clear(): void {
    for (let slot = 0; slot < this.size; slot++) this.#release(slot);
  }

  #release(slot: number): void {
    this.#packets[slot]?.fill(0);
    this.#packets[slot] = undefined;
    this.#numbers[slot] = -1;
  }
}
