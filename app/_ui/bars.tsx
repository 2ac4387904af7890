/** A ranked list with a 2 px line per item, longest first by the caller's order. */
import Link from 'next/link';
import styles from './bars.module.css';
import { formatNumber } from './format';

export interface BarItem {
  label: string;
  value: number;
  href?: string;
}

export function Bars({ items }: { items: readonly BarItem[] }) {
  const high = Math.max(1, ...items.map((item) => item.value));
  return (
    <ul className={styles.bars}>
      {items.map((item) => (
        <li key={item.label}>
          <span className={styles.line}>
            {item.href ? (
              <Link href={item.href} className={styles.link}>
                {item.label}
              </Link>
            ) : (
              <span>{item.label}</span>
            )}
            <span className={styles.value}>{formatNumber(item.value)}</span>
          </span>
          <svg className={styles.bar} viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden>
            <rect className={styles.ground} width="100" height="2" />
            <rect className={styles.part} width={(item.value / high) * 100} height="2" />
          </svg>
        </li>
      ))}
    </ul>
  );
}
