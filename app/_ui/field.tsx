'use client';
/** Label above, hint below, error at the field. The control inside takes id, name and description from here. */
import { createContext, type ReactNode, useContext, useId } from 'react';
import styles from './field.module.css';
import { useForm } from './form';
import { Glyph } from './glyph';

interface FieldContextValue {
  id: string;
  name: string;
  describedBy: string | undefined;
  invalid: boolean;
}
const FieldContext = createContext<FieldContextValue | null>(null);
export const useField = () => useContext(FieldContext);

export interface FieldProps {
  name: string;
  label: ReactNode;
  children: ReactNode;
  hint?: ReactNode;
  /** Overrides the error of the form's answer. */
  error?: string;
  /** Quiet words at the right of the label: "203 characters", "optional". */
  aside?: ReactNode;
}

/** The error of a group of boxes, which is no single control's; announced when it comes. */
export function GroupError({ name }: { name: string }) {
  const error = useForm().state.fields?.[name];
  if (!error) return null;
  return (
    <p className={styles.error} role="alert">
      <Glyph state="failed" />
      {error}
    </p>
  );
}

export function Field({ name, label, children, hint, error: given, aside }: FieldProps) {
  const id = useId();
  const { state } = useForm();
  const error = given ?? state.fields?.[name];
  const hintId = hint ? `${id}-hint` : undefined;
  const errorId = error ? `${id}-error` : undefined;
  const describedBy = [errorId, hintId].filter(Boolean).join(' ') || undefined;
  return (
    <FieldContext value={{ id, name, describedBy, invalid: Boolean(error) }}>
      <div className={styles.field}>
        <div className={styles.line}>
          <label htmlFor={id} className={styles.label}>
            {label}
          </label>
          {aside ? <span className={styles.aside}>{aside}</span> : null}
        </div>
        {children}
        {error ? (
          <p id={errorId} className={styles.error}>
            <Glyph state="failed" />
            {error}
          </p>
        ) : null}
        {hint ? (
          <p id={hintId} className={styles.hint}>
            {hint}
          </p>
        ) : null}
      </div>
    </FieldContext>
  );
}
