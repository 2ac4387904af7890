'use client';
import { Button } from '@/app/_ui/button';
import { RadioCards } from '@/app/_ui/choice';
import { ConfirmDialog } from '@/app/_ui/confirm';
import { ActionForm, FormActs } from '@/app/_ui/form';
import type { FormAction } from '@/app/_ui/form-state';
import { Stack } from '@/app/_ui/layout';
import { SubmitButton } from '@/app/_ui/submit';
import type { EmployeeView } from '@/lib/employees/schemas';
import { changeEmployeeAction, revokeInvitationAction } from './actions';
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
              All their sessions end at once and they cannot sign in. What they did stays in the log. You can enable
              them again.
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
            <p>They can sign in again with the password and authenticator they have, as {role}.</p>
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
