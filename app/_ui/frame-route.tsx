'use client';
/**
 * After a route change the focus goes to the page's title, so the keyboard starts where the page starts.
 * The change itself is announced by Next's route announcer, which reads the document title.
 */
import { usePathname } from 'next/navigation';
import { useEffect } from 'react';

// Outside the component: a change from one area to another puts up a new frame.
let last: string | null = null;

export function RouteFocus() {
  const path = usePathname();
  useEffect(() => {
    if (last === path) return;
    const first = last === null;
    last = path;
    if (first) return;
    const title = document.querySelector<HTMLElement>('#content h1');
    title?.setAttribute('tabindex', '-1');
    title?.focus({ preventScroll: true });
  }, [path]);
  return null;
}
