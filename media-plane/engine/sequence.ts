/**
 * Extends 16-bit sequence numbers to a counter that never runs backwards, whatever the publisher does. A restart or a wild
 * jump is believed only after two packets in sequence (RFC 3550 A.1) and then continues right behind the last number, so
 * a hostile sender cannot push the encryption layer outside its window.
 */
const MAX_DROPOUT = 3_000;
const MAX_MISORDER = 512;

export class Sequence {
  /** Highest extended number so far; -1 before the first packet. */
  highest = -1;
  /** Counts the times numbering began anew; consumers compare it to notice. */
  generation = 0;
  #first = 0;
  #last = -1;
  #probation = -1;

  /** The extended number, or -1 for a packet to drop. */
  accept(sequence: number): number {
    if (this.#last < 0) return this.#begin(sequence);
    const delta = ((sequence - this.#last) << 16) >> 16;
    if (delta > 0 && delta < MAX_DROPOUT) {
      this.#probation = -1;
      this.#last = sequence;
      this.highest += delta;
      return this.highest;
    }
    if (delta <= 0 && delta > -MAX_MISORDER) {
      const extended = this.highest + delta;
      return extended < this.#first ? -1 : extended;
    }
    if (sequence === this.#probation) return this.#begin(sequence);
    this.#probation = (sequence + 1) & 0xffff;
    return -1;
  }

  /** The 16-bit number the publisher used for an extended one of this generation. */
  original(extended: number): number {
    return (this.#last - (this.highest - extended)) & 0xffff;
  }

  /** Forgets the publisher's numbering; the next packet continues right behind the last one. */
  reset(): void {
    this.#last = -1;
    this.#probation = -1;
  }

  #begin(sequence: number): number {
    this.generation++;
    this.#last = sequence;
    this.#probation = -1;
    this.highest++;
    this.#first = this.highest;
    return this.highest;
  }
}
