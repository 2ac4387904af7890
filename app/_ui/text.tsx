/** Mono for what a machine reads back, Kbd for keys, Num for figures. */
import clsx from 'clsx';
import type { ReactNode } from 'react';
import { formatNumber } from './format';
import styles from './text.module.css';

/** One line unless `wrap`; long values that may break anywhere want it. */
export function Mono({ children, quiet, wrap }: { children: ReactNode; quiet?: boolean; wrap?: boolean }) {
  return <span className={clsx('mono', quiet && styles.quiet, wrap ? styles.wrap : 'nowrap')}>{children}</span>;
}

export function Kbd({ children }: { children: ReactNode }) {
  return <kbd className={styles.kbd}>{children}</kbd>;
}

export interface NumProps {
  value: number | null | undefined;
  unit?: string;
  digits?: number;
}

/** A figure with tabular digits; a space before the unit; an en dash when there is none. */
export function Num({ value, unit, digits }: NumProps) {
  return (
    <span className={styles.num}>
      {formatNumber(value, digits)}
      {unit && value !== null && value !== undefined ? ` ${unit}` : ''}
    </span>
  );
}
