'use client';
import type { ReactNode } from 'react';
import { ConfirmDialog, type ConfirmDialogProps } from '@/app/_ui/confirm';
import { ActionForm, type ActionFormProps } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { toast } from '@/app/_ui/toaster';
import { type StepUpAsk, useStepUp } from '@/app/(auth)/_step-up/use-step-up';

/** Says that it is done even when the act takes its own row, and the dialog with it, off the page. */
const announced =
  (run: FormAction): FormAction =>
  async (previous, form) => {
    const { message, ...answer } = await run(previous, form);
    if (!answer.ok) return { ...answer, message };
    if (message) toast(message);
    return answer;
  };

/** A confirmation of an act upon a row. */
export function Confirm({ action, ...confirm }: ConfirmDialogProps) {
  return <ConfirmDialog {...confirm} action={announced(action)} />;
}

/** A confirmation whose act asks for the second factor at the moment it is done. */
export function SteppedConfirm({ ask, action, ...confirm }: ConfirmDialogProps & { ask: StepUpAsk }) {
  const { wrap, dialog } = useStepUp(ask);
  return (
    <>
      <ConfirmDialog {...confirm} action={announced(wrap(action))} />
      {dialog}
    </>
  );
}

/** The same for a form that stands on the page. */
export function SteppedForm({
  ask,
  action,
  children,
  ...form
}: ActionFormProps & { ask: StepUpAsk; children: ReactNode }) {
  const { wrap, dialog } = useStepUp(ask);
  return (
    <>
      <ActionForm {...form} action={wrap(action)}>
        {children}
      </ActionForm>
      {dialog}
    </>
  );
}
