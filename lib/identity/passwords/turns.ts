import { errors } from '../errors';

export interface TurnLimits {
  /** Pieces of work under way at one moment. */
  readonly atOnce: number;
  /** Callers that may wait, altogether and from one place. */
  readonly waiting: number;
  readonly waitingPerPlace: number;
  /** Callers waiting that make a crowd, and how many times as long as a turn the rest after it is then. */
  readonly crowd: number;
  readonly restTimes: number;
}

/**
 * Hands out turns for work that must not all be done at once. Places (networks) take turns one after another, so that a crowd from one of them
 * does not keep others waiting behind it. A crowd is served more slowly than could be, so that there is time for other work in between.
 * Whoever would have to wait too long is turned away: `identity.busy`.
 */
export function createTurns({ atOnce, waiting, waitingPerPlace, crowd, restTimes }: TurnLimits) {
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
    const began = performance.now();
    try {
      return await work();
    } finally {
      const free = () => {
        underWay -= 1;
        next();
      };
      if (waitingNow < crowd) free();
      else setTimeout(free, (performance.now() - began) * restTimes);
    }
  };
}
