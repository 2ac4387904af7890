import { errors } from '../errors';

export interface TurnLimits {
  /** Pieces of work under way at one moment. */
  readonly atOnce: number;
  /** Callers that may wait, altogether and from one place. */
  readonly waiting: number;
  readonly waitingPerPlace: number;
}

/**
 * Hands out turns for work that must not all be done at once. Places (networks) take turns one after another, so that a crowd from one of them
 * does not keep others waiting behind it. Whoever would have to wait too long is turned away: `identity.busy`.
 */
export function createTurns({ atOnce, waiting, waitingPerPlace }: TurnLimits) {
  /** In the order of whose turn is next. */
  const places = new Map<string, (() => void)[]>();
  let underWay = 0;
  let waitingNow = 0;

  function next(): void {
    const [first] = places;
    if (!first || underWay >= atOnce) return;
    const [place, queue] = first;
    const begin = queue.shift()!;
    places.delete(place);
    if (queue.length > 0) places.set(place, queue);
    waitingNow -= 1;
    underWay += 1;
    begin();
  }

  function wait(place: string): Promise<void> {
    const queue = places.get(place) ?? [];
    if (waitingNow >= waiting || queue.length >= waitingPerPlace)
      throw errors('identity.busy', { retryAfterSeconds: 5 });
    return new Promise((resolve) => {
      queue.push(resolve);
      places.set(place, queue);
      waitingNow += 1;
      next();
    });
  }

  return async function inTurn<T>(place: string, work: () => Promise<T>): Promise<T> {
    await wait(place);
    try {
      return await work();
    } finally {
      underWay -= 1;
      next();
    }
  };
}
