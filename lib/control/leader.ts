import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_CONTROL_FRAME } from '@/lib/kernel/bundle/frames';
import { REGIONS, type Region } from '@/lib/kernel/region';
import type { Keyring } from '@/lib/keyring';
import type { Log } from '@/lib/platform';
import type { Chains } from './chains';
import { publishEdges } from './edges';
import { Fences } from './fences';
import type { StoredFrame } from './frames';
import { DELTAS_PER_SNAPSHOT, needsSnapshot, signBeat, signDelta, signSnapshot } from './signer';
import { type Changes, openClient, type Queryable, readAll, readChains, readChanges, storeFrames } from './store';

/**
 * The one control process that signs. It holds an advisory lock on a connection of its own and writes the chain on that same
 * connection: whoever has lost the lock cannot write. Another process tries for the lock every second.
 */
export interface LeaderOptions {
  databaseUrl: string;
  keyring: Keyring;
  chains: Chains;
  /** Called with steps that are stored and held in `chains`. */
  onFrames: (frames: readonly StoredFrame[]) => void;
  onBeats: (frames: readonly StoredFrame[]) => void;
  beatMilliseconds: number;
  leaseMilliseconds: number;
  log: Log;
}

/** Says what the lock is for: `cord` `lead` in ASCII. */
const LOCK = 0x636f_7264;
const LOCK_ROLE = 0x6c65_6164;
const RETRY_MILLISECONDS = 1_000;
const POLL_MILLISECONDS = 1_000;
/** A burst of changes is signed at most this often; the first of it at once. */
const COALESCE_MILLISECONDS = 25;

export class Leader {
  readonly #options: LeaderOptions;
  #fences = new Fences();
  #stopped = false;
  #leading = false;
  #wake: () => void = () => undefined;
  #woken = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: LeaderOptions) {
    this.#options = options;
  }

  get leading(): boolean {
    return this.#leading;
  }

  start(): void {
    this.#running = this.#campaign();
  }

  /** There may be a change to sign. */
  poke(): void {
    this.#woken = true;
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.poke();
    await this.#running;
  }

  async #campaign(): Promise<void> {
    while (!this.#stopped) {
      const client = openClient(this.#options.databaseUrl);
      let lost = false;
      client.on('error', () => {
        lost = true;
        this.poke();
      });
      client.on('end', () => {
        lost = true;
        this.poke();
      });
      try {
        await client.connect();
        const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1, $2) as got', [
          LOCK,
          LOCK_ROLE,
        ]);
        if (rows[0]?.got) await this.#lead(client, () => lost);
      } catch (error) {
        this.#options.log.warn('leader.failed', { error });
      }
      if (this.#leading) this.#options.log.info('leader.ended');
      this.#leading = false;
      await client.end().catch(() => undefined);
      if (!this.#stopped) await this.#sleepOrPoke(RETRY_MILLISECONDS, () => this.#stopped);
    }
  }

  async #lead(client: Queryable, lost: () => boolean): Promise<void> {
    const { chains, beatMilliseconds, log } = this.#options;
    for (const frame of await readChains(client, chains.positions())) chains.add(frame);
    this.#fences = new Fences();
    this.#leading = true;
    log.info('leader.elected');
    let beatAt = 0;
    let failures = 0;
    while (!this.#stopped && !lost()) {
      this.#woken = false;
      const started = performance.now();
      try {
        const signed = await this.#advance(client);
        if (performance.now() >= beatAt) {
          await this.#beat(client);
          beatAt = performance.now() + beatMilliseconds;
        }
        if (await publishEdges(client)) this.#woken = true;
        failures = 0;
        if (signed) await sleep(Math.max(0, COALESCE_MILLISECONDS - (performance.now() - started)));
      } catch (error) {
        if (lost()) return;
        failures += 1;
        log.warn('leader.step_failed', { attempt: failures, error });
        await sleep(Math.min(5_000, 100 * 2 ** Math.min(failures, 6)));
        continue;
      }
      const next = Math.min(POLL_MILLISECONDS, Math.max(1, beatAt - performance.now()));
      await this.#sleepOrPoke(next, () => this.#woken);
    }
  }

  /** Signs, stores and hands out everything up to the head. True when there was something. */
  async #advance(client: Queryable): Promise<boolean> {
    const { chains, onFrames } = this.#options;
    const seqs = REGIONS.map((region) => chains.position(region)?.seq ?? -1);
    const base = Math.min(...seqs);
    const changes = await readChanges(client, Math.max(0, base));
    const behind = REGIONS.filter((region) => {
      const held = chains.position(region);
      return !held || held.epoch !== changes.epoch || held.seq < changes.seq;
    });
    if (behind.length === 0) return false;

    let all: Promise<Changes> | undefined;
    const everything = (): Promise<Changes> => {
      all ??= readAll(client);
      return all;
    };
    const frames = await Promise.all(behind.map((region) => this.#next(region, changes, everything)));
    for (const { region, payload } of frames)
      if (payload.length > MAX_CONTROL_FRAME - 64 * 1024)
        throw new Error(`the policy of ${region} is larger than a frame may be`);
    await storeFrames(client, frames);
    for (const frame of frames) chains.add(frame);
    onFrames(frames);
    await this.#fences.advance(client, base, changes);
    return true;
  }

  async #next(region: Region, changes: Changes, everything: () => Promise<Changes>): Promise<StoredFrame> {
    const { chains, keyring } = this.#options;
    const held = chains.position(region);
    if (held?.epoch === changes.epoch && chains.length(region) < DELTAS_PER_SNAPSHOT) {
      try {
        return await signDelta(keyring, region, held, changes, this.#fences.at(held.seq));
      } catch (error) {
        if (!needsSnapshot(error)) throw error;
      }
    }
    return await signSnapshot(keyring, region, await everything());
  }

  async #beat(client: Queryable): Promise<void> {
    const { chains, keyring, leaseMilliseconds, onBeats } = this.#options;
    const issued = Date.now();
    const beats = await Promise.all(
      [...chains.positions()].map(([region, position]) =>
        signBeat(keyring, region, position, issued, issued + leaseMilliseconds),
      ),
    );
    await storeFrames(client, beats);
    onBeats(beats);
  }

  async #sleepOrPoke(milliseconds: number, now: () => boolean): Promise<void> {
    if (now()) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, milliseconds);
    });
    clearTimeout(timer);
    this.#wake = () => undefined;
  }
}
