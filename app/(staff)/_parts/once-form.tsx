'use client';
/** A form whose answer holds something that is shown once: after an ok that takes the form's place. */
import { type ReactNode, useState } from 'react';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction, FormState } from '@/app/_ui/form-state';
import { SubmitButton } from '@/app/_ui/submit';

export interface OnceFormProps<S extends FormState> {
  action: FormAction<S>;
  hidden?: Readonly<Record<string, string>>;
  submit: string;
  variant?: 'primary' | 'default';
  /** What to show once it is made; null for answers that made nothing. */
  made: (state: S) => ReactNode | null;
  children: ReactNode;
}

export function OnceForm<S extends FormState>({ action, hidden, submit, variant, made, children }: OnceFormProps<S>) {
  const [result, setResult] = useState<ReactNode>(null);
  if (result) return result;
  return (
    <ActionForm
      action={action as unknown as FormAction}
      hidden={hidden}
      onOk="stay"
      onState={(state) => state.ok && setResult(made(state as S))}
    >
      {children}
      <FormActs>
        <SubmitButton variant={variant}>{submit}</SubmitButton>
      </FormActs>
    </ActionForm>
  );
}
