'use client';
/**
 * A field for a new password with a line under it that says how many guesses it would stand. The list and the judgement are loaded with the first
 * key pressed and stay in the browser; the server judges by the same rules. It says, and never stands in the way.
 */
import clsx from 'clsx';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { Strength } from '@/lib/identity/passwords/strength';
import { type InputProps, Password } from './input';
import styles from './password-strength.module.css';

export interface NewPasswordProps extends Omit<InputProps, 'type' | 'mono'> {
  /** Words an attacker would try first: address and name of the person, name of the organisation. Fields of the form add their own. */
  around?: readonly string[];
  /** Characters the policy asks for. */
  min?: number;
}

type Verdict = Strength | 'short';
const WORDS: Record<Verdict, { parts: number; says: string }> = {
  short: { parts: 0, says: '' },
  guessed: { parts: 1, says: 'Among the first guesses of an attacker. It would be refused.' },
  fair: { parts: 2, says: 'Fair. Another word makes it good.' },
  good: { parts: 3, says: 'Good.' },
  strong: { parts: 4, says: 'Strong.' },
};
const PARTS = [1, 2, 3, 4];
/** After the last key, so that a screen reader is not told about every letter. */
const SETTLED_MS = 250;
const AROUND_FIELDS = ['email', 'name', 'username'];

export function NewPassword({ around = [], min = 12, ...rest }: NewPasswordProps) {
  const [verdict, setVerdict] = useState<{ is: Verdict; characters: number } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  function judge({ currentTarget: { value, form } }: FormEvent<HTMLInputElement>) {
    clearTimeout(timer.current);
    timer.current = undefined;
    if (value === '') return setVerdict(null);
    const characters = [...value.normalize('NFKC')].length;
    const loading = import('@/lib/identity/passwords/strength');
    timer.current = setTimeout(async () => {
      const fields = AROUND_FIELDS.map((name) => String(form ? (new FormData(form).get(name) ?? '') : ''));
      const current = timer.current;
      const { strengthOf } = await loading;
      if (timer.current !== current) return;
      setVerdict({ is: characters < min ? 'short' : strengthOf(value, [...around, ...fields]), characters });
    }, SETTLED_MS);
  }

  const { parts, says } = WORDS[verdict?.is ?? 'short'];
  return (
    <>
      <Password autoComplete="new-password" {...rest} onInput={judge} />
      <div className={clsx(styles.meter, verdict && styles.shown)}>
        <span className={clsx(styles.parts, verdict && styles[verdict.is])} aria-hidden>
          {PARTS.map((part) => (
            <span key={part} className={clsx(styles.part, part <= parts && styles.on)} />
          ))}
        </span>
        <span className={styles.words} aria-live="polite">
          {verdict?.is === 'short' ? `${verdict.characters} of ${min} characters.` : verdict ? says : ''}
        </span>
      </div>
    </>
  );
}
