'use client';
/** Acts upon a request: some are signed with a passkey at the moment they are done. */
import type { ReactNode } from 'react';
import { ConfirmDialog, type ConfirmDialogProps } from '@/app/_ui/confirm';
import { ActionForm, type ActionFormProps } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { toast } from '@/app/_ui/toaster';
import { type StepUpWords, useStepUp } from '@/app/(auth)/_step-up/use-step-up';

/** The act may take its own place off the page: what was done is said where it stays. */
export const announced =
  (run: FormAction): FormAction =>
  async (previous, form) => {
    const { message, ...answer } = await run(previous, form);
    if (!answer.ok) return { ...answer, message };
    if (message) toast(message);
    return answer;
  };

export function SignedForm({
  words,
  action,
  children,
  ...form
}: ActionFormProps & { words: StepUpWords; children: ReactNode }) {
  const { wrap, dialog } = useStepUp(words);
  return (
    <>
      <ActionForm {...form} action={announced(wrap(action))}>
        {children}
      </ActionForm>
      {dialog}
    </>
  );
}

export function SignedConfirm({ words, action, ...confirm }: ConfirmDialogProps & { words: StepUpWords }) {
  const { wrap, dialog } = useStepUp(words);
  return (
    <>
      <ConfirmDialog {...confirm} action={announced(wrap(action))} />
      {dialog}
    </>
  );
}

/** Without a signature: taking away needs none. */
export function PlainConfirm({ action, ...confirm }: ConfirmDialogProps) {
  return <ConfirmDialog {...confirm} action={announced(action)} />;
}
