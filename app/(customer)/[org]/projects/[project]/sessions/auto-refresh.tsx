'use client';
/** Off, or every ten seconds. Rows never move under the pointer: while it, or the focus, is on the table, the refresh waits. */
import { useRouter } from 'next/navigation';
import { useEffect, useState, useTransition } from 'react';
import { Button } from '@/app/_ui/button';
import { Select } from '@/app/_ui/input';
import { Row } from '@/app/_ui/layout';
import styles from './sessions.module.css';

const EVERY_MS = 10_000;
const busy = () =>
  document.querySelector('tbody tr:hover, tbody tr:focus-within, [role="menu"]') !== null ||
  document.visibilityState === 'hidden';

export function AutoRefresh() {
  const router = useRouter();
  const [on, setOn] = useState(false);
  const [waits, setWaits] = useState(false);
  const [pending, start] = useTransition();

  useEffect(() => {
    if (!on) return;
    const timer = setInterval(() => {
      setWaits(busy());
      if (!busy()) start(() => router.refresh());
    }, EVERY_MS);
    return () => {
      clearInterval(timer);
      setWaits(false);
    };
  }, [on, router]);

  return (
    <Row gap={2}>
      {waits ? <span className="quiet small">waits while you are on a row</span> : null}
      <span className="quiet small only-wide" aria-hidden>
        Refresh
      </span>
      <span className={styles.every}>
        <Select
          aria-label="Refresh"
          small
          value={on ? '10' : 'off'}
          onChange={(event) => setOn(event.target.value === '10')}
          options={[
            { value: 'off', label: 'Off' },
            { value: '10', label: '10 s' },
          ]}
        />
      </span>
      <Button size="sm" icon="refresh" aria-busy={pending} onClick={() => start(() => router.refresh())}>
        Now
      </Button>
    </Row>
  );
}
