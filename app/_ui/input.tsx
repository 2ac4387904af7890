'use client';
/** Text controls. Inside a Field they take its id, name and description; alone they need `aria-label`. */
import clsx from 'clsx';
import {
  type InputHTMLAttributes,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
  useState,
} from 'react';
import { useField } from './field';
import { useForm } from './form';
import { Icon } from './icon';
import styles from './input.module.css';

type NoLook<T> = Omit<T, 'className' | 'style' | 'size'>;

/** Attributes that tie a control to the Field around it. */
export function useControl(own: { id?: string; name?: string; 'aria-describedby'?: string }) {
  const field = useField();
  return {
    id: own.id ?? field?.id,
    name: own.name ?? field?.name,
    'aria-describedby': own['aria-describedby'] ?? field?.describedBy,
    'aria-invalid': field?.invalid || undefined,
  };
}

export interface InputProps extends NoLook<InputHTMLAttributes<HTMLInputElement>> {
  mono?: boolean;
  small?: boolean;
}

export function Input({ mono, small, ...rest }: InputProps) {
  return (
    <input
      type="text"
      spellCheck={false}
      autoComplete="off"
      {...rest}
      {...useControl(rest)}
      className={clsx(styles.control, mono && styles.mono, small && styles.small)}
    />
  );
}

export interface TextareaProps extends NoLook<TextareaHTMLAttributes<HTMLTextAreaElement>> {
  mono?: boolean;
}

export function Textarea({ mono, rows = 4, ...rest }: TextareaProps) {
  return (
    <textarea
      spellCheck={!mono}
      {...rest}
      {...useControl(rest)}
      rows={rows}
      className={clsx(styles.control, styles.area, mono && styles.mono)}
    />
  );
}

export interface SelectOption {
  value: string;
  label: string;
  disabled?: boolean;
}

export interface SelectProps extends NoLook<Omit<SelectHTMLAttributes<HTMLSelectElement>, 'children'>> {
  options: readonly SelectOption[];
  mono?: boolean;
  small?: boolean;
}

export function Select({ options, mono, small, ...rest }: SelectProps) {
  return (
    <span className={styles.select}>
      <select
        {...rest}
        {...useControl(rest)}
        className={clsx(styles.control, mono && styles.mono, small && styles.small)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
      </select>
      <Icon name="updown" />
    </span>
  );
}

export interface CheckboxProps extends NoLook<InputHTMLAttributes<HTMLInputElement>> {
  name: string;
  label: string;
  hint?: string;
  /** Why it cannot be changed: disables it and is shown in place of the hint. */
  reason?: string;
}

export function Checkbox({ label, hint, reason, disabled, ...rest }: CheckboxProps) {
  const id = useId();
  const { state } = useForm();
  const error = state.fields?.[rest.name];
  const words = error ?? reason ?? hint;
  return (
    <div className={styles.check}>
      <input
        {...rest}
        type="checkbox"
        id={id}
        disabled={disabled || Boolean(reason)}
        aria-describedby={words ? `${id}-hint` : undefined}
        aria-invalid={error ? true : undefined}
        className={styles.box}
      />
      <label htmlFor={id} className={styles.checkLabel}>
        {label}
      </label>
      {words ? (
        <p id={`${id}-hint`} className={clsx(styles.checkHint, error && styles.bad)}>
          {words}
        </p>
      ) : null}
    </div>
  );
}

export function Password({ autoComplete = 'current-password', ...rest }: Omit<InputProps, 'type' | 'mono'>) {
  const [shown, setShown] = useState(false);
  return (
    <span className={styles.password}>
      <input
        {...rest}
        {...useControl(rest)}
        type={shown ? 'text' : 'password'}
        autoComplete={autoComplete}
        spellCheck={false}
        className={styles.control}
      />
      <button
        type="button"
        className={styles.show}
        aria-pressed={shown}
        aria-label="Show password"
        onClick={() => setShown(!shown)}
      >
        <Icon name="eye" />
      </button>
    </span>
  );
}
