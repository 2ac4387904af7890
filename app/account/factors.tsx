'use client';
import { useState } from 'react';
import { Button } from '@/app/_ui/button';
import { ConfirmDialog } from '@/app/_ui/confirm';
import { Dialog } from '@/app/_ui/dialog';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Checkbox } from '@/app/_ui/input';
import { Stack } from '@/app/_ui/layout';
import { SubmitButton } from '@/app/_ui/submit';
import { RecoveryCodes } from '@/app/(auth)/_parts/recovery-codes';
import { useStepUp } from '@/app/(auth)/_step-up/use-step-up';
import { type RenewedCodes, removeAuthenticatorAction, renewCodesAction } from './actions';
import { OtherSessions } from './other-sessions';

export interface RemoveAuthenticatorProps {
  /** Why it has to stay. */
  reason?: string;
  otherSessions: number;
}

export function RemoveAuthenticator({ reason, otherSessions }: RemoveAuthenticatorProps) {
  const { wrap, dialog } = useStepUp({ act: 'Remove the authenticator', name: 'your account' });
  return (
    <>
      <ConfirmDialog
        trigger={{ label: 'Remove…', reason }}
        title="Remove the authenticator"
        act="Remove authenticator"
        action={wrap(removeAuthenticatorAction as FormAction)}
      >
        <Stack gap={4}>
          <p>Its codes are refused from now on; your passkeys sign you in. You can delete the entry in the app.</p>
          {otherSessions > 0 ? (
            <Checkbox
              name="endOthers"
              label="Also end my other sessions"
              hint="If the phone was lost or somebody else may have used it."
            />
          ) : null}
        </Stack>
      </ConfirmDialog>
      {dialog}
    </>
  );
}

export interface RenewCodesProps {
  /** Whether signing in takes two of them. */
  two: boolean;
  otherSessions: number;
}

/** New codes, shown in place of the question. */
export function RenewCodes({ two, otherSessions }: RenewCodesProps) {
  const [open, setOpen] = useState(false);
  const [codes, setCodes] = useState<readonly string[]>([]);
  const { wrap, dialog } = useStepUp({ act: 'Renew the recovery codes', name: 'your account' });

  function change(wanted: boolean) {
    setOpen(wanted);
    if (!wanted) setCodes([]);
  }
  return (
    <>
      <Button onClick={() => setOpen(true)}>Renew…</Button>
      <Dialog
        open={open}
        onOpenChange={change}
        title={codes.length > 0 ? 'Your new recovery codes' : 'Renew the recovery codes'}
      >
        {codes.length > 0 ? (
          <Stack gap={5}>
            <RecoveryCodes codes={codes} two={two} onward={() => change(false)} />
            <OtherSessions count={otherSessions} />
          </Stack>
        ) : (
          <ActionForm
            action={wrap(renewCodesAction as FormAction)}
            onOk="stay"
            onState={(state) => setCodes((state as RenewedCodes).codes ?? [])}
          >
            <p>Ten new codes take the place of those you have. The old ones stop working at once.</p>
            <FormActs>
              <SubmitButton>Renew recovery codes</SubmitButton>
            </FormActs>
          </ActionForm>
        )}
      </Dialog>
      {dialog}
    </>
  );
}
