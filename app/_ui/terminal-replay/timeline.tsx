import clsx from 'clsx';
import { clock, stretchesOf, ticksOf } from './clock';
import styles from './terminal-replay.module.css';
import type { IdleStretch, ReplayHit, ReplayMark } from './types';

export interface TimelineProps {
  seconds: number;
  at: number;
  idle: readonly IdleStretch[];
  marks: readonly ReplayMark[];
  hits: readonly ReplayHit[];
  onGo(seconds: number): void;
}

/** The line of the record: dotted where nothing happened, a stroke per command, a dot per hit. A range input takes pointer and keys. */
export function Timeline({ seconds, at, idle, marks, hits, onGo }: TimelineProps) {
  const x = (second: number) => `${seconds > 0 ? (Math.min(second, seconds) / seconds) * 100 : 0}%`;
  const ticks = ticksOf(seconds);
  return (
    <div className={styles.timeline}>
      <input
        type="range"
        className={styles.range}
        min={0}
        max={seconds}
        step="any"
        value={at}
        onChange={(event) => onGo(Number(event.currentTarget.value))}
        onKeyDown={(event) => {
          const by = KEY_SECONDS[event.key];
          if (by === undefined) return;
          event.preventDefault();
          onGo(at + by);
        }}
        aria-label="Time in the screen record"
        aria-valuetext={`${clock(at)} of ${clock(seconds)}`}
      />
      <svg className={clsx(styles.line, marks.length > DENSE && styles.dense)} aria-hidden="true">
        {stretchesOf(seconds, at, idle).map(({ from, to, idle: still, done }) => (
          <line
            key={from}
            x1={x(from)}
            x2={x(to)}
            y1="30"
            y2="30"
            className={clsx(still ? styles.idle : styles.busy, done && styles.done)}
          />
        ))}
        {marks.map(({ line, seconds: second, kind }) => (
          <line
            key={line}
            x1={x(second)}
            x2={x(second)}
            y1={kind === 'refused' ? 21 : 23}
            y2={kind === 'refused' ? 38 : 36}
            className={clsx(styles.mark, second <= at && styles.done, kind === 'refused' && styles.refused)}
          />
        ))}
        {hits.map(({ second, text }) => (
          <circle key={`${second} ${text}`} cx={x(second)} cy="12" r="4" className={styles.hit} />
        ))}
        <circle cx={x(at)} cy="30" r="5" className={styles.here} />
      </svg>
      <svg className={styles.ticks} aria-hidden="true">
        {ticks.map((tick) => (
          <text key={tick} x={x(tick)} y="12" className={clsx(styles.tick, tick === 0 && styles.first)}>
            {clock(tick)}
          </text>
        ))}
        <text x="100%" y="12" className={clsx(styles.tick, styles.last)}>
          {clock(seconds)}
        </text>
      </svg>
    </div>
  );
}

/** Marks from which on they are drawn thinner: the line has to be seen between them. */
const DENSE = 100;

/** Of the range: a browser's own steps would be a hundredth of whatever the length is. */
const KEY_SECONDS: Readonly<Record<string, number>> = {
  ArrowLeft: -5,
  ArrowDown: -5,
  ArrowRight: 5,
  ArrowUp: 5,
  PageDown: -60,
  PageUp: 60,
};
