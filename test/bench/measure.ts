/** What one case prints; `run.mjs` adds the name of the benchmark. */
export interface Result {
  case: string;
  unit: string;
  ours: number;
  peers: Record<string, number>;
  ratio: Record<string, number>;
  targets: Record<string, number>;
  /** Peers that a target needs and that are not installed. */
  skipped?: string[];
  pass: boolean;
  [detail: string]: unknown;
}

/** One contender. `run(i)` does one operation on the i-th of its distinct inputs and throws when the outcome is wrong. */
export type Contender = (i: number) => void | Promise<void>;

/**
 * Microseconds per operation: the median of `rounds`, all contenders taking turns within each round, so that a busy
 * machine slows them alike. The first tenth of the rounds only warms up.
 */
export async function interleave(
  contenders: Record<string, Contender>,
  { rounds, operations }: { rounds: number; operations: number },
): Promise<Record<string, number>> {
  const names = Object.keys(contenders);
  const samples: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  const warmUp = Math.ceil(rounds / 10);
  let next = 0;
  for (let round = 0; round < rounds + warmUp; round++) {
    for (const name of names) {
      const run = contenders[name]!;
      const started = performance.now();
      for (let k = 0; k < operations; k++) {
        const pending = run(next + k);
        if (pending !== undefined) await pending;
      }
      const microseconds = ((performance.now() - started) * 1000) / operations;
      if (round >= warmUp) samples[name]!.push(microseconds);
    }
    next += operations;
  }
  return Object.fromEntries(names.map((name) => [name, round2(median(samples[name]!))]));
}

/** Compares `ours` with the peers; a target of 1.0 means "no slower". */
export function compare(name: string, measured: Record<string, number>, targets: Record<string, number>): Result {
  const { ours, ...peers } = measured as { ours: number } & Record<string, number>;
  const ratio = Object.fromEntries(Object.entries(peers).map(([peer, value]) => [peer, round2(ours / value)]));
  const skipped = Object.keys(targets).filter((peer) => !(peer in peers));
  const met = Object.entries(targets).every(([peer, target]) => peer in ratio && ours / peers[peer]! <= target);
  return { case: name, unit: 'us', ours, peers, ratio, targets, ...(skipped.length > 0 ? { skipped } : {}), pass: met };
}

/** Of many trials of one thing, to a tenth. */
export const spread = (values: readonly number[]) => ({
  p50: quantile(values, 0.5),
  p99: quantile(values, 0.99),
  max: quantile(values, 1),
  trials: values.length,
});

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const index = Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1);
  return Math.round(sorted[Math.max(0, index)]! * 10) / 10;
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

export const round2 = (value: number) => Math.round(value * 100) / 100;
