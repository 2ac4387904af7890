'use client';
import { useState } from 'react';
import { RadioCards } from '@/app/_ui/choice';
import { Dialog } from '@/app/_ui/dialog';
import { ActionForm, FormActs } from '@/app/_ui/form';
import { Menu } from '@/app/_ui/menu';
import { SubmitButton } from '@/app/_ui/submit';
import { Confirm } from '@/app/(customer)/_parts/stepped';
import { changeRoleAction, removeMemberAction } from './actions';
import type { RoleOption } from './invite';

export interface MemberActsProps {
  organisationId: string;
  membershipId: string;
  name: string;
  role: string;
  you: boolean;
  roles: readonly RoleOption[];
  changeReason?: string;
  removeReason?: string;
}

/** What may be done to a member; a forbidden act stays in the menu with its reason. */
export function MemberActs({
  organisationId,
  membershipId,
  name,
  role,
  you,
  roles,
  changeReason,
  removeReason,
}: MemberActsProps) {
  const [open, setOpen] = useState<'role' | 'remove'>();
  const hidden = { organisationId, membershipId };
  const close = (wanted: boolean) => (wanted ? undefined : setOpen(undefined));
  return (
    <>
      <span data-row-menu="">
        <Menu
          trigger={{ label: `Acts on ${name}`, bare: true, icon: 'more' }}
          align="end"
          items={[
            { label: 'Change role…', icon: 'users', onSelect: () => setOpen('role'), reason: changeReason },
            {
              label: you ? 'Leave…' : 'Remove…',
              icon: 'x',
              danger: true,
              onSelect: () => setOpen('remove'),
              reason: removeReason,
            },
            'line',
            { label: 'Copy ID', icon: 'copy', copy: membershipId },
          ]}
        />
      </span>
      <Dialog
        open={open === 'role'}
        onOpenChange={close}
        title={`Role of ${name}`}
        lede="It holds from the next request on."
      >
        <ActionForm action={changeRoleAction} hidden={hidden}>
          <RadioCards name="role" legend="Role" defaultValue={role} options={roles} />
          <FormActs>
            <SubmitButton busy="Changing">Change role</SubmitButton>
          </FormActs>
        </ActionForm>
      </Dialog>
      <Confirm
        open={open === 'remove'}
        onOpenChange={close}
        title={you ? 'Leave the organisation' : `Remove ${name}`}
        act={you ? 'Leave organisation' : 'Remove member'}
        action={removeMemberAction}
        hidden={hidden}
      >
        {you
          ? 'You lose access at once, and come back only by an invitation.'
          : 'They lose access at once. What they did stays in the audit log.'}{' '}
        API keys and certificates go on as they are.
      </Confirm>
    </>
  );
}
