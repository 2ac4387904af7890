'use client';
import { PlainConfirm } from '@/app/_parts/access/signed';
import { Dialog } from '@/app/_ui/dialog';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Textarea } from '@/app/_ui/input';
import { SubmitButton } from '@/app/_ui/submit';
import { commentToProviderAction, withdrawAccessAction } from './actions';

interface Props {
  request: string;
  organisationId: string;
  reason?: string;
}

export function CommentToProvider({ request, organisationId, reason }: Props) {
  return (
    <Dialog
      trigger={{ label: 'Ask the provider…', reason }}
      title="Ask the provider"
      lede="Whoever asked, and whoever answers it at the provider, reads it. No other customer does."
    >
      <ActionForm action={commentToProviderAction as FormAction} hidden={{ request, organisationId }}>
        <Field name="text" label="Words">
          <Textarea rows={3} maxLength={1000} required />
        </Field>
        <FormActs>
          <SubmitButton>Send</SubmitButton>
        </FormActs>
      </ActionForm>
    </Dialog>
  );
}

export function WithdrawAccess({ request, organisationId, name, reason }: Props & { name: string }) {
  return (
    <PlainConfirm
      trigger={{ label: 'Withdraw…', variant: 'danger', reason }}
      title="Withdraw the access"
      act={`Withdraw access to ${name}`}
      action={withdrawAccessAction as FormAction}
      hidden={{ request, organisationId }}
    >
      <p>
        It ends now: live sessions are cut, and what runs on it is killed. What the provider was repairing stays as it
        is.
      </p>
    </PlainConfirm>
  );
}
