'use client';
/** Submits the form around it; busy while the answer is on its way, never disabled beforehand. */
import { useFormStatus } from 'react-dom';
import { ButtonBody, type ButtonLook, buttonClass } from './button';
import { useForm } from './form';
import styles from './submit.module.css';

export interface SubmitButtonProps extends ButtonLook {
  children: React.ReactNode;
  /** Words while waiting: "Applying"; the width stays. */
  busy?: string;
  name?: string;
  value?: string;
  disabled?: boolean;
}

export function SubmitButton({
  children,
  busy,
  name,
  value,
  disabled,
  variant = 'primary',
  ...look
}: SubmitButtonProps) {
  const form = useForm();
  const status = useFormStatus();
  const pending = form.pending || status.pending;
  return (
    <button
      type="submit"
      name={name}
      value={value}
      disabled={disabled}
      aria-disabled={pending || undefined}
      aria-busy={pending || undefined}
      className={buttonClass({ ...look, variant })}
    >
      {pending ? <span className={styles.line} aria-hidden /> : null}
      <ButtonBody {...look}>{pending && busy ? busy : children}</ButtonBody>
    </button>
  );
}
