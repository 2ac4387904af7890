import type { Region } from '@/lib/kernel/region';
import { type Changes, type Queryable, readFences } from './store';

/**
 * The fences as of the last signed step, so that a delta can tell a region that was never inside a fence nothing at all. Only a memory:
 * when it is not of the right step (after a change of leader, say), deltas are right without it and merely name ids.
 */
export class Fences {
  readonly #regions = new Map<string, readonly Region[]>();
  #seq = -1;

  /** Undefined unless this is the memory of exactly that step. */
  at(seq: number): ((appId: string) => readonly Region[]) | undefined {
    return seq === this.#seq ? (appId) => this.#regions.get(appId) ?? [] : undefined;
  }

  /** After a step from `base` was signed. */
  async advance(db: Queryable, base: number, changes: Changes): Promise<void> {
    if (base === this.#seq) this.#take(changes);
    else {
      this.#regions.clear();
      this.#take(await readFences(db));
    }
  }

  #take({ seq, rows }: Changes): void {
    for (const { kind, appId, resource } of rows) {
      if (kind !== 'fence' || appId === undefined) continue;
      if (resource?.kind === 'fence') this.#regions.set(appId, resource.regions);
      else this.#regions.delete(appId);
    }
    this.#seq = seq;
  }
}
