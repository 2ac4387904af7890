import type { FindText, LoadLines, ReplayLine } from '@/app/_ui/terminal-replay/types';
import type { HitView, LinesView, WatchView } from '@/lib/recordings/schemas';

/** Lines from a route that counts bytes; the player counts lines. `query` is added to each question. */
export function loaderOf(path: string, query = ''): LoadLines {
  const began = new Map<number, number | null>([[1, 0]]);
  return async (fromLine) => {
    let from = began.get(fromLine) ?? null;
    while (from !== null) {
      const { lines, next }: LinesView = await ask(`${path}?from=${from}${query}`);
      began.set(fromLine + lines.length, next);
      if (lines.length > 0) return lines;
      from = next;
    }
    return [];
  };
}

/** The same of a record that grows: none now may be some later. `told` hears what came, and whether the session is over. */
export function followerOf(path: string, told: (lines: readonly ReplayLine[], over: boolean) => void): LoadLines {
  let next = 0;
  const come: ReplayLine[] = [];
  return async (fromLine) => {
    // A player that is made anew begins at the first line.
    if (fromLine <= come.length) return come.slice(fromLine - 1);
    const answer: WatchView = await ask(`${path}?from=${next}`);
    next = answer.next;
    come.push(...answer.lines);
    told(answer.lines, answer.over);
    return answer.lines;
  };
}

export const finderOf =
  (path: string): FindText =>
  (words) =>
    ask<HitView[]>(`${path}?words=${encodeURIComponent(words)}`);

async function ask<T>(url: string): Promise<T> {
  const answer = await fetch(url, { cache: 'no-store' });
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  return (await answer.json()) as T;
}
