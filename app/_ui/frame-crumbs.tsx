'use client';
import clsx from 'clsx';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { Fragment } from 'react';
import styles from './frame-crumbs.module.css';
import { activeItem, type NavGroup } from './nav';
import { type CrumbItem, crumbs } from './page-store';

/** Organisation / project / rail entry / what the page adds. The last two stay on narrow screens. */
export function Crumbs({
  trail,
  groups,
  current,
}: {
  trail: readonly CrumbItem[];
  groups: readonly NavGroup[];
  current?: string;
}) {
  const path = usePathname();
  const tail = crumbs.use();
  const active = activeItem(groups, current ?? path ?? '');
  const all: CrumbItem[] = [...trail, ...(active ? [{ label: active.label, href: active.href }] : []), ...tail];
  return (
    <nav className={styles.crumbs} aria-label="Breadcrumb">
      <ol className={styles.list}>
        {all.map((crumb, i) => {
          const last = i === all.length - 1;
          const far = i < all.length - 2;
          return (
            <Fragment key={`${crumb.label}${crumb.href ?? ''}`}>
              <li
                className={clsx(last ? styles.last : styles.item, far && 'only-wide')}
                aria-current={last ? 'page' : undefined}
              >
                {last || !crumb.href ? (
                  <span dir="auto">{crumb.label}</span>
                ) : (
                  <Link href={crumb.href} dir="auto">
                    {crumb.label}
                  </Link>
                )}
              </li>
              {last ? null : (
                <li className={clsx(styles.slash, far && 'only-wide')} aria-hidden>
                  /
                </li>
              )}
            </Fragment>
          );
        })}
      </ol>
    </nav>
  );
}
