/**
 * A project's protections as the segments of the line around its name, numbered like the table rows,
 * clockwise from the top left. The line speaks only where it is not closed.
 */
import clsx from 'clsx';
import type { ReactNode } from 'react';
import styles from './perimeter.module.css';

export interface PerimeterSegment {
  label: string;
  state: 'enforced' | 'applied' | 'open';
}

const WORDS = { enforced: 'closed', applied: 'on its way', open: 'open' } as const;

/** Numbers of the segments on each side: one at each end, the rest shared by top and bottom. */
export function sides(count: number): { top: number[]; right: number[]; bottom: number[]; left: number[] } {
  const all = Array.from({ length: count }, (_, i) => i);
  if (count < 4) return { top: all, right: [], bottom: [], left: [] };
  const top = Math.ceil((count - 2) / 2);
  return {
    top: all.slice(0, top),
    right: all.slice(top, top + 1),
    bottom: all.slice(top + 1, count - 1),
    left: all.slice(count - 1),
  };
}

export interface PerimeterProps {
  segments: readonly PerimeterSegment[];
  /** The name of what is inside, with its marks and ID. */
  children: ReactNode;
  /** Up to three figures beside it; the last leaves below 768 px. */
  figures?: ReactNode;
  name?: string;
}

export function Perimeter({ segments, children, figures, name = 'Perimeter' }: PerimeterProps) {
  const closed = segments.filter((segment) => segment.state === 'enforced').length;
  const side = sides(segments.length);
  return (
    <section className={styles.perimeter} aria-label={`${name}: ${closed} of ${segments.length} protections closed`}>
      <span className={clsx(styles.corner, styles.nw)} />
      <span className={clsx(styles.corner, styles.ne)} />
      <span className={clsx(styles.corner, styles.se)} />
      <span className={clsx(styles.corner, styles.sw)} />
      {(['top', 'right', 'bottom', 'left'] as const).map((at) => (
        <div key={at} className={clsx(styles.side, styles[at])} aria-hidden>
          {side[at].map((i) => {
            const segment = segments[i]!;
            return (
              <div key={segment.label} className={clsx(styles.segment, styles[segment.state])}>
                <span className={styles.tag}>
                  {i + 1}
                  {segment.state === 'enforced' ? null : <em className={styles.word}>{segment.label}</em>}
                </span>
              </div>
            );
          })}
          {side[at].length === 0 ? <div className={clsx(styles.segment, styles.enforced)} /> : null}
        </div>
      ))}
      <div className={styles.inside}>
        <div className={styles.name}>{children}</div>
        {figures}
      </div>
      <ul className="sr">
        {segments.map((segment) => (
          <li key={segment.label}>
            {segment.label}: {WORDS[segment.state]}
          </li>
        ))}
      </ul>
    </section>
  );
}
