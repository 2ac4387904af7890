/** Nothing here yet: what this is, the one next step, a real command. The dotted line says it is not real yet. */
import type { ReactNode } from 'react';
import { Command } from './command';
import styles from './empty.module.css';

export interface EmptyProps {
  title: string;
  children: ReactNode;
  command?: string;
  action?: ReactNode;
  /** Low, for inside a table or panel. */
  compact?: boolean;
}

export function Empty({ title, children, command, action, compact }: EmptyProps) {
  return (
    <div className={compact ? `${styles.empty} ${styles.compact}` : styles.empty}>
      <div className={styles.words}>
        <h2 className={styles.title}>{title}</h2>
        <div className={styles.text}>{children}</div>
        {command ? (
          <div className={styles.command}>
            <Command>{command}</Command>
          </div>
        ) : null}
        {action ? <div className={styles.action}>{action}</div> : null}
      </div>
    </div>
  );
}
