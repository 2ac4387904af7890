'use client';
/** Off, or every ten seconds. Rows never move under the pointer: while it, or the focus, is on the table, the refresh waits. */
import { useState } from 'react';
import { useRefresh } from '@/app/_parts/use-refresh';
import { Button } from '@/app/_ui/button';
import { Select } from '@/app/_ui/input';
import { Row } from '@/app/_ui/layout';
import styles from './sessions.module.css';

const onRow = () => document.querySelector('tbody tr:hover, tbody tr:focus-within, [role="menu"]') !== null;

export function AutoRefresh() {
  const [on, setOn] = useState(false);
  const { waiting, pending, now } = useRefresh(on, 10, onRow);

  return (
    <Row gap={2}>
      {waiting ? <span className="quiet small">waits while you are on a row</span> : null}
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
      <Button size="sm" icon="refresh" aria-busy={pending} onClick={now}>
        Now
      </Button>
    </Row>
  );
}
