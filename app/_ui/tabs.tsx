/** Tabs are links: every tab has a URL. They sit on the top edge of what they switch. */
import Link from 'next/link';
import type { ReactNode } from 'react';
import { formatNumber } from './format';
import styles from './tabs.module.css';

export interface TabItem {
  label: ReactNode;
  href: string;
  current?: boolean;
  count?: number;
}

export function Tabs({ label, items, aside }: { label: string; items: readonly TabItem[]; aside?: ReactNode }) {
  return (
    <div className={styles.bar}>
      <nav className={styles.tabs} aria-label={label}>
        {items.map((item) => (
          <Link
            key={item.href}
            href={item.href}
            className={styles.tab}
            aria-current={item.current ? 'page' : undefined}
            scroll={false}
          >
            {item.label}
            {item.count === undefined ? null : <span className={styles.count}>{formatNumber(item.count)}</span>}
          </Link>
        ))}
      </nav>
      {aside ? <div className={styles.aside}>{aside}</div> : null}
    </div>
  );
}
