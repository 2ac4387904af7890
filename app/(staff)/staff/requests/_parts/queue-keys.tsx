'use client';
/** J and K walk the queue: the next request opens at once. */
import { type ReactNode, useEffect, useRef } from 'react';
import { keysAreFree } from '@/app/_ui/typing';

export function QueueKeys({ children }: { children: ReactNode }) {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0;
      if (step === 0 || !keysAreFree(event)) return;
      const links = [...(root.current?.querySelectorAll<HTMLAnchorElement>('a[data-queue]') ?? [])];
      const at = links.findIndex((link) => link.getAttribute('aria-current') === 'true');
      const next = links[Math.min(links.length - 1, Math.max(0, at + step))];
      if (!next) return;
      event.preventDefault();
      next.focus();
      next.click();
    }
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return <div ref={root}>{children}</div>;
}
