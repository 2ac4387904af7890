'use client';
import clsx from 'clsx';
import { useEffect, useRef, useState } from 'react';
import { Icon } from '../icon';
import { clock } from './clock';
import styles from './terminal-replay.module.css';
import type { FindText, ReplayHit } from './types';

const WAIT_MS = 150;

export interface SearchProps {
  find: FindText;
  hits: readonly ReplayHit[];
  at: number;
  onHits(hits: readonly ReplayHit[]): void;
  onGo(second: number): void;
}

/** Finds what was on the screen. Enter goes to the next hit. */
export function Search({ find, hits, at, onHits, onGo }: SearchProps) {
  const [words, setWords] = useState('');
  const [status, setStatus] = useState<'idle' | 'asked' | 'failed'>('idle');
  const told = useRef(onHits);
  told.current = onHits;

  useEffect(() => {
    let stale = false;
    if (words.trim() === '') {
      setStatus('idle');
      told.current([]);
      return;
    }
    const timer = setTimeout(() => {
      setStatus('asked');
      find(words.trim()).then(
        (found) => {
          if (stale) return;
          told.current(found);
          setStatus('idle');
        },
        () => !stale && setStatus('failed'),
      );
    }, WAIT_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [words, find]);

  const current = hits.findLast(({ second }) => second <= at);
  const asked = words.trim() !== '';
  return (
    <search>
      <form
        className={styles.search}
        onSubmit={(event) => {
          event.preventDefault();
          const next = hits.find(({ second }) => second > Math.floor(at)) ?? hits[0];
          if (next) onGo(next.second);
        }}
      >
        <Icon name="search" />
        <input
          type="search"
          data-search=""
          autoComplete="off"
          placeholder="Find on the screen"
          aria-label="Find on the screen"
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <span className={styles.count} role="status">
          {status === 'failed' ? 'Search failed' : asked && status === 'idle' ? `${hits.length} on screen` : ''}
        </span>
      </form>
      {asked && hits.length > 0 ? (
        <ol className={styles.hits} aria-label="Places on the screen">
          {hits.map((hit) => (
            <li key={`${hit.second} ${hit.text}`}>
              <button
                type="button"
                className={clsx(styles.go, hit === current && styles.current)}
                aria-current={hit === current ? 'true' : undefined}
                onClick={() => onGo(hit.second)}
              >
                <span className={styles.when}>{clock(hit.second)}</span>
                <span className="trunc" dir="auto">
                  <Marked text={hit.text} words={words.trim()} />
                </span>
              </button>
            </li>
          ))}
        </ol>
      ) : null}
    </search>
  );
}

/** Characters shown before the words, so that they are in sight. */
const BEFORE = 12;

function Marked({ text, words }: { text: string; words: string }) {
  const at = text.toLowerCase().indexOf(words.toLowerCase());
  if (at < 0) return text;
  const from = Math.max(0, at - BEFORE);
  return (
    <>
      {from > 0 ? '…' : ''}
      {text.slice(from, at)}
      <mark>{text.slice(at, at + words.length)}</mark>
      {text.slice(at + words.length)}
    </>
  );
}
