/** What something can reach, as a line around it; `out` is dotted: what stays outside. */
import clsx from 'clsx';
import type { ReactNode } from 'react';
import styles from './enclosure.module.css';

export interface EnclosureProps {
  label: string;
  children: ReactNode;
  kind?: 'in' | 'inner' | 'out';
}

export function Enclosure({ label, children, kind = 'in' }: EnclosureProps) {
  return (
    <fieldset className={clsx(styles.enclosure, styles[kind])}>
      <legend className={styles.label}>{label}</legend>
      {children}
    </fieldset>
  );
}
