'use client';
/** Refreshes the page every few seconds until it is paused, or nobody is there. */
import { useState } from 'react';
import { Button } from '../_ui/button';
import { useRefresh } from './use-refresh';

export function AutoRefresh({ seconds = 10 }: { seconds?: number }) {
  const [on, setOn] = useState(true);
  useRefresh(on, seconds);
  return (
    <Button icon={on ? 'refresh' : 'pause'} aria-pressed={on} onClick={() => setOn(!on)}>
      {on ? `Every ${seconds} s` : 'Paused'}
    </Button>
  );
}
