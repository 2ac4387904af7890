import { OBSERVER_JOIN_SECONDS } from '@/lib/kernel/decision';

/** Which observers' tokens were used to join here. One is good for one join; after its time to join nobody has to remember it. */
export class ObserverTokens {
  /** By token id, until (Unix seconds) it could have joined. Insertion order is order of ending. */
  readonly #used = new Map<string, number>();

  /** False when it was used before. `issuedAt` and `now` in Unix seconds. */
  use(tokenId: string, issuedAt: number, now: number): boolean {
    for (const [old, ends] of this.#used) {
      if (ends >= now) break;
      this.#used.delete(old);
    }
    if (this.#used.has(tokenId)) return false;
    this.#used.set(tokenId, issuedAt + OBSERVER_JOIN_SECONDS);
    return true;
  }
}
