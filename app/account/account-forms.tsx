'use client';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '@/app/_ui/button';
import { ConfirmDialog } from '@/app/_ui/confirm';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Input, Password } from '@/app/_ui/input';
import { StepUpDialog } from '@/app/_ui/step-up';
import { SubmitButton } from '@/app/_ui/submit';
import { confirmStepUpAction } from '@/app/(auth)/_step-up/actions';
import { useStepUp } from '@/app/(auth)/_step-up/use-step-up';
import { changePasswordAction, endOthersAction, endSessionAction, renameAction } from './actions';

export function NameForm({ name }: { name: string }) {
  return (
    <ActionForm action={renameAction as FormAction} onOk="stay" label="Name">
      <Field name="name" label="Name" hint="Audit logs call you by it too, for earlier acts as well.">
        <Input defaultValue={name} required maxLength={120} autoComplete="name" dir="auto" />
      </Field>
      <FormActs>
        <SubmitButton variant="default">Change name</SubmitButton>
      </FormActs>
    </ActionForm>
  );
}

export function PasswordForm({ userId, email }: { userId: string; email: string }) {
  const { wrap, dialog } = useStepUp({
    action: 'password.change',
    object: userId,
    act: 'Change the password',
    name: email,
  });
  return (
    <>
      <ActionForm action={wrap(changePasswordAction as FormAction)} onOk="reset" label="Password">
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        <Field
          name="password"
          label="New password"
          hint="Asks for a code from your authenticator. Your other sessions end."
        >
          <Password autoComplete="new-password" required maxLength={1024} />
        </Field>
        <Field name="again" label="New password once more">
          <Password autoComplete="new-password" required maxLength={1024} />
        </Field>
        <FormActs>
          <SubmitButton variant="default">Change password</SubmitButton>
        </FormActs>
      </ActionForm>
      {dialog}
    </>
  );
}

/** A code of the old authenticator first; then the page where the new one is set up takes over. */
export function ReplaceAuthenticator({ userId }: { userId: string }) {
  const [open, setOpen] = useState(false);
  const router = useRouter();
  return (
    <>
      <Button onClick={() => setOpen(true)}>Replace authenticator…</Button>
      <StepUpDialog
        open={open}
        onOpenChange={setOpen}
        act="Replace"
        object="your authenticator"
        reason="Confirm with a code from the one you have. The next page sets up the new one; your other sessions end."
        onSubmit={(code) => confirmStepUpAction({ action: 'totp.enrol', object: userId, code })}
        onDone={() => router.push('/enrol?lost&callbackUrl=%2Faccount')}
      />
    </>
  );
}

export function EndSession({ sessionId, device }: { sessionId: string; device: string }) {
  return (
    <ConfirmDialog
      trigger={{ label: 'End…', size: 'sm' }}
      title="End this session"
      act="End session"
      action={endSessionAction as FormAction}
      hidden={{ sessionId }}
    >
      <p>{device} is signed out at its next request.</p>
    </ConfirmDialog>
  );
}

export function EndOthers({ count }: { count: number }) {
  return (
    <ConfirmDialog
      trigger={{ label: 'End all others…', reason: count === 0 ? 'There is no other session.' : undefined }}
      title="End all other sessions"
      act={count === 1 ? 'End 1 session' : `End ${count} sessions`}
      action={endOthersAction as FormAction}
    >
      <p>Everywhere but here you are signed out at the next request.</p>
    </ConfirmDialog>
  );
}
