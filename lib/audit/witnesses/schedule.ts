/** When a witness is asked again. Times in milliseconds of a clock that never goes back. */

/** A log that grows all the time is cosigned this often at most. */
const EVERY = 1_000;
/** A log that does not grow is shown again, so that a witness that is gone, or has seen more, does not go unnoticed. */
const AGAIN = 600_000;
const BACK_OFF = 1_000;
const MAX_BACK_OFF = 300_000;
/** Another history does not mend itself; the answer is worth having again all the same. */
const DIVERGED = 60_000;

interface Place {
  size: number;
  askedAt: number;
  failures: number;
  notBefore: number;
}

export class Schedule {
  readonly #places = new Map<string, Place>();

  isDue(vkey: string, size: number, now: number): boolean {
    const place = this.#places.get(vkey);
    if (!place) return true;
    if (now < place.notBefore) return false;
    return place.failures > 0 || size > place.size || now - place.askedAt >= AGAIN;
  }

  told(vkey: string, size: number, outcome: 'cosigned' | 'failing' | 'diverged', now: number): void {
    const failures = outcome === 'cosigned' ? 0 : (this.#places.get(vkey)?.failures ?? 0) + 1;
    const backOff = Math.min(MAX_BACK_OFF, BACK_OFF * 2 ** Math.min(failures - 1, 20));
    const wait = outcome === 'cosigned' ? EVERY : outcome === 'diverged' ? DIVERGED : backOff;
    this.#places.set(vkey, { size, askedAt: now, failures, notBefore: now + wait });
  }
}
