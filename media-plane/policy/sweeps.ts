import type { Ack, Position } from '@/lib/kernel/bundle/messages';
import { type Log, messageOf } from '../log';
import type { Touched } from './state';

/**
 * Brings live sessions in line with each change and says so. Sweeps start at once and may overlap, but `enforced` goes out in
 * order: an acknowledgement of n also stands for everything before n. A sweep that fails is tried again until it succeeds.
 */
export type Sweep = (touched: Touched) => Promise<{ cut: number }>;

const RETRY_MILLISECONDS = 500;

export class Sweeps {
  #sweep: Sweep = async () => ({ cut: 0 });
  #order: Promise<void> = Promise.resolve();
  #stopped = false;
  readonly #acknowledge: (ack: Ack) => void;
  readonly #log: Log;

  constructor(acknowledge: (ack: Ack) => void, log: Log) {
    this.#acknowledge = acknowledge;
    this.#log = log;
  }

  use(sweep: Sweep): void {
    this.#sweep = sweep;
  }

  /** `receivedAt` in Unix milliseconds. */
  start(position: Position, touched: Touched, receivedAt: number): void {
    const running = this.#run(touched);
    this.#order = this.#order.then(async () => {
      const cut = await running;
      if (this.#stopped) return;
      this.#acknowledge({ type: 'Ack', ...position, stage: 'enforced', receivedAt, at: Date.now(), cut });
    });
  }

  stop(): void {
    this.#stopped = true;
  }

  async #run(touched: Touched): Promise<number> {
    while (!this.#stopped) {
      try {
        return (await this.#sweep(touched)).cut;
      } catch (error) {
        this.#log('error', 'policy.sweep_failed', { error: messageOf(error) });
        await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS).unref());
      }
    }
    return 0;
  }
}
