/** The line as a track: how far a change is on one edge, and the five line styles alone. */
import clsx from 'clsx';
import styles from './track.module.css';

export type Leg = 'done' | 'moving' | 'todo';
const LEGS: Readonly<Record<Leg, string>> = { done: 'done', moving: 'on its way', todo: 'not yet' };

/** Two legs: applied (acknowledged), then enforced (live sessions obey). */
export function EnforcementTrack({ applied, enforced }: { applied: Leg; enforced: Leg }) {
  return (
    <span className={styles.track} role="img" aria-label={`Applied: ${LEGS[applied]}. Enforced: ${LEGS[enforced]}.`}>
      <i className={styles[applied]} />
      <i className={styles[enforced]} />
    </span>
  );
}

/** Head of a column of tracks. */
export function TrackHead() {
  return (
    <span className={styles.head}>
      <span>applied</span>
      <span>enforced</span>
    </span>
  );
}

export type LineKind = 'solid' | 'dashed' | 'dotted' | 'broken' | 'barred';

/** Decoration beside a word that says the same; hidden from assistive technology. */
export function Line({ kind, wide }: { kind: LineKind; wide?: boolean }) {
  return <span className={clsx(styles.line, styles[kind], wide && styles.wide)} aria-hidden />;
}
