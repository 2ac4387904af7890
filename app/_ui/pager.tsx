/** Foot of a list: how many are shown, and links by cursor; "Newer" and "Older" when it is a log. */
import Link from 'next/link';
import type { ReactNode } from 'react';
import { formatNumber } from './format';
import styles from './pager.module.css';

export interface PagerProps {
  shown: number;
  total?: number;
  /** Plural noun: "events". */
  noun: string;
  prev?: string;
  next?: string;
  log?: boolean;
  note?: ReactNode;
}

export function Pager({ shown, total, noun, prev, next, log, note }: PagerProps) {
  return (
    <div className={styles.foot}>
      <span>
        {formatNumber(shown)}
        {total === undefined ? '' : ` of ${formatNumber(total)}`} {noun}
      </span>
      {note ? <span>{note}</span> : null}
      {prev || next ? (
        <nav className={styles.pages} aria-label="Pages">
          <Step href={prev} rel="prev">
            {log ? 'Newer' : 'Previous'}
          </Step>
          <Step href={next} rel="next">
            {log ? 'Older' : 'Next'}
          </Step>
        </nav>
      ) : null}
    </div>
  );
}

function Step({ href, rel, children }: { href?: string; rel: 'prev' | 'next'; children: string }) {
  if (!href)
    return (
      // biome-ignore lint/a11y/useFocusableInteractive: the form of a link that leads nowhere
      // biome-ignore lint/a11y/useSemanticElements: an anchor without href has no disabled state
      <span className={styles.off} role="link" aria-disabled="true">
        {children}
      </span>
    );
  return (
    <Link href={href} rel={rel} className={styles.step}>
      {children}
    </Link>
  );
}
