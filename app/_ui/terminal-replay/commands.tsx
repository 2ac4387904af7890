import clsx from 'clsx';
import Link from 'next/link';
import { useEffect, useRef } from 'react';
import { Panel } from '../panel';
import { Status } from '../status';
import { clock } from './clock';
import styles from './terminal-replay.module.css';
import type { ReplayMark } from './types';

export interface CommandsProps {
  marks: readonly ReplayMark[];
  at: number;
  onGo(seconds: number): void;
}

/** What the gateway took for commands, and how the session ended. */
export function Commands({ marks, at, onGo }: CommandsProps) {
  const current = marks.findLast(({ seconds }) => seconds <= at);
  const list = useRef<HTMLOListElement>(null);
  const line = current?.line;

  // Keeps the current one in sight within the list; the page stays where it is.
  useEffect(() => {
    const row = list.current?.querySelector(`[data-line="${line}"]`);
    if (!list.current || !(row instanceof HTMLElement)) return;
    const { scrollTop, clientHeight } = list.current;
    const [top, bottom] = [row.offsetTop, row.offsetTop + row.offsetHeight];
    if (top < scrollTop || bottom > scrollTop + clientHeight) list.current.scrollTop = top - clientHeight / 2;
  }, [line]);

  const count = marks.filter(({ kind }) => kind === 'command' || kind === 'refused').length;
  return (
    <Panel title="Commands" note={`${count}, as the gateway saw them`} flush>
      {marks.length === 0 ? (
        <p className={styles.none}>No command was seen. The screen shows what happened.</p>
      ) : (
        <ol ref={list} className={styles.marks}>
          {marks.map((mark) => (
            <li key={mark.line} data-line={mark.line} className={clsx(styles.row, mark === current && styles.current)}>
              <button
                type="button"
                className={styles.go}
                aria-current={mark === current ? 'true' : undefined}
                onClick={() => onGo(mark.seconds)}
              >
                <span className={styles.when}>{clock(mark.seconds)}</span>
                <span className={clsx('trunc', mark.kind === 'refused' && styles.no)} dir="auto">
                  {mark.kind === 'end' ? `Ended: ${mark.text}` : mark.text}
                </span>
              </button>
              {mark.kind === 'refused' ? <Status state="refused" small /> : null}
              {mark.entry ? (
                <Link
                  href={mark.entry.href}
                  prefetch={false}
                  className={styles.entry}
                  aria-label={`Audit entry ${mark.entry.label}`}
                >
                  {mark.entry.label}
                </Link>
              ) : null}
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
