'use client';
import clsx from 'clsx';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import styles from './frame-nav.module.css';
import { Icon } from './icon';
import { activeItem, type NavGroup } from './nav';

/** The groups of the rail; the active entry follows the URL. */
export function RailNav({ groups, label, current }: { groups: readonly NavGroup[]; label: string; current?: string }) {
  const path = usePathname();
  const active = activeItem(groups, current ?? path ?? '');
  return (
    <nav className={styles.nav} aria-label={label}>
      {groups.map((group, i) => (
        <div key={group.label ?? String(i)} className={styles.group}>
          {group.label ? <p className={styles.label}>{group.label}</p> : null}
          <ul>
            {group.items.map((item) => (
              <li key={item.href}>
                <Link href={item.href} className={styles.item} aria-current={item === active ? 'page' : undefined}>
                  <Icon name={item.icon} />
                  <span className={styles.word}>{item.label}</span>
                  {item.count === undefined ? null : (
                    <span className={clsx(styles.count, item.hot && styles.hot)}>{item.count}</span>
                  )}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
