/** The only tape in the product: shown while somebody is inside production, with the time left. */
import type { ReactNode } from 'react';
import type { Instant } from './format';
import styles from './tape.module.css';
import { Countdown } from './time';

export interface TapeProps {
  until: Instant;
  children: ReactNode;
  /** Buttons: "Open terminal", "Give back". */
  actions?: ReactNode;
}

export function Tape({ until, children, actions }: TapeProps) {
  return (
    <section className={styles.tape} aria-label="Production access">
      <div className={styles.hatch} aria-hidden />
      <span className={styles.left}>
        <Countdown to={until} />
      </span>
      <div className={styles.words}>{children}</div>
      {actions ? <div className={styles.actions}>{actions}</div> : null}
    </section>
  );
}
