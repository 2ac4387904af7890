/**
 * Times. Relative for customers and staff, with the exact time on hover; exact UTC first for auditors.
 * The moment of rendering travels with the page, so server and browser agree before the clock starts.
 */
import { type Instant, toMs } from './format';
import { CountdownLive, TimeLive, type TimeMode } from './time-live';

export interface TimeProps {
  at: Instant | null | undefined;
  mode?: TimeMode;
}

export function Time({ at, mode = 'relative' }: TimeProps) {
  if (at === null || at === undefined) return <>–</>;
  return <TimeLive at={toMs(at)} mode={mode} renderedAt={Date.now()} />;
}

/** hh:mm:ss left; stops at zero. What ends then is ended by the server, this only shows it. */
export function Countdown({ to }: { to: Instant }) {
  return <CountdownLive to={toMs(to)} renderedAt={Date.now()} />;
}
