/** One of a few: cards with a hint each, or a compact segment. Both are radios; Segmented can also be links. */
import clsx from 'clsx';
import Link from 'next/link';
import type { ReactNode } from 'react';
import styles from './choice.module.css';

export interface RadioCardOption {
  value: string;
  label: ReactNode;
  hint?: ReactNode;
  /** Why it cannot be chosen: disables the card and is shown on it. */
  reason?: string;
}

export interface RadioCardsProps {
  name: string;
  legend: string;
  options: readonly RadioCardOption[];
  defaultValue?: string;
  columns?: 1 | 2 | 3;
  /** For what the rest of the form depends on. */
  onChoose?: (value: string) => void;
}

export function RadioCards({ name, legend, options, defaultValue, columns = 1, onChoose }: RadioCardsProps) {
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{legend}</legend>
      <div className={clsx(styles.cards, styles[`c${columns}`])}>
        {options.map((option) => (
          <label key={option.value} className={styles.card}>
            <input
              type="radio"
              name={name}
              value={option.value}
              defaultChecked={option.value === defaultValue}
              disabled={Boolean(option.reason)}
              onChange={onChoose ? () => onChoose(option.value) : undefined}
              className={styles.radio}
            />
            <span className={styles.words}>
              <span className={styles.label}>{option.label}</span>
              {option.reason || option.hint ? (
                <span className={styles.hint}>{option.reason ?? option.hint}</span>
              ) : null}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export interface SegmentedProps {
  /** Name of the choice for assistive technology. */
  label: string;
  /** As radios of a form. */
  name?: string;
  defaultValue?: string;
  /** As links: each with `href`, the current one marked. */
  items: readonly { value: string; label: ReactNode; href?: string; current?: boolean }[];
  wide?: boolean;
}

export function Segmented({ label, name, defaultValue, items, wide }: SegmentedProps) {
  if (name === undefined) {
    return (
      <nav className={clsx(styles.segmented, wide && styles.wide)} aria-label={label}>
        {items.map((item) => (
          <Link
            key={item.value}
            href={item.href ?? '#'}
            scroll={false}
            className={styles.segment}
            aria-current={item.current ? 'true' : undefined}
          >
            {item.label}
          </Link>
        ))}
      </nav>
    );
  }
  return (
    <fieldset className={clsx(styles.segmented, wide && styles.wide)} aria-label={label}>
      {items.map((item) => (
        <label key={item.value} className={styles.segment}>
          <input
            type="radio"
            name={name}
            value={item.value}
            defaultChecked={item.value === defaultValue}
            className="sr"
          />
          {item.label}
        </label>
      ))}
    </fieldset>
  );
}
