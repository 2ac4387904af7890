import { cosign, formatNote, parseNote } from '@/lib/kernel/log';
import type { Clock } from '@/lib/platform';
import { admit, judge, type Verdict } from './judge';
import type { WitnessKey } from './key';
import type { WatchedLogs } from './logs';
import { Queues } from './queue';
import { hashOfOrigin, type WitnessStore } from './store';

export type Answer = { status: 200; lines: string } | Exclude<Verdict, { status: 200 }>;

/** The witness itself, without its HTTP. */
export class Witness {
  readonly #queues = new Queues();

  constructor(
    private readonly key: WitnessKey,
    private readonly logs: WatchedLogs,
    private readonly store: WitnessStore,
    private readonly clock: Clock,
  ) {}

  /** Compares, stores, then answers; requests about one log one after the other, so that none overtakes another. */
  async add(body: Uint8Array): Promise<Answer> {
    const asked = await admit(body, this.logs);
    if ('status' in asked) return asked as Exclude<Verdict, { status: 200 }>;
    const origin = hashOfOrigin(asked.checkpoint.origin);
    return this.#queues.run(origin, async () => {
      const verdict = judge(asked, await this.store.read(origin));
      if (verdict.status !== 200) return verdict;
      const { text, note } = verdict;
      const cosignature = await cosign(text, this.key, Math.floor(this.clock.now() / 1_000));
      const own = this.logs.get(verdict.checkpoint.origin) ?? [];
      // What strangers put under the note is not passed on: the log's signatures and ours.
      const signed = parseNote(note)!.signatures.filter(({ name, id }) =>
        own.some((key) => key.name === name && key.id === id),
      );
      await this.store.write(origin, formatNote({ text, signatures: [...signed, cosignature] }));
      return { status: 200, lines: formatNote({ text, signatures: [cosignature] }).slice(text.length + 1) };
    });
  }

  /** The note that was cosigned last; null when there is none of this log. */
  async newest(originHash: string): Promise<string | null> {
    for (const origin of this.logs.keys())
      if (hashOfOrigin(origin) === originHash) return (await this.store.read(originHash))?.note ?? null;
    return null;
  }
}
