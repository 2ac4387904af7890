'use client';
import { type Offered, ResetLink } from '@/app/_parts/reset-link';
import { Button } from '@/app/_ui/button';
import { RadioCards } from '@/app/_ui/choice';
import { ConfirmDialog } from '@/app/_ui/confirm';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Row, Stack } from '@/app/_ui/layout';
import { SubmitButton } from '@/app/_ui/submit';
import type { EmployeeView } from '@/lib/employees/schemas';
import { changeEmployeeAction, endEmployeeSessionsAction, offerResetAction, revokeInvitationAction } from './actions';
import { ROLE_OPTIONS } from './invite-employee';

const change = changeEmployeeAction as FormAction;

/** Role and access of one employee. `reason`: why neither can be changed. */
export function EmployeeActs({ employee, reason }: { employee: EmployeeView; reason?: string }) {
  const { id: userId, name, role, status } = employee;
  const ending = status === 'active';
  return (
    <Stack gap={6}>
      <ActionForm action={change} hidden={{ userId, status }} onOk="stay">
        <RadioCards
          key={role}
          name="role"
          legend="Role"
          defaultValue={role}
          options={ROLE_OPTIONS.map((option) => (reason && option.value !== role ? { ...option, reason } : option))}
        />
        <FormActs>
          {reason ? <Button reason={reason}>Change role</Button> : <SubmitButton>Change role</SubmitButton>}
        </FormActs>
      </ActionForm>
      {ending ? (
        <Row gap={2}>
          <ResetLink
            action={offerResetAction as unknown as FormAction<Offered>}
            hidden={{ userId }}
            name={name}
            reason={reason}
          />
          <ConfirmDialog
            trigger={{ label: 'End all sessions…', reason }}
            title={`End all sessions of ${name}`}
            act="End all sessions"
            action={endEmployeeSessionsAction as FormAction}
            hidden={{ userId }}
          >
            <p>Every open page of theirs closes at once. They can sign in again, and are told that you did this.</p>
          </ConfirmDialog>
        </Row>
      ) : null}
      <div>
        {ending ? (
          <ConfirmDialog
            trigger={{ label: 'Disable…', variant: 'danger', reason }}
            title={`Disable ${name}`}
            act={`Disable ${name}`}
            action={change}
            hidden={{ userId, role, status: 'disabled' }}
          >
            <p>
              All their sessions end at once, their passkeys are forgotten, and they cannot sign in. What they did stays
              in the log. You can enable them again.
            </p>
          </ConfirmDialog>
        ) : (
          <ConfirmDialog
            trigger={{ label: 'Enable…', reason }}
            title={`Enable ${name}`}
            act={`Enable ${name}`}
            action={change}
            hidden={{ userId, role, status: 'active' }}
            danger={false}
          >
            <p>
              They can sign in again with their password as {role}, and make a passkey that a colleague has to endorse.
            </p>
          </ConfirmDialog>
        )}
      </div>
    </Stack>
  );
}

export function RevokeInvitation({
  invitationId,
  email,
  reason,
}: {
  invitationId: string;
  email: string;
  reason?: string;
}) {
  return (
    <ConfirmDialog
      trigger={{ label: 'Withdraw…', size: 'sm', reason }}
      title="Withdraw the invitation"
      act="Withdraw invitation"
      action={revokeInvitationAction as FormAction}
      hidden={{ invitationId }}
    >
      <p>The link given to {email} stops working at once.</p>
    </ConfirmDialog>
  );
}
