/** The beat of a loop that works by itself: rests that can be cut short, and its end. */
export class Pulse {
  #over = false;
  #poked = false;
  #wake: () => void = () => undefined;

  /** Whether the loop is to end. */
  get over(): boolean {
    return this.#over;
  }

  /** Cuts the rest short, or the next one when nobody rests: what is told while the loop is at work is not lost. */
  poke(): void {
    this.#poked = true;
    this.#wake();
  }

  /** Forgets a poke: what it told of is looked at from here on. */
  heard(): void {
    this.#poked = false;
  }

  /** For good: nobody rests after this. */
  end(): void {
    this.#over = true;
    this.#wake();
  }

  async rest(milliseconds: number): Promise<void> {
    if (this.#over || this.#poked) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
