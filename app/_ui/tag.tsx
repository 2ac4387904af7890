/** Small marks beside a name: plain tag, the dotted "Simulated" tag, the four data classes. */
import clsx from 'clsx';
import type { ReactNode } from 'react';
import styles from './tag.module.css';

export function Tag({ children, tone, mono }: { children: ReactNode; tone?: 'notice' | 'danger'; mono?: boolean }) {
  return <span className={clsx(styles.tag, tone && styles[tone], mono && styles.mono)}>{children}</span>;
}

/** Regions, places, hosts or networks that this installation only declares: dotted, like all that is not real yet. */
export function Simulated({ what }: { what?: 'regions' | 'places' | 'hosts' | 'networks' }) {
  return (
    <span className={styles.simulated} title="Declared by this installation, not measured">
      Simulated{what ? ` ${what}` : ''}
    </span>
  );
}

const CLASSES = {
  account: { word: 'Account', shape: <rect width="9" height="9" /> },
  enduser: { word: 'End user', shape: <circle cx="4.5" cy="4.5" r="4.5" /> },
  content: { word: 'Content', shape: <path d="M4.5 .5 9 8.5H0Z" /> },
  log: { word: 'Log', shape: <path d="M0 .5h9v1.6H0zM0 3.7h7v1.6H0zM0 6.9h9v1.6H0z" /> },
} as const;
export type DataClassName = keyof typeof CLASSES;

/** Colour, shape and word of a data class. */
export function DataClass({ name }: { name: DataClassName }) {
  const { word, shape } = CLASSES[name];
  return (
    <span className={clsx(styles.class, styles[name])}>
      <svg width="9" height="9" viewBox="0 0 9 9" fill="currentColor" aria-hidden>
        {shape}
      </svg>
      {word}
    </span>
  );
}
