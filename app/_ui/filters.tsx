/** Search and removable chips; all of it lives in the URL. What is filtered is what is exported. */
import Link from 'next/link';
import type { ReactNode } from 'react';
import styles from './filters.module.css';
import { Icon } from './icon';
import { Menu } from './menu';
import { type Params, withParams } from './query';

export interface FilterChip {
  /** Name of the filter: "State". */
  key: string;
  /** Shown value: "Stale". */
  value: ReactNode;
  /** The parameter that removing it takes away. */
  param: string;
}

export interface FiltersProps {
  path: string;
  params: Params;
  search?: { name: string; value?: string; placeholder: string };
  chips?: readonly FilterChip[];
  /** Filters that can be added, each a menu of values. */
  add?: readonly {
    label: string;
    param: string;
    options: readonly { label: string; value: string; note?: string }[];
  }[];
  /** Right end: export, range. */
  aside?: ReactNode;
}

export function Filters({ path, params, search, chips = [], add = [], aside }: FiltersProps) {
  const kept = Object.entries(params).filter(
    ([key, value]) => typeof value === 'string' && value !== '' && key !== search?.name && key !== 'cursor',
  );
  const removed = Object.fromEntries(chips.map((chip) => [chip.param, null]));
  return (
    <search className={styles.filters}>
      {search ? (
        <form className={styles.search} action={path}>
          {kept.map(([key, value]) => (
            <input key={key} type="hidden" name={key} value={value as string} />
          ))}
          <Icon name="search" />
          <input
            key={search.value}
            type="search"
            name={search.name}
            defaultValue={search.value}
            placeholder={search.placeholder}
            aria-label={search.placeholder}
            autoComplete="off"
            data-search=""
            className={styles.input}
          />
        </form>
      ) : null}
      {chips.map((chip) => (
        <span key={chip.param} className={styles.chip}>
          <span className={styles.key}>{chip.key}</span>
          <b className={styles.value}>{chip.value}</b>
          <Link
            href={withParams(path, params, { [chip.param]: null })}
            scroll={false}
            className={styles.remove}
            aria-label={`Remove filter ${chip.key}`}
          >
            <Icon name="x" size={14} />
          </Link>
        </span>
      ))}
      {add
        .filter((each) => !chips.some((chip) => chip.param === each.param))
        .map((each) => (
          <span key={each.param} className={styles.add}>
            <Menu
              trigger={{ label: each.label, icon: 'plus', variant: 'ghost', size: 'sm' }}
              items={each.options.map((option) => ({
                label: option.label,
                note: option.note,
                href: withParams(path, params, { [each.param]: option.value }),
              }))}
            />
          </span>
        ))}
      {chips.length > 1 ? (
        <Link href={withParams(path, params, removed)} scroll={false} className={styles.clear}>
          Clear
        </Link>
      ) : null}
      {aside ? <div className={styles.aside}>{aside}</div> : null}
    </search>
  );
}
