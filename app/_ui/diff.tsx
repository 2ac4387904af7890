/** Before and after of a setting, line by line, as it will be signed. */
import clsx from 'clsx';
import styles from './diff.module.css';

export interface DiffLine {
  sign?: '+' | '-';
  key: string;
  value: string;
}

const SIGNS = { '+': ['+', 'added'], '-': ['−', 'removed'] } as const;

export function Diff({ lines, label = 'Change' }: { lines: readonly DiffLine[]; label?: string }) {
  return (
    <ul className={styles.diff} aria-label={label}>
      {lines.map((line) => (
        <li
          key={`${line.sign ?? ''}${line.key}${line.value}`}
          className={clsx(line.sign === '+' && styles.plus, line.sign === '-' && styles.minus)}
        >
          <span className={styles.sign}>
            <span aria-hidden>{line.sign ? SIGNS[line.sign][0] : ''}</span>
            {line.sign ? <span className="sr">{SIGNS[line.sign][1]}</span> : null}
          </span>
          <span className={styles.key}>{line.key}</span>
          <span className={styles.value}>{line.value}</span>
        </li>
      ))}
    </ul>
  );
}
