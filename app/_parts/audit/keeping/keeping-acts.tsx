'use client';
/** What is done to one hold, one proposal, one person. */
import type { ReactNode } from 'react';
import { ConfirmDialog } from '@/app/_ui/confirm';
import type { FormAction } from '@/app/_ui/form-state';
import { toast } from '@/app/_ui/toaster';
import { useStepUp } from '@/app/(auth)/_step-up/use-step-up';

export interface KeepingActProps {
  action: FormAction;
  /** What it is done to, and with the action of a customer whose log. */
  hidden: Readonly<Record<string, string>>;
  label: string;
  title: string;
  /** What the button says. */
  act: string;
  reason?: string;
  /** What has to be typed. */
  name?: string;
  danger?: boolean;
  children: ReactNode;
}

/** The row may go with the act, and the dialog with the row: what was done is said where it stays. */
const announced =
  (run: FormAction): FormAction =>
  async (previous, form) => {
    const { message, ...answer } = await run(previous, form);
    if (!answer.ok) return { ...answer, message };
    if (message) toast(message);
    return answer;
  };

export function KeepingAct({
  action,
  hidden,
  label,
  title,
  act,
  reason,
  name,
  danger = true,
  children,
}: KeepingActProps) {
  const { wrap, dialog } = useStepUp({ act, name: 'Audit log' });
  return (
    <>
      <ConfirmDialog
        trigger={{ label, size: 'sm', reason }}
        title={title}
        act={act}
        name={name}
        action={announced(wrap(action))}
        hidden={hidden}
        danger={danger}
      >
        {children}
      </ConfirmDialog>
      {dialog}
    </>
  );
}
