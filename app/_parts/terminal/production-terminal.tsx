'use client';
import '@xterm/xterm/css/xterm.css';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Button } from '@/app/_ui/button';
import { type Instant, toMs } from '@/app/_ui/format';
import { CountdownLive } from '@/app/_ui/time-live';
import { type OpenTerminal, openTerminal, type Standing } from './open-terminal';
import styles from './production-terminal.module.css';

export interface ProductionTerminalProps {
  /** `ssn_…`, confirmed by passkey for the web terminal a moment ago. */
  session: string;
  /** Good for one connection. */
  ticket: string;
  /** When access ends. The server ends it; this only shows it. */
  until: Instant;
  /** Offered once it is over. */
  after?: ReactNode;
}

const WORDS = { connecting: 'Connecting', live: 'The screen is recorded', over: 'Over' } as const;

/** One session on a production host. Whoever closes or leaves the page ends it. */
export function ProductionTerminal({ session, ticket, until, after }: ProductionTerminalProps) {
  const host = useRef<HTMLDivElement>(null);
  const end = useRef<HTMLButtonElement>(null);
  const terminal = useRef<OpenTerminal | null>(null);
  const [standing, setStanding] = useState<Standing>({ state: 'connecting' });
  const [renderedAt] = useState(() => Date.now());

  useEffect(() => {
    let left = false;
    const told = {
      // What was said first stays: the connection closes after every end.
      standing: (next: Standing) => setStanding((now) => (left || now.state === 'over' ? now : next)),
      leave: () => end.current?.focus(),
    };
    openTerminal(host.current!, { session, ticket }, told).then(
      (opened) => {
        if (left) return opened.close();
        terminal.current = opened;
        opened.focus();
      },
      () => told.standing({ state: 'over', words: 'The terminal could not be loaded. Nothing was begun.' }),
    );
    return () => {
      left = true;
      terminal.current?.close();
      terminal.current = null;
    };
  }, [session, ticket]);

  const over = standing.state === 'over';
  return (
    <section className={styles.frame} aria-label="Production terminal">
      <header className={styles.head}>
        <p className={styles.state} role="status">
          {WORDS[standing.state]}
        </p>
        {over ? null : (
          <p className={styles.left}>
            Access ends in <CountdownLive to={toMs(until)} renderedAt={renderedAt} />
          </p>
        )}
        <p className={styles.hint}>F6 leaves the terminal</p>
        <Button
          ref={end}
          size="sm"
          variant="danger"
          disabled={over}
          onClick={() => {
            setStanding({ state: 'over', words: 'You ended the session.' });
            terminal.current?.close();
            terminal.current = null;
          }}
        >
          End session
        </Button>
      </header>
      {over ? (
        <div className={styles.over}>
          <p role="alert">{standing.words}</p>
          {after}
        </div>
      ) : null}
      <div ref={host} className={styles.screen} />
    </section>
  );
}
