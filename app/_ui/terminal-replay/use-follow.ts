'use client';
import { useEffect, useState } from 'react';
import type { Player } from './player';

/** Milliseconds between questions: while something comes, at most while nothing does, and at most while there is no answer. */
const OFTEN = 2_000;
const SELDOM = 5_000;
const LOST = 30_000;

/** Asks for more of a record that grows, for as long as the page is seen: a page nobody looks at does not watch. Says whether nothing answers. */
export function useFollow(player: Player | null, live: boolean): boolean {
  const [lost, setLost] = useState(false);

  useEffect(() => {
    if (!player || !live) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wait = OFTEN;
    let gone = false;
    const ask = async () => {
      if (document.hidden) return later();
      try {
        wait = (await player.grow()) ? OFTEN : Math.min(wait * 1.5, SELDOM);
        if (!gone) setLost(false);
      } catch {
        wait = Math.min(wait * 2, LOST);
        if (!gone) setLost(true);
      }
      later();
    };
    const later = () => {
      clearTimeout(timer);
      if (!gone) timer = setTimeout(() => void ask(), wait);
    };
    const seen = () => {
      if (document.hidden) return;
      wait = OFTEN;
      later();
    };
    later();
    document.addEventListener('visibilitychange', seen);
    return () => {
      gone = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [player, live]);

  return lost;
}
