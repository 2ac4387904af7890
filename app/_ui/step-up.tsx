'use client';
/**
 * Step-up at the moment of a dangerous act: the title names the act and its object, a six-digit code confirms.
 * What the code proves and how long it holds is decided by the server; this is the shell.
 */
import { type ReactNode, useState } from 'react';
import { Dialog } from './dialog';
import type { FormState } from './form-state';
import { Note } from './note';
import { OneTimeCode } from './one-time-code';
import styles from './step-up.module.css';

export interface StepUpDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** "Apply the fence" */
  act: string;
  /** "Consult" */
  object: string;
  /** Why it is asked, and what happens next. */
  reason?: ReactNode;
  onSubmit: (code: string) => Promise<FormState>;
  onDone?: (state: FormState) => void;
}

export function StepUpDialog({ open, onOpenChange, act, object, reason, onSubmit, onDone }: StepUpDialogProps) {
  const [answer, setAnswer] = useState<FormState>({});
  const [pending, setPending] = useState(false);
  const [round, setRound] = useState(0);

  async function complete(code: string) {
    if (pending) return;
    setPending(true);
    const state = await onSubmit(code).catch(
      (): FormState => ({ message: 'The server did not answer. Nothing was changed.', code: 'network.unreachable' }),
    );
    setPending(false);
    setAnswer(state);
    setRound((n) => n + 1);
    if (state.ok) {
      setAnswer({});
      onOpenChange(false);
      onDone?.(state);
    }
  }

  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={`${act}: ${object}`}
      lede={reason ?? 'Confirm with a code from your authenticator. You stay where you are.'}
    >
      <div className={styles.body}>
        {answer.message ? (
          <Note tone="danger" live>
            {answer.message}
          </Note>
        ) : null}
        <OneTimeCode onComplete={complete} resetKey={round} disabled={pending} autoFocus />
        <p className={styles.hint} role="status">
          {pending ? 'Checking the code' : 'Pasting works. Sends itself at six digits; each code works once.'}
        </p>
      </div>
    </Dialog>
  );
}
