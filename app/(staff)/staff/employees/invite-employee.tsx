'use client';
import { RadioCards } from '@/app/_ui/choice';
import { SidePanel } from '@/app/_ui/dialog';
import { Field } from '@/app/_ui/field';
import type { FormAction } from '@/app/_ui/form-state';
import { Input } from '@/app/_ui/input';
import { STAFF_ROLE_SAYS, STAFF_ROLES } from '@/lib/employees/schemas';
import { type Invited, linkOnce } from '../../_parts/link-once';
import { OnceForm } from '../../_parts/once-form';
import { inviteEmployeeAction } from './actions';

export const ROLE_OPTIONS = STAFF_ROLES.map((role) => ({
  value: role,
  label: titled(role),
  hint: STAFF_ROLE_SAYS[role],
}));

export function InviteEmployee({ reason }: { reason?: string }) {
  return (
    <SidePanel
      trigger={{ label: 'Invite an employee', variant: 'primary', icon: 'plus', reason }}
      title="Invite an employee"
      lede="Staff have accounts of their own on this origin, apart from any customer account."
    >
      <OnceForm<Invited>
        action={inviteEmployeeAction as unknown as FormAction<Invited>}
        submit="Invite employee"
        made={linkOnce((email) => `${email} may join the staff.`)}
      >
        <Field name="email" label="Email address">
          <Input type="email" required maxLength={254} />
        </Field>
        <RadioCards name="role" legend="Role" defaultValue="support" options={ROLE_OPTIONS} />
      </OnceForm>
    </SidePanel>
  );
}

function titled(role: string): string {
  return role.charAt(0).toUpperCase() + role.slice(1);
}
