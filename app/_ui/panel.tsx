/** A panel is a line around things that belong together; a section is the same without the line. */
import clsx from 'clsx';
import type { ReactNode } from 'react';
import styles from './panel.module.css';

export interface PanelProps {
  title?: ReactNode;
  /** Quiet words behind the title. */
  note?: ReactNode;
  /** Right end of the head: a status, a link, a time. */
  aside?: ReactNode;
  children: ReactNode;
  /** Content reaches the line: tables. */
  flush?: boolean;
  tone?: 'notice' | 'danger' | 'accent';
  foot?: ReactNode;
}

export function Panel({ title, note, aside, children, flush, tone, foot }: PanelProps) {
  return (
    <section className={clsx(styles.panel, tone && styles[tone])}>
      {title || aside ? (
        <header className={styles.head}>
          {title ? <h2 className={styles.title}>{title}</h2> : null}
          {note ? <span className={styles.note}>{note}</span> : null}
          {aside ? <span className={styles.aside}>{aside}</span> : null}
        </header>
      ) : null}
      <div className={flush ? undefined : styles.body}>{children}</div>
      {foot ? <footer className={styles.foot}>{foot}</footer> : null}
    </section>
  );
}

export function Section({ title, note, aside, children }: Pick<PanelProps, 'title' | 'note' | 'aside' | 'children'>) {
  return (
    <section className={styles.section}>
      <header className={styles.plainHead}>
        {title ? <h2 className={styles.title}>{title}</h2> : null}
        {note ? <span className={styles.note}>{note}</span> : null}
        {aside ? <span className={styles.aside}>{aside}</span> : null}
      </header>
      {children}
    </section>
  );
}
