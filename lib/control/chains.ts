import type { Position } from '@/lib/kernel/bundle/messages';
import { REGIONS, type Region } from '@/lib/kernel/region';
import { type StoredFrame, toBytes } from './frames';

/**
 * The signed chains this process can serve: per region the newest snapshot and every delta after it, as wire bytes. Control
 * holds certificates only as the keyring sealed them for the region; nothing here can be opened by control.
 */
interface Step extends Position {
  bytes: Uint8Array;
}

interface Chain {
  snapshot: Step;
  deltas: Step[];
}

export class Chains {
  readonly #chains = new Map<Region, Chain>();
  readonly #beats = new Map<Region, Uint8Array>();

  position(region: Region): Position | null {
    const chain = this.#chains.get(region);
    const step = chain && (chain.deltas.at(-1) ?? chain.snapshot);
    return step ? { epoch: step.epoch, seq: step.seq, hash: step.hash } : null;
  }

  /** Deltas since the newest snapshot. */
  length(region: Region): number {
    return this.#chains.get(region)?.deltas.length ?? 0;
  }

  /** Takes the next step. `known`: held already; `gap`: something in between is missing, read the table. */
  add(frame: StoredFrame): 'added' | 'known' | 'gap' {
    const { region, epoch, seq, hash } = frame;
    const held = this.position(region);
    if (held && (epoch < held.epoch || (epoch === held.epoch && seq <= held.seq))) return 'known';
    const step = { epoch, seq, hash, bytes: toBytes(frame) };
    if (frame.type === 'Snapshot') this.#chains.set(region, { snapshot: step, deltas: [] });
    else if (held?.epoch === epoch && held.seq === frame.baseSeq) this.#chains.get(region)!.deltas.push(step);
    else return 'gap';
    return 'added';
  }

  setBeat(frame: StoredFrame): Uint8Array {
    const bytes = toBytes(frame);
    this.#beats.set(frame.region, bytes);
    return bytes;
  }

  beat(region: Region): Uint8Array | undefined {
    return this.#beats.get(region);
  }

  /** What brings an edge that holds `have` to the newest position: the deltas after it, or the snapshot and all deltas. */
  since(region: Region, have: Position | null): Uint8Array[] {
    const chain = this.#chains.get(region);
    if (!chain) return [];
    const steps = [chain.snapshot, ...chain.deltas];
    const at = have
      ? steps.findIndex(({ epoch, seq, hash }) => epoch === have.epoch && seq === have.seq && hash === have.hash)
      : -1;
    return steps.slice(at + 1).map(({ bytes }) => bytes);
  }

  positions(): Map<Region, Position> {
    return new Map(REGIONS.flatMap((region) => (this.position(region) ? [[region, this.position(region)!]] : [])));
  }
}
