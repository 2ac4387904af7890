'use client';
/** A secret is shown once, to copy; afterwards only its fingerprint. Leaving without copying is said beforehand. */
import { useState } from 'react';
import { Copy } from './copy';
import { Icon } from './icon';
import styles from './secret-once.module.css';

export interface SecretOnceProps {
  value: string;
  /** What it is: "Primary certificate", "API key". */
  label: string;
  /** With its kind prefix, "c1:9ad4…70": how it is called from now on. */
  fingerprint?: string;
}

export function SecretOnce({ value, label, fingerprint }: SecretOnceProps) {
  const [shown, setShown] = useState(false);
  return (
    <section className={styles.secret} aria-label={label}>
      <header className={styles.head}>
        <span className={styles.label}>{label}</span>
        <button type="button" className={styles.show} aria-pressed={shown} onClick={() => setShown(!shown)}>
          <Icon name="eye" />
          {shown ? 'Hide' : 'Show'}
        </button>
      </header>
      <div className={styles.line}>
        <code className={styles.value}>{shown ? value : '•'.repeat(Math.min(32, value.length))}</code>
        <Copy value={value} label="Copy" worded />
      </div>
      <p className={styles.hint}>
        Shown once, now. It cannot be shown again
        {fingerprint ? (
          <>
            ; from here on it is <span className="mono">{fingerprint}</span>
          </>
        ) : null}
        .
      </p>
    </section>
  );
}
