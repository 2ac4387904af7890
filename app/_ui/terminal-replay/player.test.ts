/** The player without a terminal: what is on the screen at a second, however one came there. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clock, stretchesOf, ticksOf } from './clock';
import { pressed } from './keys';
import { Player, type PlayerOptions, type ReplayScreen } from './player';
import type { ReplayHeader, ReplayLine } from './types';

class FakeScreen implements ReplayScreen {
  shown = '';
  size: ReplayHeader = { columns: 80, rows: 24 };
  private pending: string[] = [];
  reset(size: ReplayHeader) {
    this.size = size;
    this.shown = '';
    this.pending = [];
  }
  write(data: string) {
    this.pending.push(data);
  }
  async flushed() {
    await null;
    this.shown += this.pending.join('');
    this.pending = [];
  }
  resize(size: ReplayHeader) {
    // A terminal with output on its way would draw it in the new size.
    expect(this.pending).toEqual([]);
    this.size = size;
  }
}

const header = { columns: 80, rows: 24 };
const SECONDS = 100;
/** One character a second, a resize at 50. */
const LINES: ReplayLine[] = Array.from({ length: SECONDS }, (_, i) =>
  i === 50
    ? { time: i * 1e6, kind: 'r', data: '100x30' }
    : { time: i * 1e6, kind: i % 10 === 9 ? 'm' : 'o', data: i % 10 === 9 ? 'command x' : String(i % 10) },
);
const shownAt = (seconds: number) =>
  LINES.filter(({ time, kind }) => kind === 'o' && time <= seconds * 1e6)
    .map(({ data }) => data)
    .join('');

function playerOf(options: Partial<PlayerOptions> = {}) {
  const screen = new FakeScreen();
  const asked: number[] = [];
  const load = async (from: number) => {
    asked.push(from);
    return LINES.slice(from - 1, from + 6);
  };
  const player = new Player({ header, seconds: SECONDS, idle: [], load, screen, ...options });
  return { player, screen, asked };
}
const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('the player', () => {
  it('shows at every second what was on the screen then, whatever the way there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: -5, max: 120 }), { minLength: 1, maxLength: 8 }), async (ways) => {
        const { player, screen } = playerOf();
        // All at once: the last one counts.
        for (const seconds of ways.slice(0, -1)) void player.go(seconds);
        await player.go(ways.at(-1)!);
        const at = Math.min(Math.max(ways.at(-1)!, 0), SECONDS);
        expect([player.snapshot().seconds, screen.shown]).toEqual([at, shownAt(at)]);
        expect(screen.size).toEqual(at < 50 ? header : { columns: 100, rows: 30 });
        expect(player.snapshot()).toMatchObject({ size: screen.size, status: 'still' });
      }),
      { numRuns: 100 },
    );
  });

  it('loads only as far as it has to, each line once', async () => {
    const { player, asked } = playerOf();
    await player.go(10);
    expect(asked).toEqual([1, 8]);
    await player.go(0);
    await player.go(12);
    expect(asked).toEqual([1, 8]);
  });

  it('plays at its speed, skips what is idle but for a second, and stops at the end', async () => {
    const { player, screen } = playerOf({ idle: [{ from: 20, to: 60 }] });
    player.play();
    player.setSpeed(4);
    for (let i = 0; i < 4; i++) {
      player.tick(1_000);
      await settled();
    }
    expect([player.snapshot().seconds, screen.shown]).toEqual([16, shownAt(16)]);
    player.tick(1_000);
    await settled();
    expect(player.snapshot().seconds).toBe(20);
    player.tick(500);
    await settled();
    expect([player.snapshot().seconds, screen.shown]).toEqual([60, shownAt(60)]);
    player.tick(60_000);
    await settled();
    expect(player.snapshot()).toMatchObject({ seconds: SECONDS, playing: false });
    player.play();
    expect(player.snapshot()).toMatchObject({ seconds: 0, playing: true });
  });

  it('does not skip what is idle when asked not to', async () => {
    const { player } = playerOf({ idle: [{ from: 0, to: 60 }] });
    player.setSkipIdle(false);
    player.play();
    player.tick(5_000);
    await settled();
    expect(player.snapshot().seconds).toBe(5);
  });

  it('stands while lines are on their way', async () => {
    let arrive: (lines: readonly ReplayLine[]) => void = () => {};
    const { player } = playerOf({ load: () => new Promise((resolve) => (arrive = resolve)) });
    player.play();
    player.tick(1_000);
    player.tick(50_000);
    expect(player.snapshot()).toMatchObject({ seconds: 1, status: 'moving' });
    arrive(LINES);
    await settled();
    expect(player.snapshot()).toMatchObject({ seconds: 1, status: 'still' });
  });

  describe('of a record that grows', () => {
    function growing() {
      let come = 20;
      const load = async (from: number) => {
        await null;
        return LINES.slice(from - 1, Math.min(from + 6, come));
      };
      const more = (to: number) => {
        come = to;
      };
      const world = playerOf({ load, seconds: 19 });
      return { ...world, more };
    }

    it('follows the end', async () => {
      const { player, screen, more } = growing();
      await player.go(19);
      expect(await player.grow()).toBe(false);
      more(70);
      expect(await player.grow()).toBe(true);
      expect(player.snapshot()).toMatchObject({ seconds: 69, length: 69 });
      expect(screen.shown).toBe(shownAt(69));
    });

    it('asks for each line once, whoever asks meanwhile', async () => {
      const { player, screen } = growing();
      await player.go(0);
      await Promise.all([player.grow(), player.go(15)]);
      expect(screen.shown).toBe(shownAt(15));
      await player.go(19);
      expect(screen.shown).toBe(shownAt(19));
    });

    it('leaves whoever looks at something earlier where they are', async () => {
      const { player, screen, more } = growing();
      await player.go(5);
      more(60);
      await player.grow();
      expect(player.snapshot()).toMatchObject({ seconds: 5, length: 59 });
      expect(screen.shown).toBe(shownAt(5));
    });

    it('shows lines of the very second at which it stands', async () => {
      let lines = LINES.slice(0, 3);
      const { player, screen } = playerOf({ seconds: 2, load: async (from) => lines.slice(from - 1) });
      await player.go(2);
      lines = [...lines, { time: 2e6, kind: 'o', data: 'X' }];
      expect(await player.grow()).toBe(true);
      expect(screen.shown).toBe('012X');
    });
  });

  it('says that loading failed, keeps what it shows, and tries again', async () => {
    let works = false;
    const { player, screen } = playerOf({
      load: async (from) => {
        if (from > 10 && !works) throw new Error('offline');
        return LINES.slice(from - 1, from + 9);
      },
    });
    await player.go(5);
    player.play();
    player.tick(30_000);
    await settled();
    expect(player.snapshot()).toMatchObject({ status: 'failed', playing: false });
    works = true;
    await player.retry();
    expect([player.snapshot().status, screen.shown]).toEqual(['still', shownAt(35)]);
  });

  it('stops before a record fills the browser', async () => {
    const huge = 'x'.repeat(65_000_000);
    const { player } = playerOf({ load: async (from) => [{ time: from * 1e6, kind: 'o', data: huge }] });
    await player.go(50);
    expect(player.snapshot().status).toBe('long');
  });
});

describe('keys', () => {
  const marks = [{ seconds: 10 }, { seconds: 30 }];
  it('play, step, go from command to command, and change the speed', async () => {
    const { player } = playerOf();
    const seconds = (key: string) => {
      expect(pressed(key, player, marks)).toBe(true);
      return player.snapshot().seconds;
    };
    expect(['n', 'n', 'n', 'ArrowRight', 'ArrowLeft', 'p', 'p', 'ArrowLeft'].map(seconds)).toEqual([
      10.25, 30.25, 30.25, 35.25, 30.25, 10.25, 0.25, 0,
    ]);
    seconds(' ');
    seconds('>');
    seconds('>');
    expect(player.snapshot()).toMatchObject({ playing: true, speed: 4 });
    for (let i = 0; i < 9; i++) seconds('<');
    expect(player.snapshot().speed).toBe(0.5);
    expect(pressed('x', player, marks)).toBe(false);
  });
});

describe('the time line', () => {
  it('is one line from beginning to end', () => {
    const number = fc.integer({ min: 0, max: 1_000 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        number,
        fc.uniqueArray(number, { maxLength: 8 }),
        (end, at, cuts) => {
          const sorted = [...cuts].sort((a, b) => a - b);
          const idle = sorted.flatMap((from, i) =>
            i % 2 === 0 && sorted[i + 1] ? [{ from, to: sorted[i + 1]! }] : [],
          );
          const stretches = stretchesOf(end, Math.min(at, end), idle);
          expect([stretches[0]!.from, stretches.at(-1)!.to]).toEqual([0, end]);
          for (const [i, { from, to, done, idle: still }] of stretches.entries()) {
            if (i > 0) expect(from).toBe(stretches[i - 1]!.to);
            const middle = (from + to) / 2;
            expect([done, still]).toEqual([middle < at, idle.some((each) => each.from < middle && middle < each.to)]);
          }
        },
      ),
    );
  });

  it('has even ticks and times that read well', () => {
    expect(ticksOf(663).map(clock)).toEqual(['00:00', '03:00', '06:00', '09:00']);
    expect(ticksOf(3)).toEqual([0, 1, 2]);
    expect(ticksOf(2.9)).toEqual([0, 1]);
    expect(ticksOf(0)).toEqual([]);
    expect(ticksOf(86_400).length).toBeLessThanOrEqual(7);
    expect([clock(59.9), clock(3_600), clock(86_400)]).toEqual(['00:59', '1:00:00', '24:00:00']);
  });
});
