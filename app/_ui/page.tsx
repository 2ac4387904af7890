/** The inside of the line: gutter, width, and the one title of the page. */
import clsx from 'clsx';
import type { ReactNode } from 'react';
import styles from './page.module.css';

/** `bleed` leaves padding to the content, for pages whose columns reach the edges. */
export function Page({ children, bleed, narrow }: { children: ReactNode; bleed?: boolean; narrow?: boolean }) {
  return <div className={clsx(styles.page, bleed && styles.bleed, narrow && styles.narrow)}>{children}</div>;
}

/** The page's one h1 by itself, for heads of another shape: inside the perimeter. */
export function PageTitle({ children }: { children: ReactNode }) {
  return (
    <h1 className={styles.title} tabIndex={-1} dir="auto">
      {children}
    </h1>
  );
}

export interface PageHeadProps {
  title: ReactNode;
  /** One sentence at most. */
  lede?: ReactNode;
  /** Count and scope beside the title of a list: "1,284 of 48,219 events". */
  count?: ReactNode;
  /** Marks beside the title: tags, Simulated. */
  marks?: ReactNode;
  acts?: ReactNode;
}

export function PageHead({ title, lede, count, marks, acts }: PageHeadProps) {
  return (
    <header className={styles.head}>
      <div className={styles.words}>
        <div className={styles.line}>
          <PageTitle>{title}</PageTitle>
          {count === undefined ? null : <span className={styles.count}>{count}</span>}
          {marks}
        </div>
        {lede ? <p className={styles.lede}>{lede}</p> : null}
      </div>
      {acts ? <div className={clsx(styles.acts, 'no-print')}>{acts}</div> : null}
    </header>
  );
}
