'use client';
/**
 * Reads the page again every few seconds, as long as somebody is there: the tab is in sight and was used in the last minutes.
 * A page that refreshed itself for ever would keep a forgotten session from ending.
 */
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { Button } from '../_ui/button';

const IDLE_MS = 5 * 60_000;
const SIGNS = ['pointermove', 'keydown', 'wheel', 'touchstart'] as const;

export function AutoRefresh({ seconds = 10 }: { seconds?: number }) {
  const router = useRouter();
  const [on, setOn] = useState(true);

  useEffect(() => {
    if (!on) return;
    let usedAt = Date.now();
    const used = () => {
      usedAt = Date.now();
    };
    for (const sign of SIGNS) addEventListener(sign, used, { passive: true });
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && Date.now() - usedAt < IDLE_MS) router.refresh();
    }, seconds * 1000);
    return () => {
      clearInterval(timer);
      for (const sign of SIGNS) removeEventListener(sign, used);
    };
  }, [on, seconds, router]);

  return (
    <Button icon={on ? 'refresh' : 'pause'} aria-pressed={on} onClick={() => setOn(!on)}>
      {on ? `Every ${seconds} s` : 'Paused'}
    </Button>
  );
}
