'use client';
/**
 * Six digits in six cells over one real input, so paste, autofill (one-time-code), screen readers and
 * selection work as in any text field. Anything but digits is dropped ("123 456" pastes as 123456).
 */
import clsx from 'clsx';
import { useEffect, useRef, useState } from 'react';
import { useForm } from './form';
import { useControl } from './input';
import styles from './one-time-code.module.css';

const CELLS = [0, 1, 2, 3, 4, 5] as const;

export interface OneTimeCodeProps {
  name?: string;
  label?: string;
  /** Sends the form around it at the sixth digit. */
  submits?: boolean;
  onComplete?: (code: string) => void;
  autoFocus?: boolean;
  disabled?: boolean;
  /** Clears the cells and takes the focus whenever it changes: after a refused code. */
  resetKey?: unknown;
}

export function OneTimeCode({
  name,
  label = 'Six-digit code',
  submits,
  onComplete,
  autoFocus,
  disabled,
  resetKey,
}: OneTimeCodeProps) {
  const [code, setCode] = useState('');
  const [focused, setFocused] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const { state } = useForm();
  const control = useControl({ name });

  const first = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the two values are the signal to clear
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    setCode('');
    input.current?.focus();
  }, [resetKey, state]);

  function change(text: string) {
    const next = text.replace(/\D/g, '').slice(0, 6);
    setCode(next);
    if (next.length < 6 || next === code) return;
    onComplete?.(next);
    // The value must be in the DOM before the form is read.
    if (submits) requestAnimationFrame(() => input.current?.form?.requestSubmit());
  }

  return (
    <div className={clsx(styles.code, control['aria-invalid'] && styles.invalid)}>
      <input
        {...control}
        ref={input}
        className={styles.input}
        aria-label={control.id ? undefined : label}
        inputMode="numeric"
        autoComplete="one-time-code"
        pattern="[0-9]{6}"
        // biome-ignore lint/a11y/noAutofocus: the code is the only thing asked at this moment
        autoFocus={autoFocus}
        disabled={disabled}
        value={code}
        onChange={(event) => change(event.target.value)}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
      />
      {CELLS.map((i) => (
        <span key={i} className={clsx(styles.cell, focused && i === Math.min(code.length, 5) && styles.on)} aria-hidden>
          {code[i] ?? (focused && i === code.length ? <i className={styles.caret} /> : '')}
        </span>
      ))}
      <i className={styles.dash} aria-hidden />
    </div>
  );
}
