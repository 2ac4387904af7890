import { parseSize } from '@/lib/kernel/recording';
import { type IdleStretch, type LoadLines, type ReplayHeader, type ReplayLine, SPEEDS, type Speed } from './types';

/** The screen that a player plays on. */
export interface ReplayScreen {
  reset(size: ReplayHeader): void;
  write(data: string): void;
  /** When all that was written is on the screen. */
  flushed(): Promise<void>;
  resize(size: ReplayHeader): void;
}

export interface PlayerOptions {
  readonly header: ReplayHeader;
  /** Of the whole record. */
  readonly seconds: number;
  readonly idle: readonly IdleStretch[];
  readonly load: LoadLines;
  readonly screen: ReplayScreen;
}

export interface PlayerState {
  readonly seconds: number;
  readonly playing: boolean;
  readonly speed: Speed;
  readonly skipIdle: boolean;
  /** `moving`: lines are on their way. `long`: what a browser can hold is full. */
  readonly status: 'moving' | 'still' | 'failed' | 'long';
  readonly size: ReplayHeader;
  /** How often the screen came to be as it was at `seconds`. */
  readonly settled: number;
  /** Seconds of the record, as far as it is known. */
  readonly length: number;
}

export const stateBefore = (size: ReplayHeader, length: number): PlayerState => ({
  seconds: 0,
  playing: false,
  speed: 1,
  skipIdle: true,
  status: 'moving',
  size,
  settled: 0,
  length,
});

/** UTF-16 code units that are kept, so that going back asks for nothing again. */
const HELD_UNITS = 128_000_000;
const FLUSH_LINES = 200;
/** Seconds in which the screen follows a command. */
const MOMENT = 0.25;
/** Of an idle stretch this much is played, so that a pause is seen as one. */
const IDLE_SHOWN = 1;

/** Plays a record on a screen. Time comes from whoever calls `tick`. */
export class Player {
  private state: PlayerState;
  private readonly listeners = new Set<() => void>();
  private readonly lines: ReplayLine[] = [];
  private held = 0;
  private complete = false;
  /** Lines on the screen, and up to which second they are all there. */
  private shown = 0;
  private reached = -1;
  private busy: Promise<void> | null = null;
  private loading: Promise<boolean> | null = null;

  constructor(private readonly options: PlayerOptions) {
    this.state = stateBefore(options.header, options.seconds);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };
  readonly snapshot = (): PlayerState => this.state;

  play(): void {
    if (this.state.seconds >= this.state.length) this.go(0);
    this.set({ playing: true });
  }
  pause(): void {
    this.set({ playing: false });
  }
  toggle(): void {
    if (this.state.playing) this.pause();
    else this.play();
  }

  setSpeed(speed: Speed): void {
    this.set({ speed });
  }
  /** The next speed up or down. */
  shift(by: 1 | -1): void {
    this.setSpeed(SPEEDS[SPEEDS.indexOf(this.state.speed) + by] ?? this.state.speed);
  }
  setSkipIdle(skipIdle: boolean): void {
    this.set({ skipIdle });
  }

  /** To a second; resolves when the screen is as it was then, or loading failed. */
  go(seconds: number): Promise<void> {
    this.set({ seconds: Math.min(Math.max(seconds, 0), this.state.length) });
    return this.settle();
  }

  /** To what began at a second: as the screen was a moment later, when it can be seen. */
  see(second: number): Promise<void> {
    return this.go(second + MOMENT);
  }

  /** Again, after loading failed. */
  retry(): Promise<void> {
    return this.settle();
  }

  /**
   * Of a record that grows: looks for lines that have come since, and follows them where its end was on the screen. Answers whether there were
   * some. Rejects when they could not be loaded; what is shown stays.
   */
  async grow(): Promise<boolean> {
    await this.busy;
    const before = this.lines.length;
    // At the end, or where nothing has come yet.
    const follows = this.state.seconds >= this.state.length;
    while (await this.more());
    const last = this.lines.at(-1);
    if (this.lines.length === before || !last) return false;
    this.set({ length: Math.max(this.state.length, last.time / 1_000_000) });
    if (follows && !this.state.playing) {
      // The screen may be at this very second already, without the new lines of it.
      this.reached = Math.min(this.reached, this.state.length - 1e-6);
      await this.go(this.state.length);
    }
    return true;
  }

  /** So many milliseconds have passed. Time stands while lines are on their way. */
  tick(elapsedMs: number): void {
    const { playing, seconds, speed, skipIdle } = this.state;
    if (!playing || this.busy) return;
    let next = seconds + (elapsedMs / 1_000) * speed;
    const idle = skipIdle && this.options.idle.find(({ from, to }) => from + IDLE_SHOWN <= next && next < to);
    if (idle) next = idle.to;
    if (next >= this.state.length) this.pause();
    void this.go(next);
  }

  private settle(): Promise<void> {
    this.busy ??= this.bring().finally(() => {
      this.busy = null;
    });
    return this.busy;
  }

  private async bring(): Promise<void> {
    try {
      while (this.reached !== this.state.seconds) {
        const to = this.state.seconds;
        if (to < this.reached) this.rewind();
        await this.forward(to);
        this.reached = to;
      }
      this.set({ status: 'still', settled: this.state.settled + 1 });
    } catch (error) {
      this.set({ status: error instanceof TooLong ? 'long' : 'failed', playing: false });
    }
  }

  private rewind(): void {
    this.shown = 0;
    this.reached = -1;
    this.options.screen.reset(this.options.header);
    this.set({ size: this.options.header });
  }

  private async forward(to: number): Promise<void> {
    const { screen } = this.options;
    for (;;) {
      for (let line = this.lines[this.shown]; line && line.time <= to * 1_000_000; line = this.lines[this.shown]) {
        this.shown++;
        if (line.kind === 'o') screen.write(line.data);
        else if (line.kind === 'r') await this.resize(line.data);
        if (this.shown % FLUSH_LINES === 0) await screen.flushed();
      }
      if (this.complete || this.shown < this.lines.length) break;
      this.set({ status: 'moving' });
      await this.more();
    }
    await screen.flushed();
  }

  private async resize(data: string): Promise<void> {
    const size = parseSize(data);
    if (!size) return;
    await this.options.screen.flushed();
    this.options.screen.resize(size);
    this.set({ size });
  }

  /** Whether there was more. Whoever asks meanwhile waits for the same lines. */
  private more(): Promise<boolean> {
    this.loading ??= this.load().finally(() => {
      this.loading = null;
    });
    return this.loading;
  }

  private async load(): Promise<boolean> {
    if (this.held > HELD_UNITS) throw new TooLong();
    const lines = await this.options.load(this.lines.length + 1);
    for (const line of lines) {
      this.lines.push(line);
      this.held += line.data.length;
    }
    this.complete = lines.length === 0;
    return !this.complete;
  }

  private set(change: Partial<PlayerState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

class TooLong extends Error {}
