/** A bordered remark. Says what holds before what failed. */
import clsx from 'clsx';
import type { ReactNode } from 'react';
import { Glyph } from './glyph';
import { Icon } from './icon';
import styles from './note.module.css';

const MARKS: Readonly<Record<NonNullable<NoteProps['tone']>, ReactNode>> = {
  quiet: null,
  accent: <Glyph state="applied" />,
  notice: <Icon name="alert" />,
  danger: <Glyph state="failed" />,
  success: <Glyph state="verified" />,
};

export interface NoteProps {
  tone?: 'quiet' | 'accent' | 'notice' | 'danger' | 'success';
  title?: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  /** Announced when it appears. */
  live?: boolean;
}

export function Note({ tone = 'quiet', title, children, action, live }: NoteProps) {
  return (
    <div className={clsx(styles.note, styles[tone])} role={live ? (tone === 'danger' ? 'alert' : 'status') : undefined}>
      {MARKS[tone] ? <span className={styles.mark}>{MARKS[tone]}</span> : null}
      <div className={styles.words}>
        {title ? <strong className={styles.title}>{title} </strong> : null}
        {children}
      </div>
      {action ? <div className={styles.action}>{action}</div> : null}
    </div>
  );
}
