/** Steps along a line: solid behind, dashed at work, dotted ahead. Vertical below 768 px. */
import clsx from 'clsx';
import type { ReactNode } from 'react';
import { Glyph, type GlyphState } from './glyph';
import styles from './steps.module.css';

export interface StepItem {
  title: string;
  note?: ReactNode;
  state: 'done' | 'now' | 'todo' | 'failed';
}

const MARKS: Readonly<Record<StepItem['state'], { glyph: GlyphState; word: string }>> = {
  done: { glyph: 'enforced', word: 'done' },
  now: { glyph: 'applied', word: 'now' },
  todo: { glyph: 'planned', word: 'to come' },
  failed: { glyph: 'failed', word: 'failed' },
};

export function Steps({ items, label = 'Steps' }: { items: readonly StepItem[]; label?: string }) {
  return (
    <ol className={styles.steps} aria-label={label}>
      {items.map((item) => (
        <li
          key={item.title}
          className={clsx(styles.step, styles[item.state])}
          aria-current={item.state === 'now' ? 'step' : undefined}
        >
          <span className={styles.mark}>
            <Glyph state={MARKS[item.state].glyph} tinted={false} size={14} label={MARKS[item.state].word} />
          </span>
          <b className={styles.title}>{item.title}</b>
          {item.note ? <span className={styles.note}>{item.note}</span> : null}
        </li>
      ))}
    </ol>
  );
}
