'use client';
/**
 * After a route change the focus goes to the page's title, so the keyboard starts where the page starts.
 * The change itself is announced by Next's route announcer, which reads the document title.
 */
import { usePathname } from 'next/navigation';
import { useEffect } from 'react';

// Outside the component: a change from one area to another puts up a new frame.
let last: string | null = null;

const MOVES = ['keydown', 'pointerdown'] as const;

function focusTitle(content: HTMLElement): boolean {
  const title = content.querySelector<HTMLElement>('h1');
  title?.setAttribute('tabindex', '-1');
  title?.focus({ preventScroll: true });
  return title !== null;
}

export function RouteFocus() {
  const path = usePathname();
  useEffect(() => {
    if (last === path) return;
    const first = last === null;
    last = path;
    if (first) return;
    const content = document.getElementById('content');
    if (!content || focusTitle(content)) return;
    // The page is still streaming and shows its skeleton, which has no title. Whoever moves on meanwhile keeps their place.
    const observer = new MutationObserver(() => focusTitle(content) && stop());
    const stop = () => {
      observer.disconnect();
      for (const event of MOVES) window.removeEventListener(event, stop);
    };
    observer.observe(content, { childList: true, subtree: true });
    for (const event of MOVES) window.addEventListener(event, stop);
    return stop;
  }, [path]);
  return null;
}
