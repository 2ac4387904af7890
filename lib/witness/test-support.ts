import {
  checkpointText,
  consistencyProof,
  formatAddCheckpoint,
  formatVkey,
  leafHash,
  nodeHash,
  rootOfTiles,
  type Signer,
  type SubtreeReader,
  signNote,
} from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { signerOf } from '@/test/foreign/world';

/** A log to witness, and a second history of it: everything from the first leaf on is another. */
export const LOG = signerOf('log.example/audit', 21);
export const VKEY = formatVkey(LOG.key);
export const ORIGIN = 'log.example/audit/operator';

interface Changes {
  proof?: readonly Uint8Array[];
  root?: Uint8Array;
  origin?: string;
  signers?: readonly Signer[];
}

export class HistoryOf {
  readonly signer = LOG;
  constructor(readonly name: string) {}

  readonly #read: SubtreeReader = (level, index) =>
    level === 0
      ? leafHash(primitives, Buffer.from(`${this.name} ${index}`))
      : nodeHash(primitives, this.#read(level - 1, 2 * index), this.#read(level - 1, 2 * index + 1));

  text(size: number, { root, origin = ORIGIN }: Changes = {}): string {
    return checkpointText({ origin, size, root: root ?? rootOfTiles(primitives, size, this.#read), extensions: [] });
  }

  proof(old: number, size: number): Uint8Array[] {
    return consistencyProof(primitives, old, size, this.#read);
  }

  /** What a log would send; or, with changes, a liar. */
  async request(old: number, size: number, changes: Changes = {}): Promise<string> {
    const note = await signNote(this.text(size, changes), changes.signers ?? [LOG]);
    return formatAddCheckpoint({ old, proof: changes.proof ?? (old <= size ? this.proof(old, size) : []), note });
  }
}
