/**
 * Signing in to a running Cordon with the demo world: how long it takes, what it costs everybody else, what a stopwatch learns from a refusal, and
 * how well attacks are told from busy mornings. Others' sign-ins cannot be had for comparison; quiet and loaded are measured in turns instead.
 */
import { rmSync } from 'node:fs';
import { newHome, startSystem } from '../support/system';
import { detection } from './identity-detection';
import { accountsFor, type Bystander, bystanderOf, calm, signIn, signInClient } from './identity-load';
import type { Result } from './measure';

const ACCOUNTS = 60;
const SIGN_INS = 400;
const AT_ONCE = 4;
const TARGET_P95_MS = 400;
const CROWD = 50;
const ROUNDS = 6;
const VISITS_PER_ROUND = 24;
const TARGET_RATIO = 2;
/** Refusals of each kind. With as many, the area under the curve of two equal spreads is off by more than the target once in a thousand runs. */
const REFUSALS = 500;
const TARGET_AREA = 0.06;

type Emit = (result: Result) => void;

export async function bench(emit: Emit): Promise<void> {
  const home = newHome();
  const system = await startSystem({ demo: true, home });
  try {
    const accounts = await accountsFor(system, ACCOUNTS);
    const client = await signInClient(system.console);
    await four(client, accounts, emit);
    await crowd(client, accounts, await bystanderOf(system), emit);
    await stopwatch(system, client, accounts, emit);
  } finally {
    await system.interrupt();
    rmSync(home, { recursive: true, force: true });
  }
  for (const result of detection()) emit(result);
}

type Client = Awaited<ReturnType<typeof signInClient>>;
type Account = Awaited<ReturnType<typeof accountsFor>>[number];

/** Sign-ins one after another in four places, each at accounts of its own. */
async function four(client: Client, accounts: Account[], emit: Emit): Promise<void> {
  const times: number[] = [];
  const place = async (n: number) => {
    const own = accounts.filter((_, at) => at % AT_ONCE === n);
    for (let k = 0; k < SIGN_INS / AT_ONCE; k++) {
      const { status, milliseconds } = await signIn(client, own[k % own.length]!);
      if (status !== 200) throw new Error(`a sign-in was answered with ${status}`);
      times.push(milliseconds);
    }
  };
  await place(0);
  times.length = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => place(n)));
  const p95 = quantile(times, 0.95);
  emit({
    case: `sign-in, ${AT_ONCE} at once`,
    unit: 'ms',
    ours: p95,
    p50: quantile(times, 0.5),
    max: quantile(times, 1),
    trials: times.length,
    peers: {},
    ratio: {},
    targets: { p95: TARGET_P95_MS },
    pass: p95 <= TARGET_P95_MS,
  });
}

/** Pages of somebody who is signed in, alone and while fifty sign-ins are under way at every moment. */
async function crowd(client: Client, accounts: Account[], bystander: Bystander, emit: Emit): Promise<void> {
  const [quiet, loaded]: [number[], number[]] = [[], []];
  let signIns = 0;
  const visit = async (into: number[]) => {
    for (let n = 0; n < VISITS_PER_ROUND; n++) into.push(await bystander.visit(n));
  };
  await visit([]);
  for (let round = 0; round < ROUNDS; round++) {
    await visit(quiet);
    let over = false;
    const people = Array.from({ length: CROWD }, async (_, n) => {
      while (!over) {
        const { status } = await signIn(client, accounts[n]!);
        if (status !== 200) throw new Error(`a sign-in was answered with ${status}`);
        signIns += 1;
      }
    });
    await visit(loaded);
    over = true;
    await Promise.all(people);
  }
  for (const [name, q] of [
    ['p50', 0.5],
    ['p95', 0.95],
  ] as const) {
    const [alone, beside] = [quantile(quiet, q), quantile(loaded, q)];
    const ratio = Math.round((beside / alone) * 100) / 100;
    emit({
      case: `other pages beside ${CROWD} sign-ins, ${name}`,
      unit: 'ms',
      ours: beside,
      peers: { quiet: alone },
      ratio: { quiet: ratio },
      targets: { quiet: TARGET_RATIO },
      trials: loaded.length,
      signIns,
      pass: ratio <= TARGET_RATIO,
    });
  }
}

/** Whether the time of a refusal says that an account exists: the chance that one of a kind takes longer than one of another; a half is no hint. */
async function stopwatch(
  system: Parameters<typeof calm>[0],
  client: Client,
  accounts: Account[],
  emit: Emit,
): Promise<void> {
  const kinds = {
    known: (n: number) => accounts[n % 50]!.email,
    disabled: (n: number) => accounts[50 + (n % 10)]!.email,
    unknown: (n: number) => `nobody-${n}@acme.example`,
  };
  await calm(system, { disable: accounts.slice(50) });
  const times: Record<keyof typeof kinds, number[]> = { known: [], disabled: [], unknown: [] };
  for (let n = 0; n < REFUSALS; n++) {
    if (n % 8 === 0) await calm(system);
    // In a changing order, so that none profits from what the one before it left warm.
    const names = Object.keys(kinds) as (keyof typeof kinds)[];
    for (let k = 0; k < names.length; k++) {
      const name = names[(n + k) % names.length]!;
      const from = `127.${1 + (n % 250)}.${1 + k}.${1 + (n % 200)}`;
      const { status, milliseconds } = await signIn(
        client,
        { email: kinds[name](n), password: 'not the password at all' },
        from,
      );
      if (status !== 401) throw new Error(`a refusal was answered with ${status}`);
      times[name].push(milliseconds);
    }
  }
  for (const [a, b] of [
    ['known', 'unknown'],
    ['disabled', 'unknown'],
  ] as const) {
    const area = Math.round(areaUnderCurve(times[a], times[b]) * 1000) / 1000;
    emit({
      case: `a refusal tells ${a} from ${b}`,
      unit: 'area',
      ours: area,
      p50: { [a]: quantile(times[a], 0.5), [b]: quantile(times[b], 0.5) },
      peers: { chance: 0.5 },
      ratio: {},
      targets: { offChance: TARGET_AREA },
      trials: REFUSALS,
      pass: Math.abs(area - 0.5) <= TARGET_AREA,
    });
  }
}

/** Mann–Whitney's U over both sizes. */
function areaUnderCurve(xs: number[], ys: number[]): number {
  let wins = 0;
  for (const x of xs) for (const y of ys) wins += x > y ? 1 : x === y ? 0.5 : 0;
  return wins / (xs.length * ys.length);
}

function quantile(values: number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const index = Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1);
  return Math.round(sorted[Math.max(0, index)]! * 10) / 10;
}
