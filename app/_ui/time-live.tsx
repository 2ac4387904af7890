'use client';
import { useNow } from './clock';
import { formatClock, formatCountdown, formatExact, formatRelative } from './format';
import styles from './time.module.css';

export type TimeMode = 'relative' | 'exact' | 'clock';

export function TimeLive({ at, mode, renderedAt }: { at: number; mode: TimeMode; renderedAt: number }) {
  const now = useNow(renderedAt);
  const exact = formatExact(at, true);
  const text =
    mode === 'relative' ? formatRelative(at, now) : mode === 'clock' ? formatClock(at, true) : formatExact(at);
  return (
    <time className={styles.time} dateTime={new Date(at).toISOString()} title={exact} suppressHydrationWarning>
      {mode === 'clock' ? (
        <span className={styles.clock}>
          {text.slice(0, 8)}
          <span className={styles.ms}>{text.slice(8)}</span>
        </span>
      ) : (
        text
      )}
    </time>
  );
}

export function CountdownLive({ to, renderedAt }: { to: number; renderedAt: number }) {
  const now = useNow(renderedAt);
  return (
    <time
      className={styles.countdown}
      dateTime={new Date(to).toISOString()}
      title={formatExact(to)}
      role="timer"
      suppressHydrationWarning
    >
      {formatCountdown(to - now)}
    </time>
  );
}
