/** Names and values; `ruled` puts a hairline between rows, as in the token inspector. */
import clsx from 'clsx';
import type { ReactNode } from 'react';
import styles from './definition-list.module.css';

export interface DefinitionListProps {
  items: readonly { term: string; value: ReactNode }[];
  ruled?: boolean;
}

export function DefinitionList({ items, ruled }: DefinitionListProps) {
  return (
    <dl className={clsx(styles.list, ruled && styles.ruled)}>
      {items.map(({ term, value }) => (
        <div key={term} className={styles.row}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
