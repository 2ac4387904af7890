'use client';
import { type RefObject, useEffect, useState, useSyncExternalStore } from 'react';
import { Player, type PlayerState, stateBefore } from './player';
import type { IdleStretch, LoadLines, ReplayHeader } from './types';
import { openScreen, type XtermScreen } from './xterm-screen';

export interface ReplaySource {
  readonly header: ReplayHeader;
  readonly seconds: number;
  readonly idle: readonly IdleStretch[];
  readonly load: LoadLines;
}

/** Milliseconds between steps of playing; with reduced motion the screen changes once a second. */
const STEP_MS = 50;
const STILL_MS = 1_000;

export interface Replay {
  /** Null until the terminal is there. */
  readonly player: Player | null;
  readonly state: PlayerState;
  /** The screen as text: when it stands still, and once a second. */
  readonly text: readonly string[];
  readonly failed: boolean;
}

/** A terminal in `host`, and the player on it. `source` has to stay the same object. */
export function useReplay(host: RefObject<HTMLElement | null>, source: ReplaySource): Replay {
  const [opened, setOpened] = useState<{ player: Player; screen: XtermScreen } | null>(null);
  const [failed, setFailed] = useState(false);
  const [text, setText] = useState<readonly string[]>([]);
  const player = opened?.player ?? null;
  const [before] = useState(() => stateBefore(source.header, source.seconds));
  const state = useSyncExternalStore(player?.subscribe ?? never, player?.snapshot ?? (() => before), () => before);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    let screen: XtermScreen | null = null;
    let gone = false;
    const watch = new ResizeObserver(([entry]) => entry && screen?.fitTo(entry.contentRect.width));
    openScreen(element, source.header).then(
      (made) => {
        screen = made;
        if (gone) return made.dispose();
        // The frame, not what is in it: that is as wide as the screen.
        watch.observe(element.closest('section') ?? element);
        const player = new Player({ ...source, screen: made });
        setOpened({ player, screen: made });
        void player.go(0);
      },
      () => setFailed(true),
    );
    return () => {
      gone = true;
      watch.disconnect();
      screen?.dispose();
      setOpened(null);
    };
  }, [host, source]);

  useEffect(() => {
    if (!player || !state.playing) return;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    let last = performance.now();
    const timer = setInterval(
      () => {
        const now = performance.now();
        player.tick(now - last);
        last = now;
      },
      still ? STILL_MS : STEP_MS,
    );
    return () => clearInterval(timer);
  }, [player, state.playing]);

  const shown = state.playing ? Math.floor(state.seconds) : -state.settled;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shown` says that the screen has changed
  useEffect(() => {
    if (opened) setText(opened.screen.text());
  }, [opened, shown]);

  return { player, state, text, failed };
}

const never = () => () => {};
