import { messageOf, type UplinkLog } from './log';
import type { Batch, Spool } from './spool';

export interface SenderOptions {
  spool: Pick<Spool<never>, 'next' | 'received' | 'onRecords'>;
  /** Whether control would take a batch now. */
  ready: () => boolean;
  /** What stands for the batch's payload when it is sent; the payload itself unless told. */
  fill?: (batch: Batch) => Promise<Uint8Array>;
  send: (batch: Batch) => void;
  log: UplinkLog;
}

/** Sends what waits in a spool: one batch at a time, as soon as there is something, and the same again on a new connection. */
export class Sender {
  readonly #options: SenderOptions;
  #sent: Batch | null = null;
  #reading = false;
  /** Something was recorded while the disk was read, which that read may not have seen. */
  #missed = false;

  constructor(options: SenderOptions) {
    this.#options = options;
    options.spool.onRecords = () => this.#wake();
  }

  /** A connection is ready. What was sent on another one is sent again. */
  connected(): void {
    this.#sent = null;
    this.#wake();
  }

  /** Control has committed everything of this run up to `last`. Answers the batch that this completes, or null. */
  received(boot: string, last: number): Batch | null {
    const sent = this.#sent;
    if (!sent || boot !== sent.bootId || !(last >= sent.last)) return null;
    this.#options.spool.received(sent.bootId, sent.last);
    this.#sent = null;
    this.#wake();
    return sent;
  }

  #wake(): void {
    this.#pump().catch((error: unknown) => this.#options.log('error', 'spool.read', { error: messageOf(error) }));
  }

  async #pump(): Promise<void> {
    const { spool, ready, fill, send } = this.#options;
    if (this.#reading) this.#missed = true;
    if (this.#reading || this.#sent || !ready()) return;
    this.#reading = true;
    try {
      do {
        this.#missed = false;
        const batch = await spool.next();
        const payload = batch && fill ? await fill(batch) : batch?.payload;
        if (!batch || !payload || !ready()) continue;
        this.#sent = batch;
        send({ ...batch, payload });
      } while (this.#missed && !this.#sent && ready());
    } finally {
      this.#reading = false;
    }
  }
}
