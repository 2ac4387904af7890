'use client';
import Link from 'next/link';
import { ConfirmDialog } from '@/app/_ui/confirm';
import { Field } from '@/app/_ui/field';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Input, Password } from '@/app/_ui/input';
import { NewPassword } from '@/app/_ui/password-strength';
import { SubmitButton } from '@/app/_ui/submit';
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

export function PasswordForm({ email, minimum }: { email: string; minimum: number }) {
  const { wrap, dialog } = useStepUp({ act: 'Change the password', name: email });
  return (
    <>
      <ActionForm action={wrap(changePasswordAction as FormAction)} onOk="reset" label="Password">
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        <Field name="current" label="Present password">
          <Password autoComplete="current-password" required maxLength={1024} />
        </Field>
        <Field
          name="password"
          label="New password"
          hint={`At least ${minimum} characters. Asks for your second factor; your other sessions end.`}
        >
          <NewPassword around={[email]} min={minimum} required maxLength={1024} />
        </Field>
        <Field name="again" label="New password once more">
          <Password autoComplete="new-password" required maxLength={1024} />
        </Field>
        <FormActs>
          <SubmitButton variant="default">Change password</SubmitButton>
          <Link className="link" href="/forgot">
            Forgot the present one?
          </Link>
        </FormActs>
      </ActionForm>
      {dialog}
    </>
  );
}

export function EndSession({ sessionId, device }: { sessionId: string; device: string }) {
  const { wrap, dialog } = useStepUp({ act: 'End the session', name: device });
  return (
    <>
      <ConfirmDialog
        trigger={{ label: 'End…', size: 'sm' }}
        title="End this session"
        act="End session"
        action={wrap(endSessionAction as FormAction)}
        hidden={{ sessionId }}
      >
        <p>{device} is signed out at once.</p>
      </ConfirmDialog>
      {dialog}
    </>
  );
}

export function EndOthers({ count, urgent = false }: { count: number; urgent?: boolean }) {
  const act = count === 1 ? 'End 1 session' : `End ${count} sessions`;
  const { wrap, dialog } = useStepUp({ act, name: 'everywhere but here' });
  return (
    <>
      <ConfirmDialog
        trigger={{
          label: 'End all others…',
          ...(urgent ? { variant: 'danger' } : {}),
          reason: count === 0 ? 'There is no other session.' : undefined,
        }}
        title="End all other sessions"
        act={act}
        action={wrap(endOthersAction as FormAction)}
      >
        <p>Everywhere but here you are signed out at once.</p>
      </ConfirmDialog>
      {dialog}
    </>
  );
}
