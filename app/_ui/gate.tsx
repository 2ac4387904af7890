/** The sign-in page: an enclosure with a gate in its right side. Every page outside the frame uses it. */
import type { ReactNode } from 'react';
import styles from './gate.module.css';
import { HomeLink } from './home-link';

export interface GateProps {
  title: string;
  lede?: ReactNode;
  children: ReactNode;
  /** Quiet line at the foot of the window: session length, status, report a vulnerability. */
  foot?: ReactNode;
  /** The gate is shown open once the visitor is through. */
  open?: boolean;
  wide?: boolean;
}

export function Gate({ title, lede, children, foot, open, wide }: GateProps) {
  return (
    <div className={styles.window}>
      <header className={styles.top}>
        <HomeLink />
      </header>
      <main className={styles.wrap} id="content">
        <section className={wide ? `${styles.gate} ${styles.wide}` : styles.gate}>
          <div className={styles.line} aria-hidden>
            <span className={styles.upper} />
            <span className={open ? `${styles.leaf} ${styles.open}` : styles.leaf} />
            <span className={styles.lower} />
          </div>
          <h1 className={styles.title} tabIndex={-1}>
            {title}
          </h1>
          {lede ? <p className={styles.lede}>{lede}</p> : null}
          <div className={styles.body}>{children}</div>
        </section>
      </main>
      <footer className={styles.foot}>{foot}</footer>
    </div>
  );
}

/** "or a code from your authenticator": words on a hairline. */
export function Or({ children }: { children: ReactNode }) {
  return <div className={styles.or}>{children}</div>;
}
