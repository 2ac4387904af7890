'use client';
/**
 * Plays a screen record: what was on the screen, never proof of what ran. The terminal shows and does nothing else; beside it stands the same
 * screen as text, for reading aloud and copying. xterm is loaded when this is on a page, and only then. One record for its life: another needs
 * another `key`.
 */
import '@xterm/xterm/css/xterm.css';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { Button } from '../button';
import { ErrorState } from '../error-state';
import { Status } from '../status';
import { keysAreFree } from '../typing';
import { clock } from './clock';
import { Commands } from './commands';
import { pressed } from './keys';
import { Search } from './search';
import styles from './terminal-replay.module.css';
import { Timeline } from './timeline';
import {
  type FindText,
  type IdleStretch,
  type LoadLines,
  type ReplayHeader,
  type ReplayHit,
  type ReplayMark,
  SPEEDS,
} from './types';
import { useFollow } from './use-follow';
import { useReplay } from './use-replay';

export interface TerminalReplayProps {
  /** Who was where: `media-log-reader@eu-fra-2`. */
  title: string;
  header: ReplayHeader;
  /** How long the record is. */
  seconds: number;
  load: LoadLines;
  idle?: readonly IdleStretch[];
  marks?: readonly ReplayMark[];
  /** Searches what was on the screen; without it there is no search. */
  find?: FindText;
  /** Where to begin: a link to a second. */
  startAt?: number;
  /** The record grows: it is asked for more, and the player follows its end. */
  live?: boolean;
  /** Drawn over the screen: who looks, and when. */
  watermark?: string;
  /** What can be done with where the player stands. */
  acts?: (seconds: number) => ReactNode;
}

const NO_MARKS: readonly ReplayMark[] = [];
const NO_IDLE: readonly IdleStretch[] = [];
export function TerminalReplay({
  title,
  header,
  seconds: known,
  load,
  idle = NO_IDLE,
  marks = NO_MARKS,
  find,
  startAt = 0,
  live = false,
  watermark,
  acts,
}: TerminalReplayProps) {
  const host = useRef<HTMLDivElement>(null);
  const [source] = useState({ header, seconds: known, idle, load });
  const { player, state, text, failed } = useReplay(host, source);
  const lost = useFollow(player, live);
  const seconds = state.length;
  const [hits, setHits] = useState<readonly ReplayHit[]>([]);
  const [asText, setAsText] = useState(false);
  const go = (to: number) => void player?.go(to);
  const see = (second: number) => void player?.see(second);
  const next = marks.find((mark) => mark.seconds > state.seconds);

  useEffect(() => {
    // Also from the very start: a moment later there is something to be seen.
    void player?.see(startAt);
  }, [player, startAt]);

  useEffect(() => {
    if (!player) return;
    const onKey = (event: KeyboardEvent) => {
      // On a button or link the space bar is theirs.
      const taken = event.key === ' ' && event.target instanceof Element && event.target.closest('button, a, summary');
      if (keysAreFree(event) && !taken && pressed(event.key, player, marks)) event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [player, marks]);

  return (
    <div className={styles.replay}>
      <div className={styles.main}>
        <section className={styles.player} aria-label={`Screen record, ${title}`}>
          <header className={styles.head}>
            <span className="trunc">{title}</span>
            <span className={styles.facts}>
              {live ? (
                <Status state={lost ? 'offline' : 'live'} word={lost ? 'No connection' : undefined} small />
              ) : null}
              {state.size.columns} × {state.size.rows}
            </span>
          </header>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide screen scrolls sideways, also by keyboard */}
          <section className={styles.frame} tabIndex={0} aria-label="Screen" aria-busy={state.status === 'moving'}>
            <div className={styles.screen}>
              <div ref={host} className={styles.terminal} inert />
              {watermark ? <Watermark words={watermark} /> : null}
            </div>
            <pre className={asText ? styles.text : 'sr'}>{text.join('\n')}</pre>
          </section>
          <div className={styles.controls}>
            <Timeline seconds={seconds} at={state.seconds} idle={idle} marks={marks} hits={hits} onGo={go} />
            <div className={styles.buttons}>
              <Button
                size="sm"
                icon={state.playing ? 'pause' : 'play'}
                aria-label={state.playing ? 'Pause' : 'Play'}
                aria-keyshortcuts="Space"
                disabled={!player}
                onClick={() => player?.toggle()}
              />
              <span className="only-wide">
                <Button size="sm" icon="skip" kbd="N" disabled={!next} onClick={() => next && see(next.seconds)}>
                  Next command
                </Button>
              </span>
              {live ? (
                <Button size="sm" disabled={!player || state.seconds >= seconds} onClick={() => go(seconds)}>
                  Follow
                </Button>
              ) : null}
              <span className={styles.time}>
                <span className="strong">{clock(state.seconds)}</span> / {clock(seconds)}
              </span>
              <fieldset className={styles.speeds} aria-label="Speed">
                {SPEEDS.map((speed) => (
                  <label key={speed} className={styles.speed}>
                    <input
                      type="radio"
                      className="sr"
                      name="speed"
                      checked={state.speed === speed}
                      onChange={() => player?.setSpeed(speed)}
                    />
                    {speed}×
                  </label>
                ))}
              </fieldset>
              <label className={styles.skip}>
                <input
                  type="checkbox"
                  checked={state.skipIdle}
                  onChange={(event) => player?.setSkipIdle(event.currentTarget.checked)}
                />
                <svg width="14" height="4" aria-hidden="true">
                  <line x1="1" x2="14" y1="2" y2="2" className={styles.idle} />
                </svg>
                skip idle
              </label>
              <label className={styles.skip}>
                <input type="checkbox" checked={asText} onChange={(event) => setAsText(event.currentTarget.checked)} />
                as text
              </label>
            </div>
          </div>
        </section>
        {failed || state.status === 'failed' ? (
          <ErrorState
            title="The screen record could not be loaded"
            code="recording.load"
            action={failed ? undefined : <Button onClick={() => void player?.retry()}>Try again</Button>}
          >
            What was shown so far stays. The record itself is unaffected.
          </ErrorState>
        ) : null}
        {state.status === 'long' ? (
          <ErrorState title="This screen record is too long to play here" code="recording.long">
            Download it, and play it with asciinema.
          </ErrorState>
        ) : null}
        {acts?.(state.seconds)}
        <p className={styles.words}>
          A screen record shows what was on the screen. It does not prove which commands ran. Space plays, N goes to the
          next command, / finds.
        </p>
      </div>
      <div className={styles.aside}>
        {find ? <Search find={find} hits={hits} at={state.seconds} onHits={setHits} onGo={see} /> : null}
        <Commands marks={marks} at={state.seconds} onGo={see} />
      </div>
    </div>
  );
}

/** Repeated over the whole screen, so that no part of it is without. */
function Watermark({ words }: { words: string }) {
  const id = useId();
  return (
    <svg className={styles.watermark} aria-hidden="true">
      <defs>
        <pattern
          id={id}
          width={words.length * 8 + 48}
          height="72"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(-14)"
        >
          <text x="8" y="24">
            {words}
          </text>
          <text x={words.length * 4 + 32} y="60">
            {words}
          </text>
          <text x={-words.length * 4 - 16} y="60">
            {words}
          </text>
        </pattern>
      </defs>
      <rect width="100%" height="100%" fill={`url(#${id})`} />
    </svg>
  );
}
