'use client';
/** Copies a whole value; says so by turning into a tick and to assistive technology. */
import clsx from 'clsx';
import { useState } from 'react';
import styles from './copy.module.css';
import { Icon } from './icon';

export interface CopyProps {
  value: string;
  /** What is copied: "Copy App ID". */
  label?: string;
  /** Shows the label as words beside the icon. */
  worded?: boolean;
}

export function Copy({ value, label = 'Copy', worded = false }: CopyProps) {
  const [done, setDone] = useState<'copied' | 'refused' | null>(null);
  async function copy() {
    try {
      await navigator.clipboard.writeText(value);
      setDone('copied');
    } catch {
      setDone('refused');
    }
    setTimeout(() => setDone(null), 2000);
  }
  return (
    <button
      type="button"
      className={clsx(styles.copy, worded && styles.worded)}
      onClick={copy}
      aria-label={label}
      title={label}
    >
      <Icon name={done === 'copied' ? 'check' : done === 'refused' ? 'x' : 'copy'} />
      {worded ? <span>{done === 'copied' ? 'Copied' : label}</span> : null}
      <span className="sr" role="status">
        {done === 'copied' ? 'Copied' : done === 'refused' ? 'The browser did not allow copying' : ''}
      </span>
    </button>
  );
}
