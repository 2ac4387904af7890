import { generateSync } from 'otplib';

const STEP_MS = 30_000;
/** Nobody types a code that is about to change: it is good in its own step only. */
const LEFT_MS = 6_000;

/**
 * An authenticator app. A code works once, so each call gives the code of a step of its own: the second call within one
 * step waits for the next one to begin, as a person would.
 */
export class Authenticator {
  #lastStep = 0;

  /** The key as shown for typing, in base32; spaces do not matter. */
  constructor(readonly key: string) {}

  async code(): Promise<string> {
    const first = Math.max(this.#lastStep + 1, Math.floor((Date.now() + LEFT_MS) / STEP_MS));
    if (first > stepOf(Date.now()))
      await new Promise((resolve) => setTimeout(resolve, first * STEP_MS - Date.now() + 50));
    this.#lastStep = first;
    return generateSync({ secret: this.key.replace(/\s/g, '') });
  }

  /** A code typed by somebody else has used up the step of that moment (ms), by default the present one. */
  usedElsewhere(at = Date.now()): void {
    this.#lastStep = stepOf(at);
  }
}

const stepOf = (at: number): number => Math.floor(at / STEP_MS);
