'use client';
import type { ReactNode } from 'react';
import { ConfirmDialog, type ConfirmDialogProps } from '@/app/_ui/confirm';
import { ActionForm, type ActionFormProps } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { toast } from '@/app/_ui/toaster';
import { type StepUpWords, useStepUp } from '@/app/(auth)/_step-up/use-step-up';

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

/** A confirmation whose act asks to be confirmed at the moment it is done; `words` head the dialog that does. */
export function SteppedConfirm({ words, action, ...confirm }: ConfirmDialogProps & { words: StepUpWords }) {
  const { wrap, dialog } = useStepUp(words);
  return (
    <>
      <ConfirmDialog {...confirm} action={announced(wrap(action))} />
      {dialog}
    </>
  );
}

/** The same for a form that stands on the page. */
export function SteppedForm({
  words,
  action,
  children,
  ...form
}: ActionFormProps & { words: StepUpWords; children: ReactNode }) {
  const { wrap, dialog } = useStepUp(words);
  return (
    <>
      <ActionForm {...form} action={wrap(action)}>
        {children}
      </ActionForm>
      {dialog}
    </>
  );
}
