/** Layout primitives on the 4 px grid. `gap` counts grid steps: 2 is 8 px. */
import clsx from 'clsx';
import type { ReactNode } from 'react';
import styles from './layout.module.css';

type Gap = 1 | 2 | 3 | 4 | 5 | 6 | 8;

export function Stack({ children, gap = 4 }: { children: ReactNode; gap?: Gap }) {
  return <div className={clsx(styles.stack, styles[`gap${gap}`])}>{children}</div>;
}

export interface RowProps {
  children: ReactNode;
  gap?: Gap;
  /** Pushes the last child to the right end. */
  between?: boolean;
  align?: 'center' | 'start' | 'end' | 'baseline';
  wrap?: boolean;
}

export function Row({ children, gap = 2, between, align = 'center', wrap }: RowProps) {
  return (
    <div
      className={clsx(styles.row, styles[`gap${gap}`], between && styles.between, styles[align], wrap && styles.wrap)}
    >
      {children}
    </div>
  );
}

/** Equal columns; one column below 768 px. */
export function Columns({ children, n = 2, gap = 6 }: { children: ReactNode; n?: 2 | 3 | 4; gap?: Gap }) {
  return <div className={clsx(styles.columns, styles[`n${n}`], styles[`gap${gap}`])}>{children}</div>;
}

export interface SplitProps {
  children: ReactNode;
  aside: ReactNode;
  /** Width of the aside: narrow 264, medium 312, wide 336. */
  width?: 'narrow' | 'medium' | 'wide';
  /** A line between the two, reaching to the edges; for pages that are a table with a panel. */
  ruled?: boolean;
}

/** Main column with an aside on the right; the aside follows below on narrow screens. */
export function Split({ children, aside, width = 'narrow', ruled }: SplitProps) {
  return (
    <div className={clsx(styles.split, styles[width], ruled && styles.ruled)}>
      <div className={styles.main}>{children}</div>
      <div className={styles.aside}>{aside}</div>
    </div>
  );
}
