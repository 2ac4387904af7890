/** Grey bars in the final geometry; they appear after 150 ms, so a quick answer shows none. */
import clsx from 'clsx';
import styles from './skeleton.module.css';

export function Skeleton({
  width = 'm',
  height = 'text',
}: {
  width?: 's' | 'm' | 'l' | 'xl' | 'full';
  height?: 'text' | 'title' | 'control' | 'block';
}) {
  return <span className={clsx(styles.bar, styles[width], styles[`h-${height}`])} aria-hidden />;
}

const WIDTHS = ['m', 's', 'l', 's', 'm'] as const;

/** A table with its real heads: nothing moves when the rows come. */
export function TableSkeleton({
  columns,
  rows = 8,
  edge,
}: {
  columns: readonly string[];
  rows?: number;
  edge?: boolean;
}) {
  return (
    <div className={clsx(styles.appear, edge && styles.edge)} role="status" aria-label="Loading">
      <div className={styles.head}>
        {columns.map((column) => (
          <span key={column}>{column}</span>
        ))}
      </div>
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <div key={row} className={styles.row}>
          {columns.map((column, i) => (
            <span key={column}>
              <Skeleton width={WIDTHS[(row + i) % WIDTHS.length]} />
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}

/** Title, sentence and table; for a `loading.tsx`. */
export function PageSkeleton({
  columns = ['', '', '', ''],
  rows = 10,
}: {
  columns?: readonly string[];
  rows?: number;
}) {
  return (
    <div className={styles.page}>
      <div className={clsx(styles.title, styles.appear)} aria-hidden>
        <Skeleton width="l" height="title" />
        <Skeleton width="xl" />
      </div>
      <TableSkeleton columns={columns.map((name, i) => name || ' '.repeat(i + 1))} rows={rows} edge />
    </div>
  );
}
