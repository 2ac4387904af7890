/** One live figure with its label; the unit or comparison behind it is quiet. */
import clsx from 'clsx';
import type { ReactNode } from 'react';
import styles from './figure.module.css';

export interface FigureProps {
  label: ReactNode;
  value: ReactNode;
  unit?: ReactNode;
  tone?: 'notice' | 'danger';
  /** 28 px: at most one or two on a page. */
  size?: 'big';
}

export function Figure({ label, value, unit, tone, size }: FigureProps) {
  return (
    <div className={styles.figure}>
      <div className={styles.label}>{label}</div>
      <div className={styles.line}>
        <span className={clsx(styles.value, size && styles.big, tone && styles[tone])}>{value}</span>
        {unit ? <span className={styles.unit}>{unit}</span> : null}
      </div>
    </div>
  );
}

export function Figures({ children }: { children: ReactNode }) {
  return <div className={styles.figures}>{children}</div>;
}
