'use client';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState, useTransition } from 'react';

const IDLE_MS = 5 * 60_000;
const SIGNS = ['pointermove', 'keydown', 'wheel', 'touchstart'] as const;

export interface Refresh {
  /** A refresh was due and put off. */
  readonly waiting: boolean;
  readonly pending: boolean;
  readonly now: () => void;
}

/**
 * Reads the page again every few seconds, as long as somebody is there: the tab is in sight and was used in the last minutes.
 * A page that refreshed itself for ever would keep a forgotten session from ending. `busy` puts a refresh off.
 */
export function useRefresh(on: boolean, seconds: number, busy: () => boolean = () => false): Refresh {
  const router = useRouter();
  const [waiting, setWaiting] = useState(false);
  const [pending, start] = useTransition();
  const isBusy = useRef(busy);
  isBusy.current = busy;

  useEffect(() => {
    if (!on) return;
    let usedAt = Date.now();
    const used = () => {
      usedAt = Date.now();
    };
    for (const sign of SIGNS) addEventListener(sign, used, { passive: true });
    const timer = setInterval(() => {
      if (document.visibilityState !== 'visible' || Date.now() - usedAt >= IDLE_MS) return;
      const later = isBusy.current();
      setWaiting(later);
      if (!later) start(() => router.refresh());
    }, seconds * 1000);
    return () => {
      clearInterval(timer);
      for (const sign of SIGNS) removeEventListener(sign, used);
      setWaiting(false);
    };
  }, [on, seconds, router]);

  return { waiting, pending, now: () => start(() => router.refresh()) };
}
