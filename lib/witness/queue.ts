/** One at a time for each key; keys do not wait for each other. */
export class Queues {
  readonly #last = new Map<string, Promise<unknown>>();

  run<R>(key: string, task: () => Promise<R>): Promise<R> {
    const next = (this.#last.get(key) ?? Promise.resolve()).then(task, task);
    this.#last.set(key, next);
    const forget = (): void => {
      if (this.#last.get(key) === next) this.#last.delete(key);
    };
    next.then(forget, forget);
    return next;
  }
}
